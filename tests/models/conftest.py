"""What several tests of networks need: a small network of every kind of part, layers drawn from a seed."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, settings

from models.cells import AnyCell
from models.numeric import Array
from models.spec import Expert, Head, Input, Spec

# a busy machine is no failure
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

Weights = dict[str, npt.NDArray[np.float32]]
Maps = dict[str, tuple[npt.NDArray[np.int16], ...]]
DrawWeights = Callable[[Spec, int], Weights]
DrawLayer = Callable[[AnyCell, int, int, int, int, int], tuple[Array, Any, Any]]
Differences = Callable[[Callable[[], float], Array], Array]


@pytest.fixture(scope="session")
def spec() -> Spec:
    """Two inputs, dense ones, two layers, a head on the trunk and a head with units of its own."""
    return Spec(
        inputs=(Input("colour", 4, 3), Input("shape", 3, 2)),
        dense=2,
        hidden=6,
        layers=2,
        heads=(
            Head("direct", 5, 0, (), (Expert("absolute", 5), Expert("moved", 3))),
            Head("deep", 4, 7, (Input("hint", 3, 0),), (Expert("absolute", 4), Expert("turned", 4))),
        ),
    )


@pytest.fixture(scope="session")
def maps(spec: Spec) -> Maps:
    """One shift for the first expert of each head, several for the second."""
    moved = np.array([[0, 0, 1, 1, 2], [2, 1, 0, 1, 2], [2, 2, 2, 2, 2]])
    turned = (np.arange(4)[None, :] + np.arange(4)[:, None]) % 4
    return {
        "direct": (np.arange(5, dtype=np.int16)[None, :], moved.astype(np.int16)),
        "deep": (np.arange(4, dtype=np.int16)[None, :], turned.astype(np.int16)),
    }


@pytest.fixture(scope="session")
def draw_weights() -> DrawWeights:
    """Weights for any spec, from a seed."""

    def draw(spec: Spec, seed: int) -> Weights:
        generator = np.random.default_rng(seed)
        return {
            name: generator.normal(0, 0.5, shape).astype(np.float32) for name, shape in spec.shapes().items()
        }

    return draw


@pytest.fixture(scope="session")
def weights(spec: Spec, draw_weights: DrawWeights) -> Mapping[str, npt.NDArray[np.float32]]:
    """The small network's."""
    return draw_weights(spec, 0)


@pytest.fixture(scope="session")
def draw_layer() -> DrawLayer:
    """For any cell, seed and sizes: a sequence (T, B, D), a state and parameters, float64."""

    def draw(cell: AnyCell, seed: int, T: int, B: int, D: int, H: int) -> tuple[Array, Any, Any]:
        generator = np.random.default_rng(seed)
        params = cell.Params(*(generator.normal(0, 0.7, shape) for shape in cell.shapes(D, H).values()))
        state = cell.State(*(generator.normal(0, 0.7, (B, H)) for _ in cell.State._fields))
        return generator.normal(0, 0.7, (T, B, D)), state, params

    return draw


@pytest.fixture(scope="session")
def central_differences() -> Differences:
    """The gradient of a loss by every number of an array, by moving each a little to either side."""

    def differences(loss: Callable[[], float], array: Array, step: float = 1e-5) -> Array:
        found = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + step
            above = loss()
            array[place] = kept - step
            below = loss()
            array[place] = kept
            found[place] = (above - below) / (2 * step)
        return found

    return differences
