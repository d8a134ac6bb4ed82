from bisect import bisect_right
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.changes import Changes, changes_from_beats
from grammar.chords import NO_CHORD, QUALITIES, ROOTS, Chord, parse_chord
from grammar.notes import Note
from improv.jazz.corpus import UNHEARD, tally
from improv.jazz.dataset import KEYS, encode_solo, encode_solos, moments, transpose
from improv.jazz.encoding import (
    DENSE,
    GAP,
    HEADS,
    INPUTS,
    LATEST,
    LENGTH,
    PARTS,
    PITCH,
    PLACES,
    Moment,
    encode,
    expert_maps,
    gap_question,
    jazz_spec,
    length_question,
    vocabulary_hash,
)
from improv.jazz.touch import HELD, LATE, LOUDER
from improv.jazz.vocabulary import (
    GAPS,
    HIGHEST,
    LENGTHS,
    LOWEST,
    METERS,
    NO_DEGREE,
    NO_INTERVAL,
    NO_PITCH,
    PITCHES,
    WIDEST,
    degree_id,
    gap_id,
    interval_id,
    length_id,
    pitch_id,
)
from improv.jazz.wjazzd import Played, Solo
from models.dataset import IGNORED

SUFFIXES = ("", "6", "j7", "-7", "-6", "-j7", "7", "7alt", "7sus4", "m7b5", "dim7", "79b", "7911#", "+7")
TEMPO = 150.0
fewer = settings(max_examples=40)


@st.composite
def solos(draw: st.DrawFn, low: int = LOWEST + 6, high: int = HIGHEST - 6) -> Solo:
    """A line over changes, every pitch inside the piano in all twelve keys."""
    meter = draw(st.sampled_from(METERS))
    beats = draw(st.integers(1, 12))
    names = st.one_of(
        st.just("N.C."),
        st.tuples(st.sampled_from(ROOTS), st.sampled_from(SUFFIXES)).map("".join),
        st.tuples(st.sampled_from(ROOTS), st.sampled_from(ROOTS)).map("/".join),
    )
    chords = [parse_chord(draw(names)) for _ in range(beats)]
    onsets = sorted(draw(st.sets(st.integers(0, beats * 24 - 1), min_size=1, max_size=12)))
    notes = tuple(
        Note(onset, draw(st.integers(low, high)), draw(st.integers(1, 200)), draw(st.integers(30, 120)))
        for onset in onsets
    )
    places = tuple(beat % meter for beat in range(beats))
    played = st.builds(Played, st.floats(-12, 12), st.floats(0.1, 200))
    known = draw(st.booleans())
    return Solo(
        1,
        "",
        "",
        TEMPO,
        "SWING",
        notes,
        changes_from_beats(chords, meter),
        places,
        played=tuple(draw(played) for _ in notes) if known else (),
    )


def moved(solo: Solo, semitones: int) -> Solo:
    """The solo in another key: its notes moved, its chords read from their transposed symbols."""
    changes = replace(
        solo.changes, chords=tuple(chord.transposed(semitones) for chord in solo.changes.chords)
    )
    notes = tuple(replace(note, pitch=note.pitch + semitones) for note in solo.notes)
    return replace(solo, notes=notes, changes=changes)


@fewer
@given(solos(), st.sampled_from(KEYS))
def test_transposing_columns_is_encoding_the_transposed_solo(solo: Solo, semitones: int) -> None:
    found, expected = transpose(encode_solo(solo), semitones), encode_solo(moved(solo, semitones))
    assert np.array_equal(found.ids, expected.ids)
    assert np.array_equal(found.dense, expected.dense)
    for name, head in expected.heads.items():
        assert np.array_equal(found.heads[name].inputs, head.inputs), name
        assert np.array_equal(found.heads[name].shifts, head.shifts), name
        assert np.array_equal(found.heads[name].target, head.target), name
        given, wanted = found.heads[name].advice, head.advice
        assert given is not None
        assert wanted is not None
        assert np.array_equal(given, wanted), name


