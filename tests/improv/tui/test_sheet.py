import pytest

from grammar.chart import parse_chart
from improv.library import chart_names, load_chart
from improv.tui.paint import Row, length, style
from improv.tui.sheet import Light, draw_sheet, turn_bars

BLUES = load_chart("blues-f")


def text(row: Row) -> str:
    return "".join(part for part, _ in row)


@pytest.mark.parametrize("name", chart_names())
@pytest.mark.parametrize(("width", "height"), [(40, 2), (80, 4), (160, 17)])
def test_every_chart_fills_its_place_with_every_bar_lit(name: str, width: int, height: int) -> None:
    chart = load_chart(name)
    for bar in range(chart.bar_count):
        for beat in (0, chart.meter - 1):
            light = Light(bar, beat, "improv", frozenset({bar}))
            rows = draw_sheet(chart, light, width, height)
            assert len(rows) == height
            assert {length(row) for row in rows} == {width}
            lit = [part for row in rows for part, ink in row if "stage on improv" in ink]
            assert len(lit) == 1
            assert all(style(ink) for row in rows for _, ink in row)


@pytest.mark.parametrize("name", chart_names())
def test_no_chord_is_cut_at_eighty_columns(name: str) -> None:
    chart = load_chart(name)
    rows = draw_sheet(chart, Light(), 80, len(chart.rows()))
    assert not any("…" in text(row) for row in rows)


def test_the_sounding_chord_of_the_lit_bar() -> None:
    def sounding(beat: int) -> list[str]:
        rows = draw_sheet(BLUES, Light(3, beat, "you"), 80, 3)
        return [part.strip() for row in rows for part, ink in row if ink == "bold stage on you"]

    assert [sounding(beat) for beat in range(4)] == [["C-7"], ["C-7"], ["F7"], ["F7"]]


def test_a_held_chord_is_a_percent_sign_until_it_is_played() -> None:
    chart = parse_chart("| F7 | F7 | Bb7 | F7 |")
    assert text(draw_sheet(chart, Light(), 48, 1)[0]).count("%") == 1
    assert "%" not in text(draw_sheet(chart, Light(1, 0, "you"), 48, 1)[0])


def test_a_long_form_scrolls_with_the_bar_being_played() -> None:
    chart = load_chart("rhythm-changes")
    rows = draw_sheet(chart, Light(20, 0, "you"), 80, 4)
    assert text(rows[0]).startswith(" B ")
    assert any("bold stage on you" in ink for _, ink in rows[1])


def test_the_bars_of_a_turn_wrap_around_the_form() -> None:
    assert turn_bars(11 * 96 + 10, 14 * 96, BLUES) == {11, 0, 1}
    assert turn_bars(-40, 0, BLUES) == frozenset()
