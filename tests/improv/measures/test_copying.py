from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.changes import changes_from_beats
from grammar.chords import parse_chord
from grammar.notes import Note
from improv.measures.copying import GRAM, copied_share, longest_run, source_of
from improv.measures.piece import Piece

CHANGES = changes_from_beats([parse_chord("C7")] * 4, 4)


def line(*pitches: int, gap: int = 12) -> Piece:
    notes = tuple(Note(gap * i, pitch, gap) for i, pitch in enumerate(pitches))
    return Piece("", notes, CHANGES, 120.0, 8)


pitches = st.lists(st.integers(55, 70), min_size=0, max_size=24)
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def test_another_key_and_rhythm_is_still_a_copy() -> None:
    source = source_of([line(*SCALE)])
    copy = line(*(pitch + 5 for pitch in SCALE), gap=7)
    assert longest_run(copy, source) == 8
    assert copied_share(copy, source) == 1.0


def test_a_run_ends_where_lines_part() -> None:
    source = source_of([line(*SCALE)])
    assert longest_run(line(30, 60, 62, 64, 65, 80), source) == 4
    assert longest_run(line(40, 40, 40), source) == 1
    assert longest_run(line(), source) == 0


def test_a_run_lies_within_one_line() -> None:
    source = source_of([line(60, 62, 64), line(64, 65, 67)])
    assert longest_run(line(60, 62, 64, 65, 67), source) == 3


def test_the_share_counts_grams() -> None:
    source = source_of([line(*SCALE)])
    half = line(60, 62, 64, 65, 67, 69, 40)  # one gram of scale steps, one with the leap
    assert GRAM == 5
    assert copied_share(half, source) == pytest.approx(1 / 2)
    assert copied_share(line(60, 62, 64, 65, 67), source) is None


def test_a_line_of_the_source_is_compared_with_the_others() -> None:
    source = source_of([line(*SCALE), line(60, 70, 61, 71, 62, 72)])
    assert longest_run(line(*SCALE), source.without(0)) == 1
    assert longest_run(line(*SCALE), source.without(1)) == 8


@given(st.lists(pitches, max_size=4), pitches)
def test_it_agrees_with_comparing_every_pair_of_places(known: list[list[int]], played: list[int]) -> None:
    def steps(found: list[int]) -> list[int]:
        return [b - a for a, b in pairwise(found)]

    def grams(found: list[int], n: int) -> list[tuple[int, ...]]:
        return [tuple(found[i : i + n]) for i in range(len(found) - n + 1)]

    source = source_of([line(*each) for each in known])
    mine = steps(played)
    runs = [
        n
        for n in range(1, len(mine) + 1)
        for each in known
        if set(grams(mine, n)) & set(grams(steps(each), n))
    ]
    assert longest_run(line(*played), source) == (max(runs, default=0) + 1 if played else 0)
    all_grams = {gram for each in known for gram in grams(steps(each), GRAM)}
    share = copied_share(line(*played), source)
    if len(mine) < GRAM:
        assert share is None
    else:
        assert share == pytest.approx(
            sum(gram in all_grams for gram in grams(mine, GRAM)) / len(grams(mine, GRAM))
        )
