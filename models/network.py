"""A trained network, stepped one event at a time: what plays.

Conventions: one sequence, float32. `step` takes the ids of an event through the trunk; `logits` asks
one head about it; of a head that takes advice both are given it. States are plain arrays that can be
saved and brought back, so that a phrase can be tried and taken back.

A step costs what it takes to read the weights from memory, and what it takes to call NumPy. So all that is
known before the layers run is made into their rows at once: what an id adds there is looked up, and what
dense inputs and advice add is one product for all layers.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.cells import CELLS, AnyCell, LiveLayer
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

    def step_for(
        self, head: str, ids: Sequence[int], dense: Array | None, advice: Mapping[str, Array]
    ) -> None:
        """Take one event in as far as a head needs it; `step_apart` does the rest, before the next event."""

    def step_apart(
        self, head: str, ids: Sequence[int], dense: Array | None, advice: Mapping[str, Array]
    ) -> None:
        """Take in what `step_for` has left."""

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
        cell = CELLS[spec.cell]
        self._entrance = _Entrance(spec, cell, weights)
        H = spec.hidden
        self._state = np.zeros((len(cell.State._fields), spec.layers, H), np.float32)
        self._h = self._state[0].reshape(-1)
        """The hidden states of all layers end to end: what a layer reads lies before what it remembers."""
        self._layers: list[LiveLayer] = []
        for layer in range(spec.layers):
            below = slice(0, H if layer else 0)
            params = cell.Params(*(weights[f"{spec.cell}.{layer}.{part}"] for part in cell.Params._fields))
            stepper = cell.Stepper(
                params._replace(W_x=params.W_x[:, below]),
                self._h[max(0, layer - 1) * H : (layer + 1) * H],
                *self._state[1:, layer],
            )
            stepper.entering = self._entrance.rows[layer]
            self._layers.append(stepper)
        self._trunk = self._h if spec.skip else self._layers[-1].h
        self._heads = {head.name: _HeadStepper(head, weights, maps[head.name]) for head in spec.heads}

    def step(
        self,
        ids: Sequence[int],
        dense: Array | None = None,
        advice: Mapping[str, Array] = NO_ADVICE,
    ) -> None:
        """Take one event in; ids as `Spec.inputs`, dense (spec.dense,), None for zeros.

        Advice by head, (sources, slots) each; of a head that is not named there is none. Raises ValueError
        for too few or too many ids.
        """
        if len(ids) != len(self.spec.inputs):
            raise ValueError(f"{len(ids)} ids for {len(self.spec.inputs)} inputs")
        self._entrance.enter(ids, dense, advice)
        for layer in self._layers:
            layer.step()

    def step_for(
        self, head: str, ids: Sequence[int], dense: Array | None, advice: Mapping[str, Array]
    ) -> None:
        """Take one event in, if this network answers for the head."""
        if head in self.heads:
            self.step(ids, dense, advice)

    def step_apart(
        self, head: str, ids: Sequence[int], dense: Array | None, advice: Mapping[str, Array]
    ) -> None:
        """Take one event in, if this network does not answer for the head."""
        if head not in self.heads:
            self.step(ids, dense, advice)

    def logits(
        self,
        head: str,
        inputs: Sequence[int] = (),
        shifts: Sequence[int] = (),
        advice: Array | None = None,
    ) -> Array:
        """A head's logits after the last step, (size,); an array that the next call overwrites."""
        return self._heads[head].logits(self._trunk, inputs, shifts, advice)

    @property
    def heads(self) -> tuple[str, ...]:
        """What it can be asked."""
        return tuple(self._heads)

    @property
    def memory(self) -> Memory:
        """A copy of the state."""
        return self._state.swapaxes(0, 1).copy()

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self._state[:] = memory.swapaxes(0, 1)

    @property
    def state(self) -> npt.NDArray[np.float32]:
        """The state itself, as one row: what is written there is what it goes on from."""
        return self._state.reshape(-1)

    def forget(self) -> None:
        """Back to the state before any event."""
        self._state[:] = 0


