"""One measure after the other out of a trained model, as deepjazz draws them.

Conventions: durations are ticks of 1/24 beat. Each measure goes on from a stretch of the model's measures
drawn at random; nothing is remembered from the measure before. The network reads the last `WINDOW`
terminals afresh for every new one, as Keras did.
"""

from collections.abc import Sequence
from random import Random

import numpy as np
import numpy.typing as npt

from grammar.notes import TICKS_PER_BEAT
from grammar.terminals import Terminal
from improv.deepjazz.model import WINDOW, DeepjazzModel, opens
from models.language import CHARACTER
from models.network import Network
from models.sampling import probabilities, sample

BEYOND = TICKS_PER_BEAT / 10
"""Ticks past its bar line at which a measure is long enough: his 4.1 quarter notes."""
MOST_TRIES = 1000
"""Draws for a first note, after which one is taken from the model's measures."""


class Generator:
    """A model and what it goes on from."""

    def __init__(self, model: DeepjazzModel, temperature: float) -> None:
        self._vocabulary = model.vocabulary
        self._network: Network = model.network()
        self._corpus = model.corpus()
        self._firsts = _firsts(model)
        self._temperature = temperature

    def measure(self, bar: int, rng: Random) -> list[Terminal]:
        """The terminals of a measure of `bar` ticks; the last may reach past it."""
        start = rng.randrange(len(self._corpus) - WINDOW)
        return self.measure_after(self._corpus[start : start + WINDOW], bar, rng)

    def measure_after(self, before: Sequence[Terminal], bar: int, rng: Random) -> list[Terminal]:
        """A measure that goes on from the last `WINDOW` terminals; from fewer, or none, if so few there are.

        Raises:
            KeyError: one of them is not in the vocabulary.
        """
        window = self._vocabulary.encode(before[-WINDOW:]).tolist()
        found: list[Terminal] = []
        length = 0
        while length <= bar + BEYOND:
            distribution = self._read(window)
            word = sample(distribution, rng.random()) if found else self._first(distribution, rng)
            window = [*window, word][-WINDOW:]
            found.append(self._vocabulary.terminals[word])
            length += found[-1].duration
        return found

    def _first(self, distribution: npt.NDArray[np.float64], rng: Random) -> int:
        """A note without bounds, drawn until it is one."""
        for _ in range(MOST_TRIES):
            word = sample(distribution, rng.random())
            if opens(self._vocabulary.terminals[word]):
                return word
        return rng.choice(self._firsts)

    def _read(self, window: Sequence[int]) -> npt.NDArray[np.float64]:
        """The distribution of the terminal after these, (V,)."""
        self._network.forget()
        for word in window:
            self._network.step((word,))
        return probabilities(self._network.logits(CHARACTER, (), (0,)), self._temperature)


def _firsts(model: DeepjazzModel) -> list[int]:
    """What a measure begins with that no draw would begin: the notes that begin those of the model."""
    opening = [measure[0] for measure in model.measures if opens(measure[0])]
    opening = opening or [terminal for terminal in model.vocabulary.terminals if opens(terminal)]
    return [int(word) for word in model.vocabulary.encode(opening)]
