"""Encoder to decoder: a sequence to another of a length of its own.

Conventions: the source x is (S, B, D), time first, of unequal lengths filled up behind their ends. Targets
are ids (T, B), each sequence ended by END and filled up with `models.loss.IGNORED`. The decoder starts
from END too. Any cell of `models.cells.CELLS`, the same for both.

Equations, for a source of length L and targets k_1 to k_T, k_T = END::

    h_t  = encoder(x_t)              t = 1 to L, from a state of zeros
    d_0  = tanh(W_d h_L + b_d)       the decoder's first state, all its parts: of an LSTM, h and c
    e_t  = table[k_{t-1}]            k_0 = END; in training the true id (teacher forcing)
    g_t  = decoder(e_t)              from d_0
    y_t  = W g_t + b                 logits

Sources: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
Translation" (2014); Sutskever, Vinyals and Le, "Sequence to Sequence Learning with Neural Networks" (2014).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

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
    table_gradient,
    table_weights,
)
from models.numeric import Array
from models.padding import last, last_gradient

END = 0
"""The id that ends a target, and that the decoder starts from."""
ENCODER, BRIDGE, TABLE, DECODER, OUTPUT = "encoder", "bridge", "table", "decoder", "output"


class Cache(NamedTuple):
    """All that a backward pass needs of a forward pass."""

    encoder: Any
    """The cell's Cache."""
    lengths: Ids  # (B,)
    read: Array  # (B, H), h_L
    bridge: Array  # (B, parts H), d_0
    inputs: Ids  # (T, B), k_{t-1}
    decoder: Any
    """The cell's Cache."""
    out: Array  # (T, B, H), g_t
    weights: Weights
    cell: AnyCell


def initial_weights(
    cell: AnyCell, D: int, H: int, V: int, E: int, generator: np.random.Generator, dtype: DType = np.float32
) -> dict[str, Array]:
    """Weights to start training from: D inputs, H units, V target ids embedded in E dimensions."""
    return {
        **recurrent_weights(ENCODER, cell, D, H, generator, dtype),
        **linear_weights(BRIDGE, H, len(cell.State._fields) * H, generator, dtype),
        **table_weights(TABLE, V, E, generator, dtype),
        **recurrent_weights(DECODER, cell, E, H, generator, dtype),
        **linear_weights(OUTPUT, H, V, generator, dtype),
    }


def forward(x: Array, lengths: Ids, targets: Ids, weights: Weights, cell: AnyCell) -> tuple[Array, Cache]:
    """Logits (T, B, V) of every step of the targets (T, B), each told the true ids before it; the cache.

    Raises:
        ValueError: a length below 1 or above S.
    """
    encoder, read, bridge = _encode(x, lengths, weights, cell)
    inputs = np.full_like(targets, END)  # (T, B)
    inputs[1:] = np.maximum(targets[:-1], 0)  # behind the end any id will do
    state = _state(bridge, cell)
    decoded = weights[TABLE][inputs]  # (T, B, E)
    out, decoder = cell.forward(decoded, state, recurrent_params(DECODER, cell, weights))  # (T, B, H)
    cache = Cache(encoder, lengths, read, bridge, inputs, decoder, out, weights, cell)
    return linear(OUTPUT, out, weights), cache


def backward(dlogits: Array, cache: Cache) -> dict[str, Array]:
    """Gradients of the loss by every weight, by name; dlogits (T, B, V) is its gradient by the logits."""
    encoder, lengths, read, bridge, inputs, decoder, out, weights, cell = cache
    dout, found = linear_gradient(OUTPUT, dlogits, out, weights)  # (T, B, H)
    decoding = cell.backward(dout, decoder)
    dbridge = np.concatenate(decoding.state, axis=-1) * (1 - bridge**2)  # (B, parts H), before tanh
    dread, bridging = linear_gradient(BRIDGE, dbridge, read, weights)  # (B, H)
    encoding = cell.backward(last_gradient(dread, lengths, len(encoder.x)), encoder)
    return {
        **named(ENCODER, encoding.params),
        **bridging,
        **table_gradient(TABLE, inputs, decoding.x, weights),
        **named(DECODER, decoding.params),
        **found,
    }


def greedy(x: Array, lengths: Ids, limit: int, weights: Weights, cell: AnyCell) -> list[npt.NDArray[np.intp]]:
    """For each source the ids decoded, the likeliest at every step, up to END (left out) or `limit` ids.

    Raises:
        ValueError: a length below 1 or above S.
    """
    _, _, bridge = _encode(x, lengths, weights, cell)
    params = recurrent_params(DECODER, cell, weights)
    state = _state(bridge, cell)
    before = np.full(len(lengths), END)  # (B,)
    drawn = np.full((limit, len(lengths)), END, np.intp)  # (T, B)
    for t in range(limit):
        out, cache = cell.forward(weights[TABLE][before[None]], state, params)  # (1, B, H)
        drawn[t] = before = linear(OUTPUT, out[0], weights).argmax(axis=-1)  # (B,)
        state = cache.state
    ends = np.where((drawn == END).any(axis=0), (drawn == END).argmax(axis=0), limit)  # (B,)
    return [drawn[:end, b] for b, end in enumerate(ends)]


def _encode(x: Array, lengths: Ids, weights: Weights, cell: AnyCell) -> tuple[Any, Array, Array]:
    """The encoder's Cache, h_L (B, H) and d_0 (B, parts H)."""
    params = recurrent_params(ENCODER, cell, weights)
    state = cell.initial_state(x.shape[1], params.W_h.shape[1], x.dtype)
    out, encoder = cell.forward(x, state, params)  # (S, B, H)
    read = last(out, lengths)  # (B, H)
    return encoder, read, np.tanh(linear(BRIDGE, read, weights))


def _state(bridge: Array, cell: AnyCell) -> Any:
    return cell.State(*np.split(bridge, len(cell.State._fields), axis=-1))  # (B, H) each
