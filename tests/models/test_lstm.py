import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.lstm import Params, State, Stepper, forward, initial_state
from models.numeric import Array

sizes = st.integers(1, 9)
seeds = st.integers(0, 2**32 - 1)


def draw(seed: int, T: int, B: int, D: int, H: int) -> tuple[Array, State, Params]:
    """A sequence, a state and parameters, float32."""
    generator = np.random.default_rng(seed)

    def normal(*shape: int) -> Array:
        return generator.normal(0, 0.7, shape).astype(np.float32)

    params = Params(normal(4 * H, D), normal(4 * H, H), normal(4 * H))
    return normal(T, B, D), State(normal(B, H), normal(B, H)), params


@pytest.mark.torch
@settings(max_examples=40)
@given(seeds, sizes, sizes, sizes, sizes)
def test_the_cell_is_torchs(seed: int, T: int, B: int, D: int, H: int) -> None:
    torch = pytest.importorskip("torch")
    x, state, params = draw(seed, T, B, D, H)
    lstm = torch.nn.LSTM(D, H)
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(torch.from_numpy(params.W_x))
        lstm.weight_hh_l0.copy_(torch.from_numpy(params.W_h))
        lstm.bias_ih_l0.copy_(torch.from_numpy(params.b))
        lstm.bias_hh_l0.zero_()
        h, c = (torch.from_numpy(part)[None] for part in state)
        expected, (last_h, last_c) = lstm(torch.from_numpy(x), (h, c))
    out, cache = forward(x, state, params)
    assert np.allclose(out, expected.numpy(), atol=1e-5)
    assert np.allclose(cache.state.h, last_h[0].numpy(), atol=1e-5)
    assert np.allclose(cache.state.c, last_c[0].numpy(), atol=1e-5)


@given(seeds, sizes, sizes, sizes)
def test_steps_equal_one_sequence(seed: int, T: int, D: int, H: int) -> None:
    x, state, params = draw(seed, T, 1, D, H)
    out, cache = forward(x, state, params)
    stepper = Stepper(params)
    stepper.h[:], stepper.c[:] = state.h[0], state.c[0]
    for t in range(T):
        stepper.x[:] = x[t, 0]
        assert np.allclose(stepper.step(), out[t, 0], atol=1e-5)
    assert np.allclose(stepper.c, cache.state.c[0], atol=1e-5)


@given(seeds, sizes, sizes, sizes, sizes)
def test_a_batch_equals_its_rows(seed: int, T: int, B: int, D: int, H: int) -> None:
    x, state, params = draw(seed, T, B, D, H)
    out, _ = forward(x, state, params)
    for row in range(B):
        one = slice(row, row + 1)
        alone, _ = forward(x[:, one], State(state.h[one], state.c[one]), params)
        assert np.allclose(alone, out[:, one], atol=1e-5)


@given(seeds, st.integers(2, 9), sizes, sizes, st.data())
def test_how_a_sequence_is_cut_up_does_not_matter(
    seed: int, T: int, D: int, H: int, data: st.DataObject
) -> None:
    x, state, params = draw(seed, T, 2, D, H)
    cut = data.draw(st.integers(1, T - 1))
    whole, _ = forward(x, state, params)
    first, cache = forward(x[:cut], state, params)
    second, _ = forward(x[cut:], cache.state, params)
    assert np.allclose(np.concatenate([first, second]), whole, atol=1e-5)


@given(seeds, sizes, sizes)
def test_the_cache_holds_what_a_backward_pass_needs(seed: int, D: int, H: int) -> None:
    x, state, params = draw(seed, 3, 2, D, H)
    out, cache = forward(x, state, params)
    i, f, g, o = np.split(cache.gates, 4, axis=-1)
    assert np.array_equal(cache.h[0], state.h)
    assert np.array_equal(cache.h[1:], out)
    assert np.allclose(cache.c[1:], f * cache.c[:-1] + i * g, atol=1e-6)
    assert np.allclose(out, o * np.tanh(cache.c[1:]), atol=1e-6)


def test_gradient_checks_may_use_double_precision() -> None:
    x, _, params = draw(0, 4, 2, 3, 5)
    doubles = Params(*(part.astype(np.float64) for part in params))
    out, _ = forward(x.astype(np.float64), initial_state(2, 5, np.float64), doubles)
    assert out.dtype == np.float64
    assert forward(x, initial_state(2, 5), params)[0].dtype == np.float32


def test_a_step_allocates_nothing() -> None:
    H = 128
    _, _, params = draw(0, 1, 1, 64, H)
    stepper = Stepper(params)
    stepper.step()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        for _ in range(1000):
            stepper.step()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    smallest_buffer = 4 * H
    assert after - before < smallest_buffer
    assert peak - before < smallest_buffer
