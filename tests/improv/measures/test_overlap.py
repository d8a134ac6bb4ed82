from collections.abc import Callable

import numpy as np
import pytest

from improv.measures.overlap import FEATURES, LENGTH_CLASSES, distances, overlaps
from improv.measures.piece import Piece

Make = Callable[..., Piece]


@pytest.fixture
def line(make_piece: Make) -> Piece:
    """C for a beat, E for half, G for half, C an octave up for a bar, at 60 beats a minute."""
    return make_piece([(0, 60, 24), (24, 64, 12), (48, 67, 12), (96, 72, 96)], bars=2, tempo=60)


def value(name: str, piece: Piece) -> np.ndarray:
    found: np.ndarray = FEATURES[name][1](piece)
    return found


def test_features_that_are_one_number(line: Piece) -> None:
    assert value("used_pitch", line) == [4]
    assert value("used_note", line) == [4]
    assert value("pitch_range", line) == [12]
    assert value("pitch_interval", line) == pytest.approx([(4 + 3 + 5) / 3])
    assert value("inter_onset_interval", line) == pytest.approx([4 / 3])


def test_pitch_classes_go_by_how_long_they_sound(line: Piece) -> None:
    found = value("pitch_class_histogram", line)
    assert found[[0, 4, 7]] == pytest.approx([120 / 144, 12 / 144, 12 / 144])
    assert found.sum() == pytest.approx(1)


def test_transitions_are_counted(line: Piece) -> None:
    classes = value("pitch_class_transition_matrix", line).reshape(12, 12)
    assert (classes[0, 4], classes[4, 7], classes[7, 0], classes.sum()) == (1, 1, 1, 3)
    quarter, eighth, whole = (LENGTH_CLASSES.index(ticks) for ticks in (24, 12, 96))
    lengths = value("note_length_transition_matrix", line).reshape(12, 12)
    assert (lengths[quarter, eighth], lengths[eighth, eighth], lengths[eighth, whole]) == (1, 1, 1)
    assert lengths.sum() == 3


def test_a_length_counts_as_the_nearest_class(make_piece: Make) -> None:
    found = value("note_length_histogram", make_piece([(0, 60, 13), (24, 60, 23), (48, 60, 1)]))
    assert {LENGTH_CLASSES[i] for i in found.nonzero()[0]} == {12, 24, 6}
    assert found.sum() == pytest.approx(1)


def test_a_silent_piece_has_features_too(make_piece: Make) -> None:
    for name in FEATURES:
        assert np.isfinite(value(name, make_piece())).all()


def test_distances_are_euclidean() -> None:
    found = distances(np.array([[0.0, 0.0], [3.0, 0.0]]), np.array([[0.0, 4.0]]))
    assert found.tolist() == [[4.0], [5.0]]


def test_a_set_overlaps_itself_better_than_a_stranger(make_piece: Make) -> None:
    def walk(start: int, step: int) -> Piece:
        return make_piece([(12 * k, start + step * k) for k in range(8)])

    real = [walk(start, step) for start in (50, 55, 61) for step in (1, 2, 3)]
    strange = [make_piece([(0, 30, 96)]), make_piece([(0, 31, 96), (96, 90, 96)])]
    near, far = overlaps(real, real), overlaps(strange, real)
    for name in FEATURES:
        assert 0 <= far[name].area <= 1
        assert near[name].area >= far[name].area
    assert far["used_note"].area < 0.1
    assert len(near["used_note"].within) == 9 * 8
    assert len(far["used_note"].between) == 2 * 9


def test_too_few_are_refused(make_piece: Make) -> None:
    with pytest.raises(ValueError, match="two real"):
        overlaps([make_piece()], [make_piece()])
