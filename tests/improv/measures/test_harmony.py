from collections.abc import Callable

import pytest

from grammar.chords import NO_CHORD, QUALITIES, parse_chord
from improv.measures.harmony import SCALES, chord_tones, scale_of, scale_tones
from improv.measures.piece import Piece

Make = Callable[..., Piece]
CHROMATIC = [(12 * k, 60 + k) for k in range(12)]


@pytest.mark.parametrize(
    ("chord", "tones", "scale"),
    [
        ("C7", 4, 7),  # C E G Bb; mixolydian
        ("Cj7", 4, 7),  # C E G B; ionian
        ("C6", 4, 7),
        ("C-7", 4, 7),  # dorian
        ("Cm7b5", 4, 8),  # dorian, and Gb, which it lacks
        ("C7alt", 3, 7),  # no fifth
        ("C7/D", 5, 7),  # the bass is a chord tone
    ],
)
def test_each_note_of_the_octave_is_counted_once(
    make_piece: Make, chord: str, tones: int, scale: int
) -> None:
    piece = make_piece(CHROMATIC, [chord], bars=2)
    assert len(parse_chord(chord).tones) == tones
    assert chord_tones(piece) == pytest.approx(tones / 12)
    assert scale_tones(piece) == pytest.approx(scale / 12)


def test_the_octave_and_the_length_do_not_matter(make_piece: Make) -> None:
    piece = make_piece([(0, 48, 90), (90, 37, 1), (91, 102, 1)], ["C7"])
    assert chord_tones(piece) == pytest.approx(1 / 3)
    assert scale_tones(piece) == pytest.approx(1 / 3)


def test_a_note_is_heard_over_the_chord_at_its_onset(make_piece: Make) -> None:
    piece = make_piece([(95, 66, 24), (96, 66)], ["C7", "F#7"], bars=2)
    assert chord_tones(piece) == pytest.approx(1 / 2)


def test_notes_without_a_chord_are_left_out(make_piece: Make) -> None:
    piece = make_piece([(0, 61), (96, 64), (108, 61)], ["NC", "C7"], bars=2)
    assert chord_tones(piece) == pytest.approx(1 / 2)
    assert chord_tones(make_piece([(0, 61)], ["NC"])) is None
    assert scale_tones(make_piece()) is None
    assert scale_of(NO_CHORD) == frozenset()


def test_every_quality_has_a_scale() -> None:
    assert SCALES.keys() == QUALITIES.keys() - {"NC"}
