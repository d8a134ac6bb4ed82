"""Where musical time and clock time meet.

Conventions: a tick is 1/24 beat, a time an integer of nanoseconds on the engine's clock; a tempo is
beats a minute. Between anchors both run evenly.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from grammar.notes import TICKS_PER_BEAT

NS_PER_MINUTE = 60_000_000_000
KEPT = 4
"""Anchors kept: notes in the air reach back no further, and a long night does not add up."""
SLACK = 2
"""Ticks that a clock may be put forward without anything being passed over."""


class Anchor(NamedTuple):
    """A tick, the time it falls on, and the tempo from there on."""

    tick: float
    t: int
    tempo: float


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Anchors in order of time; the first and last also hold before and after."""

    anchors: tuple[Anchor, ...]

    @staticmethod
    def starting(tick: float, t: int, tempo: float) -> "TempoMap":
        """One tempo, with `tick` falling on `t`."""
        return TempoMap((Anchor(tick, t, tempo),))

    @property
    def tempo(self) -> float:
        """The newest tempo."""
        return self.anchors[-1].tempo

    def at(self, tick: float) -> int:
        """The time, in ns, of a tick."""
        anchor = self.anchors[max(0, bisect_right(self.anchors, tick, key=lambda a: a.tick) - 1)]
        return anchor.t + round((tick - anchor.tick) * _ns_per_tick(anchor.tempo))

    def tick(self, t: int) -> float:
        """The tick, whole or not, of a time in ns."""
        anchor = self.anchors[max(0, bisect_right(self.anchors, t, key=lambda a: a.t) - 1)]
        return anchor.tick + (t - anchor.t) / _ns_per_tick(anchor.tempo)

    def changed(self, tick: int, tempo: float) -> "TempoMap":
        """The same map with another tempo from `tick` on; a later change already made is dropped."""
        earlier = tuple(a for a in self.anchors if a.tick < tick)
        known = TempoMap(earlier) if earlier else self
        return TempoMap((*earlier, Anchor(tick, known.at(tick), tempo))[-KEPT:])

    def followed(self, t: int, tick: float, tempo: float) -> "TempoMap":
        """The same map until `t`, from where on it goes from `tick` at a tempo; later changes are dropped.

        Where that is back by some ticks, they come twice, and their places are then the later ones. Where it
        is ahead by no more than `SLACK`, those between keep their places; those of a jump have passed.
        """
        known = self.anchors if tick - self.tick(t) <= SLACK else ()
        earlier = tuple(a for a in known if a.tick < tick and a.t < t)
        return TempoMap((*earlier, Anchor(tick, t, tempo))[-KEPT:])


def _ns_per_tick(tempo: float) -> float:
    return NS_PER_MINUTE / (tempo * TICKS_PER_BEAT)
