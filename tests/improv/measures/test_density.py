from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.measures.density import agreement, bandwidth, density

samples = st.lists(st.floats(-100, 100), min_size=1, max_size=40).map(np.array)
NORMAL = np.array([NormalDist().inv_cdf((i + 0.5) / 2000) for i in range(2000)])


@given(samples)
def test_samples_agree_with_themselves(found: np.ndarray) -> None:
    area, divergence = agreement(found, found)
    assert area == pytest.approx(1, abs=1e-6)
    assert divergence == pytest.approx(0, abs=1e-6)


@given(samples, samples)
def test_an_area_is_a_share_the_same_both_ways(a: np.ndarray, b: np.ndarray) -> None:
    area, divergence = agreement(a, b)
    assert 0 <= area <= 1
    assert divergence >= 0
    assert agreement(b, a)[0] == pytest.approx(area, abs=1e-9)


@given(samples, samples, st.floats(-50, 50), st.floats(0.1, 10))
def test_neither_place_nor_scale_matters(a: np.ndarray, b: np.ndarray, by: float, factor: float) -> None:
    if max(a.max(), b.max()) - min(a.min(), b.min()) > 1e-3:
        assert agreement(a * factor + by, b * factor + by)[0] == pytest.approx(agreement(a, b)[0], abs=1e-3)


@pytest.mark.parametrize("apart", [0.5, 1.0, 2.0, 4.0])
def test_two_normal_densities(apart: float) -> None:
    wide = float(np.sqrt(1 + bandwidth(NORMAL) ** 2))  # the kernels widen them
    area, divergence = agreement(NORMAL, NORMAL + apart)
    assert area == pytest.approx(2 * NormalDist().cdf(-apart / wide / 2), abs=5e-4)
    if apart <= 1:  # further apart it hangs on tails that have no samples
        assert divergence == pytest.approx((apart / wide) ** 2 / 2, rel=0.02)


def test_what_is_far_apart_shares_nothing() -> None:
    assert agreement(NORMAL, NORMAL + 100)[0] == pytest.approx(0, abs=1e-9)
    assert agreement(np.zeros(3), np.ones(3))[0] == pytest.approx(0, abs=1e-6)
    assert agreement(np.ones(3), np.ones(5)) == (1.0, 0.0)


def test_a_density_is_one_altogether() -> None:
    at = np.linspace(-8, 8, 4001)
    assert density(NORMAL, at, 0.0).sum() * (at[1] - at[0]) == pytest.approx(1, abs=1e-4)
    assert density(np.zeros(1), np.zeros(1), 1.0)[0] == pytest.approx(NormalDist().pdf(0))


def test_scotts_rule() -> None:
    assert bandwidth(np.array([0.0, 2.0])) == pytest.approx(2**0.5 * 2**-0.2)
    assert bandwidth(np.array([3.0])) == 0.0


def test_no_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="no samples"):
        agreement(np.zeros(0), np.ones(2))
