"""One long sequence of ids, read by several heads side by side: what a running text trains from.

Conventions: B heads start evenly spaced from an offset that is drawn anew for every pass, and each reads
its share of the tape, state carried over; the tape's end joins its beginning. A step's target is the next
step's id.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from models.streams import EVERY, Window
from models.twin import Batch


class Tape:
    """A `models.streams.Source` over one sequence."""

    def __init__(self, ids: npt.NDArray[np.int16], head: str, batch: int, seed: int) -> None:
        """Raises ValueError for a sequence shorter than two steps a head."""
        if len(ids) < 2 * batch:
            raise ValueError(f"{len(ids)} steps are too few for {batch} heads")
        self.size = len(ids)
        self._ids, self._head, self._batch = ids, head, batch
        self._share = len(ids) // batch
        self._generator = np.random.default_rng(seed)
        self._offset = self._at = 0
        self._begin_pass()

    def _begin_pass(self) -> None:
        self._offset = int(self._generator.integers(self.size))
        self._at = 0

    def next(self, window: int, streams: slice = EVERY) -> Window:
        """The next `window` steps of these heads, or fewer at a pass's end."""
        if self._at >= self._share:
            self._begin_pass()
        fresh = np.full(self._batch, self._at == 0)
        steps = min(window, self._share - self._at)
        starts = self._offset + self._at + np.arange(self._batch)[streams] * self._share  # (B,)
        places = (starts[None, :] + np.arange(steps + 1)[:, None]) % self.size  # (T+1, B)
        ids = torch.from_numpy(self._ids[places].astype(np.int64))
        self._at += steps
        none = torch.zeros(steps, len(starts), 0, dtype=torch.int64)
        batch = Batch(
            ids=ids[:-1, :, None],
            dense=none.float(),
            inputs={self._head: none},
            shifts={self._head: torch.zeros(steps, len(starts), 1, dtype=torch.int64)},
            targets={self._head: ids[1:]},
        )
        return batch, fresh[streams], steps * self._batch

    def state(self) -> dict[str, Any]:
        """All that a later run needs to go on exactly here."""
        return {
            "generator": self._generator.bit_generator.state,
            "offset": self._offset,
            "at": self._at,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state`."""
        self._generator.bit_generator.state = state["generator"]
        self._offset, self._at = state["offset"], state["at"]
