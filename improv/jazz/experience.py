"""The networks with what the corpus says beside them: the pitch's answer is the product of both.

Conventions: it takes a network's place (`models.network.Predictor`), and hears what the networks hear: the
context comes from the ids of the intervals, and is part of the memory.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from improv.jazz.corpus import NOTHING_HEARD, Corpus, heard
from improv.jazz.encoding import INPUTS, PITCH
from improv.jazz.recall import WIDEST
from improv.jazz.vocabulary import NO_PITCH, PITCHES
from models.network import NO_ADVICE, Memory
from models.numeric import Array
from models.panel import Panel

_NAMES = [entry.name for entry in INPUTS]
_INTERVAL, _PERFORMER = _NAMES.index("interval"), _NAMES.index("performer")
_LAST = [expert.name for expert in PITCH.experts].index("interval")
"""The expert whose shift is the last pitch."""
_BITS = 12
_LIMBS = 3
"""A context is kept in the memory as numbers of 12 bits, exact in float32; the performer beside them."""


def contexts(intervals: Sequence[int]) -> Iterator[int]:
    """The context after each of a line's intervals, ids of the vocabulary."""
    context = NOTHING_HEARD
    for interval in intervals:
        context = heard(context, interval)
        yield context


class Experienced:
    """Networks that answer for the pitch, among other things, and a corpus."""

    def __init__(self, panel: Panel, corpus: Corpus) -> None:
        self.panel, self.corpus = panel, corpus
        self._context, self._performer = NOTHING_HEARD, 0

    @property
    def heads(self) -> tuple[str, ...]:
        """What it can be asked."""
        return self.panel.heads

    def step(
        self, ids: Sequence[int], dense: Array | None = None, advice: Mapping[str, Array] = NO_ADVICE
    ) -> None:
        """Take one event in."""
        self._hear(ids)
        self.panel.step(ids, dense, advice)

    def step_for(
        self, head: str, ids: Sequence[int], dense: Array | None, advice: Mapping[str, Array]
    ) -> None:
        """Take one event in as far as a head needs it."""
        self._hear(ids)
        self.panel.step_for(head, ids, dense, advice)

    def step_apart(
        self, head: str, ids: Sequence[int], dense: Array | None, advice: Mapping[str, Array]
    ) -> None:
        """Take in the rest."""
        self.panel.step_apart(head, ids, dense, advice)

    def _hear(self, ids: Sequence[int]) -> None:
        self._context, self._performer = heard(self._context, ids[_INTERVAL]), ids[_PERFORMER]

    def logits(
        self,
        head: str,
        inputs: Sequence[int] = (),
        shifts: Sequence[int] = (),
        advice: Array | None = None,
    ) -> Array:
        """A head's logits after the last step, (size,); an array that the next call overwrites."""
        found = self.panel.logits(head, inputs, shifts, advice)
        if head != PITCH.name or shifts[_LAST] == NO_PITCH:
            return found
        scale, score = self.corpus.score(self._context, self._performer)
        lowest = shifts[_LAST] - WIDEST
        first, end = max(0, lowest), min(PITCHES, lowest + len(score))
        found *= scale
        found[first:end] += score[first - lowest : end - lowest]
        return found

    @property
    def memory(self) -> Memory:
        """A copy of the networks' states, and the context."""
        limbs = [self._context >> _BITS * k & ((1 << _BITS) - 1) for k in range(_LIMBS)]
        return np.concatenate([self.panel.memory, np.array([*limbs, self._performer], np.float32)])

    @memory.setter
    def memory(self, memory: Memory) -> None:
        *limbs, performer = memory[-_LIMBS - 1 :].tolist()
        self._context = sum(int(limb) << _BITS * k for k, limb in enumerate(limbs))
        self._performer = int(performer)
        self.panel.memory = memory[: -_LIMBS - 1]

    def forget(self) -> None:
        """Back to the state before any event."""
        self._context, self._performer = NOTHING_HEARD, 0
        self.panel.forget()
