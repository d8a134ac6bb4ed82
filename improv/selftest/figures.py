"""Percentiles, and a histogram in a line.

Conventions: values are nanoseconds, 0 or more; a percentile is the smallest value that no more than the rest
of a hundred exceed (nearest rank), so each is one that was measured.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log1p

BARS = " ▁▂▃▄▅▆▇█"
BINS = 40
"""Of a histogram."""
BEYOND = 1.5
"""Of the limit, where a histogram ends; its last bin holds everything above."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is said of many values."""

    count: int
    p50: int
    p95: int
    p99: int
    max: int


def figures(values: Sequence[int]) -> Figures:
    """The figures; all 0 where there are no values."""
    ordered = sorted(values)
    if not ordered:
        return Figures(0, 0, 0, 0, 0)
    count = len(ordered)
    p50, p95, p99 = (ordered[min(count - 1, count * percent // 100)] for percent in (50, 95, 99))
    return Figures(count, p50, p95, p99, ordered[-1])


def histogram(values: Sequence[int], limit: int, bins: int = BINS) -> tuple[int, ...]:
    """How many values lie in each of `bins` equal parts of 0 to `BEYOND` times the limit.

    The last counts all that lie beyond.
    """
    ordered = sorted(values)
    edges = [round(limit * BEYOND * k / bins) for k in range(1, bins)]
    below = [0, *(bisect_left(ordered, edge) for edge in edges), len(ordered)]
    return tuple(after - before for before, after in pairwise(below))


def drawn(counts: Sequence[int]) -> str:
    """A bar a bin; heights grow with the logarithm, as one late note in a thousand has to be seen."""
    most = log1p(max([1, *counts]))
    tallest = len(BARS) - 1
    return "".join(BARS[max(1, round(tallest * log1p(count) / most)) if count else 0] for count in counts)


class Bare:
    """What the bare loop took, by time, and what of a value is beyond it."""

    NEAR = 50_000_000
    """Nanoseconds either side within which the bare loop met the same machine."""

    def __init__(self, measured: Sequence[tuple[int, int]]) -> None:
        """Give (time, value) of each measurement, in any order."""
        ordered = sorted(measured)
        self._times = [t for t, _ in ordered]
        self.values = [value for _, value in ordered]

    def near(self, t: int) -> int:
        """The longest that the bare loop took about then; 0 where nothing was measured."""
        first = bisect_left(self._times, t - self.NEAR)
        last = bisect_right(self._times, t + self.NEAR)
        return max(self.values[first:last], default=0)

    def beyond(self, measured: Sequence[tuple[int, int]]) -> list[int]:
        """What of each (time, value) is beyond the bare loop; 0 where it is none the worse."""
        return [max(0, value - self.near(t)) for t, value in measured]