class _Entrance:
    """What ids, dense inputs and advice add in the rows of each layer that reads them, biases included."""

    def __init__(self, spec: Spec, cell: AnyCell, weights: Mapping[str, npt.NDArray[np.float32]]) -> None:
        reading = range(spec.layers if spec.skip else 1)
        whole = np.concatenate(
            [cell.arranged(weights[f"{spec.cell}.{layer}.W_x"][:, -spec.width :]) for layer in reading]
        )
        biases = [cell.arranged(weights[f"{spec.cell}.{layer}.b"]) for layer in range(spec.layers)]
        # (layers, gates H): of the layers that do not read the input only the bias
        self.rows = np.array(biases)
        self._rows = self.rows[: len(reading)].reshape(-1)
        tables = []
        at = 0
        for entry in spec.inputs:
            tables.append(weights[f"embed.{entry.name}"] @ whole[:, at : at + entry.width].T)
            at += entry.width
        # every id enters once, so one of them can bring the biases
        tables[0] += self._rows
        self._table = np.concatenate(tables)  # (all ids, rows)
        self._firsts = np.cumsum([0, *(entry.size for entry in spec.inputs[:-1])])
        self._chosen = np.zeros((len(spec.inputs), len(self._rows)), np.float32)
        self._W = np.ascontiguousarray(whole[:, at:])  # (rows, dense and heard)
        self._x = np.zeros(self._W.shape[1], np.float32)
        self._product = np.zeros(len(self._rows), np.float32)
        self._dense = self._x[: spec.dense]
        self._readers: list[tuple[str, Array, Array, Array]] = []
        at = spec.dense
        for name, taken in spec.heard:
            sums, read = np.split(self._x[at : at + taken.sources + taken.width], [taken.sources])
            self._readers.append((name, weights[f"{name}.advice.read"], sums, read))
            at += taken.sources + taken.width

    def enter(self, ids: Sequence[int], dense: Array | None, advice: Mapping[str, Array]) -> None:
        """Write `rows` anew."""
        np.take(self._table, self._firsts + np.array(ids), axis=0, out=self._chosen, mode="clip")
        np.add.reduce(self._chosen, axis=0, out=self._rows)
        if not len(self._x):
            return
        self._dense[:] = 0 if dense is None else dense
        for name, reader, sums, read in self._readers:
            given = advice.get(name)
            if given is None:
                sums[:] = read[:] = 0
            else:
                np.add.reduce(given, axis=-1, out=sums)
                np.dot(reader, given.reshape(-1), out=read)
        np.dot(self._W, self._x, out=self._product)
        self._rows += self._product


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
        # all experts' slots and the gates come from one product, each expert's ids pointing into the whole
        parts = [f"{name}.{expert.name}" for expert in head.experts]
        parts += [f"{name}.advice"] if head.advice else []
        self._slots_W = np.concatenate([weights[f"{part}.W"] for part in parts])
        self._slots_b = np.concatenate([weights[f"{part}.b"] for part in parts])
        self._slots = np.zeros(len(self._slots_b), np.float32)
        starts = np.cumsum([0, *(expert.slots for expert in head.experts)])
        pointing = [table.astype(np.intp) + start for table, start in zip(maps, starts, strict=False)]
        self._pointing = np.concatenate(pointing)  # (shifts of all experts, size)
        self._firsts = np.cumsum([0, *(len(table) for table in maps[:-1])])
        self._hidden = np.zeros(head.width, np.float32)
        self._advice = head.advice
        if head.advice:
            names = [expert.name for expert in head.experts]
            first = int(starts[names.index(head.advice.expert)]) + head.advice.first
            self._advised = self._slots[first : first + head.advice.slots]
            self._gates = self._slots[int(starts[-1]) :]
        self._scores = np.zeros((len(head.experts), head.size), np.float32)
        self._total = np.zeros(head.size, np.float32)

    def logits(
        self, trunk: Array, inputs: Sequence[int], shifts: Sequence[int], advice: Array | None
    ) -> Array:
        if len(shifts) != len(self._firsts):
            raise ValueError(f"{len(shifts)} shifts for {len(self._firsts)} experts")
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
        if self._advice and advice is not None:
            said = advice * np.float32(1 / FAINT)
            said += 1
            self._advised += self._gates @ np.log(said, out=said)
        pointing = self._pointing.take(self._firsts + np.array(shifts), axis=0)
        np.take(self._slots, pointing, out=self._scores, mode="clip")
        return np.add.reduce(self._scores, axis=0, out=self._total)
