"""How a line is played: how loud its newest note is, how long it was held, how late the next begins.

Conventions: loudness in MIDI velocities; places and lengths in ticks as performed, also between those
of the grid. Id 0 is untold: before the first note, and where it is not known, as of what has not sounded yet.

A player's touch foretells pitches, most of all how long the newest note was held until this one, then how
loud it was: `checkpoints/jazz/TRIED.md` has the figures.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace

LOUDER = (-20.0, -14.0, -9.0, -5.0, -2.0, 2.0, 5.0, 9.0, 14.0, 20.0)
"""Velocities above the line's mean so far, between which loudness is told apart."""
HELD = (0.3, 0.45, 0.6, 0.7, 0.78, 0.85, 0.9, 0.95)
"""Shares of the way from an onset to the next: detached to legato."""
LATE = (-4.8, -2.9, -1.7, -0.7, 0.0, 0.7, 1.7, 2.9, 4.8)
"""Ticks behind the place on the grid."""
TABLES = (LOUDER, HELD, LATE)
SIZES = tuple(len(edges) + 2 for edges in TABLES)
"""How many ids each has, untold among them."""


@dataclass(frozen=True, slots=True)
class Touch:
    """How the notes of a line have been played so far."""

    velocity: int | None = None
    """The newest note's."""
    heard: int = 0
    """Notes whose loudness was told."""
    total: int = 0
    """The sum of theirs."""
    struck: float | None = None
    """Where the newest note began; None before the first."""
    lasted: float | None = None
    """How long it sounded, ticks."""

    def after(self, velocity: int | None, struck: float, lasted: float) -> "Touch":
        """With one more note, of a velocity if that is told."""
        told = velocity is not None
        return Touch(velocity, self.heard + told, self.total + (velocity or 0), struck, lasted)

    def ended(self, tick: float) -> "Touch":
        """With the newest note sounding until `tick`."""
        return self if self.struck is None else replace(self, lasted=tick - self.struck)

    def cut(self, tick: float) -> "Touch":
        """With the newest note sounding until `tick` at most."""
        if self.struck is None or self.lasted is None or self.struck + self.lasted <= tick:
            return self
        return self.ended(tick)

    def moved(self, ticks: int) -> "Touch":
        """All so much later: the clock has jumped, the music has not."""
        return self if self.struck is None else replace(self, struck=self.struck + ticks)

    def ids(self, onset: int, late: float | None) -> tuple[int, int, int]:
        """Of the newest note's loudness and holding, and how late the next is, whose place is `onset`."""
        loud = held = 0
        if self.velocity is not None:
            loud = 1 + bisect_right(LOUDER, self.velocity - self.total / self.heard)
        if self.struck is not None and self.lasted is not None:
            way = onset + (late or 0.0) - self.struck
            held = 1 + bisect_right(HELD, self.lasted / way if way > 0 else 1.0)
        return loud, held, 0 if late is None else 1 + bisect_right(LATE, late)


UNTOUCHED = Touch()
"""Before the first note."""
