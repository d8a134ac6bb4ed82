from collections.abc import Callable

from grammar.notes import Note
from improv.measures.piece import Piece, intervals, notes_by_bar, opening

Make = Callable[..., Piece]


def test_an_opening_ends_its_notes_with_its_last_bar(make_piece: Make) -> None:
    piece = make_piece([(0, 60), (90, 62, 24), (96, 64)], bars=3)
    cut = opening(piece, 1)
    assert cut.notes == (Note(0, 60, 12), Note(90, 62, 6))
    assert (cut.bars, cut.ticks) == (1, 96)
    assert opening(piece, 8) == piece


def test_time_goes_by_the_tempo(make_piece: Make) -> None:
    assert make_piece(bars=2, tempo=120).seconds == 4.0
    assert make_piece(bars=2, tempo=240).seconds == 2.0


def test_bars_hold_the_notes_that_begin_in_them(make_piece: Make) -> None:
    bars = notes_by_bar(make_piece([(0, 60), (95, 62), (96, 64), (300, 65)], bars=3))
    assert [[note.pitch for note in bar] for bar in bars] == [[60, 62], [64], []]


def test_intervals_go_from_note_to_note(make_piece: Make) -> None:
    assert list(intervals(make_piece([(0, 60), (12, 67), (24, 65)]))) == [7, -2]
    assert list(intervals(make_piece())) == []
