"""Sets of pitches.

Conventions: a set of MIDI pitches is an int whose bit n stands for pitch n (0 to 127), so union,
intersection and transposition are single operations, fast enough to do for every note as it is played.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

PITCHES = 128
"""MIDI has pitches 0 to 127."""
EVERY = (1 << PITCHES) - 1
"""All of them."""

_BYTES = tuple(tuple(bool(byte >> bit & 1) for bit in range(8)) for byte in range(256))


def span(low: int, high: int) -> int:
    """The pitches from `low` to `high`, both included; empty when low > high."""
    low, high = max(low, 0), min(high, PITCHES - 1)
    return (1 << (high + 1)) - (1 << low) if low <= high else 0


def only(pitch: int) -> int:
    """The set of one pitch; empty when it is no MIDI pitch."""
    return 1 << pitch if 0 <= pitch < PITCHES else 0


def shifted(pitches: int, semitones: int) -> int:
    """Every pitch moved up by `semitones` (down when negative); what leaves MIDI's range is dropped."""
    return (pitches << semitones if semitones >= 0 else pitches >> -semitones) & EVERY


def spread(pitches: int, low: int, high: int) -> int:
    """Every pitch from `low` to `high` semitones above one of `pitches`; `high` is `low` or more."""
    found, width = pitches, 1
    while width <= high - low:  # twice as wide each time
        step = min(width, high - low + 1 - width)
        found |= found << step
        width += step
    return (found << low if low >= 0 else found >> -low) & EVERY


def members(pitches: int) -> Iterator[int]:
    """The pitches of the set, ascending."""
    while pitches:
        lowest = pitches & -pitches
        yield lowest.bit_length() - 1
        pitches ^= lowest


def of_classes(classes: Iterable[int]) -> int:
    """Every pitch, in all octaves, of the pitch classes given (C is 0)."""
    octave = sum(1 << found for found in set(classes))
    return sum(octave << 12 * i for i in range(PITCHES // 12 + 1)) & EVERY


@lru_cache(maxsize=4096)
def flags(pitches: int) -> tuple[bool, ...]:
    """One truth value a MIDI pitch, 0 first, 128 in all."""
    return tuple(chain.from_iterable(_BYTES[byte] for byte in pitches.to_bytes(PITCHES // 8, "little")))
