"""A trained network, stepped one event at a time: what plays.

Conventions: one sequence, float32. `step` takes the ids of an event through the trunk; `logits` asks
one head about it; of a head that takes advice both are given it. States are plain arrays that can be
saved and brought back, so that a phrase can be tried and taken back.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.cells import CELLS
from models.numeric import Array
from models.spec import FAINT, Head, Spec

Maps = Mapping[str, Sequence[npt.NDArray[np.int16]]]
"""For every head its experts' maps, (shifts, size of the head)."""

NO_ADVICE: Mapping[str, Array] = {}

Memory = npt.NDArray[np.float32]
"""The state of all layers, (layers, parts, H): h, and of an LSTM c."""


def check_weights(spec: Spec, weights: Mapping[str, npt.NDArray[np.float32]]) -> None:
    """Raises ValueError for weights that are missing or of another shape than the spec says."""
    for name, shape in spec.shapes().items():
        if name not in weights or weights[name].shape != shape:
            found = weights[name].shape if name in weights else "nothing"
            raise ValueError(f"weights of {name}: expected {shape}, found {found}")


class Predictor(Protocol):
    """What is stepped and asked: a network, or several as one (`models.panel`)."""

    memory: Memory

    @property
    def heads(self) -> tuple[str, ...]:
        """What it can be asked."""

    def step(self, ids: Sequence[int], dense: Array | None = None, advice: Mapping[str, Array] = ...) -> None:
        """Take one event in."""

    def logits(
        self,
        head: str,
        inputs: Sequence[int] = ...,
        shifts: Sequence[int] = ...,
        advice: Array | None = ...,
    ) -> Array:
        """A head's logits after the last step, (size,)."""

    def forget(self) -> None:
        """Back to the state before any event."""


class Network:
    """A spec with its weights.

    Raises:
        ValueError: weights that are missing or of another shape than the spec says.
    """

    def __init__(self, spec: Spec, weights: Mapping[str, npt.NDArray[np.float32]], maps: Maps) -> None:
        check_weights(spec, weights)
        self.spec = spec
        self._tables = [weights[f"embed.{entry.name}"] for entry in spec.inputs]
        cell = CELLS[spec.cell]
        self._layers = [
            cell.Stepper(
                cell.Params(*(weights[f"{spec.cell}.{layer}.{part}"] for part in cell.Params._fields))
            )
            for layer in range(spec.layers)
        ]
        self._shown = np.zeros(spec.trunk, np.float32)
        self._readers = {name: weights[f"{name}.advice.read"] for name, _ in spec.heard}
        self._heads = {head.name: _HeadStepper(head, weights, maps[head.name]) for head in spec.heads}

    def step(
        self,
        ids: Sequence[int],
        dense: Array | None = None,
        advice: Mapping[str, Array] = NO_ADVICE,
    ) -> None:
        """Take one event in; ids as `Spec.inputs`, dense (spec.dense,), None for zeros.

        Advice by head, (sources, slots) each; of a head that is not named there is none.
        """
        x = self._layers[0].x
        at = 0
        for table, i in zip(self._tables, ids, strict=True):
            width = table.shape[1]
            x[at : at + width] = table[i]
            at += width
        x[at : at + self.spec.dense] = 0 if dense is None else dense
        at += self.spec.dense
        for name, reader in self._readers.items():
            at = _read(x, at, advice.get(name), reader, self._heads[name].sources)
        h = self._layers[0].step()
        H = self.spec.hidden
        for layer in self._layers[1:]:
            layer.x[:H] = h
            if self.spec.skip:
                layer.x[H:] = x
            h = layer.step()

    def logits(
        self,
        head: str,
        inputs: Sequence[int] = (),
        shifts: Sequence[int] = (),
        advice: Array | None = None,
    ) -> Array:
        """A head's logits after the last step, (size,); a view that the next call overwrites."""
        return self._heads[head].logits(self._trunk(), inputs, shifts, advice)

    @property
    def heads(self) -> tuple[str, ...]:
        """What it can be asked."""
        return tuple(self._heads)

    def _trunk(self) -> Array:
        if not self.spec.skip:
            return self._layers[-1].h
        return np.concatenate([layer.h for layer in self._layers], out=self._shown)

    @property
    def memory(self) -> Memory:
        """A copy of the state."""
        return np.array([layer.parts for layer in self._layers], dtype=np.float32)

    @memory.setter
    def memory(self, memory: Memory) -> None:
        for layer, saved in zip(self._layers, memory, strict=True):
            for part, value in zip(layer.parts, saved, strict=True):
                part[:] = value

    @property
    def memory_shape(self) -> tuple[int, int, int]:
        """(layers, parts, H)."""
        return len(self._layers), len(self._layers[0].parts), self.spec.hidden

    def forget(self) -> None:
        """Back to the state before any event."""
        for layer in self._layers:
            for part in layer.parts:
                part[:] = 0


