"""Which of what was heard is which of what was sent.

Conventions: times are nanoseconds; both lists are in order of time.
"""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from itertools import pairwise

from improv.session.events import NoteOff, NoteOn, decode

WAIT = 1_000_000_000
"""Nanoseconds after which a message counts as lost."""
Key = tuple[int, int]
"""A channel and a pitch."""


def arrivals(sent: Sequence[tuple[int, bytes]], heard: Iterable[tuple[int, bytes]]) -> list[int | None]:
    """When each message arrived, or None.

    The same bytes may be sent again and again: of equal ones the order is kept, and none arrives before it
    was sent or `WAIT` later.
    """
    waiting: dict[bytes, deque[int]] = defaultdict(deque)
    for place, (_, message) in enumerate(sent):
        waiting[message].append(place)
    found: list[int | None] = [None] * len(sent)
    for t, message in heard:
        places = waiting.get(message)
        while places and sent[places[0]][0] + WAIT < t:
            places.popleft()
        if places and sent[places[0]][0] <= t:
            found[places.popleft()] = t
    return found


def nearest(
    planned: Iterable[tuple[int, bytes]], heard: Iterable[tuple[int, bytes]]
) -> list[tuple[int, int]]:
    """(planned, arrived) of each message heard that was planned; each plan is met once at most.

    A message meets the newest equal plan that it does not come before; one may come a clock's error early.
    """
    early = 1_000_000
    plans: dict[bytes, list[int]] = defaultdict(list)
    for at, message in planned:
        plans[message].append(at)
    for times in plans.values():
        times.sort()
    found: list[tuple[int, int]] = []
    for t, message in heard:
        times = plans.get(message, [])
        place = bisect_left(times, t + early) - 1
        if place >= 0 and t - times[place] < WAIT:
            found.append((times.pop(place), t))
    return found


class Ledger:
    """Which keys sound at whoever listens."""

    def __init__(self) -> None:
        self.sounding: dict[Key, int] = {}
        """When each began."""
        self.again: list[tuple[int, Key]] = []
        """Keys that were struck while they sounded, without an off before."""

    def hear(self, t: int, message: bytes) -> None:
        """Take in a message."""
        match decode(t, message):
            case NoteOn(_, pitch, _, channel):
                key = channel, pitch
                if key in self.sounding:
                    self.again.append((t, key))
                self.sounding[key] = t
            case NoteOff(_, pitch, channel):
                self.sounding.pop((channel, pitch), None)
            case _:
                pass


def steady(times: Sequence[int], period: float) -> list[tuple[int, int]]:
    """(time, deviation) of each period between two times; one that was left out is no period."""
    return [
        (after, round(abs(after - before - period)))
        for before, after in pairwise(times)
        if after - before < 1.5 * period
    ]


def drift(stretches: Iterable[Sequence[tuple[float, float]]]) -> tuple[float, float]:
    """The slope of deviation on time, common to stretches that each begin anew, and its standard error.

    A stretch is (ideal time, deviation) of each tick; least squares with a start of its own for each.
    """
    xx = xy = yy = 0.0
    count = 0
    for stretch in stretches:
        n = len(stretch)
        if n < 3:
            continue
        x0, y0 = (sum(pair[k] for pair in stretch) / n for k in (0, 1))
        xx += sum((x - x0) ** 2 for x, _ in stretch)
        xy += sum((x - x0) * (y - y0) for x, y in stretch)
        yy += sum((y - y0) ** 2 for _, y in stretch)
        count += n - 1
    if xx == 0 or count < 2:
        return 0.0, 0.0
    slope = xy / xx
    left: float = max(0.0, yy - slope * xy) / (count - 1)
    return slope, (left / xx) ** 0.5
