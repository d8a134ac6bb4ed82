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

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from models.cells import CELLS
from models.numeric import Array
from models.products import backward_product, bias_gradient, forward_product, weight_gradient
from models.spec import Expert, Head, Input, Spec

CHARACTER = "char"
"""Name of the one input, the one head and its one expert."""
TABLE, HEAD_W, HEAD_B = "embed.char", "char.char.W", "char.char.b"

Ids = npt.NDArray[np.integer[Any]]
Weights = Mapping[str, Array]
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
    """The shape of a model over so many characters: embedding width, layers of `hidden` units of a cell."""
    head = Head(CHARACTER, characters, 0, (), (Expert(CHARACTER, characters),))
    return Spec((Input(CHARACTER, characters, width),), 0, hidden, layers, (head,), cell=cell)


def initial_weights(
    spec: Spec, generator: np.random.Generator, dtype: type[np.float32 | np.float64] = np.float32
) -> dict[str, Array]:
    """Weights to start training from: normal embeddings, layers as their cell says, small logits."""
    cell = CELLS[spec.cell]
    (table,) = spec.inputs
    weights: dict[str, Array] = {TABLE: generator.normal(0, 0.1, (table.size, table.width)).astype(dtype)}
    for layer in range(spec.layers):
        drawn = cell.initial_params(spec.layer_width(layer), spec.hidden, generator, dtype)
        weights |= {_name(spec, layer, field): value for field, value in drawn._asdict().items()}
    bound = spec.trunk**-0.5
    weights[HEAD_W] = generator.uniform(-bound, bound, (table.size, spec.trunk)).astype(dtype)
    weights[HEAD_B] = np.zeros(table.size, dtype)
    return weights


def initial_state(spec: Spec, batch: int, dtype: type[np.float32 | np.float64] = np.float32) -> State:
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
        x, cache = cell.forward(x, before, _params(spec, layer, weights))  # (T, B, H)
        caches.append(cache)
        shown.append(x)
    trunk = np.concatenate(shown, axis=-1) if spec.skip else x  # (T, B, trunk)
    logits = forward_product(trunk, weights[HEAD_W])  # (T, B, V)
    logits += weights[HEAD_B]
    return logits, Cache(ids, tuple(caches), trunk, weights, spec)


def backward(dlogits: Array, cache: Cache) -> dict[str, Array]:
    """Gradients of the loss by every weight, by name; dlogits (T, B, V) is its gradient by the logits.

    Backpropagation ends at the window's start: the state before it is taken as given.
    """
    ids, layers, trunk, weights, spec = cache
    cell, H = CELLS[spec.cell], spec.hidden
    found = {HEAD_W: weight_gradient(dlogits, trunk), HEAD_B: bias_gradient(dlogits)}
    dtrunk = backward_product(dlogits, weights[HEAD_W])  # (T, B, trunk)
    dentered = np.zeros((*ids.shape, spec.width), dlogits.dtype)  # (T, B, width)
    dout = dtrunk[..., -H:]  # (T, B, H)
    for layer in reversed(range(spec.layers)):
        gradients = cell.backward(dout, layers[layer])
        found |= {_name(spec, layer, field): value for field, value in gradients.params._asdict().items()}
        dx = gradients.x  # (T, B, layer_width)
        if layer == 0:
            dentered += dx
            break
        dout = dx[..., :H]  # (T, B, H)
        if spec.skip:
            dentered += dx[..., H:]
            dout = dout + dtrunk[..., (layer - 1) * H : layer * H]
    found[TABLE] = _rows_added(ids, dentered, len(weights[TABLE]))
    return {name: found[name] for name in spec.shapes()}


def select(state: State, rows: Ids) -> State:
    """The state of chosen rows of the batch, in their order, a row as often as it is named."""
    return tuple(type(layer)(*(part[rows] for part in layer)) for layer in state)


def _rows_added(ids: Ids, gradients: Array, size: int) -> Array:
    """The gradient of a table by those of the rows read from it: a row read twice gets both."""
    width = gradients.shape[-1]
    chosen = ids.ravel()[:, None] == np.arange(size)  # (T B, V), one-hot; a product beats np.add.at
    total: Array = chosen.astype(gradients.dtype).T @ gradients.reshape(-1, width)  # (V, width)
    return total


def _name(spec: Spec, layer: int, field: str) -> str:
    return f"{spec.cell}.{layer}.{field}"


def _params(spec: Spec, layer: int, weights: Weights) -> Any:
    Params = CELLS[spec.cell].Params
    return Params(*(weights[_name(spec, layer, field)] for field in Params._fields))
