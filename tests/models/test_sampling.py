import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.numeric import softmax
from models.sampling import probabilities, sample

logits_lists = st.lists(st.floats(-20, 20, width=32), min_size=1, max_size=16)
temperatures = st.floats(0.05, 20)
shares = st.floats(0.01, 1.0)


@st.composite
def masked(draw: st.DrawFn) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Logits and a mask that allows at least one id."""
    logits = draw(logits_lists)
    mask = draw(st.lists(st.booleans(), min_size=len(logits), max_size=len(logits)))
    assume(any(mask))
    return np.array(logits, np.float32), np.array(mask)


@given(masked(), temperatures, shares)
def test_a_distribution_over_what_is_allowed(
    pair: tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]], temperature: float, top_p: float
) -> None:
    logits, allowed = pair
    kept = logits.copy()
    found = probabilities(logits, temperature, top_p, allowed)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()
    assert not found[~allowed].any()
    assert logits[found.argmax()] >= logits[allowed].max() - 1e-6, "the likeliest stays, or one as likely"
    assert np.array_equal(logits, kept)


@given(logits_lists)
def test_without_wishes_it_is_the_models_own_opinion(values: list[float]) -> None:
    logits = np.array(values)
    assert np.allclose(probabilities(logits), softmax(logits))


@given(masked(), temperatures)
def test_a_mask_renormalises_and_changes_no_ratio(
    pair: tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]], temperature: float
) -> None:
    logits, allowed = pair
    free = probabilities(logits, temperature)
    masked_ones = probabilities(logits, temperature, 1.0, allowed)
    assume(free[allowed].sum() > 1e-9)
    assert np.allclose(masked_ones[allowed], free[allowed] / free[allowed].sum(), atol=1e-9)


@given(logits_lists, shares)
def test_top_p_keeps_the_fewest_likeliest_that_reach_p(values: list[float], top_p: float) -> None:
    logits = np.array(values)
    whole, found = probabilities(logits), probabilities(logits, 1.0, top_p)
    kept = found > 0
    mass = whole[kept].sum()
    assert mass >= min(top_p, whole.sum()) - 1e-9
    assert mass - whole[kept].min() < top_p + 1e-9, "one fewer would not reach p"
    if not kept.all():
        assert whole[kept].min() >= whole[~kept].max()
    assert np.allclose(found[kept], whole[kept] / mass)


@given(logits_lists, st.sampled_from([1e-2, 1e-8, 1e-300, 5e-324]))
def test_towards_zero_temperature_only_the_likeliest_are_left(
    values: list[float], temperature: float
) -> None:
    logits = np.round(np.array(values, np.float64))
    found = probabilities(logits, temperature)
    likeliest = logits == logits.max()
    assert np.allclose(found, likeliest / likeliest.sum())


@given(logits_lists)
def test_towards_endless_temperature_all_are_alike(values: list[float]) -> None:
    assert np.allclose(probabilities(np.array(values), 1e300), 1 / len(values))


@given(logits_lists, temperatures, st.floats(0, 1, exclude_max=True))
def test_a_warmer_likeliest_is_never_likelier(
    values: list[float], temperature: float, further: float
) -> None:
    logits = np.array(values)
    cold, warm = probabilities(logits, temperature), probabilities(logits, temperature + 5 * further)
    assert warm.max() <= cold.max() + 1e-12


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
def test_a_temperature_must_be_above_zero_and_finite(temperature: float) -> None:
    with pytest.raises(ValueError, match="temperature"):
        probabilities(np.zeros(3), temperature)


@pytest.mark.parametrize("top_p", [0.0, -0.1, 1.1, math.nan])
def test_top_p_must_be_a_share(top_p: float) -> None:
    with pytest.raises(ValueError, match="top_p"):
        probabilities(np.zeros(3), 1.0, top_p)


def test_something_must_be_allowed() -> None:
    with pytest.raises(ValueError, match="nothing is allowed"):
        probabilities(np.zeros(3), 1.0, 1.0, np.zeros(3, bool))


@given(
    st.lists(st.one_of(st.just(0.0), st.floats(0, 1)), min_size=1, max_size=12),
    st.floats(0, 1, exclude_max=True),
)
def test_what_has_no_probability_is_never_sampled(weights: list[float], uniform: float) -> None:
    assume(sum(weights) > 0)
    distribution = np.array(weights) / sum(weights)
    assume(distribution.any())
    assert distribution[sample(distribution, uniform)] > 0


def test_what_has_reached_p_is_enough() -> None:
    assert probabilities(np.zeros(4), 1.0, 0.5).tolist() == [0.5, 0.5, 0.0, 0.0]


@settings(max_examples=30)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=8))
def test_every_id_is_sampled_in_proportion(weights: list[int]) -> None:
    total = sum(weights)
    assume(total)
    distribution = np.array(weights) / total
    steps = 50 * total  # evenly spaced draws, none on an edge
    found = np.bincount(
        [sample(distribution, (k + 0.5) / steps) for k in range(steps)], minlength=len(weights)
    )
    assert found.tolist() == [50 * weight for weight in weights]


def test_the_ends_of_the_draw_are_the_outer_ids() -> None:
    distribution = np.array([0.0, 0.25, 0.75, 0.0])
    assert sample(distribution, 0.0) == 1
    assert sample(distribution, math.nextafter(1.0, 0.0)) == 2
