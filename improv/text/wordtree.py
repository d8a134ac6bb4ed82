"""The words that may be written, as a tree of letters.

Conventions: words are in lower case, an apostrophe is a letter of its word. A mask says of every id of
the alphabet whether it may come next, (V,).
"""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import numpy.typing as npt

from improv.text.alphabet import Alphabet

Mask = npt.NDArray[np.bool_]


class WordTree:
    """The beginnings of the words, and the letters that may follow each. It is not changed once made."""

    def __init__(self, words: Iterable[str], alphabet: Alphabet) -> None:
        self.alphabet = alphabet
        self._words = frozenset(words)
        following: dict[str, set[str]] = {}
        for word in self._words:
            for end in range(len(word), 0, -1):
                letters = following.setdefault(word[: end - 1], set())
                if word[end - 1] in letters:
                    break
                letters.add(word[end - 1])
        self._following = following
        self._masks: dict[str, Mask] = {}

    def is_word(self, letters: str) -> bool:
        """Whether the letters are a whole word."""
        return letters in self._words

    def continues(self, letters: str) -> bool:
        """Whether some word begins so and goes on."""
        return letters in self._following

    def following(self, letters: str) -> Iterable[str]:
        """The letters that may follow, in order."""
        return sorted(self._following.get(letters, ()))

    def mask(self, letters: str) -> Mask:
        """The ids that may follow inside a word, (V,); it is not to be written to."""
        if letters not in self._masks:
            self._masks[letters] = self.mask_of(self._following.get(letters, ()))
        return self._masks[letters]

    @cached_property
    def first(self) -> Mask:
        """The ids that begin a word, with or without a capital."""
        return self.mask("") | self.first_capital

    @cached_property
    def first_capital(self) -> Mask:
        """The ids of the capitals that begin a word."""
        return self.mask_of(letter.upper() for letter in self._following.get("", ()) if letter.isalpha())

    def mask_of(self, characters: Iterable[str]) -> Mask:
        """The ids of some characters, those that the alphabet has; a new array."""
        mask = np.zeros(self.alphabet.size, dtype=np.bool_)
        ids = self.alphabet.encode("".join(characters))
        mask[ids[ids > 0]] = True
        return mask
