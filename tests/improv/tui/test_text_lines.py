from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from improv.tui.text_lines import wrap

TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from(" \n\tab"), max_size=200)


@given(TEXTS, st.integers(2, 40))
def test_every_line_fits_and_nothing_but_spaces_and_line_ends_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert lines
    assert all(cell_len(line) <= width for _, line in lines)
    places = [place for start, line in lines for place in range(start, start + len(line))]
    assert places == sorted(set(places))
    lost = "".join(text[place] for place in sorted(set(range(len(text))) - set(places)))
    assert set(lost) <= {" ", "\n", "\t"}


@given(TEXTS, st.integers(1, 40))
def test_what_can_be_shown_is_shown_as_it_is(text: str, width: int) -> None:
    for start, line in wrap(text, width):
        for place, character in enumerate(line, start):
            assert character == text[place] or not text[place].isprintable()
            assert character.isprintable()


@given(st.lists(st.text("abc ", max_size=20), min_size=1))
def test_a_text_that_fits_is_its_own_lines(lines: list[str]) -> None:
    assert [line for _, line in wrap("\n".join(lines), 20)] == lines


def test_a_line_breaks_at_its_last_space_that_fits() -> None:
    assert wrap("one two three", 8) == [(0, "one two"), (8, "three")]
    assert wrap("  extraordinary", 6) == [(0, " "), (2, "extrao"), (8, "rdinar"), (14, "y")]
