from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.chance import Chance

seeds = st.integers(-(2**64), 2**64)
counts = st.integers(0, 10**6)


@given(seeds, counts)
def test_a_draw_is_a_share_and_depends_on_seed_and_count_alone(seed: int, count: int) -> None:
    number, after = Chance(seed, count).draw()
    assert 0 <= number < 1
    assert Chance(seed, count).draw() == (number, after)
    assert after == Chance(seed, count + 1)


@given(seeds, st.integers(0, 20))
def test_walking_is_jumping(seed: int, steps: int) -> None:
    chance = Chance(seed)
    for _ in range(steps):
        _, chance = chance.draw()
    assert chance == Chance(seed, steps)


def test_the_draws_are_these_on_every_machine() -> None:
    """Takes are replayed from their seed: these numbers must never change."""
    assert [Chance(7, count).draw()[0] for count in range(3)] == [
        0.8658075582976756,
        0.30106175815395075,
        0.0654364734702716,
    ]
    assert Chance(-1).draw()[0] == 0.8507047773286044


def test_draws_are_spread_evenly() -> None:
    numbers = [Chance(1, count).draw()[0] for count in range(4000)]
    tenths = [sum(k / 10 <= number < (k + 1) / 10 for number in numbers) for k in range(10)]
    assert all(320 <= tenth <= 480 for tenth in tenths)
    pairs = sum((a < 0.5) == (b < 0.5) for a, b in pairwise(numbers))
    assert 1850 <= pairs <= 2150, "neighbours know nothing of each other"


weights = st.lists(st.floats(0, 10), min_size=1).filter(lambda found: sum(found) > 0)


@given(seeds, weights)
def test_what_is_picked_has_weight(seed: int, weights: list[float]) -> None:
    number, after = Chance(seed).pick(weights)
    assert weights[number] > 0
    assert after == Chance(seed, 1)


def test_picks_are_as_likely_as_they_are_heavy() -> None:
    picked = [Chance(3, count).pick([1, 0, 3])[0] for count in range(2000)]
    assert 420 <= picked.count(0) <= 580
    assert picked.count(1) == 0
    with pytest.raises(ValueError, match="nothing"):
        Chance(3).pick([0, 0])


def test_other_seeds_are_other_rows() -> None:
    assert len({Chance(seed).draw()[0] for seed in range(1000)}) == 1000
