"""Puts stamped messages into the audio stream, at the sample where they belong.

Conventions: stamps and `now` are nanoseconds of one monotonic clock; frames count samples.

An audio device asks for a block at a time. Acting on a message at the start of the next block would
move notes by up to a block, differently each time. Here every message sounds one block plus a margin
after its stamp: a constant delay, which the ear forgives, in place of a jitter, which it does not.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from improv.sound.synth import Synth

MARGIN = 1_000_000
"""Nanoseconds on top of a block: how early a device may call."""

GRAIN = 32
"""Frames (0.7 ms) to which a message is placed, so that a stream of controllers costs little."""

_FOLLOW = 0.05
_LOST = 50_000_000


class Stream:
    """The synth as a device sees it: asked for block after block, fed from another thread."""

    def __init__(self, synth: Synth) -> None:
        """Wrap a synth, which nothing else may touch from now on."""
        self._synth = synth
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._expected: float | None = None
        self._ending = False

    @property
    def silent(self) -> bool:
        """Whether no note sounds or waits."""
        return not self._waiting and not self._synth.sounding

    def put(self, stamp: int, message: bytes) -> None:
        """Queue a message that happened at `stamp`; safe from any thread."""
        self._waiting.append((stamp, message))

    def end(self) -> None:
        """Forget what waits and fade what sounds, from the next block on; safe from any thread."""
        self._ending = True

    def block(self, now: int, frames: int) -> NDArray[np.float32]:
        """The next `frames` frames, asked for at `now`; shape (frames, 2)."""
        if self._ending:
            self._waiting.clear()
            self._synth.silence()
        start = self._start(now, frames)
        pieces = []
        done = 0
        while self._waiting:
            place = (self._waiting[0][0] - start) * self._synth.sample_rate / 1e9
            if place >= frames:
                break
            at = max(done, int(place) // GRAIN * GRAIN)
            if at > done:
                pieces.append(self._synth.render(at - done))
                done = at
            self._synth.handle(self._waiting.popleft()[1])
        pieces.append(self._synth.render(frames - done))
        return np.concatenate(pieces) if len(pieces) > 1 else pieces[0]

    def _start(self, now: int, frames: int) -> float:
        """The stamp that sounds at the block's first frame, from a smoothed count of the device's calls."""
        length = frames * 1e9 / self._synth.sample_rate
        expected = float(now) if self._expected is None else self._expected
        error = now - expected
        expected = float(now) if abs(error) > _LOST else expected + _FOLLOW * error
        self._expected = expected + length
        return expected - length - MARGIN
