from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cells import CELLS
from models.language import (
    CHARACTER,
    backward,
    forward,
    initial_state,
    initial_weights,
    language_spec,
    select,
)
from models.loss import softmax_cross_entropy
from models.network import Network
from models.numeric import Array
from models.spec import Spec

seeds = st.integers(0, 2**32 - 1)
cells = st.sampled_from(list(CELLS))


def draw_spec(seed: int, cell: str, layers: int, skip: bool) -> Spec:
    """A small model of some sizes."""
    V, width, H = np.random.default_rng(seed).integers(2, 6, 3)
    return replace(language_spec(int(V), int(width), int(H), layers, cell), skip=skip)


def draw(seed: int, spec: Spec, T: int, B: int) -> tuple[Any, Any, dict[str, Array]]:
    """Ids (T, B), a state and weights, float64."""
    generator = np.random.default_rng(seed)
    ids = generator.integers(0, spec.inputs[0].size, (T, B))
    zeros = initial_state(spec, B, np.float64)
    state = tuple(type(layer)(*(generator.normal(size=part.shape) for part in layer)) for layer in zeros)
    weights = initial_weights(spec, generator, np.float64)
    return (
        ids,
        state,
        {name: value + generator.normal(0, 0.3, value.shape) for name, value in weights.items()},
    )


@given(seeds, cells, st.integers(1, 3), st.booleans(), st.integers(1, 6), st.integers(1, 3))
def test_a_batch_in_one_go_is_the_network_step_by_step(
    seed: int, cell: str, layers: int, skip: bool, T: int, B: int
) -> None:
    spec = draw_spec(seed, cell, layers, skip)
    ids, state, weights = draw(seed, spec, T, B)
    logits, cache = forward(ids, state, weights, spec)
    identity = np.arange(spec.heads[0].size, dtype=np.int16)[None, :]
    single = {name: value.astype(np.float32) for name, value in weights.items()}
    for row in range(B):
        network = Network(spec, single, {CHARACTER: (identity,)})
        network.memory = np.array([[part[row] for part in layer] for layer in state], np.float32)
        for t in range(T):
            network.step([ids[t, row]])
            assert np.allclose(network.logits(CHARACTER, (), (0,)), logits[t, row], atol=1e-4)
        after = np.array([[part[row] for part in layer] for layer in cache.state])
        assert np.allclose(network.memory, after, atol=1e-4)


@pytest.mark.torch
@settings(max_examples=25)
@given(seeds, cells, st.integers(1, 3), st.booleans(), st.integers(1, 6), st.integers(1, 3))
def test_every_gradient_is_torchs(seed: int, cell: str, layers: int, skip: bool, T: int, B: int) -> None:
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    spec = draw_spec(seed, cell, layers, skip)
    ids, state, weights = draw(seed, spec, T, B)
    targets = np.random.default_rng(seed + 1).integers(0, spec.heads[0].size, (T, B))
    logits, cache = forward(ids, state, weights, spec)
    loss, dlogits = softmax_cross_entropy(logits, targets)
    found = backward(dlogits, cache)
    assert list(found) == list(spec.shapes())

    theirs = {name: torch.tensor(value, requires_grad=True) for name, value in weights.items()}
    x = entered = functional.embedding(torch.tensor(ids), theirs["embed.char"])
    shown = []
    for layer, before in enumerate(state):
        if layer and skip:
            x = torch.cat([x, entered], dim=-1)
        part = {field: theirs[f"{cell}.{layer}.{field}"] for field in CELLS[cell].Params._fields}
        b_h = torch.zeros_like(part["b"])
        if cell == "gru":
            b_h = torch.cat([b_h[: 2 * spec.hidden], part["b_h"]])
        hx = tuple(torch.tensor(array[None]) for array in before)
        run = {"rnn": torch._VF.rnn_tanh, "gru": torch._VF.gru, "lstm": torch._VF.lstm}[cell]
        values = [part["W_x"], part["W_h"], part["b"], b_h]
        x = run(x, hx if cell == "lstm" else hx[0], values, True, 1, 0.0, True, False, False)[0]
        shown.append(x)
    trunk = torch.cat(shown, dim=-1) if skip else x
    expected = functional.linear(trunk, theirs["char.char.W"], theirs["char.char.b"])
    cost = functional.cross_entropy(expected.reshape(T * B, -1), torch.tensor(targets).reshape(-1))
    cost.backward()
    assert np.allclose(logits, expected.detach().numpy(), rtol=0, atol=1e-9)
    assert loss == pytest.approx(cost.item(), abs=1e-9)
    for name, gradient in found.items():
        assert np.allclose(gradient, theirs[name].grad.numpy(), rtol=0, atol=1e-9), name


@settings(max_examples=10)
@given(seeds, cells, st.integers(1, 2), st.booleans())
def test_every_gradient_is_what_moving_each_weight_a_little_says(
    central_differences: Callable[[Callable[[], float], Array], Array],
    seed: int,
    cell: str,
    layers: int,
    skip: bool,
) -> None:
    spec = replace(language_spec(3, 2, 2, layers, cell), skip=skip)
    ids, state, weights = draw(seed, spec, 3, 2)
    targets = np.roll(ids, -1, axis=0)

    def loss() -> float:
        return softmax_cross_entropy(forward(ids, state, weights, spec)[0], targets)[0]

    logits, cache = forward(ids, state, weights, spec)
    for name, gradient in backward(softmax_cross_entropy(logits, targets)[1], cache).items():
        assert np.allclose(gradient, central_differences(loss, weights[name]), rtol=1e-6, atol=1e-8), name


@given(seeds, cells, st.integers(1, 3), st.booleans(), st.integers(2, 5), st.data())
def test_the_state_carries_all_there_is_to_know_and_rows_can_be_chosen(
    seed: int, cell: str, layers: int, skip: bool, B: int, data: st.DataObject
) -> None:
    spec = draw_spec(seed, cell, layers, skip)
    ids, state, weights = draw(seed, spec, 4, B)
    rows = np.array(data.draw(st.lists(st.integers(0, B - 1), min_size=1, max_size=6)))
    whole, _ = forward(ids, state, weights, spec)
    _, cache = forward(ids[:2], state, weights, spec)
    rest, _ = forward(ids[2:, rows], select(cache.state, rows), weights, spec)
    assert np.allclose(rest, whole[2:, rows], rtol=0, atol=1e-12)


@given(seeds, cells, st.integers(1, 3), st.booleans())
def test_weights_are_drawn_by_the_names_and_shapes_of_the_spec(
    seed: int, cell: str, layers: int, skip: bool
) -> None:
    spec = draw_spec(seed, cell, layers, skip)
    weights = initial_weights(spec, np.random.default_rng(seed))
    assert {name: value.shape for name, value in weights.items()} == spec.shapes()
    assert {value.dtype for value in weights.values()} == {np.dtype(np.float32)}
    ids = np.zeros((2, 1), np.int16)
    logits, cache = forward(ids, initial_state(spec, 1), weights, spec)
    gradients = backward(softmax_cross_entropy(logits, ids)[1], cache)
    assert {value.dtype for value in (logits, *gradients.values())} == {np.dtype(np.float32)}
