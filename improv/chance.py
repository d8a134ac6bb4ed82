"""Randomness as a value: the same seed and count give the same number, on every machine.

Conventions: a draw is a float in [0, 1). A state that holds the count can be copied, saved and
replayed, which a generator object cannot.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chance:
    """A position in a seed's endless row of draws."""

    seed: int
    count: int = 0

    def draw(self) -> tuple[float, "Chance"]:
        """The next number, and the position after it."""
        digest = hashlib.blake2b(f"{self.seed}:{self.count}".encode(), digest_size=8).digest()
        number = (int.from_bytes(digest, "big") >> 11) / (1 << 53)
        return number, Chance(self.seed, self.count + 1)
