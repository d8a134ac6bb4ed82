"""Made-up pieces."""

from collections.abc import Callable, Sequence

import pytest

from grammar.changes import changes_from_beats
from grammar.chords import parse_chord
from grammar.notes import Note
from improv.measures.piece import Piece

Make = Callable[..., Piece]


@pytest.fixture(scope="session")
def make_piece() -> Make:
    """Notes as (onset, pitch) or (onset, pitch, duration), and a chord a bar of four beats."""

    def made(
        notes: Sequence[tuple[int, ...]] = (),
        chords: Sequence[str] = ("C7",),
        bars: int = 1,
        tempo: float = 120.0,
        name: str = "made up",
    ) -> Piece:
        beats = [parse_chord(symbol) for symbol in chords for _ in range(4)]
        line = tuple(Note(onset, pitch, *(duration or (12,))) for onset, pitch, *duration in notes)
        return Piece(name, line, changes_from_beats(beats, 4), tempo, bars)

    return made
