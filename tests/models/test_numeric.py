import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.numeric import log_softmax, sigmoid, sigmoid_into, softmax

numbers = st.lists(st.floats(-200, 200), min_size=1, max_size=12)


@given(numbers)
def test_the_sigmoid_is_the_textbook_one(values: list[float]) -> None:
    x = np.array(values)
    assert np.allclose(sigmoid(x), 1 / (1 + np.exp(-x)), atol=1e-12)


@given(st.floats(-1e300, 1e300))
def test_the_sigmoid_neither_overflows_nor_leaves_its_range(value: float) -> None:
    with np.errstate(all="raise", under="ignore"):
        found = sigmoid(np.array([value]))
    assert 0 <= found[0] <= 1


def test_in_place_means_in_place() -> None:
    x = np.array([0.0, 1.0])
    kept = x.copy()
    assert sigmoid(x) is not x
    assert np.array_equal(x, kept)
    assert sigmoid_into(x) is x
    assert not np.array_equal(x, kept)


@given(numbers, st.floats(-50, 50))
def test_softmax_is_a_distribution_that_no_common_term_changes(values: list[float], term: float) -> None:
    x = np.array(values)
    found = softmax(x)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()
    assert np.allclose(softmax(x + term), found)


@given(numbers)
def test_log_softmax_is_its_logarithm(values: list[float]) -> None:
    x = np.clip(np.array(values), -30, 30)
    assert np.allclose(log_softmax(x), np.log(softmax(x)))


def test_the_impossible_stays_impossible() -> None:
    found = log_softmax(np.array([[0.0, -np.inf, 0.0]]))
    assert np.allclose(found, [[-np.log(2), -np.inf, -np.log(2)]])
