"""Beats as ids: the same line in every key, and experts that speak of what they say they do."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.changes import changes_from_beats
from grammar.chords import NO_CHORD, ROOTS, parse_chord
from improv.band.dataset import agreement, bars_of, encode_solo, encode_solos, manner_of, motion, transpose
from improv.band.encoding import DENSE, INPUTS, PITCH, Manner, bass_spec, beats_since, begins, expert_maps
from improv.band.vocabulary import (
    HIGHEST,
    INTERVALS,
    KEYS,
    LOWEST,
    NO_BAR,
    NO_INTERVAL,
    NO_PITCH,
    OWN_KEY,
    PITCHES,
    UNKNOWN,
    WIDEST,
    feel_id,
    pitch_id,
)
from improv.jazz.wjazzd import Solo
from models.dataset import IGNORED

NAMES = [entry.name for entry in INPUTS]
Make = Callable[..., Solo]


@st.composite
def lines(draw: st.DrawFn, low: int = LOWEST, high: int = HIGHEST) -> Solo:
    meter = draw(st.integers(2, 7))
    beats = draw(st.integers(1, 24))
    symbols = draw(st.lists(st.sampled_from(ROOTS), min_size=beats, max_size=beats))
    suffixes = draw(st.lists(st.sampled_from(["7", "-7", "j7", "m7b5"]), min_size=beats, max_size=beats))
    chords = [parse_chord(a + b) for a, b in zip(symbols, suffixes, strict=True)]
    if draw(st.booleans()):
        chords[draw(st.integers(0, beats - 1))] = NO_CHORD
    pitches = draw(st.lists(st.none() | st.integers(low, high), min_size=beats, max_size=beats).filter(any))
    return Solo(
        melid=1,
        title="",
        performer="",
        tempo=draw(st.floats(40, 330)),
        feel=draw(st.sampled_from(["SWING", "LATIN/SWING", ""])),
        notes=(),
        changes=changes_from_beats(chords, meter),
        beats=tuple(i % meter for i in range(beats)),
        choruses=tuple(sorted(draw(st.lists(st.integers(0, 2), min_size=beats, max_size=beats)))),
        bass=tuple(pitches),
    )


@given(lines())
def test_every_id_is_in_its_alphabet_and_every_target_is_a_pitch(solo: Solo) -> None:
    columns = encode_solo(solo)
    assert columns.ids.shape == (len(solo.bass), len(INPUTS))
    assert columns.dense.shape == (len(solo.bass), DENSE)
    for column, entry in zip(columns.ids.T, INPUTS, strict=True):
        assert column.min() >= 0, entry.name
        assert column.max() < entry.size, entry.name
    head = columns.heads[PITCH.name]
    for shift, table in zip(head.shifts.T, expert_maps()[PITCH.name], strict=True):
        assert 0 <= shift.min() <= shift.max() < len(table)
    wanted = [IGNORED if pitch is None else pitch - LOWEST for pitch in solo.bass]
    assert head.target.tolist() == wanted


@given(lines(LOWEST + 6, HIGHEST - 5), st.sampled_from(KEYS))
def test_a_transposed_line_is_the_line_of_the_transposed_solo(solo: Solo, up: int) -> None:
    found = transpose(encode_solo(solo), up)
    changes = replace(solo.changes, chords=tuple(chord.transposed(up) for chord in solo.changes.chords))
    moved = replace(
        solo, changes=changes, bass=tuple(None if pitch is None else pitch + up for pitch in solo.bass)
    )
    wanted = encode_solo(moved)
    own = NAMES.index("shift")
    assert (found.ids[:, own] == OWN_KEY + up).all()
    np.testing.assert_array_equal(np.delete(found.ids, own, 1), np.delete(wanted.ids, own, 1))
    np.testing.assert_array_equal(found.dense, wanted.dense)
    for name, head in wanted.heads.items():
        np.testing.assert_array_equal(found.heads[name].shifts, head.shifts)
        np.testing.assert_array_equal(found.heads[name].target, head.target)


@given(lines(), st.sampled_from(KEYS))
def test_in_no_key_does_a_line_leave_the_register_or_learn_a_leap_that_nobody_played(
    solo: Solo, up: int
) -> None:
    own = encode_solo(solo)
    before = own.ids.copy()
    found = transpose(own, up)
    np.testing.assert_array_equal(own.ids, before)
    head = found.heads[PITCH.name]
    last = found.ids[:, NAMES.index("pitch")]
    assert ((last >= 0) & (last <= NO_PITCH)).all()
    assert ((head.target >= IGNORED) & (head.target < PITCHES)).all()
    learned = head.target != IGNORED
    both = learned & (last != NO_PITCH)
    theirs = own.heads[PITCH.name].target - own.ids[:, NAMES.index("pitch")]
    np.testing.assert_array_equal((head.target - last)[both], theirs[both])


def test_the_experts_speak_of_pitch_interval_and_degree() -> None:
    absolute, interval, before, degree, ahead = expert_maps()[PITCH.name]
    assert absolute[0].tolist() == list(range(PITCHES))
    assert interval[40 - LOWEST][43 - LOWEST] == WIDEST + 3
    assert interval[0][PITCHES - 1] == INTERVALS - 1
    assert set(interval[NO_PITCH].tolist()) == {NO_INTERVAL}
    assert degree[5][41 - LOWEST] == 0
    assert degree[5][36 - LOWEST] == 7
    np.testing.assert_array_equal(interval, before)
    np.testing.assert_array_equal(degree, ahead)
    sizes = [len(np.unique(table)) for table in (absolute, degree)]
    assert sizes == [PITCHES, 13]
    assert bass_spec().heads == (PITCH,)


def test_the_place_in_the_form_counts_bars_of_the_chorus(make_line: Make) -> None:
    solo = replace(make_line([40] * 16), choruses=(0,) * 4 + (1,) * 8 + (2,) * 4)
    assert bars_of(solo) == [None] * 4 + [0] * 4 + [1] * 4 + [0] * 4
    assert encode_solo(solo).ids[0, NAMES.index("bar")] == NO_BAR


def test_what_a_line_is_like(make_line: Make) -> None:
    roots = make_line([36, 40, 43, 45, 41, 45, 48, 50] * 8, ("C7", "F7"))
    assert agreement(roots) == 1
    assert motion(roots) == 1
    still = make_line([36] * 64, ("C7", "F7"))
    assert agreement(still) == 0.5
    assert motion(still) == 0
    assert manner_of(roots) == Manner(150.0, "SWING", 5, 5)
    assert manner_of(still) == Manner(150.0, "SWING", 3, 1)
    short = make_line([36, 40, 43])
    assert manner_of(short) == Manner(150.0, "SWING", UNKNOWN, UNKNOWN)


def test_untold_is_unknown_and_nothing_else(make_line: Make) -> None:
    line = make_line([36, 40, 43, 45] * 8)
    told, untold = encode_solos([line]), encode_solos([line, make_line([None] * 4)], told=False)
    differ = {NAMES[i] for i in np.flatnonzero((told.ids != untold.ids).any(0))}
    assert differ == {"motion"}  # one chord alone says nothing of agreement
    assert untold.lengths == (32,)


def test_a_chord_that_goes_on_at_the_top_of_the_form_does_not_begin() -> None:
    changes = changes_from_beats(
        [parse_chord("C7")] * 4 + [parse_chord("F7")] * 2 + [parse_chord("C7")] * 2, 4
    )
    assert [begins(changes, beat * 24) for beat in range(8)] == [False] * 4 + [True, False, True, False]
    assert [beats_since(changes, beat * 24) for beat in range(8)] == [2, 3, 4, 5, 0, 1, 0, 1]


@pytest.mark.parametrize(
    ("feel", "same"),
    [("LATIN/SWING", "LATIN"), ("A:LATIN/B:SWING", "LATIN"), ("", "OTHER"), ("swing", "SWING")],
)
def test_a_mixed_feel_counts_as_its_first(feel: str, same: str) -> None:
    assert feel_id(feel) == feel_id(same)


@given(st.integers(0, 127))
def test_a_pitch_beyond_the_register_comes_in_by_octaves(pitch: int) -> None:
    assert 0 <= pitch_id(pitch) < PITCHES
    assert (pitch_id(pitch) + LOWEST - pitch) % 12 == 0
    if LOWEST <= pitch <= HIGHEST:
        assert pitch_id(pitch) == pitch - LOWEST
