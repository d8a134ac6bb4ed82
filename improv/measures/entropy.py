"""Pitch-class entropy: how erratic the pitches are within a bar, or four.

Source: H of Wu and Yang, "The Jazz Transformer on the Front Line", ISMIR 2020: the entropy, base 2, of the
histogram of pitch classes by notes, over windows of bars one bar apart, windows without notes left out.
"""

from collections import Counter
from collections.abc import Iterable
from math import log2

from grammar.notes import pitch_class
from improv.measures.piece import Piece, notes_by_bar


def pitch_entropy(piece: Piece, bars: int) -> float | None:
    """The mean entropy of windows of so many bars, bits, 0 to log2(12); None without notes.

    A piece shorter than a window is one window.
    """
    by_bar = notes_by_bar(piece)
    wide = min(bars, piece.bars)
    found = []
    for start in range(piece.bars - wide + 1):
        pitches = [note.pitch for bar in by_bar[start : start + wide] for note in bar]
        if pitches:
            found.append(entropy(Counter(map(pitch_class, pitches)).values()))
    return sum(found) / len(found) if found else None


def entropy(counts: Iterable[int]) -> float:
    """The entropy of a histogram of counts above 0, in bits."""
    known = list(counts)
    total = sum(known)
    return sum(count / total * log2(total / count) for count in known)
