import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.terminals import (
    KIND_OF_LETTER,
    Bounds,
    Kind,
    Terminal,
    TerminalError,
    bounds_around,
    format_line,
    interval_name,
    parse_interval,
    parse_terminal,
    parse_text,
)

ticks = st.integers(1, 24 * 400)
bounds = st.builds(lambda low, width: Bounds(low, low + width), st.integers(-130, 130), st.integers(0, 40))
pitched = st.builds(
    Terminal, st.sampled_from([kind for kind in Kind if kind is not Kind.REST]), ticks, st.none() | bounds
)
terminals = pitched | st.builds(Terminal, st.just(Kind.REST), ticks)


@given(st.lists(terminals, max_size=20))
def test_text_reads_back_as_it_was(line: list[Terminal]) -> None:
    text = format_line(line)
    assert parse_text(text) == line
    assert format_line(parse_text(text)) == text


@given(pitched.filter(lambda terminal: terminal.bounds is not None))
def test_bounds_are_read_in_either_order(terminal: Terminal) -> None:
    head, up, down = str(terminal).replace("<", "").replace(">", "").rsplit(",", 2)
    assert parse_terminal(f"{head},<{down},{up}>") == terminal


@given(ticks)
def test_three_decimals_tell_ticks_apart(duration: int) -> None:
    assert parse_terminal(f"C,{duration / 24:.3f}").duration == duration


@given(st.integers(-200, 200))
def test_interval_names_read_back(semitones: int) -> None:
    assert parse_interval(interval_name(semitones)) == semitones


def test_the_letters_are_deepjazz_s() -> None:
    assert "".join(KIND_OF_LETTER) == "RCLSAX"
    assert all(KIND_OF_LETTER[kind.letter] is kind and kind.title and kind.meaning for kind in Kind)


@pytest.mark.parametrize(
    ("semitones", "name"),
    [
        (0, "P1"),
        (3, "m3"),
        (-3, "m-3"),
        (5, "P4"),
        (-5, "P-4"),
        (6, "d5"),
        (-6, "d-5"),
        (7, "P5"),
        (11, "M7"),
        (12, "P8"),
        (-12, "P-8"),
        (13, "m9"),
        (16, "M10"),
        (-18, "d-12"),
        (24, "P15"),
        (-1, "m-2"),
    ],
)
def test_intervals_are_named_as_music21_names_them(semitones: int, name: str) -> None:
    assert interval_name(semitones) == name
    assert parse_interval(name) == semitones


@pytest.mark.parametrize(
    ("name", "semitones"),
    [
        ("A4", 6),
        ("A-4", -6),
        ("A1", 1),
        ("A-1", -1),
        ("d4", 4),
        ("dd5", 5),
        ("A2", 3),
        ("d7", 9),
        ("AA4", 7),
        ("d8", 11),
        ("A8", 13),
        ("d-3", -2),
        ("d2", 0),
    ],
)
def test_other_spellings_of_intervals_are_read(name: str, semitones: int) -> None:
    assert parse_interval(name) == semitones


def test_deepjazz_s_own_lines_are_read() -> None:
    line = parse_text("R,0.125 C,0.250 S,0.333,<d-5,m2> X,0.500,<A4,P1> A,0.0,<P1,d-5> C,0.062,<M-2,m-6>")
    assert format_line(line) == (
        "R,0.125 C,0.250 S,0.333,<m2,d-5> X,0.500,<d5,P1> A,0.042,<P1,d-5> C,0.042,<M-2,m-6>"
    )
    assert parse_text("C,0.125<M-2,m-6> S,0.250,<m3, m-3>") == [
        Terminal(Kind.CHORD, 3, Bounds(-8, -2)),
        Terminal(Kind.SCALE, 6, Bounds(-3, 3)),
    ]
    assert parse_text("") == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "C",
        "C,",
        "H,0.5",
        "c,0.5",
        "C,-0.5",
        "C,0.5,<P1>",
        "C,0.5,<P1,Q2>",
        "R,0.5,<m3,m-3>",
        "C,0.5,<P3,m-3>",
        "C,0.5,<m5,m-3>",
        "C,0.5,<m0,m-3>",
        "C,nan",
        "C,0.5,<m3,m-3>x",
    ],
)
def test_what_is_no_terminal_is_quoted(text: str) -> None:
    with pytest.raises(TerminalError, match="unknown"):
        parse_terminal(text)


def test_a_terminal_lasts_and_a_rest_has_no_bounds() -> None:
    with pytest.raises(ValueError, match="1 tick"):
        Terminal(Kind.CHORD, 0)
    with pytest.raises(ValueError, match="rest"):
        Terminal(Kind.REST, 6, Bounds(0, 0))
    with pytest.raises(ValueError, match="upside down"):
        Bounds(1, 0)


@given(st.integers(-127, 127))
def test_bounds_reach_a_minor_third_to_either_side(interval: int) -> None:
    around = bounds_around(interval)
    assert [step for step in range(-140, 141) if around.allow(step)] == list(
        range(interval - 3, interval + 4)
    )
