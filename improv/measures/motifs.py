"""How much of a line takes up what the line itself played before.

Conventions: a motif is `NOTES` successive notes as intervals and rhythm: the steps in semitones and the
times between onsets, in ticks; so it may come back in another key, and elsewhere in the bar. A motif of one
pitch alone, or one that begins before its model is over, is none. Fast enough to steer by: a piece takes
less than a millisecond.
"""

from itertools import pairwise

from improv.measures.piece import Piece

NOTES = 5
"""Of a motif."""


def restated(piece: Piece, notes: int = NOTES) -> float | None:
    """The share of motifs that were played before in the piece, 0 to 1; None where it has none."""
    steps = [(b.pitch - a.pitch, b.onset - a.onset) for a, b in pairwise(piece.notes)]
    size = notes - 1
    motifs = [tuple(steps[i : i + size]) for i in range(len(steps) - size + 1)]
    if not motifs:
        return None
    first: dict[tuple[tuple[int, int], ...], int] = {}
    found = 0
    for i, motif in enumerate(motifs):
        if all(step == 0 for step, _ in motif):
            continue
        found += first.setdefault(motif, i) <= i - size
    return found / len(motifs)
