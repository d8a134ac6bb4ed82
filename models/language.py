"""The character language model in NumPy, whole batches at once: embedding, recurrent layers, logits.

Conventions: ids are (T, B), time first; logits (T, B, V), unnormalised log probabilities of the next
character at every step. A model is a `Spec` with weights by the names of `Spec.shapes`, the same that the
torch twin trains and that `models.network` steps one character at a time.

Equations, for ids k_t and layers l = 1 to L::

    e_t     = embed.char[k_t]                          (B, width)
    h^1_t   = cell(e_t)                                (B, H)
    h^l_t   = cell(h^{l-1}_t)          or, with `Spec.skip`, cell([h^{l-1}_t, e_t])
    y_t     = W h^L_t + b              or, with `Spec.skip`, W [h^1_t, ..., h^L_t] + b
"""

from typing import Any, NamedTuple

import numpy as np

from models.cells import CELLS
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
from models.network import Maps
from models.numeric import Array
from models.spec import Expert, Head, Input, Spec

CHARACTER = "char"
"""Name of the one input, the one head and its one expert."""
TABLE, OUTPUT = "embed.char", "char.char"

State = tuple[Any, ...]
"""For every layer its cell's State, (B, H) each part."""


class Cache(NamedTuple):
    """All that a backward pass needs of a forward pass."""

    ids: Ids  # (T, B)
    layers: tuple[Any, ...]
    """For every layer its cell's Cache."""
    trunk: Array  # (T, B, trunk), what the logits are made of
    weights: Weights
    spec: Spec

    @property
    def state(self) -> State:
        """The state after the last step."""
        return tuple(layer.state for layer in self.layers)


def language_spec(characters: int, width: int, hidden: int, layers: int, cell: str) -> Spec:
    """The shape of a model over so many characters: embedding width, layers of `hidden` units of a cell.

    Several layers are joined by skips: at the same size they learn in far fewer steps.
    """
    head = Head(CHARACTER, characters, 0, (), (Expert(CHARACTER, characters),))
    table = Input(CHARACTER, characters, width)
    return Spec((table,), 0, hidden, layers, (head,), cell=cell, skip=layers > 1)


def identity_maps(size: int) -> Maps:
    """The maps of a language model's head: its one expert speaks of the ids themselves."""
    return {CHARACTER: (np.arange(size, dtype=np.int16)[None, :],)}


def initial_weights(
    spec: Spec, generator: np.random.Generator, dtype: DType = np.float32
) -> dict[str, Array]:
    """Weights to start training from: normal embeddings, layers as their cell says, small logits."""
    (table,) = spec.inputs
    weights = table_weights(TABLE, table.size, table.width, generator, dtype)
    for layer in range(spec.layers):
        width = spec.layer_width(layer)
        weights |= recurrent_weights(
            _layer(spec, layer), CELLS[spec.cell], width, spec.hidden, generator, dtype
        )
    return weights | linear_weights(OUTPUT, spec.trunk, table.size, generator, dtype)


def initial_state(spec: Spec, batch: int, dtype: DType = np.float32) -> State:
    """Zeros for every layer."""
    return tuple(CELLS[spec.cell].initial_state(batch, spec.hidden, dtype) for _ in range(spec.layers))


def forward(ids: Ids, state: State, weights: Weights, spec: Spec) -> tuple[Array, Cache]:
    """Logits (T, B, V) after each of the ids (T, B), and the cache."""
    cell = CELLS[spec.cell]
    entered = x = weights[TABLE][ids]  # (T, B, width)
    caches, shown = [], []
    for layer, before in enumerate(state):
        if layer and spec.skip:
            x = np.concatenate([x, entered], axis=-1)  # (T, B, H + width)
        x, cache = cell.forward(x, before, recurrent_params(_layer(spec, layer), cell, weights))  # (T, B, H)
        caches.append(cache)
        shown.append(x)
    trunk = np.concatenate(shown, axis=-1) if spec.skip else x  # (T, B, trunk)
    return linear(OUTPUT, trunk, weights), Cache(ids, tuple(caches), trunk, weights, spec)


def backward(dlogits: Array, cache: Cache) -> dict[str, Array]:
    """Gradients of the loss by every weight, by name; dlogits (T, B, V) is its gradient by the logits.

    Backpropagation ends at the window's start: the state before it is taken as given.
    """
    ids, layers, trunk, weights, spec = cache
    H = spec.hidden
    dtrunk, found = linear_gradient(OUTPUT, dlogits, trunk, weights)  # (T, B, trunk)
    dentered = np.zeros((*ids.shape, spec.width), dlogits.dtype)  # (T, B, width)
    dout = dtrunk[..., -H:]  # (T, B, H)
    for layer in reversed(range(spec.layers)):
        gradients = CELLS[spec.cell].backward(dout, layers[layer])
        found |= named(_layer(spec, layer), gradients.params)
        if layer == 0:
            dentered += gradients.x
            break
        dout = gradients.x[..., :H]  # (T, B, H)
        if spec.skip:
            dentered += gradients.x[..., H:]
            dout = dout + dtrunk[..., (layer - 1) * H : layer * H]
    found |= table_gradient(TABLE, ids, dentered, weights)
    return {name: found[name] for name in spec.shapes()}


def select(state: State, rows: Ids) -> State:
    """The state of chosen rows of the batch, in their order, a row as often as it is named."""
    return tuple(type(layer)(*(part[rows] for part in layer)) for layer in state)


def _layer(spec: Spec, layer: int) -> str:
    return f"{spec.cell}.{layer}"
