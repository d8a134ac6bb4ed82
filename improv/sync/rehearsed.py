"""A master for rehearsals: its clocks as they should be and as they come, and how well they are followed.

Conventions: times are nanoseconds, a pulse is one clock, 1/24 beat, counted from 0; an error is in
milliseconds, above 0 where we are ahead of the master.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from random import Random

from improv.requests import Cue
from improv.session.events import Followed
from improv.session.session import Asked
from improv.session.tempo import NS_PER_MINUTE, TempoMap
from improv.sync.follower import Follower
from improv.sync.grid import PER_BEAT
from improv.sync.messages import CLOCK, START

MILLISECOND = 1_000_000
BEGINS = 1_000_000_000
"""When the first pulse is."""
Tempo = Callable[[int], float]
"""Beats a minute at a pulse."""


def steady(tempo: float) -> Tempo:
    """Always the same."""
    return lambda pulse: tempo


def step(tempo: float, at: int, then: float) -> Tempo:
    """Another tempo from a pulse on, at once."""
    return lambda pulse: tempo if pulse < at else then


def ramp(tempo: float, at: int, lasting: int, then: float) -> Tempo:
    """Another tempo, reached evenly from a pulse on."""
    return lambda pulse: tempo + (then - tempo) * min(1.0, max(0.0, (pulse - at) / lasting))


@dataclass(frozen=True, slots=True)
class Clocks:
    """What a master sends."""

    true: tuple[float, ...]
    """When each pulse is."""
    heard: tuple[tuple[int, int], ...]
    """Of the clocks that come: the pulse, and when."""


def clocks(
    tempo: Tempo, pulses: int, jitter: float = 0.0, lost: Collection[int] = (), seed: int = 0
) -> Clocks:
    """So many pulses, each early or late by up to `jitter` milliseconds, some of them lost."""
    random, true, t = Random(seed), list[float](), float(BEGINS)
    for pulse in range(pulses):
        true.append(t)
        t += NS_PER_MINUTE / (tempo(pulse) * PER_BEAT)
    heard, newest = list[tuple[int, int]](), 0
    for pulse, at in enumerate(true):
        newest = max(newest, round(at + random.uniform(-jitter, jitter) * MILLISECOND))
        if pulse not in lost:
            heard.append((pulse, newest))
    return Clocks(tuple(true), tuple(heard))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a master was followed."""

    follower: Follower
    errors: tuple[tuple[int, float], ...]
    """Of each pulse but those before anything was known: how far off the session's map is there."""
    ticks: tuple[float, ...]
    """What the session was told, in order, but where it was told to go elsewhere."""

    def off(self, first: int = 0, last: int = 1 << 62) -> list[float]:
        """The errors of the pulses from `first` up to `last`, without their sign, from small to large."""
        return sorted(abs(error) for pulse, error in self.errors if first <= pulse < last)


def follow(master: Clocks, tempo: float = 120.0) -> Outcome:
    """Follow a master that starts with its first clock, as a session that plays at `tempo` by itself."""
    follower, _ = Follower(tempo).take(0, bytes((START,)))
    session: TempoMap | None = None
    errors, ticks, passed = list[tuple[int, float]](), list[float](), 0
    for _, t in master.heard:
        while passed < len(master.true) and master.true[passed] < t:
            if session is not None:
                at = session.at(passed)
                errors.append((passed, (master.true[passed] - at) / MILLISECOND))
            passed += 1
        follower, events = follower.take(t, bytes((CLOCK,)))
        for event in events:
            if isinstance(event, Followed):
                session = TempoMap.starting(event.tick, event.t, event.tempo)
                ticks.append(event.tick)
            elif isinstance(event, Asked) and isinstance(event.request, Cue):
                session = TempoMap.starting(event.request.tick, event.request.at, tempo)
    return Outcome(follower, tuple(errors), tuple(ticks))


def percentile(ordered: list[float], share: float) -> float:
    """Of values from small to large, the one that so large a share is below."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
