"""Grooving pattern similarity: how alike the rhythms of the bars are.

Source: GS of Wu and Yang, "The Jazz Transformer on the Front Line", ISMIR 2020: each bar a binary vector of
64 slots, one where a note begins; the similarity of two bars is one less the share of slots that differ,
averaged over all pairs of bars, empty ones included.
"""

import numpy as np
import numpy.typing as npt

from improv.measures.piece import Piece, notes_by_bar

SLOTS = 64
"""Of a bar, whatever its meter."""


def onset_slots(piece: Piece) -> npt.NDArray[np.bool_]:
    """For every bar the slots in which a note begins, (bars, SLOTS); a tick counts to the nearest before."""
    found = np.zeros((piece.bars, SLOTS), dtype=np.bool_)
    bar = piece.changes.bar
    for number, notes in enumerate(notes_by_bar(piece)):
        for note in notes:
            found[number, note.onset % bar * SLOTS // bar] = True
    return found


def groove_similarity(piece: Piece) -> float | None:
    """The mean similarity of all pairs of bars, 0 to 1; None for less than two bars."""
    if piece.bars < 2:
        return None
    # of n bars of which k have an onset in a slot, k (n - k) pairs differ there
    n = piece.bars
    k = onset_slots(piece).sum(axis=0)
    pairs = n * (n - 1) / 2
    return float(1 - (k * (n - k)).sum() / pairs / SLOTS)
