"""Learning from the opinion of several networks, on sequences that they make up: distillation.

Conventions: a sequence is a line of a list; it is read from an empty state, `end` before its first id, and
its last id is `end`. What is learned is the teachers' mean probability of every next id. Of each batch's
sequences a share is real and the others are written by one of the teachers, drawn for the batch: so few
real lines never run out. Sources: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network"
(2015); Bucila, Caruana and Niculescu-Mizil, "Model Compression" (2006), for the made-up examples.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.dataset import IGNORED, Columns
from models.streams import EVERY, Window, stack, take
from models.twin import Batch, Twin

REAL = 0.3
"""Share of the batches that are of real sequences."""


class Lessons:
    """A `models.streams.Source` of sequences with the teachers' opinions."""

    def __init__(
        self, teachers: Sequence[Twin], real: Columns, end: int, longest: int, batch: int, seed: int
    ) -> None:
        """Raises ValueError where there is no teacher.

        `longest` is the most steps of a made-up sequence; one that has not ended by then is cut off.
        """
        if not teachers:
            raise ValueError("no teachers")
        self.size = sum(real.lengths)
        self._teachers = [teacher.eval() for teacher in teachers]
        self._real, self._end, self._longest, self._batch = real, end, longest, batch
        self._starts = real.starts
        self._generator = np.random.default_rng(seed)

    def next(self, window: int, streams: slice = EVERY) -> Window:
        """Whole sequences, whatever the window."""
        if self._generator.random() < REAL:
            chosen = self._generator.integers(len(self._real.lengths), size=self._batch)
            starts, lengths = self._starts, self._real.lengths
            batch = stack([self._real], [(0, starts[i], starts[i] + lengths[i]) for i in chosen])
        else:
            batch = self._made_up()
        (head,) = batch.targets
        with torch.no_grad():
            logits = [t(batch, t.initial_state(self._batch))[0][head] for t in self._teachers]
            opinion = torch.stack([functional.softmax(found, dim=-1) for found in logits]).mean(0)
        steps = int((batch.targets[head] != IGNORED).sum())
        batch = take(batch._replace(opinions={head: opinion}), streams)
        return batch, np.ones(batch.ids.shape[1], dtype=bool), steps

    def _made_up(self) -> Batch:
        """Sequences that one teacher writes, (T, B)."""
        teacher = self._teachers[int(self._generator.integers(len(self._teachers)))]
        uniforms = torch.from_numpy(self._generator.random((self._longest, self._batch, 1)))
        (head,) = teacher.spec.heads
        state = teacher.initial_state(self._batch)
        last = torch.full((self._batch,), self._end)
        going = torch.ones(self._batch, dtype=torch.bool)
        read, asked = [], []
        for uniform in uniforms:
            with torch.no_grad():
                inputs = _step(last)
                trunk, state = teacher.trunk(inputs[0], inputs[1], state)
                scores = teacher.logits(head, trunk, inputs[2], inputs[3])[0].double()
            scores[:, 0] = -torch.inf  # the unknown id is never written
            passed = functional.softmax(scores, dim=-1).cumsum(-1) > uniform
            drawn = torch.where(passed.any(-1), passed.int().argmax(-1), self._end)
            read.append(torch.where(going, last, 0))
            asked.append(torch.where(going, drawn, IGNORED))
            going &= drawn != self._end
            if not going.any():
                break
            last = drawn
        ids, targets = torch.stack(read), torch.stack(asked)  # (T, B)
        steps = ids.shape[0]
        none = torch.zeros(steps, self._batch, 0, dtype=torch.int64)
        return Batch(
            ids=ids[..., None],
            dense=none.float(),
            inputs={head.name: none},
            shifts={head.name: torch.zeros(steps, self._batch, 1, dtype=torch.int64)},
            targets={head.name: targets},
        )

    def state(self) -> dict[str, Any]:
        """All that a later run needs to go on exactly here."""
        return {"generator": self._generator.bit_generator.state}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state`."""
        self._generator.bit_generator.state = state["generator"]


def _step(ids: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What a twin is asked about one step of (B,) ids: ids, dense, the head's inputs and shifts."""
    none = torch.zeros(1, len(ids), 0, dtype=torch.int64)
    return ids[None, :, None], none.float(), none, torch.zeros(1, len(ids), 1, dtype=torch.int64)
