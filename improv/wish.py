"""What a player's key asks of the pitch that it is to sound.

Conventions: pitches are MIDI; arrays go over `improv.jazz.vocabulary`'s, the piano's.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from improv.jazz.vocabulary import HIGHEST, LOWEST
from models.numeric import Array

REACH = 5.0
"""Semitones from a wish at which a pitch is less likely by a factor of e."""

_PITCHES = np.arange(LOWEST, HIGHEST + 1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a player's key asks of the pitch that it is to sound."""

    near: int
    """The pitch around which it is to lie, the likelier the nearer."""
    low: int = 0
    """The lowest that may be chosen, wherever there is one."""
    high: int = 127
    taken: frozenset[int] = frozenset()
    """Pitches that sound already."""

    def leaning(self, logits: Array) -> Array:
        """The logits of the pitches, the nearer the likelier."""
        found: Array = logits - np.abs(_PITCHES - self.near).astype(np.float32) / REACH
        return found

    def asked(self) -> npt.NDArray[np.bool_]:
        """The pitches within its bounds that are not taken; where there is none, those nearest to them."""
        free = np.ones(len(_PITCHES), np.bool_)
        free[[pitch - LOWEST for pitch in self.taken if LOWEST <= pitch <= HIGHEST]] = False
        within: npt.NDArray[np.bool_] = free & (self.low <= _PITCHES) & (self.high >= _PITCHES)
        if within.any():
            return within
        distance = np.maximum(np.maximum(self.low - _PITCHES, _PITCHES - self.high), 0)
        return free & (distance == distance[free].min()) if free.any() else ~free
