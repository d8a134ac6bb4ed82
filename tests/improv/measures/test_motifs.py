from collections.abc import Callable

import pytest

from improv.measures.motifs import NOTES, restated
from improv.measures.piece import Piece

Make = Callable[..., Piece]
MOTIF = [(0, 60), (12, 62), (18, 64), (36, 59), (48, 67)]


def moved(ticks: int, semitones: int) -> list[tuple[int, ...]]:
    return [(onset + ticks, pitch + semitones) for onset, pitch in MOTIF]


def test_a_motif_that_comes_back_in_another_key_is_found(make_piece: Make) -> None:
    assert len(MOTIF) == NOTES
    piece = make_piece([*MOTIF, *moved(100, 3)], bars=2)
    assert restated(piece) == pytest.approx(1 / 6)  # of six motifs of five notes in ten


def test_another_rhythm_is_another_motif(make_piece: Make) -> None:
    late = [(onset + (onset > 120), pitch) for onset, pitch in moved(100, 3)]
    assert restated(make_piece([*MOTIF, *late], bars=2)) == 0.0


def test_a_scale_does_not_restate_itself_while_it_lasts(make_piece: Make) -> None:
    assert restated(make_piece([(12 * k, 60 + 2 * k) for k in range(8)])) == 0.0
    assert restated(make_piece([(12 * k, 40 + 2 * k) for k in range(9)])) == pytest.approx(1 / 5)


def test_one_pitch_is_no_motif(make_piece: Make) -> None:
    assert restated(make_piece([(12 * k, 60) for k in range(20)], bars=3)) == 0.0
    assert restated(make_piece(MOTIF[:-1])) is None
