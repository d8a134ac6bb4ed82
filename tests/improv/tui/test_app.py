import gc
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest
from textual.pilot import Pilot

from improv.errors import UserError
from improv.requests import (
    Keep,
    Mark,
    Panic,
    Quit,
    Request,
    SetMode,
    SetTempo,
    Start,
    Stop,
    Strike,
    UndoTake,
)
from improv.tui.app import StageApp, run
from improv.tui.keys import COMMANDS, NOTES
from improv.tui.lettering import big

if TYPE_CHECKING:
    from tests.improv.tui.conftest import Stage

SIZES = [(60, 20), (80, 24), (160, 50)]
LOOK = 0.1
"""Seconds in which the app looks at the engine and draws."""
Play = Callable[[StageApp, "Pilot[None]"], Awaitable[None]]


EXPECTED: dict[str, Request | None] = {
    "start_stop": Start(),
    "panic": Panic(),
    "tempo(5)": SetTempo(165.0),
    "tempo(-5)": SetTempo(155.0),
    "tempo(1)": SetTempo(161.0),
    "tempo(-1)": SetTempo(159.0),
    "mode(1)": SetMode("answer"),
    "mode(-1)": SetMode("lead"),
    "now": None,
    "bars": SetMode("trade", bars=8),
    "card('mixer')": None,
    "card('learn')": None,
    "card('adjust')": None,
    "card('help')": None,
    "keep": Keep(32),
    "mark": Mark(),
    "undo_take": UndoTake(),
    "octave(-1)": None,
    "octave(1)": None,
    "text": None,
    "quit": Quit(),
}


@pytest.mark.parametrize(("name", "action"), [(name, key.action) for key in COMMANDS for name in key.names])
def test_each_command_sends_its_request(stage: "Stage", name: str, action: str) -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press(name)

    stage.perform((80, 24), play)
    expected = EXPECTED[action]
    assert stage.link.sent == ([expected] if expected else [])


