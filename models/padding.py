"""Sequences of unequal length side by side in one array, and what to leave out of account.

Conventions: time first, (T, B, ...), each sequence from step 0, filled up behind its end. A recurrent
layer reads from the front, so what stands behind the end changes nothing before it: outputs there are
simply not asked for (`last`), not scored (targets that are `models.loss.IGNORED`) and get no gradient.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from models.layers import Ids
from models.numeric import Array

Value = TypeVar("Value", bound=np.generic)


def padded(sequences: Sequence[npt.NDArray[Value]], fill: float) -> npt.NDArray[Value]:
    """Sequences (T_i, ...) side by side, (max T_i, B, ...), filled up behind their ends.

    Raises:
        ValueError: no sequence at all.
    """
    if not sequences:
        raise ValueError("no sequence to pad")
    first = sequences[0]
    longest = max(len(sequence) for sequence in sequences)
    out = np.full((longest, len(sequences), *first.shape[1:]), fill, first.dtype)  # (T, B, ...)
    for b, sequence in enumerate(sequences):
        out[: len(sequence), b] = sequence
    return out


def last(out: Array, lengths: Ids) -> Array:
    """What a layer showed at each sequence's own last step: out (T, B, H), lengths (B,) to (B, H).

    Raises:
        ValueError: a length below 1 or above T.
    """
    if not len(lengths) or lengths.min() < 1 or lengths.max() > len(out):
        raise ValueError(f"lengths must be 1 to {len(out)}")
    found: Array = out[lengths - 1, np.arange(len(lengths))]  # (B, H)
    return found


def last_gradient(dlast: Array, lengths: Ids, steps: int) -> Array:
    """The gradient of `out` by that of `last`: (B, H) to (T, B, H), zero but at the last steps."""
    B, H = dlast.shape
    dout = np.zeros((steps, B, H), dlast.dtype)  # (T, B, H)
    dout[lengths - 1, np.arange(B)] = dlast
    return dout
