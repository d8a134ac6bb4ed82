"""The form of a sonnet.

Conventions: the English sonnet, fourteen lines in three quatrains and a couplet, rhymed
ABAB CDCD EFEF GG, about ten syllables a line. A text is judged as it is printed: blank lines are not
counted, nor is the indent of the couplet.
"""

from dataclasses import dataclass
from typing import Final

from improv.verse.meter import natural, scan
from improv.verse.rhyme import Kind, rhyme
from improv.verse.speech import Speaker
from improv.verse.words import words

SCHEME: Final = "ABABCDCDEFEFGG"
COUPLET: Final = SCHEME.index("G")
"""The first line of the couplet, which is indented."""
FEWEST, MOST = 9, 11
"""Syllables a line may have: "about ten"."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a text stands to the form."""

    lines: int
    rhymes: tuple[Kind | None, ...]
    """Of each pair of lines that the scheme makes rhyme, in the order of `pairs()`."""
    syllables: tuple[int, ...]
    """Of each line: the number nearest to ten that it can have."""
    natural: tuple[int, ...]
    """Of each line, without liberties."""

    @property
    def lines_kept(self) -> bool:
        """Whether there are fourteen lines."""
        return self.lines == len(SCHEME)

    @property
    def scheme_kept(self) -> bool:
        """Whether there are fourteen lines and every pair rhymes."""
        return self.lines_kept and all(kind is not None for kind in self.rhymes)

    @property
    def in_length(self) -> tuple[bool, ...]:
        """Of each line, whether it can have about ten syllables."""
        return tuple(FEWEST <= count <= MOST for count in self.syllables)

    @property
    def length_kept(self) -> bool:
        """Whether every line has about ten syllables."""
        return all(self.in_length)

    @property
    def kept(self) -> bool:
        """Whether the whole form is kept."""
        return self.scheme_kept and self.length_kept


def pairs(scheme: str = SCHEME) -> tuple[tuple[int, int], ...]:
    """The lines that rhyme, each with the one before that it rhymes with."""
    last: dict[str, int] = {}
    found = []
    for line, letter in enumerate(scheme):
        if letter in last:
            found.append((last[letter], line))
        last[letter] = line
    return tuple(found)


def partner(line: int, scheme: str = SCHEME) -> int | None:
    """The earlier line that a line must rhyme with, or none."""
    return next((first for first, second in pairs(scheme) if second == line), None)


def verses(text: str) -> list[str]:
    """The lines of a text that are not blank."""
    return [line for line in text.splitlines() if line.strip()]


def judge(text: str, speaker: Speaker) -> Judgement:
    """Hold a text against the form."""
    lines = [words(line) for line in verses(text)]
    rhymes = tuple(
        rhyme(lines[first][-1], lines[second][-1], speaker)
        if second < len(lines) and lines[first] and lines[second]
        else None
        for first, second in pairs()
    )
    return Judgement(
        len(lines),
        rhymes,
        tuple(min(scan(line, speaker), key=lambda count: abs(count - 10), default=0) for line in lines),
        tuple(natural(line, speaker) for line in lines),
    )
