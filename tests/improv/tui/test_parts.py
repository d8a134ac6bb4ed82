"""The banner, the top line, the answer, the foot and the help, drawn without Textual."""

from dataclasses import replace
from typing import get_args

import pytest

from improv.library import load_chart
from improv.modes import MODES
from improv.snapshot import Snapshot, Timing, Turn
from improv.tui.answer import draw_answer
from improv.tui.banner import GROUNDS, WORDS, draw_banner
from improv.tui.foot import SPARE, MessageLine, draw_keys, draw_timing
from improv.tui.help_card import HEIGHT, WIDTH, draw_help
from improv.tui.keys import COMMANDS, NOTES
from improv.tui.lettering import big
from improv.tui.paint import Row, length, style
from improv.tui.place import place_of
from improv.tui.transport import draw_transport
from improv.tui.view import View

CHART = load_chart("blues-f")
WIDTHS = (40, 60, 80, 120, 160)


def view(snapshot: Snapshot, alive: bool = True, wanted_tempo: float | None = None) -> View:
    changes = CHART.changes()
    return View(CHART, changes, snapshot, place_of(snapshot, changes), alive, wanted_tempo=wanted_tempo)


def lines(rows: tuple[Row, ...]) -> list[str]:
    return ["".join(part for part, _ in row) for row in rows]


PLAYER = Snapshot(turn="player", tick=100, turn_ends=384, tempo=160)
MACHINE = Snapshot(turn="machine", tick=7 * 96 + 50, turn_ends=8 * 96, tempo=160, chorus=1)
COUNT = Snapshot(turn="count-in", tick=-48)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", [1, 3, 4, 8])
@pytest.mark.parametrize("snapshot", [PLAYER, MACHINE, COUNT, Snapshot()])
@pytest.mark.parametrize("alive", [True, False])
def test_the_banner_fills_its_place(width: int, height: int, snapshot: Snapshot, alive: bool) -> None:
    rows = draw_banner(view(snapshot, alive), width, height)
    assert len(rows) == height
    assert {length(row) for row in rows} == {width}
    assert all(style(ink) for row in rows for _, ink in row)


@pytest.mark.parametrize(
    ("snapshot", "word", "count", "unit", "ground"),
    [
        (PLAYER, "YOUR TURN", "3", "BARS LEFT", "you"),
        (MACHINE, "IMPROV", "2", "BEATS LEFT", "improv"),
        (COUNT, "COUNT IN", "2", "BEATS LEFT", "text"),
        (Snapshot(), "READY", "", "space starts", "ebony"),
    ],
)
def test_the_banner_says_whose_turn(
    snapshot: Snapshot, word: str, count: str, unit: str, ground: str
) -> None:
    rows = draw_banner(view(snapshot), 80, 3)
    drawn = lines(rows)
    assert big(word)[0] in drawn[0]
    assert unit in "".join(drawn)
    if count:
        assert drawn[1].rstrip().endswith(big(count)[1].rstrip())
    assert all(ink.endswith(f"on {ground}") for _, ink in rows[0])
    assert f"  {word}" in lines(draw_banner(view(snapshot), 80, 1))[0]


def test_the_beats_of_the_bar_are_lamps() -> None:
    assert "○ ○ ● ○" in "".join(lines(draw_banner(view(MACHINE), 80, 3)))


def test_every_turn_has_a_word_and_a_colour() -> None:
    assert set(WORDS) == set(GROUNDS) == set(get_args(Turn))


def test_free_time_has_no_countdown() -> None:
    for width in WIDTHS:
        drawn = "".join(lines(draw_banner(view(replace(PLAYER, mode="answer")), width, 3)))
        assert "LEFT" not in drawn
        assert "●" not in drawn
        assert ("free time" in drawn) == (width >= 60)
        assert ("a silence ends your phrase" in drawn) == (width >= 120)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", [1, 3, 8])
def test_the_chord_held_is_beside_the_beats(width: int, height: int) -> None:
    shown = Snapshot(turn="both", tick=100, turn_ends=12 * 96, mode="lead", chord="C13(#11)")
    rows = draw_banner(view(shown), width, height)
    assert {length(row) for row in rows} == {width}
    assert "C13(#11)" in "".join(lines(rows)) or width < 60


def test_a_dead_engine_is_said_in_big_letters() -> None:
    drawn = lines(draw_banner(view(PLAYER, alive=False), 80, 3))
    assert big("ENGINE LOST")[0] in drawn[0]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_top_line_keeps_its_figures(width: int) -> None:
    row = draw_transport(view(MACHINE), width)
    assert length(row) == width
    (line,) = lines((row,))
    assert "♩ 160" in line
    assert "chorus 2" in line
    assert " 8/12" in line
    assert ("trade 4s" in line) == (width >= 72)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("mode", [mode.name for mode in MODES])
def test_the_top_line_has_the_mode_and_what_is_coming(width: int, mode: str) -> None:
    shown = replace(MACHINE, mode="trade", coming=mode, sync="MIDI clock of a very long name, locked")
    (line,) = lines((draw_transport(view(shown), width),))
    assert len(line) == width
    title = next(found.title for found in MODES if found.name == mode)
    assert (f"trade → {title}" in line) == (mode != "trade")
    assert ("MIDI clock" in line) == (width >= 120)
    assert "♩ 160" in line
    assert width < 60 or " 8/12" in line


def test_free_time_has_no_bar() -> None:
    (line,) = lines((draw_transport(view(replace(MACHINE, mode="answer")), 80),))
    assert "free time" in line
    assert "/12" not in line