def _read(x: Array, at: int, advice: Array | None, reader: Array, sources: int) -> int:
    """Write what the trunk reads of an advice into x from `at` on; return the place after it."""
    end = at + sources + len(reader)
    if advice is None:
        x[at:end] = 0
    else:
        np.sum(advice, axis=-1, out=x[at : at + sources])
        np.dot(reader, advice.reshape(-1), out=x[at + sources : end])
    return end


class _HeadStepper:
    """One head's arithmetic: hidden units, experts, and their sum."""

    def __init__(
        self,
        head: Head,
        weights: Mapping[str, npt.NDArray[np.float32]],
        maps: Sequence[npt.NDArray[np.int16]],
    ) -> None:
        name = head.name
        self._W = weights[f"{name}.W"] if head.width else None
        self._b = weights[f"{name}.b"] if head.width else None
        self._tables = [weights[f"{name}.embed.{entry.name}"] for entry in head.inputs]
        # all experts' slots come from one product, each expert's ids pointing into the whole
        self._slots_W = np.concatenate([weights[f"{name}.{expert.name}.W"] for expert in head.experts])
        self._slots_b = np.concatenate([weights[f"{name}.{expert.name}.b"] for expert in head.experts])
        starts = np.cumsum([0, *(expert.slots for expert in head.experts)])
        self._maps = [table.astype(np.intp) + start for table, start in zip(maps, starts, strict=False)]
        self._hidden = np.zeros(head.width, np.float32)
        self._slots = np.zeros(len(self._slots_b), np.float32)
        self._score = np.zeros(head.size, np.float32)
        self.sources = 0
        if head.advice:
            self.sources = head.advice.sources
            self._gates_W, self._gates_b = weights[f"{name}.advice.W"], weights[f"{name}.advice.b"]
            names = [expert.name for expert in head.experts]
            first = int(starts[names.index(head.advice.expert)]) + head.advice.first
            self._advised = self._slots[first : first + head.advice.slots]
        self._total = np.zeros(head.size, np.float32)

    def logits(
        self, trunk: Array, inputs: Sequence[int], shifts: Sequence[int], advice: Array | None
    ) -> Array:
        hidden: Array = trunk
        if self._W is not None and self._b is not None:
            hidden = self._hidden
            np.dot(self._W, trunk, out=hidden)
            hidden += self._b
            for table, i in zip(self._tables, inputs, strict=True):
                hidden += table[i]
            np.maximum(hidden, 0, out=hidden)
        np.dot(self._slots_W, hidden, out=self._slots)
        self._slots += self._slots_b
        if self.sources and advice is not None:
            gates = self._gates_W @ hidden + self._gates_b  # (K,)
            self._advised += gates @ np.log1p(advice * np.float32(1 / FAINT))
        self._total[:] = 0
        for table, shift in zip(self._maps, shifts, strict=True):
            np.take(self._slots, table[shift], out=self._score, mode="clip")
            self._total += self._score
        return self._total
