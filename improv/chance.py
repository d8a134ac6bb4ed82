"""Randomness as a value: the same seed and count give the same number, on every machine.

Conventions: a draw is a float in [0, 1). A state that holds the count can be copied, saved and
replayed, which a generator object cannot.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


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

    def pick(self, weights: Sequence[float]) -> tuple[int, "Chance"]:
        """The number of one of `weights`, each as likely as it is heavy, and the position after it.

        Raises:
            ValueError: no weight is above 0.
        """
        sums = list(accumulate(weights))
        if not sums or sums[-1] <= 0:
            raise ValueError("nothing to pick from")
        number, after = self.draw()
        place = number * sums[-1]
        heavy = (i for i, reached in enumerate(sums) if place < reached and weights[i] > 0)
        return next(heavy, max(i for i, weight in enumerate(weights) if weight > 0)), after
