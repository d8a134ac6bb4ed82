"""Structureness: how much of a piece repeats what was there before, at three time scales.

Conventions: frames of half a second; S (N, N) is a self-similarity matrix, at most 1, 1 on its diagonal,
negative where nothing is alike.

Source: SI of Wu and Yang, "The Jazz Transformer on the Front Line", ISMIR 2020: the greatest fitness in the
scape plot among segments of 3 to 8, 8 to 15, and 15 or more seconds. Fitness after Müller, Jiang and
Grosche, "A Robust Fitness Measure for Capturing Repetitions in Music Recordings", IEEE TASLP 21(3), 2013:
the harmonic mean of how well a segment explains the piece (the score of its optimal path family, a cell)
and of how much of it (coverage), each less the trivial explanation of the segment by itself.

There audio is rendered first; here the notes are the chroma, each as long as it sounds. What is compared
is `chroma`.
"""

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from improv.measures.chroma import chroma
from improv.measures.piece import Piece
from improv.measures.similarity import self_similarity

RATE = 2
"""Frames a second."""
SCALES = {"structure_short": (3, 8), "structure_mid": (8, 15), "structure_long": (15, 128)}
"""Each scale's segments in seconds, from and to, both inclusive."""
LONGEST = 600
"""Frames of a piece that are looked at: five minutes."""

_FRACTION = 26
"""Bits of a score after its point."""
_COUNT = 12
"""Bits of each count behind a score."""
_NEVER = -(1 << 61)

Numbers = npt.NDArray[np.float64]
Scores = npt.NDArray[np.int64]


def structure(piece: Piece, harmony: bool = True) -> dict[str, float | None]:
    """The structureness of a piece at each of `SCALES`, 0 to 1; None where it is too short for one.

    Args:
        piece: the piece.
        harmony: whether the chords sound too, as in the published figures.
    """
    found: dict[str, float | None] = dict.fromkeys(SCALES)
    features = chroma(piece, harmony)[:, :LONGEST]
    frames = features.shape[1]
    if not piece.notes or frames < 2:
        return found
    S = self_similarity(features)
    for name, (shortest, longest) in SCALES.items():
        if shortest * RATE <= frames:
            # above two thirds of the piece not even a repeat at double tempo has room beside the segment
            lengths = range(shortest * RATE, min(longest * RATE, frames * 2 // 3) + 1)
            found[name] = max((float(fitness(S, length).max()) for length in lengths), default=0.0)
    return found


def fitness(S: Numbers, length: int) -> Numbers:
    """The fitness of every segment of so many frames, (N - length + 1,), at most 1.

    All segments go through the dynamic programme side by side, row by row of S. A cell of the accumulated
    score holds three numbers in one integer: the score, as a fixed-point number, and behind it how many
    cells its paths have and how many frames they cover, so that the best predecessor brings its own.
    """
    N = len(S)
    M = length
    step = (np.rint(S * (1 << _FRACTION)).astype(np.int64) << 2 * _COUNT) + (1 << _COUNT) + 1
    rows = sliding_window_view(step, M, axis=1)  # (N, segments, M): the columns of each segment
    D = np.full((3, N - M + 1, M + 1), _NEVER, dtype=np.int64)  # rows n, n - 1 and n - 2, in turn
    best = np.empty((N - M + 1, M - 1), dtype=np.int64)
    D[0, :, 0] = 0
    D[0, :, 1] = step[0, : N - M + 1]
    for n in range(1, N):
        now, before, earlier = D[n % 3], D[(n - 1) % 3], D[(n - 2) % 3]
        cells = rows[n]
        np.maximum(before[:, 0], before[:, M], out=now[:, 0])  # a path ends, or none is under way
        now[:, 1] = now[:, 0] + cells[:, 0]
        if M > 1:
            # one frame on in both, two frames of the piece for one of the segment (covering both), or
            # one frame of the piece for two of the segment, which no path may begin with
            np.maximum(before[:, 1:M], earlier[:, 1:M] + 1, out=best)
            np.maximum(best[:, 1:], before[:, 1 : M - 1], out=best[:, 1:])
            np.add(best, cells[:, 1:], out=now[:, 2:])
    packed = np.maximum(D[(N - 1) % 3][:, 0], D[(N - 1) % 3][:, M])
    mask = (1 << _COUNT) - 1
    cells_of_paths = (packed >> _COUNT) & mask
    covered = packed & mask
    score = (packed >> 2 * _COUNT) / (1 << _FRACTION)
    normalised_score = (score - M) / np.maximum(cells_of_paths, 1)
    normalised_coverage = (covered - M) / N
    total = normalised_score + normalised_coverage
    found: Numbers = np.divide(
        2 * normalised_score * normalised_coverage, total, out=np.zeros_like(total), where=total > 1e-12
    )
    return found
