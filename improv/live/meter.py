"""Timing figures of the running session.

Conventions: microseconds; percentiles over the last `KEPT` measurements, the worst over all.
"""

from collections import deque

from improv.snapshot import Timing

KEPT = 2048


class Meter:
    """What is measured while playing."""

    def __init__(self, realtime: bool) -> None:
        self._realtime = realtime
        self._latency: deque[int] = deque(maxlen=KEPT)
        self._late: deque[int] = deque(maxlen=KEPT)
        self._worst = 0
        self._missed = 0

    def passed(self, nanoseconds: int) -> None:
        """A player's message has gone through, this long after it was read."""
        self._latency.append(nanoseconds // 1000)

    def sent(self, nanoseconds: int) -> None:
        """A planned message was sent this long after its place."""
        late = max(0, nanoseconds // 1000)
        self._late.append(late)
        self._worst = max(self._worst, late)

    def missed(self, count: int) -> None:
        """So many notes were dropped in all, for coming too late."""
        self._missed = count

    def timing(self) -> Timing:
        """The figures for the screen."""
        return Timing(
            latency_p99=_p99(self._latency),
            late_p99=_p99(self._late),
            late_max=self._worst,
            missed=self._missed,
            realtime=self._realtime,
        )


def _p99(values: deque[int]) -> int:
    ordered = sorted(values)
    return ordered[(len(ordered) * 99) // 100] if ordered else 0
