from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.changes import Changes
from grammar.chords import NO_CHORD, ROOTS, Chord, parse_chord
from grammar.notes import Note
from grammar.parse import classify, kinds_over, parse_line, parse_note, pitches_of
from grammar.pitches import members
from grammar.prune import monophonic
from grammar.terminals import Kind, bounds_around

SUFFIXES = ["", "-7", "7", "maj7", "7alt", "7b9", "m7b5", "o7", "7sus", "+7", "-j7", "5", "6", "7/E"]
chords = st.builds(
    lambda root, suffix: parse_chord(root + suffix), st.sampled_from(ROOTS), st.sampled_from(SUFFIXES)
)
changes = st.builds(
    lambda found, meter: Changes(
        tuple(i * meter * 24 for i in range(len(found))), tuple(found), len(found) * meter * 24, meter
    ),
    st.lists(chords | st.just(NO_CHORD), min_size=1, max_size=4),
    st.sampled_from([3, 4, 5]),
)
lines = st.lists(
    st.builds(Note, st.integers(-48, 500), st.integers(20, 110), st.integers(1, 60)), max_size=30
).map(monophonic)


def transposed(found: Changes, up: int) -> Changes:
    return Changes(
        found.onsets, tuple(chord.transposed(up) for chord in found.chords), found.length, found.meter
    )


@given(chords, st.integers(0, 127))
def test_a_kind_is_what_the_chord_says(chord: Chord, pitch: int) -> None:
    kind = classify(pitch, chord)
    near = {(pitch - 1) % 12, (pitch + 1) % 12}
    assert (kind is Kind.CHORD) == (pitch % 12 in chord.tones)
    assert (kind is Kind.COLOUR) == (pitch % 12 in chord.colours)
    assert (kind.letter in "CLS") == (pitch % 12 in chord.scale)
    assert (kind is Kind.APPROACH) == (pitch % 12 not in chord.scale and bool(near & chord.tones))
    assert pitch in members(pitches_of(chord, kind.letter))


def test_spelling_does_not_matter() -> None:
    assert classify(66, parse_chord("F#7")) is classify(66, parse_chord("Gb7")) is Kind.CHORD
    assert [kind.letter for kind in kinds_over(parse_chord("C"))] == list("CALACSACALXS")
    assert {kind.letter for kind in kinds_over(NO_CHORD)} == {"S"}


@given(lines, changes, st.integers(0, 100))
def test_terminals_keep_every_onset_and_duration(line: list[Note], found: Changes, wait: int) -> None:
    start = line[0].onset - wait if line else 0
    tick, notes = start, []
    for terminal in parse_line(line, found, start):
        if terminal.kind is not Kind.REST:
            notes.append((tick, terminal.duration, terminal.kind))
        tick += terminal.duration
    assert notes == [(n.onset, n.duration, classify(n.pitch, found.at(n.onset))) for n in line]


@given(lines, changes)
def test_bounds_reach_across_rests_and_bar_lines_from_the_second_note_on(
    line: list[Note], found: Changes
) -> None:
    bounds = [terminal.bounds for terminal in parse_line(line, found) if terminal.kind is not Kind.REST]
    assert bounds[:1] == [None] * len(line[:1])
    assert bounds[1:] == [bounds_around(after.pitch - before.pitch) for before, after in pairwise(line)]


@given(lines, changes, st.integers(0, 127))
def test_a_note_alone_is_a_note_of_the_line(line: list[Note], found: Changes, previous: int) -> None:
    alone = []
    before: int | None = previous
    for note in line:
        alone.append(parse_note(note, found, before))
        before = note.pitch
    assert alone == [t for t in parse_line(line, found, previous=previous) if t.kind is not Kind.REST]


@given(lines, changes, st.integers(-11, 11))
def test_terminals_are_the_same_in_every_key(line: list[Note], found: Changes, up: int) -> None:
    moved = [Note(note.onset, note.pitch + up, note.duration) for note in line]
    assert parse_line(moved, transposed(found, up)) == parse_line(line, found)


def test_rests_are_never_two_in_a_row_and_lead_up_to_the_first_note() -> None:
    found = Changes((0,), (parse_chord("C"),), 96)
    assert [str(t) for t in parse_line([Note(12, 64, 6), Note(24, 65, 12)], found, start=0)] == [
        *("R,0.500", "C,0.250", "R,0.250", "S,0.500,<M3,M-2>")
    ]
    assert [str(t) for t in parse_line([Note(12, 64, 6)], found)] == ["C,0.250"]
    assert parse_line([], found) == []


def test_a_note_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="before 24"):
        parse_line([Note(12, 60, 12)], Changes((0,), (NO_CHORD,), 96), start=24)


@pytest.mark.data
def test_kinds_over_every_symbol_are_the_same_in_every_key(wjazzd_symbols: set[str]) -> None:
    for chord in map(parse_chord, wjazzd_symbols):
        for up in range(12):
            moved = kinds_over(chord.transposed(up))
            assert [moved[(note + up) % 12] for note in range(12)] == list(kinds_over(chord)), chord.symbol
