"""What holds for every recurrent cell, one table driving all."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cells import CELLS, AnyCell
from models.numeric import Array

pytestmark = pytest.mark.parametrize("cell", CELLS.values(), ids=list(CELLS))

DrawLayer = Callable[[AnyCell, int, int, int, int, int], tuple[Array, Any, Any]]
sizes = st.integers(1, 9)
small = st.integers(1, 3)
seeds = st.integers(0, 2**32 - 1)


def single(parts: Any) -> Any:
    """The same in float32."""
    return type(parts)(*(part.astype(np.float32) for part in parts))


def draw_gradients(cell: AnyCell, seed: int, T: int, B: int, H: int) -> tuple[Array, Any]:
    """What reaches the outputs and the last state."""
    generator = np.random.default_rng(seed + 1)
    return generator.normal(size=(T, B, H)), cell.State(
        *(generator.normal(size=(B, H)) for _ in cell.State._fields)
    )


def by_name(gradients: Any) -> dict[str, Array]:
    """Every gradient of a layer under a name."""
    state = {f"before.{name}": value for name, value in gradients.state._asdict().items()}
    return {"x": gradients.x, **state, **gradients.params._asdict()}


def torch_layer(cell: AnyCell, params: Any) -> Any:
    """Torch's layer of the same kind with the same parameters."""
    torch = pytest.importorskip("torch")
    H = params.W_h.shape[1]
    layer = getattr(torch.nn, cell.name.upper())(params.W_x.shape[1], H).double()
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.from_numpy(params.W_x))
        layer.weight_hh_l0.copy_(torch.from_numpy(params.W_h))
        layer.bias_ih_l0.copy_(torch.from_numpy(params.b))
        layer.bias_hh_l0.zero_()
        if cell.name == "gru":
            layer.bias_hh_l0[2 * H :] = torch.from_numpy(params.b_h)
    return layer


@pytest.mark.torch
@settings(max_examples=40)
@given(seeds, sizes, sizes, sizes, sizes)
def test_outputs_states_and_every_gradient_are_torchs(
    cell: AnyCell, draw_layer: DrawLayer, seed: int, T: int, B: int, D: int, H: int
) -> None:
    torch = pytest.importorskip("torch")
    x, state, params = draw_layer(cell, seed, T, B, D, H)
    dout, dstate = draw_gradients(cell, seed, T, B, H)
    out, cache = cell.forward(x, state, params)
    found = by_name(cell.backward(dout, cache, dstate))

    layer = torch_layer(cell, params)
    entered = torch.tensor(x, requires_grad=True)
    before = [torch.tensor(part[None], requires_grad=True) for part in state]
    shown, after = layer(entered, tuple(before) if len(before) > 1 else before[0])
    after = after if isinstance(after, tuple) else (after,)
    torch.autograd.backward([shown, *after], [torch.tensor(dout), *(torch.tensor(d[None]) for d in dstate)])
    expected = {
        "x": entered.grad,
        **{f"before.{name}": part.grad[0] for name, part in zip(cell.State._fields, before, strict=True)},
        "W_x": layer.weight_ih_l0.grad,
        "W_h": layer.weight_hh_l0.grad,
        "b": layer.bias_ih_l0.grad,
        "b_h": layer.bias_hh_l0.grad[2 * H :],
    }
    assert np.allclose(out, shown.detach().numpy(), rtol=0, atol=1e-9)
    for ours, theirs in zip(cache.state, after, strict=True):
        assert np.allclose(ours, theirs.detach()[0].numpy(), rtol=0, atol=1e-9)
    for name, gradient in found.items():
        assert np.allclose(gradient, expected[name].numpy(), rtol=0, atol=1e-9), name


@settings(max_examples=15)
@given(seeds, small, small, small, small)
def test_every_gradient_is_what_moving_each_number_a_little_says(
    cell: AnyCell,
    draw_layer: DrawLayer,
    central_differences: Callable[[Callable[[], float], Array], Array],
    seed: int,
    T: int,
    B: int,
    D: int,
    H: int,
) -> None:
    x, state, params = draw_layer(cell, seed, T, B, D, H)
    dout, dstate = draw_gradients(cell, seed, T, B, H)

    def loss() -> float:
        out, cache = cell.forward(x, state, params)
        return float(
            (out * dout).sum() + sum((a * b).sum() for a, b in zip(cache.state, dstate, strict=True))
        )

    found = by_name(cell.backward(dout, cell.forward(x, state, params)[1], dstate))
    arrays = {"x": x, **{f"before.{k}": v for k, v in state._asdict().items()}, **params._asdict()}
    assert found.keys() == arrays.keys()
    for name, gradient in found.items():
        assert np.allclose(gradient, central_differences(loss, arrays[name]), rtol=1e-6, atol=1e-7), name


@given(seeds, sizes, sizes, sizes)
def test_steps_equal_one_sequence(
    cell: AnyCell, draw_layer: DrawLayer, seed: int, T: int, D: int, H: int
) -> None:
    x, state, params = draw_layer(cell, seed, T, 1, D, H)
    out, cache = cell.forward(x, state, params)
    stepper = cell.Stepper(params)
    for part, value in zip(stepper.parts, state, strict=True):
        part[:] = value[0]
    for t in range(T):
        stepper.x[:] = x[t, 0]
        assert np.allclose(stepper.step(), out[t, 0], rtol=0, atol=1e-12)
    assert stepper.parts[0] is stepper.h
    for part, value in zip(stepper.parts, cache.state, strict=True):
        assert np.allclose(part, value[0], rtol=0, atol=1e-12)


