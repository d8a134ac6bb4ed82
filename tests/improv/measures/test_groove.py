from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.changes import changes_from_beats
from grammar.chords import parse_chord
from grammar.notes import Note
from improv.measures.groove import SLOTS, groove_similarity, onset_slots
from improv.measures.piece import Piece

Make = Callable[..., Piece]
onsets = st.lists(st.integers(0, 5 * 96 - 1), unique=True, max_size=40).map(sorted)


def test_a_bar_repeated_grooves_perfectly(make_piece: Make) -> None:
    piece = make_piece([(96 * bar + tick, 60) for bar in range(4) for tick in (0, 18, 36)], bars=4)
    assert groove_similarity(piece) == 1.0


def test_slots_that_differ_count(make_piece: Make) -> None:
    piece = make_piece([(0, 60), (24, 60), (48, 60), (96, 60)], bars=2)
    assert groove_similarity(piece) == pytest.approx(1 - 2 / 64)
    assert groove_similarity(make_piece(bars=2)) == 1.0
    assert groove_similarity(make_piece(bars=1)) is None


def test_every_sixteenth_of_a_beat_is_a_slot(make_piece: Make) -> None:
    slots = onset_slots(make_piece([(0, 60), (1, 60), (2, 60), (95, 60)]))
    assert slots.shape == (1, SLOTS)
    assert slots[0].nonzero()[0].tolist() == [0, 1, 63]


@given(onsets)
def test_it_is_the_mean_over_all_pairs_of_bars(ticks: list[int]) -> None:
    changes = changes_from_beats([parse_chord("C7")] * 4, 4)
    piece = Piece("", tuple(Note(tick, 60, 1) for tick in ticks), changes, 120.0, 5)
    bars = onset_slots(piece)
    similar = [1 - (a ^ b).mean() for a, b in combinations(bars, 2)]
    assert groove_similarity(piece) == pytest.approx(sum(similar) / len(similar))
