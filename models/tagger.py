"""Many to many, of equal length: one of K tags for every step of a sequence.

Conventions: x is (T, B, D), time first, sequences of unequal length filled up behind their ends: nothing
there reaches the steps before, and their targets are `models.loss.IGNORED`, so that they get no gradient.
A step's tag knows the steps up to its own. Any cell of `models.cells.CELLS`.

Equations::

    h_t  = cell(x_t)                 from a state of zeros
    y_t  = W h_t + b                 logits
"""

from typing import Any, NamedTuple

import numpy as np

from models.cells import AnyCell
from models.layers import (
    DType,
    Weights,
    linear,
    linear_gradient,
    linear_weights,
    named,
    recurrent_params,
    recurrent_weights,
)
from models.numeric import Array

READER, OUTPUT = "reader", "output"


class Cache(NamedTuple):
    """All that a backward pass needs of a forward pass."""

    reader: Any
    """The cell's Cache."""
    out: Array  # (T, B, H)
    weights: Weights
    cell: AnyCell


def initial_weights(
    cell: AnyCell, D: int, H: int, K: int, generator: np.random.Generator, dtype: DType = np.float32
) -> dict[str, Array]:
    """Weights to start training from: D inputs, H units, K tags."""
    return {
        **recurrent_weights(READER, cell, D, H, generator, dtype),
        **linear_weights(OUTPUT, H, K, generator, dtype),
    }


def forward(x: Array, weights: Weights, cell: AnyCell) -> tuple[Array, Cache]:
    """Logits (T, B, K) of sequences x (T, B, D), and the cache."""
    params = recurrent_params(READER, cell, weights)
    state = cell.initial_state(x.shape[1], params.W_h.shape[1], x.dtype)
    out, reader = cell.forward(x, state, params)  # (T, B, H)
    return linear(OUTPUT, out, weights), Cache(reader, out, weights, cell)


def backward(dlogits: Array, cache: Cache) -> dict[str, Array]:
    """Gradients of the loss by every weight, by name; dlogits (T, B, K) is its gradient by the logits."""
    reader, out, weights, cell = cache
    dout, found = linear_gradient(OUTPUT, dlogits, out, weights)  # (T, B, H)
    return {**named(READER, cell.backward(dout, reader).params), **found}
