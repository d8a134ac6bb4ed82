"""Chroma of a piece: how strong each pitch class sounds, frame by frame.

Conventions: pitch class 0 is C; columns are frames, of unit length in the Euclidean norm.

Source: chroma energy normalised statistics (CENS) of Müller, Kurth and Clausen, "Audio Matching via
Chroma-Based Statistical Features", ISMIR 2005, with the window of 11 frames and the step of 5 of MusDr: ten
frames a second, their energies normalised and quantised, smoothed over 1.1 s and taken twice a second.
"""

import numpy as np
import numpy.typing as npt

from improv.measures.piece import Piece

FINE_RATE = 10
"""Frames a second before smoothing."""
SMOOTHING, STEP = 11, 5
LEVELS = (0.05, 0.1, 0.2, 0.4)
"""Shares of a frame's energy from which a pitch class counts one more."""
ACCOMPANIMENT = 0.3
"""Energy of a chord's note against a note of the line: at 0.55 of its loudness."""

Numbers = npt.NDArray[np.float64]


def chroma(piece: Piece, harmony: bool = True) -> Numbers:
    """CENS features of a piece, (12, frames), two frames a second; with the chords, or of the line alone."""
    energy = _energies(piece, harmony)
    total = energy.sum(axis=0)
    shares = np.divide(energy, total, out=np.full_like(energy, 1 / 12), where=total > 0)
    levels = sum((shares >= level).astype(float) for level in LEVELS)
    window = np.hanning(SMOOTHING + 2)[1:-1]
    window /= window.sum()
    smooth = np.array([np.convolve(row, window, mode="same") for row in np.asarray(levels)])[:, ::STEP]
    norms = np.linalg.norm(smooth, axis=0)
    found: Numbers = np.divide(smooth, norms, out=np.full_like(smooth, 12**-0.5), where=norms > 1e-3)
    return found


def _energies(piece: Piece, harmony: bool) -> Numbers:
    """(12, frames), ten a second: the share of each frame that a pitch class sounds."""
    frames = max(1, int(np.ceil(piece.seconds * FINE_RATE - 1e-9)))
    found = np.zeros((12, frames))
    rate = piece.seconds_per_tick * FINE_RATE
    for note in piece.notes:
        _add(found[note.pitch % 12], note.onset * rate, note.end * rate, 1.0)
    if harmony:
        tick = 0
        while tick < piece.ticks:
            until = min(tick + piece.changes.after(tick)[0], piece.ticks)
            for tone in piece.changes.at(tick).tones:
                _add(found[tone], tick * rate, until * rate, ACCOMPANIMENT)
            tick = until
    return found


def _add(row: Numbers, start: float, end: float, energy: float) -> None:
    """Add a sound from `start` to `end` frames."""
    first, last = int(start), min(int(np.ceil(end)), len(row))
    for frame in range(max(first, 0), last):
        row[frame] += energy * (min(end, frame + 1) - max(start, frame))
