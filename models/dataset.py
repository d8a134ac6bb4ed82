"""Sequences of ids as columns, for training and evaluation.

Conventions: N steps of all sequences one after the other; a target of IGNORED is not scored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.spec import Head, Input

IGNORED = -1

Ids = npt.NDArray[np.int16]
Dense = npt.NDArray[np.float16] | npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class HeadColumns:
    """What a head is asked at every step, and the right answer."""

    inputs: Ids
    """(N, inputs of the head)."""
    shifts: Ids
    """(N, experts of the head)."""
    target: Ids
    """(N,), or IGNORED."""
    advice: npt.NDArray[np.float16] | None = None
    """(N, sources, slots) of `models.spec.Advice`, if the head takes any."""
    opinion: npt.NDArray[np.float16] | None = None
    """(N, V), probabilities to learn instead of the target, if teachers were asked."""

    def copy(self) -> "HeadColumns":
        """A copy whose ids may be written to; advice and opinion are shared."""
        return HeadColumns(
            self.inputs.copy(), self.shifts.copy(), self.target.copy(), self.advice, self.opinion
        )


@dataclass(frozen=True, slots=True)
class Columns:
    """Sequences of steps."""

    ids: Ids
    """(N, inputs)."""
    dense: Dense
    """(N, dense)."""
    heads: dict[str, HeadColumns]
    lengths: tuple[int, ...]
    """Steps of each sequence; they sum to N."""

    @staticmethod
    def of(
        inputs: Sequence[Input],
        heads: Sequence[Head],
        rows: Ids,
        dense: Dense,
        lengths: tuple[int, ...],
        advice: Mapping[str, npt.NDArray[np.float16]] | None = None,
    ) -> "Columns":
        """Cut rows of (ids, then for each head its inputs, shifts and target) into columns."""
        at = len(inputs)
        found = {}
        for head in heads:
            middle = at + len(head.inputs)
            end = middle + len(head.experts)
            given = (advice or {}).get(head.name)
            found[head.name] = HeadColumns(rows[:, at:middle], rows[:, middle:end], rows[:, end], given)
            at = end + 1
        return Columns(rows[:, : len(inputs)], dense, found, lengths)

    @property
    def starts(self) -> tuple[int, ...]:
        """The step at which each sequence begins."""
        return tuple(int(start) for start in np.cumsum([0, *self.lengths[:-1]]))


def concatenate(parts: Sequence[Columns]) -> Columns:
    """One after the other.

    Raises:
        ValueError: there are none.
    """
    if not parts:
        raise ValueError("no sequences")
    names = parts[0].heads
    return Columns(
        ids=np.concatenate([part.ids for part in parts]),
        dense=np.concatenate([part.dense for part in parts]),
        heads={
            name: HeadColumns(
                np.concatenate([part.heads[name].inputs for part in parts]),
                np.concatenate([part.heads[name].shifts for part in parts]),
                np.concatenate([part.heads[name].target for part in parts]),
                _joined([part.heads[name].advice for part in parts]),
                _joined([part.heads[name].opinion for part in parts]),
            )
            for name in names
        },
        lengths=tuple(length for part in parts for length in part.lengths),
    )


def _joined(parts: Sequence[npt.NDArray[np.float16] | None]) -> npt.NDArray[np.float16] | None:
    given = [part for part in parts if part is not None]
    return np.concatenate(given) if given else None
