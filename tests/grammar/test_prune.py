from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.notes import Note, overlaps
from grammar.prune import CLOSEST_REPEAT, SHORTEST, monophonic, prune

notes = st.lists(st.builds(Note, st.integers(-20, 200), st.integers(0, 127), st.integers(1, 60)), max_size=25)
registers = st.builds(lambda low, width: (low, low + width), st.integers(0, 110), st.integers(0, 40))


@given(notes)
def test_one_voice_neither_overlaps_nor_moves(found: list[Note]) -> None:
    line = monophonic(found)
    assert not overlaps(line)
    assert [note.onset for note in line] == sorted({note.onset for note in found})
    assert monophonic(line) == line
    for note in line:
        together = [other for other in found if other.onset == note.onset]
        assert note.pitch == max(other.pitch for other in together)
        assert 1 <= note.duration <= max(other.duration for other in together)


@given(notes, registers)
def test_a_pruned_line_is_playable(found: list[Note], register: tuple[int, int]) -> None:
    low, high = register
    line = prune(found, low, high)
    assert not overlaps(line)
    assert {note.onset for note in line} <= {note.onset for note in found}
    assert all(low <= note.pitch <= high for note in line)
    for note, following in pairwise(line):
        assert note.duration >= min(SHORTEST, following.onset - note.onset)
        assert note.pitch != following.pitch or following.onset - note.onset >= CLOSEST_REPEAT
    assert not line or line[-1].duration >= SHORTEST


@given(notes, registers)
def test_pruning_twice_is_pruning_once(found: list[Note], register: tuple[int, int]) -> None:
    once = prune(found, *register)
    assert prune(once, *register) == once


@given(notes, registers)
def test_pitch_classes_stay(found: list[Note], register: tuple[int, int]) -> None:
    classes = {(note.onset, note.pitch % 12) for note in found}
    assert {(note.onset, note.pitch % 12) for note in prune(found, *register)} <= classes


@given(notes)
def test_a_clean_line_stays_as_it_is(found: list[Note]) -> None:
    line = [
        Note(i * 6, note.pitch - note.pitch % 2 + i % 2, 2 + note.duration % 5)
        for i, note in enumerate(found)
    ]
    assert prune(line) == line


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([Note(0, 60, 30), Note(12, 62, 12)], [Note(0, 60, 12), Note(12, 62, 12)]),
        ([Note(0, 60, 12), Note(2, 60, 30)], [Note(0, 60, 32)]),
        ([Note(0, 60, 1), Note(12, 62, 1)], [Note(0, 60, 2), Note(12, 62, 2)]),
        ([Note(0, 60, 4), Note(0, 67, 4)], [Note(0, 67, 4)]),
        ([Note(0, 30, 4), Note(6, 97, 4)], [Note(0, 54, 4), Note(6, 73, 4)]),
        # deepjazz compares the first with the second and the third with the fourth: it misses this pair
        ([Note(0, 62, 4), Note(4, 60, 2), Note(6, 60, 4)], [Note(0, 62, 4), Note(4, 60, 6)]),
    ],
)
def test_examples(found: list[Note], expected: list[Note]) -> None:
    assert prune(found, 48, 84) == expected
