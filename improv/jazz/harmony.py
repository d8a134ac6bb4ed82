"""What a chart's harmony is made of: how long each pitch class is a chord tone, in all and around a place.

Conventions: shares of the time, 0 to 1, by semitones above a pitch; so that a tune is the same in every key.
The key of a tune, and where it goes, can be read from them.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from grammar.changes import Changes
from grammar.chords import Chord
from grammar.notes import TICKS_PER_BEAT

NEARBY = (4, 16)
"""Beats before and after a place that count as around it."""

LETTERS = "CLS"
"""Chord, colour and scale tones, as `grammar.chords` has them."""

Array = npt.NDArray[np.float32]


class Harmony:
    """The chord tones of a chart, beat by beat."""

    def __init__(self, changes: Changes) -> None:
        beats = max(1, changes.length // TICKS_PER_BEAT)
        tones = np.zeros((beats, 12))
        for beat in range(beats):
            tones[beat, list(changes.at(beat * TICKS_PER_BEAT).tones)] = 1
        self._beats = beats
        self._known: dict[tuple[int, int], Array] = {}
        self._whole = tones.mean(axis=0)
        ahead = max(NEARBY)
        wrapped = tones[np.arange(-ahead, beats + ahead) % beats]
        self._sums = np.concatenate([np.zeros((1, 12)), np.cumsum(wrapped, axis=0)])
        """(beats + 2 ahead + 1, 12): of all beats before one, the chart going round."""

    def around(self, tick: int, pitch: int) -> Array:
        """Shares in the whole chart, then around a tick, by semitones above a pitch: 12 (1 + len(NEARBY))."""
        beat, turn = tick // TICKS_PER_BEAT % self._beats, pitch % 12
        if (beat, turn) not in self._known:
            self._known[beat, turn] = self._around(beat + max(NEARBY), turn)
        return self._known[beat, turn]

    def _around(self, place: int, turn: int) -> Array:
        rows = [self._whole]
        rows += [(self._sums[place + n] - self._sums[place - n]) / (2 * n) for n in NEARBY]
        found: Array = np.roll(np.array(rows), -turn, axis=1).astype(np.float32).reshape(-1)
        return found


@lru_cache(maxsize=64)
def harmony_of(changes: Changes) -> Harmony:
    """The harmony of a chart, worked out once."""
    return Harmony(changes)


def tones_above(chord: Chord, pitch: int) -> Array:
    """(36,), zeros and ones: its chord, colour and scale tones, by semitones above a pitch."""
    return _turned(chord.degrees, (pitch - (chord.root or 0)) % 12)


@lru_cache(maxsize=8192)
def _turned(degrees: str, turn: int) -> Array:
    turned = degrees[turn:] + degrees[:turn]
    return np.array([[found == letter for found in turned] for letter in LETTERS], np.float32).reshape(-1)
