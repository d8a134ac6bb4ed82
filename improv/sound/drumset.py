"""The drum set being played: strokes that ring until their samples end.

Conventions: as `improv.sound.synth`. A stroke is a place in a sample (`improv.sound.drums`); note-off does
not end it. What must make way fades over some milliseconds: nothing clicks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from improv.sound.drums import Drum, drum_of, samples

STROKES = 32
"""Strokes that ring at once; one more chokes the oldest."""
_CHOKE = 0.0015
_INAUDIBLE = 1e-4


@dataclass(slots=True)
class _Stroke:
    """A stroke under way."""

    key: int
    drum: Drum
    force: float
    place: int = 0
    """Frames played of its sample."""
    fade: float = 0.0
    """How fast it is being choked, a frame."""
    level: float = 1.0


class DrumSet:
    """All that rings of the percussion channel's drums."""

    def __init__(self, sample_rate: int) -> None:
        """A silent set."""
        self.sample_rate = sample_rate
        self.program = 0
        """Which kit: see `improv.sound.drums`."""
        self._strokes: list[_Stroke] = []

    @property
    def ringing(self) -> int:
        """Strokes that still sound, fading ones included."""
        return len(self._strokes)

    def strike(self, key: int, velocity: int) -> bool:
        """Strike a key; False where it is no drum."""
        drum = drum_of(key, self.program)
        if drum is None:
            return False
        ringing = [stroke for stroke in self._strokes if not stroke.fade]
        for stroke in ringing:
            if stroke.key in drum.chokes:
                self._choke(stroke)
        if len(ringing) >= STROKES:
            self._choke(ringing[0])
        self._strokes.append(_Stroke(key, drum, velocity / 127.0))
        del self._strokes[: -2 * STROKES]
        return True

    def choke(self) -> None:
        """Fade everything within some milliseconds."""
        for stroke in self._strokes:
            self._choke(stroke)

    def add(
        self, output: NDArray[np.float32], sent: NDArray[np.float32], volume: NDArray[np.float32]
    ) -> None:
        """Add the next frames to `output` (frames, 2), and the room's share to `sent` (frames).

        Args:
            output: what is heard at once.
            sent: what the room answers.
            volume: of the channel, for each frame.
        """
        for stroke in self._strokes:
            body, stick = samples(stroke.drum, self.sample_rate)
            end = min(stroke.place + len(output), len(body))
            signal = body[stroke.place : end] + np.float32(stroke.force) * stick[stroke.place : end]
            frames = len(signal)
            signal *= np.float32(stroke.drum.gain * stroke.force**1.5) * volume[:frames]
            if stroke.fade:
                falling = np.exp(np.arange(frames, dtype=np.float32) * np.float32(-stroke.fade))
                signal *= np.float32(stroke.level) * falling
                stroke.level *= float(np.exp(-stroke.fade * frames))
            angle = (stroke.drum.pan + 1.0) * np.pi / 4.0
            output[:frames, 0] += signal * np.float32(np.cos(angle))
            output[:frames, 1] += signal * np.float32(np.sin(angle))
            sent[:frames] += signal * np.float32(stroke.drum.reverb)
            stroke.place = end
        self._strokes = [stroke for stroke in self._strokes if not self._over(stroke)]

    def _choke(self, stroke: _Stroke) -> None:
        stroke.fade = 1.0 / (_CHOKE * self.sample_rate)

    def _over(self, stroke: _Stroke) -> bool:
        body, _ = samples(stroke.drum, self.sample_rate)
        return stroke.place >= len(body) or stroke.level <= _INAUDIBLE
