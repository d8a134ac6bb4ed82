"""Comping: of the harmony, led, and more where there is room."""

from dataclasses import replace
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.changes import Changes, changes_from_beats
from grammar.chart import FEELS, Feel, parse_chart
from grammar.chords import ROOTS, parse_chord
from grammar.notes import Note
from grammar.voicings import HIGH, LOW, movement, voicings
from improv.band.comping import FAST, CompMind, comp, heard
from improv.band.notes import Hearing, Moment, Scene
from improv.band.rhythms import COMPING
from improv.chance import Chance
from improv.library import load_chart

BUSY, RESTING = Hearing(5.0, 0.2), Hearing(0.5, 2.0)
feels = st.sampled_from(FEELS)


@st.composite
def forms(draw: st.DrawFn) -> Changes:
    meter, bars = draw(st.integers(2, 7)), draw(st.integers(1, 4))
    suffix = st.sampled_from(["7", "-7", "maj7", "m7b5", "7alt", "/E", "sus", "13b9"])
    chord = st.builds(lambda a, b: parse_chord(a + b), st.sampled_from(ROOTS), suffix) | st.just(
        parse_chord("N.C.")
    )
    return changes_from_beats(draw(st.lists(chord, min_size=meter * bars, max_size=meter * bars)), meter)


def played(
    changes: Changes, feel: Feel = "swing", scene: Scene | None = None, beats: int = 64, seed: int = 1
) -> dict[int, list[Note]]:
    """The chords by onset."""
    mind = CompMind(Chance(seed))
    found: dict[int, list[Note]] = {}
    for tick in range(0, 24 * beats, 24):
        mind, notes = comp(mind, feel, Moment(tick, changes.meter, changes, scene or Scene(140.0)))
        for note in notes:
            found.setdefault(note.onset, []).append(note)
    return found


@given(forms(), feels, st.integers(0, 99), st.floats(60, 300), st.floats(0, 2))
def test_every_hit_is_a_voicing_of_the_chord_that_it_is_heard_in(
    changes: Changes, feel: Feel, seed: int, tempo: float, density: float
) -> None:
    scene = Scene(tempo, density=density, ends=24 * 30)
    before: list[Note] = []
    for onset, notes in played(changes, feel, scene, 30, seed).items():
        chord, until = heard(changes, onset)
        assert tuple(note.pitch for note in notes) in voicings(chord, tempo >= FAST)
        assert all(LOW <= note.pitch <= HIGH for note in notes)
        assert len({(note.duration, note.onset) for note in notes}) == 1
        assert onset < notes[0].end <= min(until, 24 * 30)
        assert notes[-1].velocity >= notes[0].velocity, "the top is the melody"
        if before:
            assert before[0].end <= onset
            assert movement([n.pitch for n in before], [n.pitch for n in notes]) <= 32
        before = notes


@given(forms(), feels)
def test_nothing_sounds_without_a_chord(changes: Changes, feel: Feel) -> None:
    silent = replace(changes, chords=(parse_chord("N.C."),) * len(changes.chords))
    assert played(silent, feel) == {}


def test_an_off_beat_anticipates_the_coming_chord() -> None:
    changes = parse_chart("| D-7 G7 |").changes()
    hits = played(changes, beats=400)
    pushed = [notes for onset, notes in hits.items() if onset % 96 == 36]
    assert pushed
    assert all({11, 5} <= {note.pitch % 12 for note in notes} for notes in pushed)
    assert heard(changes, 36) == (parse_chord("G7"), 96)
    assert heard(changes, 24 + 6) == (parse_chord("D-7"), 48)


@pytest.mark.parametrize("feel", ["swing", "waltz", "straight", "funk"])
def test_it_fills_where_the_soloist_rests_and_keeps_out_of_the_way(feel: Feel) -> None:
    changes = load_chart("modal").changes() if feel != "waltz" else load_chart("waltz").changes()
    counts = [
        len(played(changes, feel, Scene(140.0, hearing), 384)) for hearing in (BUSY, Hearing(), RESTING)
    ]
    assert 1.5 * counts[0] < counts[1] < counts[2]
    assert len(played(changes, feel, Scene(140.0, density=0.0), 384)) < counts[0]


def test_it_follows_the_soloists_loudness_and_the_tempo() -> None:
    changes = parse_chart("| C7 | F7 |").changes()
    soft, loud = (
        played(changes, scene=Scene(140.0, Hearing(1.0, 1.0, loudness))) for loudness in (50.0, 110.0)
    )
    assert min(notes[0].velocity for notes in loud.values()) > max(n[-1].velocity for n in soft.values())
    shells = played(changes, scene=Scene(280.0))
    assert max(map(len, shells.values())) <= 3


@pytest.mark.parametrize("feel", FEELS)
def test_the_more_attentive_the_sparser_and_softer_under_a_line_and_the_fuller_in_its_rests(
    feel: Feel,
) -> None:
    changes = load_chart("waltz" if feel == "waltz" else "modal").changes()

    def chords(hearing: Hearing, attention: float) -> tuple[int, float]:
        hits = played(changes, feel, Scene(140.0, hearing, attention=attention), 384)
        return len(hits), fmean(notes[0].velocity for notes in hits.values())

    (under, soft), (more_under, softer) = chords(BUSY, 1.0), chords(BUSY, 2.0)
    (rests, loud), (more_rests, louder) = chords(RESTING, 1.0), chords(RESTING, 2.0)
    assert softer < soft
    assert louder > loud
    if COMPING[feel].gives_way:
        assert more_under < under
        assert more_rests > rests
    assert more_under, "the harmony is still heard"


@given(forms(), feels, st.integers(0, 99), st.floats(1, 3), st.floats(0, 8), st.floats(0.1, 8))
def test_however_attentive_it_comps_within_the_same_laws(
    changes: Changes, feel: Feel, seed: int, attention: float, activity: float, since: float
) -> None:
    scene = Scene(140.0, Hearing(activity, since), attention=attention)
    for onset, notes in played(changes, feel, scene, 30, seed).items():
        chord, until = heard(changes, onset)
        assert tuple(note.pitch for note in notes) in voicings(chord, False)
        assert onset < notes[0].end <= until
        assert all(1 <= note.velocity <= 127 for note in notes)
    alone = Scene(140.0, attention=attention)
    assert played(changes, feel, alone, 30, seed) == played(changes, feel, Scene(140.0), 30, seed), "nobody"


def test_over_a_chord_that_stays_the_top_moves() -> None:
    tops = [notes[-1].pitch for notes in played(parse_chart("| D-7 |").changes(), beats=200).values()]
    assert len(set(tops)) >= 3