def test_each_note_key_strikes_its_pitch(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press(*(key.names[0] for key in NOTES))

    stage.perform((80, 24), play)
    assert stage.link.sent == [Strike(48 + (key.offset or 0)) for key in NOTES]


def test_capitals_play_too(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("Z", "Q")

    stage.perform((80, 24), play)
    assert stage.link.sent == [Strike(48), Strike(60)]


def test_space_stops_what_plays(stage: "Stage") -> None:
    stage.play_to(100)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.pause(LOOK)
        await pilot.press("space")

    stage.perform((80, 24), play)
    assert stage.link.sent == [Stop()]


def test_octaves_move_the_keyboard_within_bounds(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press(
            "full_stop", "z", *["left_square_bracket"] * 9, "x", *["right_square_bracket"] * 20, "p"
        )

    stage.perform((80, 24), play)
    assert stage.link.sent == [Strike(60), Strike(2), Strike(124)]


def test_the_tempo_counts_from_the_last_asked_for_and_stays_in_bounds(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.pause(LOOK)
        await pilot.press("up", "up", "left")
        stage.clock.seconds += 10
        stage.link.send(SetTempo(397))
        await pilot.pause(LOOK)
        await pilot.press("up", "up")

    stage.perform((80, 24), play)
    tempos = [request.tempo for request in stage.link.sent if isinstance(request, SetTempo)]
    assert tempos[:3] == [165, 170, 169]
    assert tempos[4:] == [400, 400]


def test_a_held_key_is_one_stroke(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        for _ in range(10):
            await pilot.press("z")
            stage.clock.seconds += 0.03

    stage.perform((80, 24), play)
    assert stage.link.sent == [Strike(48)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("tick", "word"), [(-60, "COUNT IN"), (100, "YOUR TURN"), (500, "IMPROV")])
def test_the_turn_is_unmistakable(stage: "Stage", size: tuple[int, int], tick: int, word: str) -> None:
    stage.play_to(tick)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.pause(LOOK)
        drawn = "\n".join(stage.drawn(app))
        scale = 2 if size[0] >= 120 else 1
        assert big(word, scale)[0].strip() in drawn
        assert ("BARS" in drawn) == (tick > 0)

    stage.perform(size, play)


@pytest.mark.parametrize("size", SIZES)
def test_the_bar_being_played_is_lit_and_both_players_are_seen(stage: "Stage", size: tuple[int, int]) -> None:
    stage.play_to(96 * 5 + 60)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.pause(LOOK)
        drawn = stage.drawn(app)
        assert len(drawn) == size[1]
        (line,) = [line for line in drawn if "▌ Bo7" in line]
        assert line.index("Bb7") < line.index("Bo7") < line.index("F7")
        roll = "\n".join(line for line in drawn if "▀ " in line[:6])
        assert "▄▖" in roll or "▀▘" in roll  # the machine's dashes
        assert "▀▀" in roll or "▄▄" in roll or "██" in roll  # the player's blocks
        whole = "\n".join(drawn)
        for found in ("Blues in F", "♩ 160", "chorus 1", "6/12", "answer", "C5", "lat", "panic", "quit"):
            assert found in whole

    stage.perform(size, play)


@pytest.mark.parametrize("size", SIZES)
def test_a_dead_engine_is_said_and_nothing_breaks(stage: "Stage", size: tuple[int, int]) -> None:
    stage.play_to(300)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.pause(LOOK)
        stage.link.alive = False
        await pilot.pause(LOOK)
        drawn = "\n".join(stage.drawn(app))
        assert "The engine has died: enter starts it again at the same place in the form" in " ".join(
            drawn.split()
        )
        assert big("ENGINE LOST", 2 if size[0] >= 120 else 1)[0].strip() in drawn
        await pilot.press("space", "z", "escape", "f1")
        await pilot.pause(LOOK)

    app = stage.perform(size, play)
    assert app.return_code in (0, None)


def test_a_dead_engine_is_started_again_once_with_enter(stage: "Stage") -> None:
    """Enter, which marks a place while it lives; a second press does not start a second engine."""
    stage.play_to(300)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.pause(LOOK)
        stage.link.alive = False
        await pilot.pause(LOOK)
        await pilot.press("enter", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause(LOOK)
        drawn = "\n".join(stage.drawn(app))
        assert "the engine is started again" in drawn
        assert "The engine has died" not in drawn
        await pilot.press("enter")

    stage.perform((80, 24), play)
    assert stage.link.resumed == 1
    assert Mark() in stage.link.sent


def test_an_engine_that_does_not_start_again_is_told(stage: "Stage", monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise UserError("no MIDI output 'synth' (jack)")

    monkeypatch.setattr(stage.link, "resume", refuse)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        stage.link.alive = False
        await pilot.pause(LOOK)
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.pause(LOOK)
        assert "no MIDI output 'synth'" in "\n".join(stage.drawn(app))

    app = stage.perform((80, 24), play)
    assert app.return_code in (0, None)


def test_a_broken_pipe_does_not_break_the_view(stage: "Stage", monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(request: Request) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(stage.link, "send", broken)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("space", "z", "escape")

    stage.perform((80, 24), play)


def test_the_mode_steps_from_the_one_that_is_coming(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("tab", "tab", "shift+tab", "tab")
        await pilot.pause(LOOK)
        assert "solo: improv solos" in "\n".join(stage.drawn(app))
        await pilot.press("f4")

    stage.perform((80, 24), play)
    assert stage.link.sent == [
        SetMode("answer"),
        SetMode("solo"),
        SetMode("answer"),
        SetMode("solo"),
        SetMode("solo", now=1),
    ]


def test_the_bars_of_a_turn_go_round(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f5", "f5", "f5", "f5")

    stage.perform((80, 24), play)
    assert stage.link.sent == [SetMode("trade", bars=bars) for bars in (8, 12, 1, 2)]


def test_a_coming_mode_is_seen(stage: "Stage") -> None:
    stage.link.shown = {"coming": "comp", "sync": "MIDI clock, locked"}
    stage.play_to(100)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.pause(LOOK)
        drawn = "\n".join(stage.drawn(app))
        assert "trade → comp" in drawn
        assert "MIDI clock, locked" in drawn

    stage.perform((120, 40), play)


def test_the_chord_held_is_seen(stage: "Stage") -> None:
    stage.link.shown = {"turn": "both", "mode": "lead", "chord": "C13(#11)"}
    stage.play_to(100)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.pause(LOOK)
        drawn = "\n".join(stage.drawn(app))
        assert "C13(#11)" in drawn
        assert "left hand leads" in drawn

    stage.perform((80, 24), play)


@pytest.mark.parametrize("size", SIZES)
def test_free_time_counts_nothing(stage: "Stage", size: tuple[int, int]) -> None:
    stage.link.shown = {"turn": "player", "mode": "answer"}
    stage.play_to(100)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.pause(LOOK)
        drawn = "\n".join(stage.drawn(app))
        assert "free time" in drawn
        assert "LEFT" not in drawn
        assert "bar " not in drawn

    stage.perform(size, play)


def test_the_screen_follows_a_resize(stage: "Stage") -> None:
    stage.play_to(100)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        for size in [(160, 50), (12, 3), (80, 24)]:
            await pilot.resize_terminal(*size)
            await pilot.pause(LOOK)
            drawn = stage.drawn(app)
            assert len(drawn) == size[1]
        assert big("YOUR TURN")[0] in "\n".join(drawn)

    stage.perform((60, 20), play)


def test_drawing_leaves_no_work_for_the_garbage_collector(stage: "Stage") -> None:
    """While it works no key is read. A bar is drawn, thirty times a second, and all is freed at once."""
    found: list[int] = []

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.pause(2 * LOOK)
        gc.collect()
        gc.disable()
        try:
            for _ in range(12):
                stage.clock.seconds += 1 / 30
                await pilot.pause(1 / 30)
            found.append(gc.collect())
        finally:
            gc.enable()

    stage.play_to(0)
    stage.perform((160, 50), play)
    assert found[0] < 500, "of the strips that Textual makes itself it is 2,700"


def test_the_engines_message_and_the_uis_own_word(stage: "Stage") -> None:
    stage.link.message = "the keyboard is back"

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.pause(LOOK)
        assert "the keyboard is back" in "\n".join(stage.drawn(app))
        await pilot.press("escape")
        await pilot.pause(LOOK)
        assert "panic: all notes off" in "\n".join(stage.drawn(app))
        stage.clock.seconds += 3
        await pilot.pause(LOOK)
        assert "the keyboard is back" in "\n".join(stage.drawn(app))

    stage.perform((80, 24), play)


@pytest.mark.parametrize("failure", [None, RuntimeError, KeyboardInterrupt])
def test_leaving_always_asks_the_engine_to_end(
    stage: "Stage", monkeypatch: pytest.MonkeyPatch, failure: type[BaseException] | None
) -> None:
    def ends(self: StageApp, *arguments: Any) -> None:
        if failure is not None:
            raise failure

    monkeypatch.setattr(StageApp, "run", ends)
    if failure is None:
        run(stage.link, stage.chart)
    else:
        with pytest.raises(failure):
            run(stage.link, stage.chart)
    assert stage.link.sent == [Quit()]
