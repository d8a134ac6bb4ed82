"""Sequences fed to training side by side, state carried from window to window.

Conventions: B streams; each takes the next sequence of a shuffled order when its own ends: at the next
window's start, where the state can be zeroed, or where sequences are joined in the same window, after a
step that resets the state. So no step is padding. Every sequence is met once an epoch, in a variant (a
transposition, say) drawn for it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import torch

from models.dataset import IGNORED, Columns
from models.twin import Batch


@dataclass
class Cursor:
    """Where a stream is."""

    variant: int = 0
    at: int = 0
    end: int = 0


EVERY = slice(None)
"""All streams of a batch."""

Window = tuple[Batch, npt.NDArray[np.bool_], int]
"""Some streams of a window, which of them start afresh (b,), and the steps in all streams of it."""


class Piece(NamedTuple):
    """Steps `start` to `end` of a variant, at `place` in a window."""

    variant: int
    start: int
    end: int
    place: int = 0


class Source(Protocol):
    """An endless supply of windows; `state` and `restore` make it resumable.

    Processes that share the batches each have a source of their own, and each takes its streams out of it:
    which streams are taken has no bearing on where the source goes.
    """

    size: int
    """Steps of an epoch."""

    def next(self, window: int, streams: slice = EVERY) -> Window:
        """The next up to `window` steps, of these streams."""

    def state(self) -> dict[str, Any]:
        """All that a later run needs to go on exactly here."""

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state`."""


class Streams:
    """Sequences in a shuffled order: a `Source`."""

    def __init__(self, variants: Sequence[Columns], batch: int, seed: int, joined: bool = False) -> None:
        self.variants, self.joined = variants, joined
        self.size = sum(variants[0].lengths)
        self._starts = variants[0].starts
        self.generator = np.random.default_rng(seed)
        self.cursors = [Cursor() for _ in range(batch)]
        self.order: list[int] = []

    def next(self, window: int, streams: slice = EVERY) -> Window:
        """The next up to `window` steps, of these streams."""
        fresh = np.zeros(len(self.cursors), dtype=bool)
        for i, cursor in enumerate(self.cursors):
            if cursor.at >= cursor.end:
                self._refill(cursor)
                fresh[i] = True
        rows = [self._row(cursor, window) for cursor in self.cursors]
        steps = sum(piece.end - piece.start for row in rows for piece in row)
        return lay_out(self.variants, rows[streams]), fresh[streams], steps

    def _row(self, cursor: Cursor, window: int) -> list[Piece]:
        """What one stream reads in a window."""
        row: list[Piece] = []
        place = 0
        while True:
            end = min(cursor.at + window - place, cursor.end)
            row.append(Piece(cursor.variant, cursor.at, end, place))
            place += end - cursor.at + 1  # one more, for the reset
            cursor.at = end
            if not self.joined or place >= window:
                return row
            self._refill(cursor)

    def _refill(self, cursor: Cursor) -> None:
        columns = self.variants[0]
        if not self.order:
            self.order = [int(i) for i in self.generator.permutation(len(columns.lengths))]
        chosen = self.order.pop()
        cursor.variant = int(self.generator.integers(len(self.variants)))
        cursor.at = self._starts[chosen]
        cursor.end = cursor.at + columns.lengths[chosen]

    def state(self) -> dict[str, Any]:
        """All that a later run needs to go on exactly here."""
        return {
            "generator": self.generator.bit_generator.state,
            "cursors": [(c.variant, c.at, c.end) for c in self.cursors],
            "order": list(self.order),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state`."""
        self.generator.bit_generator.state = state["generator"]
        self.cursors = [Cursor(*values) for values in state["cursors"]]
        self.order = list(state["order"])


def stack(variants: Sequence[Columns], pieces: Sequence[tuple[int, int, int]]) -> Batch:
    """Pieces (variant, start, end) side by side, the shorter ones padded with unscored steps."""
    return lay_out(variants, [[Piece(*piece)] for piece in pieces])


def lay_out(variants: Sequence[Columns], rows: Sequence[Sequence[Piece]]) -> Batch:
    """Rows of pieces side by side; before a row's second and later pieces the state is reset."""
    steps = max(row[-1].place + row[-1].end - row[-1].start for row in rows)
    laid = [(i, piece) for i, row in enumerate(rows) for piece in row]
    first = variants[0]

    def side_by_side(arrays: Sequence[Any], fill: int = 0, dtype: type = np.int64) -> torch.Tensor:
        """Of every variant's array, (N, …), what was laid out, (T, B, …)."""
        whole = np.full((steps, len(rows), *arrays[0].shape[1:]), fill, dtype=dtype)
        for i, (variant, start, end, place) in laid:
            whole[place : place + end - start, i] = arrays[variant][start:end]
        return torch.from_numpy(whole)

    resets = [(piece.place - 1, i) for i, piece in laid if piece.place]
    return Batch(
        ids=side_by_side([c.ids for c in variants]),
        dense=side_by_side([c.dense for c in variants], dtype=np.float32),
        inputs={n: side_by_side([c.heads[n].inputs for c in variants]) for n in first.heads},
        shifts={n: side_by_side([c.heads[n].shifts for c in variants]) for n in first.heads},
        targets={n: side_by_side([c.heads[n].target for c in variants], IGNORED) for n in first.heads},
        advice={
            name: side_by_side([c.heads[name].advice for c in variants], dtype=np.float32)
            for name, head in first.heads.items()
            if head.advice is not None
        },
        opinions={
            name: side_by_side([c.heads[name].opinion for c in variants], dtype=np.float32)
            for name, head in first.heads.items()
            if head.opinion is not None
        }
        or None,
        resets=_marks(steps, len(rows), resets),
    )


def _marks(steps: int, streams: int, places: Sequence[tuple[int, int]]) -> torch.Tensor | None:
    """Ones at (step, stream), (T, B); None where there are none."""
    if not places:
        return None
    marks = torch.zeros(steps, streams)
    marks[tuple(zip(*places, strict=True))] = 1
    return marks


def on(batch: Batch, device: torch.device) -> Batch:
    """The batch on a device: the one place where data is moved."""
    if device.type == "cpu":
        return batch
    return _each(batch, lambda tensor: tensor.pin_memory().to(device, non_blocking=True))


def take(batch: Batch, streams: slice) -> Batch:
    """Some streams of a batch."""
    return _each(batch, lambda tensor: tensor[:, streams])


def _each(batch: Batch, change: Callable[[torch.Tensor], torch.Tensor]) -> Batch:
    def changed(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return {name: change(tensor) for name, tensor in tensors.items()}

    return Batch(
        ids=change(batch.ids),
        dense=change(batch.dense),
        inputs=changed(batch.inputs),
        shifts=changed(batch.shifts),
        targets=changed(batch.targets),
        advice=changed(batch.advice),
        opinions=None if batch.opinions is None else changed(batch.opinions),
        resets=None if batch.resets is None else change(batch.resets),
    )
