"""How much of a line is copied from others.

Conventions: what is compared are intervals, so a phrase is the same in every key, and no rhythms. An n-gram
is n successive intervals, n + 1 notes; a run is measured in notes. Rests do not break it.

Source: the longest common run is BebopNet's measure of plagiarism (Haviv Hakimi, Bhonker and El-Yaniv, ISMIR
2020), there of notes as they stand; here whatever the key.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from improv.measures.piece import Piece, intervals

GRAM = 5
"""Intervals of an n-gram."""
WIDEST = 100
"""Semitones; wider intervals count as this."""
_APART = b"\x00"


@dataclass(frozen=True, slots=True)
class Source:
    """Lines to copy from."""

    lines: tuple[bytes, ...]
    """The intervals of each, a byte each, never zero."""
    text: bytes
    """All of them, a zero between."""

    def without(self, line: int) -> "Source":
        """The same lines but one: what a line of the source itself may be compared with."""
        return _source([*self.lines[:line], *self.lines[line + 1 :]])


def source_of(pieces: Sequence[Piece]) -> Source:
    """The pieces as lines to copy from."""
    return _source([_spelled(piece) for piece in pieces])


def longest_run(piece: Piece, source: Source) -> int:
    """Notes of the longest run that one of the source's lines has too: 1 or more, 0 of no notes."""
    line = _spelled(piece)
    longest = 0
    for start in range(len(line)):
        while start + longest < len(line) and line[start : start + longest + 1] in source.text:
            longest += 1
    return longest + 1 if piece.notes else 0


def copied_share(piece: Piece, source: Source) -> float | None:
    """The share of the piece's n-grams that are found in the source, 0 to 1; None for less than one."""
    line = _spelled(piece)
    grams = [line[i : i + GRAM] for i in range(len(line) - GRAM + 1)]
    return sum(gram in source.text for gram in grams) / len(grams) if grams else None


def _source(lines: Sequence[bytes]) -> Source:
    return Source(tuple(lines), _APART.join(lines))


def _spelled(piece: Piece) -> bytes:
    return bytes(max(-WIDEST, min(WIDEST, step)) + WIDEST + 1 for step in intervals(piece))
