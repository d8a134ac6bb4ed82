"""Sequences fed to training side by side, state carried from window to window.

Conventions: B streams; each takes the next sequence of a shuffled order when its own ends, at a
window's start, so that the state can be zeroed there. Every sequence is met once an epoch, in a
variant (a transposition, say) drawn for it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

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

    def __init__(self, variants: Sequence[Columns], batch: int, seed: int) -> None:
        self.variants = variants
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
        pieces = [(c.variant, c.at, min(c.at + window, c.end)) for c in self.cursors]
        for cursor, (_, _, end) in zip(self.cursors, pieces, strict=True):
            cursor.at = end
        steps = sum(end - start for _, start, end in pieces)
        return stack(self.variants, pieces[streams]), fresh[streams], steps

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
    longest = max(end - start for _, start, end in pieces)

    def side_by_side(
        parts: list[npt.NDArray[np.generic]], fill: int, dtype: type[np.generic] = np.int64
    ) -> torch.Tensor:
        first = parts[0]
        whole = np.full((longest, len(parts), *first.shape[1:]), fill, dtype=dtype)
        for i, part in enumerate(parts):
            whole[: len(part), i] = part
        return torch.from_numpy(whole)

    cut = [(variants[variant], slice(start, end)) for variant, start, end in pieces]
    names = variants[0].heads
    return Batch(
        ids=side_by_side([columns.ids[part] for columns, part in cut], 0),
        dense=side_by_side([columns.dense[part] for columns, part in cut], 0).float(),
        inputs={n: side_by_side([c.heads[n].inputs[part] for c, part in cut], 0) for n in names},
        shifts={n: side_by_side([c.heads[n].shifts[part] for c, part in cut], 0) for n in names},
        targets={n: side_by_side([c.heads[n].target[part] for c, part in cut], IGNORED) for n in names},
        advice={
            n: side_by_side([a[part] for c, part in cut if (a := c.heads[n].advice) is not None], 0, np.float32)
            for n in names
            if variants[0].heads[n].advice is not None
        },
    )


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
    )
