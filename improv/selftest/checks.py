"""The contract: every check, its limits, and the verdict on what was measured. One table.

Conventions: nanoseconds. What is judged is what lies beyond the bare loop, measured meanwhile on the same
ports: what a minimal program at the same priority would have done in the engine's place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from improv.live.meter import REALTIME, Limits, limits
from improv.selftest.figures import Figures, figures

Statistic = Literal["p50", "p95", "p99", "max"]
Verdict = Literal["kept", "broken", "not tried"]

MICROSECOND, MILLISECOND = 1_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One promise."""

    name: str
    title: str
    """For a person."""
    most: Mapping[Statistic, int] = field(default_factory=dict)
    """At most so many nanoseconds; empty for a check that counts what must not happen at all."""
    unit: str = "ms"


def checks(realtime: bool) -> tuple[Check, ...]:
    """The contract; a scheduled note may be later where the system grants no real-time priority."""
    allowed: Limits = limits(realtime)
    late: Mapping[Statistic, int] = {
        "p99": allowed.late_p99 * MICROSECOND,
        "max": allowed.late_max * MICROSECOND,
    }
    return (
        Check("thru", "thru: key, pedal, wheel, port to port", {"p99": REALTIME.latency_p99 * MICROSECOND}),
        Check("lost", "messages of the player's that were lost"),
        Check("late", "a scheduled note's lateness", late),
        Check("answer", "the answer's first note, from its place", {"max": late["max"]}),
        Check("turn", "places where the player's turn was cut"),
        Check("missed", "notes that missed their deadline"),
        Check("clock", "clock out: jitter of the period", {"p99": 500 * MICROSECOND}),
        Check("drift", "clock out: drift, in an hour", {"max": MILLISECOND}),
        Check("rhythm", "your rhythm: from key to note", {"p99": 2 * MILLISECOND}),
        Check("named", "a chord named, from its last key", {"p95": 40 * MILLISECOND}),
        Check("panic", "panic: from key or controller to the last byte", {"max": 5 * MILLISECOND}),
        Check("outstanding", "notes left sounding at a stop"),
    )


NAMES: tuple[str, ...] = tuple(check.name for check in checks(True))


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured for one check."""

    raw: Sequence[int] = ()
    """Through the engine."""
    bare: Sequence[int] = ()
    """Through the bare loop."""
    beyond: Sequence[int] = ()
    """Of the engine's, what lies beyond the bare loop's."""
    faults: Sequence[str] = ()
    """What happened that must not, a line each."""
    tried: bool = True
    """Whether anything was done that should have been measured."""


@dataclass(frozen=True, slots=True)
class Result:
    """A check and its verdict."""

    check: Check
    measured: Measured

    @property
    def figures(self) -> Figures:
        """Of what is judged."""
        return figures(self.measured.beyond)

    @property
    def verdict(self) -> Verdict:
        """Broken too where something was tried and nothing could be measured."""
        if not self.measured.tried:
            return "not tried"
        if self.measured.faults or (self.check.most and not self.measured.beyond):
            return "broken"
        found = self.figures
        kept = all(getattr(found, statistic) <= most for statistic, most in self.check.most.items())
        return "kept" if kept else "broken"


def judge(measured: Mapping[str, Measured], realtime: bool) -> tuple[Result, ...]:
    """Every check of the contract, those that nothing was measured for as not tried."""
    untried = Measured(tried=False)
    return tuple(Result(check, measured.get(check.name, untried)) for check in checks(realtime))
