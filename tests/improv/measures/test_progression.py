from collections.abc import Callable

import pytest

from improv.measures.piece import Piece
from improv.measures.progression import chord_irregularity, chord_sequence

Make = Callable[..., Piece]


@pytest.mark.parametrize(
    ("chords", "expected"),
    [
        (["C7", "F7", "C7", "F7", "C7"], 2 / 3),  # C F C, F C F, and C F C again
        (["C7", "F7", "G7", "A7"], 1.0),
        (["C7"] * 6, 1 / 4),  # held, it counts each bar
        (["C7", "NC", "F7", "G7"], 1.0),  # no chord is none
        (["C7", "F7"], None),
    ],
)
def test_different_trigrams_over_all(make_piece: Make, chords: list[str], expected: float | None) -> None:
    found = chord_irregularity(make_piece(chords=chords, bars=len(chords)))
    assert found == (None if expected is None else pytest.approx(expected))


def test_a_chord_is_what_sounds_not_how_it_is_spelled(make_piece: Make) -> None:
    assert len(set(chord_sequence(make_piece(chords=["C-7", "Cm7", "Cmin7"], bars=3)))) == 1
    assert len(set(chord_sequence(make_piece(chords=["C7", "C7/G", "C79b"], bars=3)))) == 3


def test_only_the_bars_of_the_piece_count(make_piece: Make) -> None:
    assert len(chord_sequence(make_piece(chords=["C7", "F7"], bars=5))) == 5
