from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

from improv.tui.text_arrangement import arrange_text


@given(st.integers(1, 300), st.integers(1, 120), st.integers(1, 30))
def test_the_parts_cover_the_screen_and_nothing_twice(width: int, height: int, label: int) -> None:
    found = arrange_text(width, height, label)
    regions: list[Region] = [getattr(found, field.name) for field in fields(found)]
    screen = Region(0, 0, width, height)
    shown = [region for region in regions if region.area]
    assert all(screen.contains_region(region) for region in shown)
    assert sum(region.area for region in shown) == width * height
    assert all(not one.overlaps(other) for place, one in enumerate(shown) for other in shown[:place])
    assert found.text.area  # whatever vanishes, the text does not
    assert (found.field.height == 1) == (height >= 2)


def test_a_sonnet_fits_the_common_terminal() -> None:
    found = arrange_text(80, 24, 13)
    assert found.text.height >= 14 + 2
    assert found.text.width >= 54
    assert found.banner.height == 3
    assert found.kept.height == found.text.height
