"""The reach: which channel and which keys of an input are the player's.

Conventions: raw messages; channels count from 0 to 15, and from 1 to 16 where a person writes them; 60 is C4.
Whether a note passes depends on its channel and key alone, so an off passes where its on did.
"""

import re
from dataclasses import dataclass

from improv.errors import UserError

SYSTEM = 0xF0
KEYED = (0x80, 0x90, 0xA0)
"""The kinds of messages that name a key: off, on, its pressure."""
_NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
_KEY = r"(?:\d{1,3}|[A-Ga-g][#b♯♭]?-?\d)"
_KEYS = re.compile(rf"({_KEY})\s*-\s*({_KEY})")


@dataclass(frozen=True, slots=True)
class Reach:
    """What is the player's; everything, unless it is said otherwise."""

    channel: int | None = None
    """None: any."""
    low: int = 0
    high: int = 127

    def passes(self, message: bytes) -> bool:
        """Whether a message is the player's; what is of no channel always is."""
        if message[0] >= SYSTEM:
            return True
        if self.channel not in (None, message[0] & 0x0F):
            return False
        return message[0] & 0xF0 not in KEYED or self.low <= message[1] <= self.high


def parse_keys(text: str) -> tuple[int, int]:
    """Read a range of keys, both ends included: `48-84`, `C3-C6`. Raises UserError for anything else."""
    found = _KEYS.fullmatch(text.strip())
    if found is None:
        raise UserError(f"--keys {text}: the lowest and the highest key, as in 48-84 or C3-C6")
    low, high = (_pitch(word) for word in found.groups())
    if not 0 <= low <= high <= 127:
        raise UserError(f"--keys {text}: from low to high, 0 (C-1) to 127 (G9)")
    return low, high


def _pitch(word: str) -> int:
    if word.isdecimal():
        return int(word)
    accidental = word[1] if word[1] in _ACCIDENTALS else ""
    octave = int(word[1 + len(accidental) :])
    return 12 * (octave + 1) + _NATURALS[word[0].upper()] + _ACCIDENTALS[accidental]