@fewer
@given(solos(), st.sampled_from(KEYS))
def test_transposing_changes_absolute_ids_only(solo: Solo, semitones: int) -> None:
    before = encode_solo(solo)
    after = transpose(before, semitones)
    for i, entry in enumerate(INPUTS):
        if entry.name not in ("pitch", "root"):
            assert np.array_equal(before.ids[:, i], after.ids[:, i]), entry.name
    assert np.array_equal(before.dense, after.dense)
    for name in ("gap", "length"):
        assert np.array_equal(before.heads[name].shifts, after.heads[name].shifts)
        assert np.array_equal(before.heads[name].target, after.heads[name].target)


@fewer
@given(solos())
def test_there_and_back_is_where_it_was(solo: Solo) -> None:
    before = encode_solo(solo)
    after = transpose(transpose(before, 5), -5)
    assert np.array_equal(before.ids, after.ids)
    assert np.array_equal(before.heads["pitch"].target, after.heads["pitch"].target)


@fewer
@given(solos(low=0, high=127), st.sampled_from(KEYS))
def test_every_id_stays_inside_its_alphabet(solo: Solo, semitones: int) -> None:
    columns = transpose(encode_solo(solo), semitones)
    for i, entry in enumerate(INPUTS):
        assert ((columns.ids[:, i] >= 0) & (columns.ids[:, i] < entry.size)).all(), entry.name
    maps = expert_maps()
    for head in HEADS:
        found = columns.heads[head.name]
        for i, entry in enumerate(head.inputs):
            assert ((found.inputs[:, i] >= 0) & (found.inputs[:, i] < entry.size)).all()
        for i, table in enumerate(maps[head.name]):
            assert ((found.shifts[:, i] >= 0) & (found.shifts[:, i] < len(table))).all()
        assert ((found.target >= IGNORED) & (found.target < head.size)).all()
    assert ((columns.dense >= 0) & (columns.dense <= 1)).all()


@fewer
@given(solos())
def test_targets_are_the_solo(solo: Solo) -> None:
    heads = encode_solo(solo).heads
    assert [LOWEST + target for target in heads["pitch"].target] == [note.pitch for note in solo.notes]
    assert heads["length"].target.tolist() == [length_id(note.duration) for note in solo.notes]
    gaps = [gap_id(b.onset - a.onset) for a, b in zip(solo.notes, solo.notes[1:], strict=False)]
    assert heads["gap"].target.tolist() == [*gaps, IGNORED]


@fewer
@given(solos())
def test_a_moment_knows_what_came_before_and_nothing_else(solo: Solo) -> None:
    """Changing a note changes no input until after it."""
    at = len(solo.notes) // 2
    other = replace(solo.notes[at], pitch=solo.notes[at].pitch - 1, duration=7, velocity=121)
    changed = replace(solo, notes=(*solo.notes[:at], other, *solo.notes[at + 1 :]))
    if solo.played:
        longer = solo.played[at]._replace(lasted=300.0)
        changed = replace(changed, played=(*solo.played[:at], longer, *solo.played[at + 1 :]))
    before, after = encode_solo(solo), encode_solo(changed)
    assert np.array_equal(before.ids[: at + 1], after.ids[: at + 1])
    assert np.array_equal(before.dense[: at + 1], after.dense[: at + 1])
    assert np.array_equal(before.heads["pitch"].shifts[: at + 1], after.heads["pitch"].shifts[: at + 1])
    for name in ("pitch", "gap"):
        known, then = before.heads[name].advice, after.heads[name].advice
        assert known is not None
        assert then is not None
        assert np.array_equal(known[: at + 1], then[: at + 1])