def test_a_tempo_that_comes_is_shown() -> None:
    assert "♩ 160 → 165" in lines((draw_transport(view(PLAYER, wanted_tempo=165), 80),))[0]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", [1, 3, 9])
@pytest.mark.parametrize("count", [0, 1, 5, 80])
def test_the_answer_shows_its_newest_terminal(width: int, height: int, count: int) -> None:
    terminals = [f"C,{place}.000,<P1,d-5>" for place in range(count)]
    rows = draw_answer(terminals, width, height)
    assert len(rows) == height
    assert {length(row) for row in rows} == {width}
    drawn = " ".join(lines(rows))
    assert terminals[-1] in drawn if terminals else "nothing yet" in drawn
    assert ("…" in drawn) == (bool(terminals) and terminals[0] not in drawn)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", [1, 3, 9])
def test_who_chose_is_counted_in_the_rolls_colours(width: int, height: int) -> None:
    chosen = (("model", 41), ("grammar", 12), ("fallback", 0))
    rows = draw_answer(["C,0.500"], width, height, chosen)
    assert {length(row) for row in rows} == {width}
    inks = dict(rows[0])
    if height > 1 and width >= 60:
        assert inks[" ▌model 41"] == "improv on stage"
        assert inks[" ▌moved 12"] == "grammar on stage"
        assert inks[" ▌fallback 0"] == "line on stage"
    else:
        assert inks[" ▌41"] == "improv on stage"
    assert "▌" not in "".join(lines(draw_answer([], width, height, (("model", 0),))))


@pytest.mark.parametrize("width", WIDTHS)
def test_the_timing_is_never_cut(width: int) -> None:
    snapshot = Snapshot(
        in_port="A keyboard with a very long name indeed",
        out_port="Another",
        timing=Timing(latency_p99=310, late_p99=420, late_max=1180, missed=2),
    )
    (line,) = lines((draw_timing(view(snapshot), width),))
    assert len(line) == width
    for figure in ("0.3", "0.4", "1.2", " 2 ", "not r"):
        assert figure in line or width < 60


def test_the_long_timing() -> None:
    timing = Timing(latency_p99=310, late_p99=420, late_max=1180, missed=0, realtime=True)
    (line,) = lines((draw_timing(view(Snapshot(timing=timing, in_port="a", out_port="b")), 160),))
    assert line.endswith(
        "latency p99 0.3 ms   late p99 0.4 max 1.2 ms  (limits 1, 1, 5)   missed 0   fallback 0   realtime "
    )
    assert line.startswith(" a → b")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_lost_port_stands_out_on_its_side(width: int) -> None:
    shown = Snapshot(in_port="Keys", out_port="Synth", timing=Timing(realtime=True))
    shown = replace(shown, out_port="Synth, Rack")
    for lost, marked in (
        (("Keys",), {"✗ Keys"}),
        (("Keys", "Rack"), {"✗ Keys", "✗ Rack, Synth"}),
        ((), set()),
    ):
        (row,) = (draw_timing(view(replace(shown, lost=lost)), width),)
        assert length(row) == width
        if width >= 80:
            assert {text for text, ink in row if "bold" in ink} == marked


def test_what_is_waited_for_is_said_beside_whatever_else_is() -> None:
    def said(message: str, *lost: str) -> str:
        (line,) = lines(tuple(MessageLine().draw(view(Snapshot(message=message, lost=lost)), 80, 1)))
        return line.strip()

    assert said("") == ""
    assert said("", "Keys", "Synth") == "✗ waiting for Keys and Synth"
    assert said("kept take 3", "Keys") == "kept take 3 · ✗ waiting for Keys"
    told = "lost the input Keys: waiting for it"
    assert said(told, "Keys") == told, "it is not told twice"
    assert said(told, "Keys", "Synth") == f"{told} · ✗ waiting for Synth"
    server = "lost the MIDI server: waiting for it"
    assert said(server, "Keys", "Synth") == server


def test_the_foot_shows_the_keys_of_the_table() -> None:
    (wide,), (line,) = lines((draw_keys(160),)), lines((draw_keys(80),))
    for key in COMMANDS:
        assert f"{key.foot} {key.caption}" in wide
        assert f"{key.foot} {key.caption}" in line or key.caption in SPARE
    assert "tab mode" in line
    assert "f1 help" in line
    for width in WIDTHS:
        (line,) = lines((draw_keys(width),))
        assert len(line) == width
        for caption in ("start/stop", "panic", "quit"):
            assert caption in line


def test_the_help_shows_every_key_whole() -> None:
    rows = draw_help(48, WIDTH, HEIGHT)
    assert {length(row) for row in rows} == {WIDTH}
    drawn = "\n".join(lines(rows))
    for key in COMMANDS:
        assert not key.shown or f"{key.shown} {key.help}" in drawn
    assert all(f" {key.shown} " in drawn for key in NOTES)
    assert "C3" in drawn
    assert "C4" in drawn
    assert "no key's release" in drawn
    assert "…" not in drawn


@pytest.mark.parametrize(
    ("timing", "standing_out"),
    [
        (Timing(late_p99=1000, late_max=5000, realtime=True), set()),
        (Timing(late_p99=1000, late_max=5100, realtime=True), {"5.1"}),
        (Timing(late_p99=1100, realtime=True, fallback=3), {"1.1", "3"}),
        (Timing(late_p99=3000, late_max=9900, missed=2), {"2", "not realtime"}),
    ],
)
def test_what_breaks_a_limit_stands_out(timing: Timing, standing_out: set[str]) -> None:
    (row,) = (draw_timing(view(Snapshot(timing=timing)), 160),)
    assert {text for text, ink in row if "bold" in ink} == standing_out
