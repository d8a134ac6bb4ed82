"""What is particular to the gated recurrent unit; `test_cells.py` holds what all cells share."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.cells import CELLS, AnyCell
from models.gru import Params, State, forward
from models.numeric import Array

DrawLayer = Callable[[AnyCell, int, int, int, int, int], tuple[Array, Any, Any]]
GRU = CELLS["gru"]
OPEN, SHUT = 1e3, -1e3
"""Biases that no other term outweighs."""
sizes = st.integers(1, 6)
seeds = st.integers(0, 2**32 - 1)


def gated(params: Params, r: float | None = None, z: float | None = None) -> Params:
    """The parameters with gates held open or shut."""
    b, H = params.b.copy(), len(params.b_h)
    if r is not None:
        b[:H] = r
    if z is not None:
        b[H : 2 * H] = z
    return params._replace(b=b)


@given(seeds, sizes, sizes, sizes, sizes)
def test_an_open_update_gate_keeps_the_state(
    draw_layer: DrawLayer, seed: int, T: int, B: int, D: int, H: int
) -> None:
    x, state, params = draw_layer(GRU, seed, T, B, D, H)
    out, cache = forward(x, state, gated(params, z=OPEN))
    assert np.allclose(out, state.h, rtol=0, atol=1e-12)
    kept = GRU.backward(np.zeros_like(out), cache, State(np.ones((B, H))))
    assert np.allclose(kept.state.h, 1, rtol=0, atol=1e-12)


@given(seeds, sizes, sizes, sizes, sizes)
def test_with_both_gates_shut_the_past_is_forgotten_but_for_the_gates(
    draw_layer: DrawLayer, seed: int, T: int, B: int, D: int, H: int
) -> None:
    x, state, params = draw_layer(GRU, seed, T, B, D, H)
    shut = gated(params, r=SHUT, z=SHUT)
    out, _ = forward(x, state, shut)
    assert np.allclose(out, np.tanh(x @ params.W_x[2 * H :].T + params.b[2 * H :]), rtol=0, atol=1e-12)


@given(seeds, sizes, sizes, sizes, sizes)
def test_a_unit_moves_between_what_it_was_and_its_candidate(
    draw_layer: DrawLayer, seed: int, T: int, B: int, D: int, H: int
) -> None:
    x, state, params = draw_layer(GRU, seed, T, B, D, H)
    out, cache = forward(x, state, params)
    candidate, before = cache.gates[:, :, 2 * H :], cache.h[:-1]
    assert (out >= np.minimum(before, candidate) - 1e-12).all()
    assert (out <= np.maximum(before, candidate) + 1e-12).all()
