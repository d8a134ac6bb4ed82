import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.tui.paint import COLOURS, fit, length, merge, shorten, spread, style

texts = st.text(alphabet="abcΔ♩─● 漢", max_size=30)
runs = st.lists(st.tuples(texts, st.just("text on stage")), max_size=6)


@given(runs, st.integers(0, 60))
def test_fit_takes_exactly_the_width(painted: list[tuple[str, str]], width: int) -> None:
    assert length(fit(painted, width)) == width


@given(runs, runs, st.integers(0, 60))
def test_spread_takes_exactly_the_width(
    left: list[tuple[str, str]], right: list[tuple[str, str]], width: int
) -> None:
    assert length(spread(left, right, width)) == width


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["you", "improv"])), max_size=20))
def test_merge_keeps_every_cell_and_joins_neighbours(cells: list[tuple[str, str]]) -> None:
    row = merge([character for character, _ in cells], [ink for _, ink in cells])
    assert [(character, ink) for text, ink in row for character in text] == cells
    assert all(row[place][1] != row[place + 1][1] for place in range(len(row) - 1))


def test_a_cut_text_says_so() -> None:
    assert shorten("Launchkey MK3", 8) == "Launchk…"
    assert fit([("Blues", "text"), (" in F", "dim")], 7) == (("Blues", "text"), ("… ", "dim"))


def test_an_ink_becomes_a_style() -> None:
    found = style("bold you on improv-low")
    assert (found.bold, found.color and found.color.name, found.bgcolor and found.bgcolor.name) == (
        True,
        COLOURS["you"],
        COLOURS["improv-low"],
    )
    with pytest.raises(KeyError):
        style("purple")


def test_the_players_differ_in_brightness_too() -> None:
    def luminance(colour: str) -> float:
        red, green, blue = (int(COLOURS[colour][place : place + 2], 16) for place in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert luminance("you") > luminance("improv") * 1.2
