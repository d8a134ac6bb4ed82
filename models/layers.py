"""Layers with their parameters in one dictionary: an embedding, a recurrent layer, a linear layer.

Conventions: a layer has a name, and its parameters are `name.part` (a table is `name` itself), as in
`models.spec`. Sequences are (T, B, n), time first. Gradients come back under the parameters' names.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from models.cells import AnyCell
from models.numeric import Array
from models.products import backward_product, bias_gradient, forward_product, weight_gradient

Weights = Mapping[str, Array]
Ids = npt.NDArray[np.integer[Any]]
DType = type[np.float32 | np.float64]


def table_weights(
    name: str, size: int, width: int, generator: np.random.Generator, dtype: DType
) -> dict[str, Array]:
    """An embedding: a row of `width` for each of `size` ids, normal."""
    return {name: generator.normal(0, 0.1, (size, width)).astype(dtype)}


def table_gradient(name: str, ids: Ids, drows: Array, weights: Weights) -> dict[str, Array]:
    """The gradient of a table by that of the rows read, (..., width): a row read twice gets both."""
    # one-hot ids (T B, V): a product adds up rows several times as fast as np.add.at
    chosen: Array = (ids.ravel()[:, None] == np.arange(len(weights[name]))).astype(drows.dtype)
    return {name: weight_gradient(chosen, drows)}  # (V, width)


def linear_weights(
    name: str, n: int, m: int, generator: np.random.Generator, dtype: DType
) -> dict[str, Array]:
    """W (m, n), uniform between -1/sqrt(n) and 1/sqrt(n), and b (m,), zeros."""
    bound = n**-0.5
    W: Array = generator.uniform(-bound, bound, (m, n)).astype(dtype)
    return {f"{name}.W": W, f"{name}.b": np.zeros(m, dtype)}


def linear(name: str, x: Array, weights: Weights) -> Array:
    """The layer's output, y = W x + b: x (..., n) to y (..., m)."""
    y = forward_product(x, weights[f"{name}.W"])
    y += weights[f"{name}.b"]
    return y


def linear_gradient(name: str, dy: Array, x: Array, weights: Weights) -> tuple[Array, dict[str, Array]]:
    """The gradients of x and of the parameters, by that of y, (..., m)."""
    dx = backward_product(dy, weights[f"{name}.W"])
    return dx, {f"{name}.W": weight_gradient(dy, x), f"{name}.b": bias_gradient(dy)}


def recurrent_weights(
    name: str, cell: AnyCell, D: int, H: int, generator: np.random.Generator, dtype: DType
) -> dict[str, Array]:
    """A recurrent layer's parameters, drawn as its cell says."""
    return named(name, cell.initial_params(D, H, generator, dtype))


def recurrent_params(name: str, cell: AnyCell, weights: Weights) -> Any:
    """A recurrent layer's parameters, as its cell takes them."""
    return cell.Params(*(weights[f"{name}.{field}"] for field in cell.Params._fields))


def named(name: str, params: Any) -> dict[str, Array]:
    """A recurrent layer's parameters, or their gradients, under their names."""
    return {f"{name}.{field}": value for field, value in params._asdict().items()}
