"""The timeline of a take: the session's clock as it was played, through nudges and jumps.

Conventions: times are nanoseconds on the engine's clock. A played tick is 1/24 beat counted from the top of
the form for as long as the music lasts; a form tick is the session's, which jumps where another's clock does
or another place is gone to. Both are the same until the first jump.

A clock that is followed is moved a little each beat, and now and then it jumps, mostly back, as where a loop
begins again. The session's map forgets what it jumped out of; here nothing is forgotten. The map is whole:
later is always further on, and there is no gap, so that what is written by it, as a file with tempi, sounds
when it sounded. A nudge is met by the tempo up to it. A jump lands on the nearest tick that stands in its bar
as the place does that was gone to, so that bar lines stay bar lines; the beat before is stretched or squeezed
to it.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from grammar.notes import TICKS_PER_BEAT
from improv.session.tempo import NS_PER_MINUTE, Anchor, TempoMap

NUDGE = TICKS_PER_BEAT
"""Ticks: more is a jump, as in `improv.session.transport`."""
EXACT = 1e-3
"""Ticks by which a clock may be off without being moved."""
SLOWEST, FASTEST = 20.0, 1000.0
"""Beats a minute that meeting a place may come to: a file has 480 steps a beat, and a step stays short."""


class Jump(NamedTuple):
    """Another place of the form."""

    t: int
    tick: float
    """Where it was, as played."""
    by: int
    """From here on, form ticks are played ticks and so many more: whole bars."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Played ticks and times, and where in the form they were."""

    clock: TempoMap
    """Continuous, and going up."""
    bar: int
    """Ticks."""
    jumps: tuple[Jump, ...] = ()

    @staticmethod
    def starting(anchor: Anchor, bar: int) -> "Timeline":
        """One that begins with a clock's first anchor."""
        return Timeline(TempoMap((anchor,)), bar)

    def follow(self, anchor: Anchor) -> "Timeline":
        """After the next anchor of the session's clock, which holds from its time on."""
        known = tuple(a for a in self.clock.anchors if a.t < anchor.t)
        jumps = tuple(jump for jump in self.jumps if jump.t < anchor.t)
        by = jumps[-1].by if jumps else 0
        if not known:  # nothing has been played by what it was before
            return replace(self, clock=TempoMap((anchor._replace(tick=anchor.tick - by),)), jumps=jumps)
        clock = TempoMap(known)
        reached, wanted = clock.tick(anchor.t), anchor.tick - by
        if abs(wanted - reached) > NUDGE:
            before = anchor.t - round(NS_PER_MINUTE / clock.tempo)
            if before > known[-1].t:
                known = (*known, Anchor(clock.tick(before), before, clock.tempo))
            wanted += round((reached - wanted) / self.bar) * self.bar
            by = round(anchor.tick - wanted)
            jumps = (*jumps, Jump(anchor.t, wanted, by))
        jumps = tuple(jump._replace(tick=min(jump.tick, wanted)) for jump in jumps)  # nudged back across one
        return replace(self, clock=_through(known, anchor._replace(tick=wanted)), jumps=jumps)

    def form(self, tick: float) -> float:
        """The form tick of a played one."""
        return tick + next((jump.by for jump in reversed(self.jumps) if jump.tick <= tick), 0)

    def played(self, form: int, t: int) -> int:
        """The played tick of a form tick that was meant at a time."""
        return form - next((jump.by for jump in reversed(self.jumps) if jump.t <= t), 0)


def _through(known: tuple[Anchor, ...], anchor: Anchor) -> TempoMap:
    """The anchors, the last of them so that it leads to this one; those that cannot are left out."""
    reached = TempoMap(known).tick(anchor.t)
    if abs(reached - anchor.tick) < EXACT:
        # a nanosecond later it may say a hair less
        onward = anchor.tick if anchor.tick > known[-1].tick else reached
        return TempoMap((*known, anchor._replace(tick=onward)))
    while known:
        last = known[-1]
        tempo = (anchor.tick - last.tick) * NS_PER_MINUTE / (TICKS_PER_BEAT * (anchor.t - last.t))
        if SLOWEST <= tempo <= FASTEST:
            return TempoMap((*known[:-1], last._replace(tempo=tempo), anchor))
        known = known[:-1]
    return TempoMap((anchor,))
