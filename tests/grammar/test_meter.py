"""Bars in twos and threes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.chart import METERS
from grammar.meter import GROUPS, group_at, groups


@pytest.mark.parametrize("meter", METERS)
def test_groups_fill_the_bar(meter: int) -> None:
    assert sum(GROUPS[meter]) == meter
    found = list(groups(-24 * meter, meter))
    assert found[0].begin == -24 * meter
    assert found[-1].begin + 24 * found[-1].beats == 0


@given(st.integers(-1000, 1000), st.sampled_from(METERS))
def test_every_tick_is_in_one_group(tick: int, meter: int) -> None:
    group = group_at(tick, meter)
    assert group.begin <= tick < group.begin + 24 * group.beats
    assert group in groups(tick - tick % (24 * meter), meter)
