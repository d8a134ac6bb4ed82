import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.numeric import Array
from models.optimiser import Adam, clip, global_norm

seeds = st.integers(0, 2**32 - 1)
SHAPES = {"W": (3, 2), "b": (3,), "one": (1,)}


def draw(generator: np.random.Generator) -> dict[str, Array]:
    return {name: generator.normal(size=shape) for name, shape in SHAPES.items()}


@pytest.mark.torch
@settings(max_examples=30)
@given(seeds, st.floats(1e-4, 0.1), st.floats(0.5, 0.95), st.sampled_from([0.0, 0.01, 0.3]))
def test_steps_are_torchs(seed: int, rate: float, beta1: float, decay: float) -> None:
    torch = pytest.importorskip("torch")
    generator = np.random.default_rng(seed)
    weights = draw(generator)
    theirs = {name: torch.tensor(value) for name, value in weights.items()}
    kind = torch.optim.AdamW if decay else torch.optim.Adam
    expected = kind(theirs.values(), lr=rate, betas=(beta1, 0.99), weight_decay=decay)
    adam = Adam(rate, beta1, 0.99, decay=decay)
    moments = adam.initial(weights)
    for _ in range(20):
        gradients = draw(generator)
        weights, moments = adam.step(weights, gradients, moments)
        for name, tensor in theirs.items():
            tensor.grad = torch.tensor(gradients[name])
        expected.step()
        for name, tensor in theirs.items():
            assert np.allclose(weights[name], tensor.numpy(), rtol=0, atol=1e-9), name


@pytest.mark.torch
@given(seeds, st.floats(1e-3, 10))
def test_clipping_is_torchs(seed: int, norm: float) -> None:
    torch = pytest.importorskip("torch")
    gradients = draw(np.random.default_rng(seed))
    parameters = [torch.zeros(shape, dtype=torch.float64) for shape in SHAPES.values()]
    for parameter, gradient in zip(parameters, gradients.values(), strict=True):
        parameter.grad = torch.tensor(gradient)
    length = torch.nn.utils.clip_grad_norm_(parameters, norm)
    assert global_norm(gradients) == pytest.approx(float(length))
    for ours, parameter in zip(clip(gradients, norm).values(), parameters, strict=True):
        assert np.allclose(ours, parameter.grad.numpy(), rtol=1e-5)  # torch adds 1e-6 to the norm


@given(seeds, st.floats(1e-3, 10))
def test_clipping_keeps_the_direction_and_bounds_the_norm(seed: int, norm: float) -> None:
    gradients = draw(np.random.default_rng(seed))
    clipped = clip(gradients, norm)
    assert global_norm(clipped) == pytest.approx(min(norm, global_norm(gradients)))
    share = global_norm(clipped) / global_norm(gradients)
    for name, gradient in gradients.items():
        assert np.allclose(clipped[name], share * gradient)


def test_a_step_leaves_what_it_was_given_and_the_precision() -> None:
    generator = np.random.default_rng(0)
    weights, gradients = ({k: v.astype(np.float32) for k, v in draw(generator).items()} for _ in range(2))
    kept = {name: value.copy() for name, value in weights.items()}
    adam = Adam(decay=0.1)
    before = adam.initial(weights)
    moved, after = adam.step(weights, clip(gradients, 0.1), before)
    assert (before.steps, after.steps) == (0, 1)
    assert all(np.array_equal(weights[name], kept[name]) for name in kept)
    assert all((before.mean[name] == 0).all() for name in kept)
    for values in (moved, after.mean, after.square):
        assert {value.dtype for value in values.values()} == {np.dtype(np.float32)}


def test_a_rate_of_its_own_may_be_given_to_a_step() -> None:
    weights = draw(np.random.default_rng(0))
    quick, slow = Adam(rate=0.1), Adam(rate=1e-9)
    moments = quick.initial(weights)
    expected, _ = quick.step(weights, weights, moments)
    found, _ = slow.step(weights, weights, moments, rate=0.1)
    assert all(np.array_equal(found[name], expected[name]) for name in weights)


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan")])
def test_a_norm_that_is_none_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        clip({"b": np.ones(2)}, bad)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_divergence_is_said_and_not_stepped_into(bad: float) -> None:
    with pytest.raises(ValueError, match="diverged"):
        clip({"b": np.array([1.0, bad])}, 1.0)
