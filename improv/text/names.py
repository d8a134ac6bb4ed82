"""Names: what may pass for one.

Conventions: a name is one word, capitalised. Letters are those of English; y counts as a vowel.
"""

import re

SHORTEST, LONGEST = 4, 20
"""Letters of a sane name; of the 1,372 dinosaurs of the list all but six have as many."""

_VOWELS = "aeiouy"
_TOO_HARD = re.compile(rf"[^{_VOWELS}]{{5}}|[{_VOWELS}]{{4}}|(.)\1\1")
"""Five consonants in a row, four vowels, or a letter three times."""
_TOO_HARD_FIRST = re.compile(rf"^(?:[^{_VOWELS}]{{4}}|([^{_VOWELS}])\1)")
"""Four consonants to begin with, or a doubled one (but Lloyd, whom nobody asked)."""


def capitalised(name: str) -> str:
    """The name with one capital, its first letter."""
    return name[:1].upper() + name[1:].lower()


def pronounceable(name: str) -> bool:
    """Whether a name has a vowel and no run of letters that nobody can say.

    The rule takes 99 % of the 1,372 dinosaurs of the list.
    """
    low = name.casefold()
    return (
        low.isalpha()
        and any(letter in _VOWELS for letter in low)
        and not _TOO_HARD.search(low)
        and not _TOO_HARD_FIRST.search(low)
    )


def sane(name: str) -> bool:
    """Whether a name is of a sane length and can be said."""
    return SHORTEST <= len(name) <= LONGEST and pronounceable(name)
