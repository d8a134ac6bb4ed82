"""Many to one: a whole sequence to one of K classes, read off the last hidden state.

Conventions: x is (T, B, D), time first, sequences of unequal length filled up behind their ends (see
`models.padding`); any cell of `models.cells.CELLS`.

Equations, for a sequence of length L::

    h_t  = cell(x_t)                 t = 1 to L, from a state of zeros
    y    = W h_L + b                 logits
"""

from typing import Any, NamedTuple

import numpy as np

from models.cells import AnyCell
from models.layers import (
    DType,
    Ids,
    Weights,
    linear,
    linear_gradient,
    linear_weights,
    named,
    recurrent_params,
    recurrent_weights,
)
from models.numeric import Array
from models.padding import last, last_gradient

READER, OUTPUT = "reader", "output"


class Cache(NamedTuple):
    """All that a backward pass needs of a forward pass."""

    reader: Any
    """The cell's Cache."""
    lengths: Ids  # (B,)
    read: Array  # (B, H), h_L
    weights: Weights
    cell: AnyCell


def initial_weights(
    cell: AnyCell, D: int, H: int, K: int, generator: np.random.Generator, dtype: DType = np.float32
) -> dict[str, Array]:
    """Weights to start training from: D inputs, H units, K classes."""
    return {
        **recurrent_weights(READER, cell, D, H, generator, dtype),
        **linear_weights(OUTPUT, H, K, generator, dtype),
    }


def forward(x: Array, lengths: Ids, weights: Weights, cell: AnyCell) -> tuple[Array, Cache]:
    """Logits (B, K) of sequences x (T, B, D) of `lengths` (B,), and the cache.

    Raises:
        ValueError: a length below 1 or above T.
    """
    params = recurrent_params(READER, cell, weights)
    state = cell.initial_state(x.shape[1], params.W_h.shape[1], x.dtype)
    out, reader = cell.forward(x, state, params)  # (T, B, H)
    read = last(out, lengths)  # (B, H)
    return linear(OUTPUT, read, weights), Cache(reader, lengths, read, weights, cell)


def backward(dlogits: Array, cache: Cache) -> dict[str, Array]:
    """Gradients of the loss by every weight, by name; dlogits (B, K) is its gradient by the logits."""
    reader, lengths, read, weights, cell = cache
    dread, found = linear_gradient(OUTPUT, dlogits, read, weights)  # (B, H)
    dout = last_gradient(dread, lengths, len(reader.x))  # (T, B, H)
    return {**named(READER, cell.backward(dout, reader).params), **found}
