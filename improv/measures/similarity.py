"""Self-similarity of a sequence of features, enhanced so that repeats stand out as paths.

Source: Müller, Jiang and Grohganz, "SM Toolbox: MATLAB Implementations for Computing and Enhancing Similarity
Matrices", AES 2014, with the parameters of MusDr: smoothing over 20 frames along seven tempi from half to
double, forwards and backwards, the greatest over all twelve transpositions; the greatest quarter of the
values is kept, scaled to 0 to 1, and all others are -2.
"""

import numpy as np
import numpy.typing as npt

SMOOTHING = 20
"""Frames along a path that are averaged."""
TEMPI = tuple(float(ratio) for ratio in np.exp(np.linspace(np.log(0.5), np.log(2), 7)))
"""Tempi of a repeat relative to what it repeats."""
KEPT = 0.25
PENALTY = -2.0

Numbers = npt.NDArray[np.float64]


def self_similarity(features: Numbers) -> Numbers:
    """The enhanced matrix S (N, N) of features (12, N): at most 1, 1 on the diagonal, -2 where unlike."""
    best = np.zeros((features.shape[1],) * 2)
    for semitones in range(12):
        S = features.T @ np.roll(features, semitones, axis=0)
        np.maximum(best, smoothed(S), out=best)
        np.maximum(best, smoothed(S[::-1, ::-1])[::-1, ::-1], out=best)
    return thresholded(best)


def smoothed(S: Numbers) -> Numbers:
    """The greatest mean over paths that begin at each cell, one for each of `TEMPI`; beyond the end is 0."""
    N = len(S)
    best = np.zeros_like(S)
    total = np.empty_like(S)
    for ratio in TEMPI:
        total[:] = 0
        for l in range(min(SMOOTHING, N)):  # noqa: E741 - the paper's letter
            across = round(l * ratio)
            if across < N:
                total[: N - l, : N - across] += S[l:, across:]
        np.maximum(best, total, out=best)
    return best / SMOOTHING


def thresholded(S: Numbers) -> Numbers:
    """The greatest quarter of the values scaled to 0 to 1, the others `PENALTY`, the diagonal 1."""
    below = min(round(S.size * (1 - KEPT)), S.size - 1)
    least = np.partition(S, below, axis=None)[below]
    high = S.max()
    scaled = (S - least) / (high - least) if high > least else np.ones_like(S)
    found = np.where(scaled < 0, PENALTY, scaled)
    np.fill_diagonal(found, 1.0)
    return found
