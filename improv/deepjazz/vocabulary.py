"""The vocabulary: every terminal that a model knows, as text, numbered in the order of their text.

Conventions: a word is a terminal in deepjazz's text form (`C,0.333,<P1,d-5>`, see `grammar.terminals`); a
corpus is measures of such words, one after the other. A vocabulary tells which terminals a piece has, not
in which order: it is sorted.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grammar.terminals import Terminal, TerminalError, parse_terminal

MOST_WORDS = np.iinfo(np.int16).max
"""Words at most: ids are 16 bits wide."""

Ids = npt.NDArray[np.int16]
Measure = tuple[Terminal, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Terminals by id."""

    terminals: tuple[Terminal, ...]
    """Each once; a terminal's place is its id."""

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.terminals)

    @property
    def words(self) -> tuple[str, ...]:
        """The terminals as text, in the order of their ids."""
        return tuple(map(str, self.terminals))

    @property
    def digest(self) -> str:
        """What tells this vocabulary from others."""
        return hashlib.sha256("\n".join(self.words).encode()).hexdigest()[:16]

    def encode(self, terminals: Iterable[Terminal]) -> Ids:
        """The ids of terminals.

        Raises:
            KeyError: one of them is not in the vocabulary.
        """
        place = {terminal: number for number, terminal in enumerate(self.terminals)}
        return np.array([place[terminal] for terminal in terminals], dtype=np.int16)


def vocabulary_of(measures: Iterable[Sequence[Terminal]]) -> Vocabulary:
    """The terminals of a corpus, sorted by their text."""
    return Vocabulary(tuple(sorted({terminal for measure in measures for terminal in measure}, key=str)))


def vocabulary_from_words(words: Iterable[str]) -> Vocabulary:
    """The inverse of `Vocabulary.words`.

    Raises:
        TerminalError: a word is no terminal, or two are the same.
    """
    terminals = tuple(map(parse_terminal, words))
    if len(set(terminals)) < len(terminals):
        raise TerminalError("a vocabulary with a word twice")
    return Vocabulary(terminals)
