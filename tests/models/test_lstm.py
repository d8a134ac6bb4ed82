"""What is particular to the long short-term memory cell; `test_cells.py` holds what all cells share."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.cells import CELLS, AnyCell
from models.lstm import State, backward, forward, initial_params
from models.numeric import Array

DrawLayer = Callable[[AnyCell, int, int, int, int, int], tuple[Array, Any, Any]]
LSTM = CELLS["lstm"]
sizes = st.integers(1, 9)
seeds = st.integers(0, 2**32 - 1)


@given(seeds, sizes, sizes)
def test_the_cache_holds_every_gate_at_every_step(draw_layer: DrawLayer, seed: int, D: int, H: int) -> None:
    x, state, params = draw_layer(LSTM, seed, 3, 2, D, H)
    out, cache = forward(x, state, params)
    i, f, g, o = np.split(cache.gates, 4, axis=-1)
    assert np.array_equal(cache.h[0], state.h)
    assert np.array_equal(cache.h[1:], out)
    assert np.allclose(cache.c[1:], f * cache.c[:-1] + i * g, rtol=0, atol=1e-12)
    assert np.allclose(out, o * np.tanh(cache.c[1:]), rtol=0, atol=1e-12)


@given(seeds, st.integers(1, 40), sizes, sizes)
def test_with_the_forget_gate_open_memory_and_its_gradient_pass_over_any_gap(
    draw_layer: DrawLayer, seed: int, T: int, D: int, H: int
) -> None:
    x, state, params = draw_layer(LSTM, seed, T, 2, D, H)
    params.b[:H] = -1e3  # nothing is written
    params.b[H : 2 * H] = 1e3  # nothing is forgotten
    out, cache = forward(x, state, params)
    assert np.allclose(cache.state.c, state.c, rtol=0, atol=1e-12)
    passed = backward(np.zeros_like(out), cache, State(np.zeros((2, H)), np.ones((2, H))))
    assert np.allclose(passed.state.c, 1, rtol=0, atol=1e-12)


@given(seeds, sizes, sizes)
def test_training_starts_with_the_forget_gates_open(seed: int, D: int, H: int) -> None:
    b = initial_params(D, H, np.random.default_rng(seed)).b
    bound = H**-0.5 + 1e-6
    assert np.abs(b[H : 2 * H] - 1).max() <= bound
    assert np.abs(np.delete(b, np.s_[H : 2 * H])).max() <= bound
