"""Bars as players count them: in twos and threes.

Conventions: ticks of 1/24 beat from the top of the first chorus, where a bar begins; beats of a bar and of
a group count from 0.
"""

from collections.abc import Iterator
from typing import NamedTuple

from grammar.notes import TICKS_PER_BEAT

GROUPS: dict[int, tuple[int, ...]] = {
    1: (1,),
    2: (2,),
    3: (3,),
    4: (2, 2),
    5: (3, 2),
    6: (3, 3),
    7: (2, 2, 3),
}
"""Beats of a bar in twos and threes, by meter."""


class Group(NamedTuple):
    """Beats that belong together."""

    begin: int
    """The tick of the first."""
    beats: int
    """1 to 3."""


def groups(bar: int, meter: int) -> Iterator[Group]:
    """The groups of the bar that begins at tick `bar`, in order."""
    begin = bar
    for beats in GROUPS[meter]:
        yield Group(begin, beats)
        begin += beats * TICKS_PER_BEAT


def group_at(tick: int, meter: int) -> Group:
    """The group in which a tick falls."""
    bar = tick - tick % (meter * TICKS_PER_BEAT)
    return [group for group in groups(bar, meter) if group.begin <= tick][-1]