@given(seeds, sizes, sizes, sizes, sizes)
def test_a_batch_equals_its_rows(
    cell: AnyCell, draw_layer: DrawLayer, seed: int, T: int, B: int, D: int, H: int
) -> None:
    x, state, params = draw_layer(cell, seed, T, B, D, H)
    dout, dstate = draw_gradients(cell, seed, T, B, H)
    out, cache = cell.forward(x, state, params)
    whole = cell.backward(dout, cache, dstate)
    sums = [np.zeros_like(part) for part in params]
    for row in range(B):
        one = slice(row, row + 1)
        alone, left = cell.forward(x[:, one], cell.State(*(part[one] for part in state)), params)
        assert np.allclose(alone, out[:, one], rtol=0, atol=1e-12)
        gradients = cell.backward(dout[:, one], left, cell.State(*(part[one] for part in dstate)))
        assert np.allclose(gradients.x, whole.x[:, one], rtol=0, atol=1e-10)
        for total, part in zip(sums, gradients.params, strict=True):
            total += part
    for total, part in zip(sums, whole.params, strict=True):
        assert np.allclose(total, part, rtol=0, atol=1e-10)


@given(seeds, st.integers(2, 9), sizes, sizes, sizes, st.data())
def test_how_a_sequence_is_cut_up_does_not_matter_when_the_states_gradient_is_carried(
    cell: AnyCell, draw_layer: DrawLayer, seed: int, T: int, B: int, D: int, H: int, data: st.DataObject
) -> None:
    x, state, params = draw_layer(cell, seed, T, B, D, H)
    dout, dstate = draw_gradients(cell, seed, T, B, H)
    cut = data.draw(st.integers(1, T - 1))
    out, cache = cell.forward(x, state, params)
    first, first_cache = cell.forward(x[:cut], state, params)
    second, second_cache = cell.forward(x[cut:], first_cache.state, params)
    assert np.allclose(np.concatenate([first, second]), out, rtol=0, atol=1e-12)

    whole = by_name(cell.backward(dout, cache, dstate))
    late = cell.backward(dout[cut:], second_cache, dstate)
    early = cell.backward(dout[:cut], first_cache, late.state)
    for name, gradient in by_name(early).items():
        if name == "x":
            gradient = np.concatenate([gradient, late.x])
        elif name in cell.Params._fields:
            gradient = gradient + getattr(late.params, name)
        assert np.allclose(gradient, whole[name], rtol=0, atol=1e-10), name


@given(seeds, sizes, sizes, sizes, sizes)
def test_no_gradient_from_beyond_is_a_gradient_of_zeros_and_nothing_given_is_written_over(
    cell: AnyCell, draw_layer: DrawLayer, seed: int, T: int, B: int, D: int, H: int
) -> None:
    x, state, params = draw_layer(cell, seed, T, B, D, H)
    dout, dstate = draw_gradients(cell, seed, T, B, H)
    given_arrays = [x, *state, *params, dout, *dstate]
    copies = [array.copy() for array in given_arrays]
    _, cache = cell.forward(x, state, params)
    truncated = by_name(cell.backward(dout, cache))
    zeros = by_name(cell.backward(dout, cache, cell.initial_state(B, H, np.float64)))
    assert all(np.array_equal(truncated[name], zeros[name]) for name in zeros)
    cell.backward(dout, cache, dstate)
    assert all(np.array_equal(a, b) for a, b in zip(given_arrays, copies, strict=True))


def test_the_precision_is_that_of_the_input(cell: AnyCell, draw_layer: DrawLayer) -> None:
    x, state, params = draw_layer(cell, 0, 4, 2, 3, 5)
    dout, dstate = draw_gradients(cell, 0, 4, 2, 5)
    out, cache = cell.forward(x, state, params)
    doubles = [out, *by_name(cell.backward(dout, cache, dstate)).values()]
    low, low_cache = cell.forward(x.astype(np.float32), single(state), single(params))
    gradients = by_name(cell.backward(dout.astype(np.float32), low_cache, single(dstate)))
    assert {array.dtype for array in doubles} == {np.dtype(np.float64)}
    assert {array.dtype for array in (low, *gradients.values())} == {np.dtype(np.float32)}
    for near, exact in zip((low, *gradients.values()), doubles, strict=True):
        assert np.allclose(near, exact, rtol=1e-4, atol=1e-4)


@given(seeds, sizes, sizes)
def test_parameters_start_small_and_as_the_table_of_shapes_says(
    cell: AnyCell, seed: int, D: int, H: int
) -> None:
    params = cell.initial_params(D, H, np.random.default_rng(seed))
    assert {name: part.shape for name, part in params._asdict().items()} == cell.shapes(D, H)
    assert params.W_x.shape == (cell.gates * H, D)
    assert {part.dtype for part in params} == {np.dtype(np.float32)}
    for weights in (params.W_x, params.W_h):
        assert np.abs(weights).max() <= H**-0.5 + 1e-6
    again = cell.initial_params(D, H, np.random.default_rng(seed), np.float64)
    assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(params, again, strict=True))


def test_a_step_allocates_nothing(cell: AnyCell, draw_layer: DrawLayer) -> None:
    H = 128
    _, _, params = draw_layer(cell, 0, 1, 1, 64, H)
    stepper = cell.Stepper(single(params))
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
