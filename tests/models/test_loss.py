from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.loss import IGNORED, softmax_cross_entropy
from models.numeric import Array

sizes = st.integers(1, 5)
seeds = st.integers(0, 2**32 - 1)


def draw(seed: int, T: int, B: int, V: int) -> tuple[Array, np.ndarray]:
    """Logits (T, B, V) and targets (T, B), some of them ignored."""
    generator = np.random.default_rng(seed)
    return generator.normal(0, 3, (T, B, V)), generator.integers(IGNORED, V, (T, B))


@pytest.mark.torch
@given(seeds, sizes, sizes, sizes)
def test_loss_and_gradient_are_torchs(seed: int, T: int, B: int, V: int) -> None:
    torch = pytest.importorskip("torch")
    logits, targets = draw(seed, T, B, V)
    targets[0, 0] = 0  # torch's mean over nothing is not a number
    theirs = torch.tensor(logits, requires_grad=True)
    expected = torch.nn.functional.cross_entropy(
        theirs.reshape(-1, V), torch.tensor(targets).reshape(-1), ignore_index=IGNORED
    )
    expected.backward()
    loss, gradient = softmax_cross_entropy(logits, targets)
    assert loss == pytest.approx(expected.item(), abs=1e-9)
    assert np.allclose(gradient, theirs.grad.numpy(), rtol=0, atol=1e-9)


@given(seeds, sizes, sizes, sizes)
def test_the_gradient_is_what_moving_each_logit_a_little_says(
    central_differences: Callable[[Callable[[], float], Array], Array], seed: int, T: int, B: int, V: int
) -> None:
    logits, targets = draw(seed, T, B, V)
    _, gradient = softmax_cross_entropy(logits, targets)
    expected = central_differences(lambda: softmax_cross_entropy(logits, targets)[0], logits)
    assert np.allclose(gradient, expected, rtol=0, atol=1e-8)


@given(seeds, sizes, sizes, sizes)
def test_ignored_targets_count_for_nothing(seed: int, T: int, B: int, V: int) -> None:
    logits, targets = draw(seed, T, B, V)
    loss, gradient = softmax_cross_entropy(logits, targets)
    scored = targets != IGNORED
    assert (gradient[~scored] == 0).all()
    alone, part = softmax_cross_entropy(logits[scored], targets[scored])
    assert loss == pytest.approx(alone)
    assert np.allclose(gradient[scored], part)


def test_nothing_scored_costs_nothing() -> None:
    loss, gradient = softmax_cross_entropy(np.ones((2, 1, 3)), np.full((2, 1), IGNORED))
    assert loss == 0
    assert (gradient == 0).all()


@given(sizes, st.integers(1, 50))
def test_knowing_nothing_costs_the_log_of_the_alphabet(T: int, V: int) -> None:
    loss, _ = softmax_cross_entropy(np.zeros((T, 1, V)), np.zeros((T, 1), int))
    assert loss == pytest.approx(np.log(V))


def test_huge_logits_neither_overflow_nor_lose_the_loss() -> None:
    logits = np.array([[1e4, 0.0, -1e4]], np.float32)
    loss, gradient = softmax_cross_entropy(logits, np.array([2]))
    assert loss == pytest.approx(2e4)
    assert gradient.dtype == np.float32
    assert np.allclose(gradient, [[1, 0, -1]])
