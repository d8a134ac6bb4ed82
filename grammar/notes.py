"""Notes and lines.

Conventions: time is counted in ticks of 1/24 beat (MIDI clock), tick 0 is bar 1 beat 1 and pickups
are negative; a pitch is a MIDI number (60 is middle C), a pitch class counts semitones above C, so
C is 0 and B is 11; a line is a sequence of notes in order of onset.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

TICKS_PER_BEAT = 24
"""One MIDI clock pulse a tick: fine enough for sixteenths (6) and triplets (8, 4) alike."""


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One sounding note."""

    onset: int
    """Ticks from bar 1 beat 1."""
    pitch: int
    """MIDI number, 0 to 127."""
    duration: int
    """Ticks, 1 or more."""
    velocity: int = 80
    """1 (softest) to 127."""

    @property
    def end(self) -> int:
        """The tick at which the note has stopped sounding (exclusive)."""
        return self.onset + self.duration


def pitch_class(pitch: int) -> int:
    """The pitch's semitones above C, 0 to 11."""
    return pitch % 12


def overlaps(line: Iterable[Note]) -> list[tuple[Note, Note]]:
    """The pairs of neighbours of which the first still sounds when the second starts."""
    ordered = sorted(line)
    return [(a, b) for a, b in pairwise(ordered) if a.end > b.onset]
