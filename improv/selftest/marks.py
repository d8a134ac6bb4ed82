"""The bare loop's marks: a message every ten milliseconds or so that tells its own deadline.

Conventions: times are nanoseconds. A mark is a pitch bend on the last channel, which nobody else uses; its
fourteen bits count.
"""

from collections.abc import Iterable

PERIOD = 10_254_000
"""Nanoseconds between marks: no multiple of a JACK cycle, so that marks meet every moment of one."""
STATUS = 0xEF
COUNTS = 1 << 14


def mark(count: int) -> bytes:
    """The message of a mark, the first being number 0."""
    return bytes((STATUS, count & 0x7F, count >> 7 & 0x7F))


def marks(begins: int, heard: Iterable[tuple[int, bytes]]) -> list[tuple[int, int]]:
    """Of what was heard, each mark's deadline and how long after it came; `begins` is the first's."""
    found: list[tuple[int, int]] = []
    count = 0
    for t, message in heard:
        if message[0] == STATUS:
            count += ((message[1] | message[2] << 7) - count) % COUNTS
            due = begins + count * PERIOD
            found.append((due, t - due))
    return found