@fewer
@given(solos())
def test_inputs_say_what_their_names_say(solo: Solo) -> None:
    names = [entry.name for entry in INPUTS]
    for i, (moment, row) in enumerate(zip(moments(solo), encode_solo(solo).ids.tolist(), strict=True)):
        ids = dict(zip(names, row, strict=True))
        chord = solo.changes.at(moment.onset)
        wait, following = solo.changes.after(moment.onset)
        last, before, earlier = (solo.notes[i - k].pitch if i >= k else None for k in (1, 2, 3))
        assert ids["pitch"] == (NO_PITCH if last is None else pitch_id(last))
        assert ids["interval"] == interval_id(last, before)
        assert ids["interval_before"] == interval_id(before, earlier)
        assert ids["degree"] == degree_id(last, chord.root)
        assert ids["degree_next"] == degree_id(last, following.root)
        assert ids["root"] == (NO_DEGREE if chord.root is None else chord.root)
        assert ids["motion"] == degree_id(following.root, chord.root)
        assert list(QUALITIES)[ids["quality"]] == chord.quality
        assert list(QUALITIES)[ids["quality_next"]] == following.quality
        _, third = solo.changes.after(moment.onset + wait)
        assert ids["motion_third"] == degree_id(third.root, chord.root)
        assert list(QUALITIES)[ids["quality_third"]] == third.quality
        assert ids["wait"] == min(8, (wait + 23) // 24)
        assert ids["tick"] == moment.onset % 24
        assert ids["beat"] == moment.beat
        assert METERS[ids["meter"]] == solo.changes.meter
        assert (ids["loudness"], ids["held"], ids["late"]) == touch_of(solo, i)


def touch_of(solo: Solo, i: int) -> tuple[int, int, int]:
    """What note i is told of the touch, from the solo itself."""
    played = solo.played or tuple(Played(0.0, note.duration) for note in solo.notes)
    late = 1 + bisect_right(LATE, played[i].late) if solo.played else 0
    if i == 0:
        return 0, 0, late
    velocities = [note.velocity for note in solo.notes[:i]]
    loud = 1 + bisect_right(LOUDER, velocities[-1] - sum(velocities) / i) if solo.played else 0
    last, this = (solo.notes[k].onset + played[k].late for k in (i - 1, i))
    share = played[i - 1].lasted / (this - last) if this > last else 1.0
    return loud, 1 + bisect_right(HELD, share), late


@fewer
@given(solos())
def test_dense_inputs_are_the_chords_seen_from_the_last_pitch(solo: Solo) -> None:
    columns = encode_solo(solo)
    for i, moment in enumerate(moments(solo)):
        if moment.previous is None:
            continue
        letters = columns.dense[i][:72].reshape(2, 3, 12)
        pairs: tuple[Chord, ...] = (solo.changes.at(moment.onset), solo.changes.after(moment.onset)[1])
        for chord, table in zip(pairs, letters, strict=True):
            for semitones in range(12):
                letter = chord.letter(moment.previous.pitch + semitones)
                assert table[:, semitones].tolist() == [float(letter == known) for known in "CLS"]


def test_the_maps_have_the_shapes_of_the_spec() -> None:
    maps = expert_maps()
    for head in HEADS:
        for expert, table in zip(head.experts, maps[head.name], strict=True):
            assert table.shape[1] == head.size
            assert table.dtype == np.int16
            assert table.min() >= 0
            assert table.max() < expert.slots, (head.name, expert.name)


def test_every_slot_of_an_expert_is_used() -> None:
    maps = expert_maps()
    unused = {
        (head.name, expert.name): set(range(expert.slots)) - set(np.unique(table).tolist())
        for head in HEADS
        for expert, table in zip(head.experts, maps[head.name], strict=True)
    }
    assert not any(unused.values()), unused


def test_pitch_experts_mean_interval_and_degree() -> None:
    _, interval, interval_before, degree, degree_next = expert_maps()["pitch"]
    assert np.array_equal(interval, interval_before)
    assert np.array_equal(degree, degree_next)
    for pitch in range(PITCHES):
        for previous in range(PITCHES):
            assert interval[previous, pitch] == interval_id(pitch + LOWEST, previous + LOWEST)
            assert interval[previous, pitch] - WIDEST == max(-WIDEST, min(WIDEST, pitch - previous))
        for root in range(12):
            assert degree[root, pitch] == degree_id(pitch + LOWEST, root)
    assert set(interval[NO_PITCH]) == {NO_INTERVAL}
    assert set(degree[NO_DEGREE]) == {NO_DEGREE}


def test_gap_experts_mean_the_place_where_the_next_note_lands() -> None:
    _, tick, place = expert_maps()["gap"]
    for i, gap in enumerate(GAPS):
        for start in range(24):
            assert tick[start, i] == (start + gap) % 24
        for shift, (meter, start) in enumerate(PLACES):
            assert place[shift, i] == (start + gap) % (meter * 24)


def test_length_experts_mean_the_silence_until_the_next_note() -> None:
    _, silence = expert_maps()["length"]
    for i, gap in enumerate(GAPS):
        for k, length in enumerate(LENGTHS):
            left = gap - length
            assert silence[i, k] == (0 if left < 0 else min(left, LATEST) + 1)
    assert set(silence[len(GAPS)]) == {0}, "a line that ends has no next note"


@fewer
@given(solos())
def test_a_gaps_shift_is_the_place_in_the_bar(solo: Solo) -> None:
    for moment, note in zip(moments(solo), solo.notes, strict=True):
        _, (_, tick, place) = gap_question(moment, note.pitch)
        assert tick == note.onset % 24
        assert PLACES[place] == (solo.changes.meter, moment.beat * 24 + tick)


@given(st.integers(0, 127), st.one_of(st.none(), st.integers(1, 1000)))
def test_a_length_is_asked_with_the_gap_it_must_fill(pitch: int, gap: int | None) -> None:
    moment = Moment(0, 0, changes_from_beats([NO_CHORD], 4), 120.0)
    (known, interval), (absolute, shift) = length_question(moment, pitch, gap)
    assert known == shift == (len(GAPS) if gap is None else gap_id(gap))
    assert absolute == 0
    assert interval == NO_INTERVAL


@pytest.mark.parametrize("meter", [1, 8, 9, 13])
def test_a_meter_that_the_model_does_not_know_counts_as_four(meter: int) -> None:
    changes = changes_from_beats([parse_chord("C7")] * meter, meter)
    for beat in range(meter):
        moment = Moment(beat * 24, beat, changes, 120.0)
        assert len(encode(moment, UNHEARD).ids) == len(INPUTS)
        assert PLACES[gap_question(moment, 60)[1][2]] == (4, beat % 4 * 24)


def test_notes_pushed_beyond_the_last_beat_still_have_a_place() -> None:
    notes = tuple(Note(23 + k, 60, 1) for k in range(3))
    solo = Solo(1, "", "", TEMPO, "", notes, changes_from_beats([parse_chord("C7")], 1), (0,))
    assert [moment.beat for moment in moments(solo)] == [0, 0, 0]


def test_solos_without_notes_are_left_out() -> None:
    changes = changes_from_beats([parse_chord("C7")] * 4, 4)
    empty = Solo(1, "", "", TEMPO, "", (), changes, (0, 1, 2, 3))
    full = replace(empty, notes=(Note(0, 60, 12), Note(12, 62, 12)))
    assert encode_solos([empty, full, empty], tally([]), among=False).lengths == (2,)
    with pytest.raises(ValueError, match="no sequences"):
        encode_solos([empty], tally([]), among=False)


def test_the_shape_is_the_one_of_the_heads() -> None:
    spec = jazz_spec(hidden=8, layers=3)
    assert spec.heads == (PITCH, GAP, LENGTH)
    assert (spec.hidden, spec.layers, spec.dense, spec.skip) == (8, 3, DENSE, True)
    heard = sum(head.advice.sources + head.advice.width for head in (PITCH, GAP) if head.advice)
    assert spec.width == DENSE + sum(entry.width for entry in INPUTS) + heard
    assert {head for part in PARTS.values() for head in part} == set(HEADS)


def test_the_vocabulary_is_the_one_that_the_shipped_model_was_trained_on() -> None:
    """Changing it makes every checkpoint useless: change this line only together with new weights."""
    assert vocabulary_hash() == "caf15b4f7e0e1ec327b4c23463ae23461cbbfe53e80d9f801eae75f1acb68b1f"


@pytest.mark.data
def test_real_solos_are_the_same_in_every_key(all_solos: dict[int, Solo]) -> None:
    for melid in sorted(all_solos)[::90]:
        solo = all_solos[melid]
        for key in (-6, 1, 5):
            found, expected = transpose(encode_solo(solo), key), encode_solo(moved(solo, key))
            inside = [LOWEST <= note.pitch + key <= HIGHEST for note in solo.notes]
            if not all(inside):
                continue
            assert np.array_equal(found.ids, expected.ids)
            assert np.array_equal(found.dense, expected.dense)


def test_changes_are_taken_as_they_are() -> None:
    """The next chord of the last one is the first: a form repeats."""
    changes = Changes((0, 24), (parse_chord("C7"), parse_chord("F7")), 48)
    names = [entry.name for entry in INPUTS]
    ids = dict(zip(names, encode(Moment(30, 1, changes, 120.0), UNHEARD).ids, strict=True))
    assert ids["motion"] == 7
    assert ids["wait"] == 1
