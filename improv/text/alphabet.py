"""The characters that a text model knows.

Conventions: id 0 is UNKNOWN, which stands for every character that is not in the alphabet and is never
sampled; id i > 0 is `characters[i - 1]`. A line ends with the newline character.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
import numpy.typing as npt

UNKNOWN = 0
NEWLINE = "\n"
LARGEST = 8000
"""Characters at most: the network scores each of them at every step."""
RARE = 5e-7
"""A character that makes up less than this share of a text is not worth an id."""

Ids = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Characters in the order of their ids."""

    characters: str
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ids", {c: i for i, c in enumerate(self.characters, start=1)})

    @property
    def size(self) -> int:
        """Ids, UNKNOWN among them."""
        return len(self.characters) + 1

    @property
    def digest(self) -> str:
        """What tells two alphabets apart."""
        return sha256(self.characters.encode()).hexdigest()[:16]

    def encode(self, text: str) -> Ids:
        """Ids of a text, (N,); a hundred million characters take a few seconds."""
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        table = np.zeros(max([0, *map(ord, self.characters)]) + 2, dtype=np.int16)
        table[[ord(c) for c in self.characters]] = np.arange(1, self.size, dtype=np.int16)
        return table[np.minimum(points, len(table) - 1)]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some ids; UNKNOWN becomes the replacement character U+FFFD."""
        return "".join("\ufffd" if i == UNKNOWN else self.characters[i - 1] for i in ids)

    def unknown(self, text: str) -> str | None:
        """The first character of a text that is not in the alphabet, if there is one."""
        return next((c for c in text if c not in self._ids), None)

    def extended(self, other: "Alphabet") -> "Alphabet":
        """The same, and behind it what else the other has: all ids stay what they were."""
        return Alphabet(self.characters + "".join(c for c in other.characters if c not in self._ids))


def alphabet_of(text: str) -> Alphabet:
    """The characters of a text, the newline always among them, without those that are too rare."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    found, counts = np.unique(points, return_counts=True)
    kept = found[counts >= max(1.0, RARE * len(points))]
    if len(kept) >= LARGEST:
        commonest = np.argsort(-counts, kind="stable")[: LARGEST - 1]
        kept = np.sort(found[commonest])
    return Alphabet("".join(sorted({NEWLINE, *map(chr, kept.tolist())})))
