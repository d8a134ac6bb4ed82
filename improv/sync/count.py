"""The count: which pulse each clock of a master's is, though some are lost and others held up.

Conventions: as in `improv.sync.grid`.

A clock that comes two periods or more after the last is taken to be so many later, and one that comes at
once after it to be of those that were missed. But it may be that none was lost and the master has slowed
down. Both readings are then followed, until one of them has explained what came since so much better than
the other (in nats of likelihood, as in Reid, "An algorithm for tracking multiple targets", 1979) that it
stands alone.
"""

from dataclasses import dataclass, replace

from improv.sync.grid import Grid

LOCKED = 6
"""Clocks after which a period is known."""
SKIPPED = 1.65
"""Periods after the last clock from which on one may be lost: a fifth slower, and jitter, are less."""
BUNCHED = 0.5
"""Periods after the last clock up to which one may be of those that were missed."""
SLOWEST = 4
"""Times as slow as a master may be at once: where more clocks are missing, they are lost."""
LOSS = 2.0
"""Nats that a lost clock is less likely than one that comes."""
CHANGE = 4.0
"""Nats that a change of tempo is less likely than none."""
CERTAIN = 10.0
"""Nats by which a reading has to be better to stand alone at once."""
DECIDED = 24
"""Clocks after which the better one stands alone: both have found the tempo by then, and fit as well."""
COASTING = 3.0
"""Periods without a clock after which a master is silent."""


@dataclass(frozen=True, slots=True)
class Count:
    """The clocks so far."""

    grid: Grid
    newest: int
    """When the newest clock came."""
    known: int = 1
    """Clocks since the first."""
    missing: int = 0
    """Clocks that were taken to be lost just now, and may still come."""
    rival: Grid | None = None
    """The other reading, in which none was lost."""
    odds: float = 0.0
    """Nats by which it is the better one."""
    doubted: int = 0
    """Clocks since there have been two."""

    @staticmethod
    def beginning(t: int, period: float) -> "Count":
        """The first clock, and a guess at the period."""
        return Count(Grid.beginning(0, t, period), t)

    @property
    def locked(self) -> bool:
        """Whether the tempo is known."""
        return self.known >= LOCKED

    def silent(self, t: int) -> int:
        """Nanoseconds since the newest clock, where that is more than usual, else 0."""
        return t - self.newest if t - self.newest > COASTING * self.grid.period else 0

    def heard(self, t: int) -> "Count":
        """The count after a clock that came at `t`."""
        ratio = (t - self.grid.t) / self.grid.period
        after = replace(self, newest=t, known=self.known + 1)
        if ratio < BUNCHED and self.missing:  # its place has been counted
            return after._rivalled(t, replace(after, missing=self.missing - 1), 0.0)
        count = 1 if ratio < SKIPPED or not self.locked else max(2, round(ratio))
        cost = self.grid.surprise(count, t) + (LOSS if count > 1 else 0.0)
        following = replace(after, grid=self.grid.heard(count, t), missing=count - 1)
        cost += CHANGE if following.grid.changed else 0.0
        if self.rival is None and 1 < count <= SLOWEST:
            return replace(following, rival=self.grid.slowed().heard(1, t), odds=0.0, doubted=0)
        return after._rivalled(t, following, cost)

    def begun_again(self, t: int) -> "Count":
        """The count after a clock with which a master may have started its clocks afresh."""
        if self.grid.fits(t):
            return self.heard(t)
        return Count(self.grid.begun_again(t), t, self.known + 1)

    def _rivalled(self, t: int, following: "Count", cost: float) -> "Count":
        """What `following` is, which the clock at `t` has cost so much, beside the other reading."""
        if self.rival is None:
            return following
        rival, doubted = self.rival.heard(1, t), self.doubted + 1
        odds = self.odds + cost - self.rival.surprise(1, t) - (CHANGE if rival.changed else 0.0)
        bound = CERTAIN if doubted < DECIDED else 0.0
        if odds > bound:
            return replace(following, grid=rival, missing=0, rival=None)
        if odds < -bound or rival.index >= following.grid.index or not bound:
            return replace(following, rival=None)
        return replace(following, rival=rival, odds=odds, doubted=doubted)
