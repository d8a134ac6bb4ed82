"""The parts of the text screen, drawn without Textual."""

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.text.writer import WriteOptions
from improv.tui import text_words as words
from improv.tui.lettering import big
from improv.tui.paint import Row, length, style
from improv.tui.text_parts import draw_banner, draw_kept, draw_settings, draw_text, label, overflow
from improv.tui.text_state import Phase, Piece, State

OPENED = State("sonnets", WriteOptions(prime="Shall I", seed=7), ("dinos", "sonnets", "shakespeare"))
LINES = "Shall I compare\n" + "".join(f"line {number}\n" for number in range(2, 31))
WIDTHS = (20, 40, 60, 80, 120, 160)


def state(text: str | None, phase: Phase = "finished", back: int = 0) -> State:
    piece = None if text is None else Piece("sonnets", OPENED.options, text)
    return replace(OPENED, piece=piece, phase=phase, back=back)


def lines(rows: tuple[Row, ...]) -> list[str]:
    return ["".join(text for text, _ in row) for row in rows]


@given(
    st.one_of(st.none(), st.text(max_size=300).map(lambda text: text + "x")),
    st.sampled_from(["writing", "finished"]),
    st.integers(0, 50),
    st.sampled_from(WIDTHS),
    st.integers(1, 40),
)
def test_every_part_fills_its_place(
    text: str | None, phase: Phase, back: int, width: int, height: int
) -> None:
    shown = state(text, phase if text is not None else "ready")
    shown = replace(shown, back=min(back, overflow(shown, width, height)))
    if shown.piece is not None:
        shown = replace(shown, kept=(shown.piece,) * 3, saved=())
    for draw in (draw_text, draw_kept, draw_banner):
        rows = draw(shown, width, height)
        assert len(rows) == height
        assert {length(row) for row in rows} == {width}
        assert all(style(ink) for row in rows for _, ink in row)
    assert length(draw_settings(shown, width)) == width


@pytest.mark.parametrize("width", WIDTHS[1:])
def test_the_figures_are_never_cut(width: int) -> None:
    (line,) = lines((draw_settings(OPENED, width),))
    for figure in ("sonnets", "0.80", "0.95", "7"):
        assert figure in line
    assert ("temperature 0.80" in line) == ("shakespeare" in line) == (width >= 72)


def test_the_model_that_writes_is_told_apart_without_colour() -> None:
    inks = {text: ink for text, ink in draw_settings(OPENED, 80)}
    assert "underline" in inks["sonnets"]
    assert "underline" not in inks["dinos"]


@pytest.mark.parametrize(
    ("shown", "word", "hints"),
    [
        (state(None, "ready"), "READY", ["enter writes"]),
        (state("", "writing"), "IMPROV", ["enter stops", "reading the model"]),
        (state("Shall", "writing"), "IMPROV", ["enter stops", "5 characters"]),
        (state("S\n"), "YOUR TURN", ["f5 keep, f6 discard", "1 character "]),
    ],
)
def test_the_banner_says_whose_turn_it_is(shown: State, word: str, hints: list[str]) -> None:
    for width, height, scale in ((80, 3, 1), (160, 7, 2)):
        drawn = "\n".join(lines(draw_banner(shown, width, height)))
        assert big(word, scale)[1].strip() in drawn
        assert all(hint in drawn for hint in hints)
    (single,) = lines(draw_banner(shown, 60, 1))
    assert word in single
    assert hints[0] in single


def test_the_text_is_told_with_what_it_was_written_with() -> None:
    drawn = lines(draw_text(state(LINES), 80, 40))
    assert drawn[0].strip() == "sonnets, temperature 0.80, top-p 0.95, seed 7"
    assert [line.strip() for line in drawn[2:32]] == LINES.splitlines()


def test_the_prime_is_bold() -> None:
    for prime, own in (("Shall I", "Shall I"), ("shall i", "Shall I"), ("When", None)):
        shown = replace(state(LINES), piece=Piece("sonnets", replace(OPENED.options, prime=prime), LINES))
        bold = [text for row in draw_text(shown, 80, 40) for text, ink in row if "bold" in ink]
        assert bold == ([own] if own else [])


def test_the_end_is_shown_with_a_cursor_where_it_is_written() -> None:
    drawn = lines(draw_text(state(LINES + "next", "writing"), 80, 12))
    assert drawn[-1].strip() == "next▌"
    assert "↑ 21" in drawn[0]
    assert "▌" not in "".join(lines(draw_text(state(LINES), 80, 12)))


def test_scrolled_back_the_beginning_is_reached_and_no_further() -> None:
    most = overflow(state(LINES), 80, 12)
    assert most == 20
    drawn = lines(draw_text(state(LINES, back=most), 80, 12))
    assert drawn[2].strip() == "Shall I compare"
    assert "↑" not in drawn[0]


def test_a_name_stands_alone_in_large_letters() -> None:
    drawn = "\n".join(lines(draw_text(state("Shallosaurus\n"), 80, 16)))
    assert "Shallosaurus" in drawn
    assert all(line.strip() in drawn for line in big("SHALLOSAURUS"))
    narrow = "\n".join(lines(draw_text(state("Shallosaurus\n"), 30, 16)))
    assert "Shallosaurus" in narrow
    assert "█" not in narrow


@pytest.mark.parametrize("letter", string.ascii_uppercase)
def test_every_capital_can_be_large(letter: str) -> None:
    assert len(big(letter, 2)) == 5


def test_before_anything_is_written_it_says_how_to() -> None:
    assert "enter" in "".join(lines(draw_text(state(None, "ready"), 80, 16)))


def test_what_is_kept_is_counted_and_listed() -> None:
    pieces = tuple(Piece("dinos", OPENED.options, f"\nName {number}\nmore\n") for number in range(1, 8))
    shown = replace(OPENED, kept=pieces, saved=pieces[:5])
    tall = lines(draw_kept(shown, 24, 12))
    assert tall[0].strip("│ ") == "kept 7, 2 not saved"
    assert [line.strip("│ ") for line in tall[1:8]] == [
        *(f"✓ Name {number}" for number in range(1, 6)),
        "• Name 6",
        "• Name 7",
    ]
    assert lines(draw_kept(shown, 24, 4))[-1].strip("│ ") == "• Name 7"
    (single,) = lines(draw_kept(shown, 60, 1))
    assert single.startswith(" kept 7, 2 not saved  • Name 7  • Name 6  ✓ Name 5")
    assert "kept 7, saved" in lines(draw_kept(replace(shown, saved=pieces), 24, 5))[0]
    assert words.NOTHING_KEPT in lines(draw_kept(OPENED, 24, 5))[1]


def test_the_line_says_what_it_is_for() -> None:
    assert label(OPENED).strip() == words.PRIME.strip()
    assert label(replace(OPENED, question="name")).strip() == words.FILE.strip()
