from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

from improv.tui.arrangement import Arrangement, arrange


def regions(arrangement: Arrangement) -> dict[str, Region]:
    found = {field.name: getattr(arrangement, field.name) for field in fields(arrangement)}
    return {name: region for name, region in found.items() if region.height}


@given(st.integers(10, 300), st.integers(4, 120), st.integers(1, 40), st.booleans())
def test_nothing_overlaps_or_lies_outside(width: int, height: int, rows: int, alive: bool) -> None:
    taken: set[int] = set()
    for region in regions(arrange(width, height, rows, alive)).values():
        assert region.x >= 0
        assert region.y >= 0
        assert region.right <= width
        assert region.bottom <= height
        cells = {y * width + x for y in range(region.y, region.bottom) for x in (region.x, region.right - 1)}
        assert not cells & taken
        taken |= cells


@given(st.integers(60, 300), st.integers(20, 120), st.integers(1, 40))
def test_from_sixty_by_twenty_all_is_seen(width: int, height: int, rows: int) -> None:
    found = regions(arrange(width, height, rows))
    assert set(found) == {field.name for field in fields(Arrangement)}
    assert found["roll"].height >= 6
    assert found["chart"].height >= min(3, rows)


@pytest.mark.parametrize(("size", "banner"), [((80, 24), 3), ((160, 50), 8), ((60, 20), 3)])
def test_the_turn_is_big(size: tuple[int, int], banner: int) -> None:
    assert arrange(*size, 3).banner.height == banner


def test_the_answer_stands_beside_the_chart_where_it_is_wide() -> None:
    wide, narrow = arrange(160, 50, 8), arrange(80, 24, 8)
    assert wide.answer.y == wide.chart.y
    assert narrow.answer.y > narrow.roll.y
