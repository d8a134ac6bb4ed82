from collections.abc import Callable
from math import log2

import pytest

from improv.measures.entropy import entropy, pitch_entropy
from improv.measures.piece import Piece

Make = Callable[..., Piece]


@pytest.mark.parametrize(
    ("pitches", "bits"),
    [
        ([60], 0.0),
        ([60, 72, 48], 0.0),  # one pitch class
        ([60, 61], 1.0),
        ([60, 61, 62, 63], 2.0),
        ([60, 60, 60, 61], 0.811278),
        (list(range(60, 72)), log2(12)),
    ],
)
def test_the_entropy_of_one_bar(make_piece: Make, pitches: list[int], bits: float) -> None:
    piece = make_piece([(6 * k, pitch) for k, pitch in enumerate(pitches)])
    assert pitch_entropy(piece, 1) == pytest.approx(bits, abs=1e-6)


def test_windows_are_one_bar_apart_and_empty_ones_left_out(make_piece: Make) -> None:
    notes = [(0, 60), (96, 61), (96 + 12, 62), (4 * 96, 60)]
    piece = make_piece(notes, bars=5)
    assert pitch_entropy(piece, 1) == pytest.approx((0 + 1 + 0) / 3)
    assert pitch_entropy(piece, 2) == pytest.approx((log2(3) + 1 + 0) / 3)
    assert pitch_entropy(piece, 4) == pytest.approx((log2(3) + log2(3)) / 2)


def test_a_short_piece_is_one_window(make_piece: Make) -> None:
    piece = make_piece([(0, 60), (96, 61)], bars=2)
    assert pitch_entropy(piece, 4) == pytest.approx(1.0)
    assert pitch_entropy(make_piece(bars=2), 4) is None


def test_the_entropy_of_counts() -> None:
    assert entropy([1, 1, 1, 1]) == 2.0
    assert entropy([7]) == 0.0
