"""What is measured: a line of notes over changes.

Conventions: ticks of 1/24 beat from the downbeat of the first bar; notes on the grid, one voice, in order
of onset; a piece lasts `bars` whole bars.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from grammar.changes import Changes
from grammar.notes import TICKS_PER_BEAT, Note


@dataclass(frozen=True, slots=True)
class Piece:
    """A solo, or a part of one."""

    name: str
    notes: tuple[Note, ...]
    changes: Changes
    tempo: float
    """Beats a minute."""
    bars: int

    @property
    def ticks(self) -> int:
        """Its length."""
        return self.bars * self.changes.bar

    @property
    def seconds(self) -> float:
        """Its length in time."""
        return self.ticks * self.seconds_per_tick

    @property
    def seconds_per_tick(self) -> float:
        """How long a tick lasts."""
        return 60.0 / self.tempo / TICKS_PER_BEAT


def opening(piece: Piece, bars: int) -> Piece:
    """The first bars of a piece, or all of it where it is shorter."""
    kept = min(bars, piece.bars)
    end = kept * piece.changes.bar
    notes = tuple(
        replace(note, duration=min(note.duration, end - note.onset))
        for note in piece.notes
        if note.onset < end
    )
    return replace(piece, notes=notes, bars=kept)


def notes_by_bar(piece: Piece) -> list[list[Note]]:
    """The notes that begin in each bar, empty bars included."""
    found: list[list[Note]] = [[] for _ in range(piece.bars)]
    for note in piece.notes:
        bar = note.onset // piece.changes.bar
        if 0 <= bar < piece.bars:
            found[bar].append(note)
    return found


def intervals(piece: Piece) -> Iterator[int]:
    """Semitones from each note to the next."""
    for before, after in zip(piece.notes, piece.notes[1:], strict=False):
        yield after.pitch - before.pitch
