"""Timing figures of the running session.

Conventions: nanoseconds in, whole microseconds out; percentiles over the last `KEPT` measurements, the worst
over all. Each value is sorted in as it is measured, which takes a microsecond or two: sorting 2,048 in one go
would take half a millisecond, and keep notes waiting.
"""

from bisect import bisect_left, insort
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from improv.snapshot import Timing

KEPT = 2048


@dataclass(frozen=True, slots=True)
class Limits:
    """What a performer may count on, in microseconds."""

    latency_p99: int
    """From a key's arrival to its thru."""
    late_p99: int
    """From a note's place to its sending."""
    late_max: int


REALTIME = Limits(latency_p99=1_000, late_p99=1_000, late_max=5_000)
"""Where the system grants SCHED_FIFO."""
ORDINARY = Limits(latency_p99=1_000, late_p99=3_000, late_max=10_000)
"""Where it does not."""


def limits(realtime: bool) -> Limits:
    """Which hold."""
    return REALTIME if realtime else ORDINARY


class Window:
    """The last `size` numbers, 1 or more, and their exact percentiles."""

    def __init__(self, size: int = KEPT) -> None:
        self._size = size
        self._values: deque[int] = deque()
        self._sorted: list[int] = []

    def add(self, value: int) -> None:
        """Take one in; with `size` of them there, the oldest goes."""
        if len(self._values) == self._size:
            del self._sorted[bisect_left(self._sorted, self._values.popleft())]
        self._values.append(value)
        insort(self._sorted, value)

    def percentile(self, percent: int) -> int:
        """The smallest number that at most 100 - `percent` in a hundred exceed; 0 where there is none."""
        count = len(self._sorted)
        return self._sorted[min(count - 1, count * percent // 100)] if count else 0


class Meter:
    """What is measured while playing."""

    def __init__(self, realtime: bool) -> None:
        self._realtime = realtime
        self._latency, self._late = Window(), Window()
        self._worst = self._missed = self._fallback = 0

    def passed(self, nanoseconds: int) -> None:
        """A player's message has gone through, this long after it was read."""
        self._latency.add(nanoseconds // 1000)

    def sent(self, nanoseconds: int) -> None:
        """A planned message was sent this long after its place."""
        late = max(0, nanoseconds // 1000)
        self._late.add(late)
        self._worst = max(self._worst, late)

    def missed(self, count: int, fallback: int = 0) -> None:
        """So many notes in all came too late to sound in their place; so many a fallback phrase sounded."""
        self._missed, self._fallback = count, fallback

    def timing(self) -> Timing:
        """The figures, for the screen and the log."""
        return Timing(
            latency_p99=self._latency.percentile(99),
            late_p99=self._late.percentile(99),
            late_max=self._worst,
            missed=self._missed,
            fallback=self._fallback,
            realtime=self._realtime,
        )


def timing_line(t: int, timing: Timing) -> dict[str, Any]:
    """The figures as a line of the log, at a time in nanoseconds."""
    return {"kind": "timing", "t": t, **asdict(timing)}
