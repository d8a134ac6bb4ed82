"""What is particular to the simple cell; `test_cells.py` holds what all cells share."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.numeric import Array
from models.rnn import Params, State, backward, forward


def echo(keep: float, T: int, H: int) -> tuple[Array, Array]:
    """A small first state and its gradient after T steps of nothing but keeping a share of it."""
    params = Params(np.zeros((H, 1)), keep * np.eye(H), np.zeros(H))
    out, cache = forward(np.zeros((T, 1, 1)), State(np.full((1, H), 1e-6)), params)
    return out[-1], backward(np.zeros_like(out), cache, State(np.ones((1, H)))).state.h


@given(st.floats(0.1, 0.9), st.integers(1, 60), st.integers(1, 4))
def test_memory_and_gradient_fade_alike_step_by_step(keep: float, T: int, H: int) -> None:
    remembered, gradient = echo(keep, T, H)
    assert np.allclose(remembered, 1e-6 * keep**T, rtol=1e-6)
    assert np.allclose(gradient, keep**T, rtol=1e-6)


def test_where_weights_amplify_the_gradient_grows_until_tanh_holds_it() -> None:
    _, early = echo(2.0, 10, 1)
    _, late = echo(2.0, 60, 1)
    assert np.allclose(early, 2.0**10, rtol=1e-4)  # hence clipping
    assert late.item() < 1  # saturated: slopes of nearly zero
