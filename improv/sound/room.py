"""A small room: a feedback delay network, computed a block at a time.

Conventions: samples are float32; frames are counted from the start of the stream.

Eight delay lines feed each other through a Householder reflection, which loses no energy, so that
only the gains decide how long the room rings. Every delay is longer than a block: what a line gives
back within a block was written before it, and the recursion becomes array arithmetic.
"""

import numpy as np
from numpy.typing import NDArray

LONGEST_BLOCK = 960
"""Frames; shorter than the shortest delay."""

_DELAYS = (1031, 1187, 1327, 1481, 1657, 1861, 2053, 2293)
_PAST = 2400
"""Frames a line must remember: more than the longest delay."""

_TAPE = 32_768
"""Frames written before the past is carried back to the tape's start."""

_SILENCE = 1e-6


class Room:
    """Reverberation with a memory of its own; mono in, stereo out."""

    def __init__(self, sample_rate: int, seconds: float = 1.1) -> None:
        """A room whose sound falls by 60 dB in `seconds`."""
        self._lines = np.zeros((len(_DELAYS), _TAPE), np.float32)
        self._heard = np.zeros((len(_DELAYS), LONGEST_BLOCK + 1), np.float32)
        losses = -3.0 * np.array(_DELAYS)[:, None] / (seconds * sample_rate)
        self._gains = (10.0**losses).astype(np.float32)
        self._signs = np.array([1, -1, 1, -1, -1, 1, -1, 1], np.float32)[:, None]
        self._position = _PAST
        self._quiet_frames = _PAST

    def add(self, sent: NDArray[np.float32], output: NDArray[np.float32]) -> None:
        """Add to `output` (frames, 2) the answer to `sent` (frames), at most LONGEST_BLOCK frames."""
        frames = len(sent)
        loud = bool(np.abs(sent).max(initial=0.0) > _SILENCE)
        if not loud and self._quiet_frames >= _PAST:
            return
        if self._position + frames > _TAPE:
            self._lines[:, :_PAST] = self._lines[:, self._position - _PAST : self._position]
            self._position = _PAST
        here = self._position
        for line, delay in enumerate(_DELAYS):
            start = here - delay - 1
            self._heard[line, : frames + 1] = self._lines[line, start : start + frames + 1]
        # the mean of two neighbours dulls each pass, as air and walls do
        heard = self._heard[:, 1 : frames + 1] * np.float32(0.65)
        heard += self._heard[:, :frames] * np.float32(0.35)
        reflected = heard - heard.sum(axis=0) * np.float32(2.0 / len(_DELAYS))
        self._lines[:, here : here + frames] = reflected * self._gains + sent * self._signs
        output[:, 0] += heard[0::2].sum(axis=0) * np.float32(0.5)
        output[:, 1] += heard[1::2].sum(axis=0) * np.float32(0.5)
        self._position = here + frames
        still = not loud and bool(np.abs(heard).max(initial=0.0) <= _SILENCE)
        self._quiet_frames = self._quiet_frames + frames if still else 0
