from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from improv.library import load_chart
from improv.snapshot import RollNote
from improv.tui.paint import Row, length, style
from improv.tui.roll import (
    GUTTER,
    Window,
    draw_chords,
    draw_roll,
    pitch_name,
    pitch_range,
    ticks_a_column,
    window_start,
)

CHANGES = load_chart("blues-f").changes()
WINDOW = Window(start=0, ticks=6, columns=48, rows=12, now=192, low=55, turn=(0, 384), turn_of="you")

notes = st.builds(
    RollNote,
    player=st.sampled_from(["you", "improv"]),
    onset=st.integers(-200, 2000),
    duration=st.none() | st.integers(1, 300),
    pitch=st.integers(0, 127),
    source=st.sampled_from(["player", "model", "grammar", "fallback"]),
)


def text(row: Row) -> str:
    return "".join(part for part, _ in row)


def cell(rows: tuple[Row, ...], line: int, column: int) -> tuple[str, str]:
    cells = [(character, ink) for part, ink in rows[line] for character in part]
    return cells[GUTTER + column]


@given(
    st.lists(notes, max_size=12),
    st.integers(-20, 200),
    st.sampled_from([3, 4, 6, 8, 12]),
    st.integers(1, 100),
    st.integers(1, 40),
    st.integers(0, 110),
    st.sampled_from([1, 2]),
    st.none() | st.integers(-96, 2000),
)
def test_every_row_fills_the_window(
    found: list[RollNote],
    start: int,
    ticks: int,
    columns: int,
    rows: int,
    low: int,
    scale: int,
    now: int | None,
) -> None:
    window = Window(start * ticks, ticks, columns, rows, now, low, scale, (0, 384), "improv")
    drawn = draw_roll(found, window, CHANGES)
    assert len(drawn) == rows
    for row in (*drawn, draw_chords(window, CHANGES)):
        assert length(row) == GUTTER + columns
        assert all(style(ink) for _, ink in row)


@given(st.lists(notes, min_size=1, max_size=12), st.integers(4, 40), st.none() | st.integers(0, 100))
def test_notes_that_fit_are_all_shown(found: list[RollNote], rows: int, low: int | None) -> None:
    before = None if low is None else (low, 1)
    low, scale = pitch_range(found, rows, before)
    pitches = [note.pitch for note in found]
    if max(pitches) - min(pitches) < 2 * rows - 1:
        assert low <= min(pitches)
        assert max(pitches) < low + 2 * rows // scale
    assert pitch_range(found, rows, (low, scale)) == (low, scale)


@given(st.integers(20, 300), st.sampled_from([48, 72, 96, 120, 168]))
def test_a_column_is_a_part_of_a_beat(columns: int, bar: int) -> None:
    assert 24 % ticks_a_column(columns, bar) == 0


def test_the_grid_at_the_common_sizes() -> None:
    assert [ticks_a_column(width - GUTTER, 96) for width in (60, 80, 160, 240)] == [8, 6, 6, 4]


def test_the_present_stands_still() -> None:
    for tick in (0, 5, 96, 1000):
        start = window_start(tick, 6, 74)
        assert (tick - start) // 6 == int(74 * 0.7)


def test_the_player_is_solid() -> None:
    drawn = draw_roll([RollNote("you", 24, 12, 60)], WINDOW, CHANGES)
    assert cell(drawn, 9, 4) == ("▀", "you-onset on you-low")
    assert cell(drawn, 9, 5) == ("▀", "you on you-low")
    assert cell(drawn, 9, 6)[0] in " ╌"


def test_the_machine_is_dashed_and_shows_who_chose() -> None:
    lines = [RollNote("improv", 24, 24, 61, "model"), RollNote("improv", 72, 6, 61, "grammar")]
    drawn = draw_roll(lines, WINDOW, CHANGES)
    assert [cell(drawn, 8, column)[0] for column in (4, 5, 6, 7, 12)] == ["▄", "▖", "▄", "▖", "▖"]
    assert cell(drawn, 8, 5)[1] == "improv on you-low"
    redrawn = draw_roll([replace(lines[0], source="grammar")], WINDOW, CHANGES)
    assert cell(redrawn, 8, 5)[1] == "grammar on you-low"


def test_both_players_in_one_cell() -> None:
    pair = [RollNote("you", 24, 6, 62), RollNote("improv", 24, 6, 61)]
    assert cell(draw_roll(pair, WINDOW, CHANGES), 8, 4) == ("▀", "you-onset on improv-onset")


def test_a_sounding_note_reaches_the_present_and_lights_its_key() -> None:
    drawn = draw_roll([RollNote("you", 96, None, 67)], WINDOW, CHANGES)
    assert [cell(drawn, 5, column)[0] for column in (16, 31, 32, 33)] == ["▄", "▄", "▄", " "]
    assert any("you on" in ink or ink.endswith("on you") for _, ink in drawn[5][:3])


def test_a_note_beyond_the_pitches_is_an_arrow() -> None:
    drawn = draw_roll([RollNote("you", 0, 6, 100), RollNote("improv", 48, 6, 20)], WINDOW, CHANGES)
    assert cell(drawn, 0, 0) == ("▲", "you on you-low")
    assert cell(drawn, 11, 8) == ("▼", "improv on you-low")


def test_bar_lines_and_the_now_line() -> None:
    drawn = draw_roll([], WINDOW, CHANGES)
    assert [cell(drawn, 0, column)[0] for column in (0, 16, 32)] == ["║", "│", "┃"]
    assert cell(drawn, 0, 15)[1].endswith("on you-low")


def test_octaves_are_named() -> None:
    names = [text(row)[:4].strip() for row in draw_roll([], WINDOW, CHANGES)]
    assert [name for name in names if name] == ["C5", "C4"]
    assert (pitch_name(60), pitch_name(70), pitch_name(0)) == ("C4", "Bb4", "C-1")


def test_chords_stand_where_they_begin_and_the_sounding_one_is_lit() -> None:
    row = draw_chords(WINDOW, CHANGES)
    assert text(row)[GUTTER:].rstrip() == "F7              Bb7             F7"
    assert [part for part, ink in row if ink.startswith("bold bright")] == ["F7"]
    cut = draw_chords(replace(WINDOW, start=-6 + 3 * 96, columns=7, now=None), CHANGES)
    assert text(cut)[GUTTER:] == " C-7   "


def test_nothing_is_named_before_the_form_begins() -> None:
    row = draw_chords(replace(WINDOW, start=-96, columns=20, now=-48), CHANGES)
    assert text(row)[GUTTER:] == " " * 16 + "F7  "
