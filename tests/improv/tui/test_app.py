import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest
from textual.pilot import Pilot

from improv.errors import UserError
from improv.modes import ADJUSTMENTS
from improv.requests import (
    Adjust,
    Forget,
    Keep,
    Learn,
    Mark,
    Mute,
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
from improv.snapshot import PartShown
from improv.tui.app import StageApp, run
from improv.tui.keys import COMMANDS, NOTES
from improv.tui.lettering import big

if TYPE_CHECKING:
    from tests.improv.tui.conftest import Stage

SIZES = [(60, 20), (80, 24), (160, 50)]
Play = Callable[[StageApp, "Pilot[None]"], Awaitable[None]]


def perform(stage: "Stage", size: tuple[int, int], play: Play) -> StageApp:
    """Run the app over the fake engine, and do as the test says in it."""
    app = StageApp(stage.link, stage.chart, stage.clock)

    async def body() -> None:
        async with app.run_test(size=size) as pilot:
            await play(app, pilot)

    asyncio.run(body())
    return app


async def settle(pilot: "Pilot[None]") -> None:
    """Let the app look at the engine and draw."""
    await pilot.pause(0.1)


def screen(app: StageApp) -> list[str]:
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


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

    perform(stage, (80, 24), play)
    expected = EXPECTED[action]
    assert stage.link.sent == ([expected] if expected else [])


def test_each_note_key_strikes_its_pitch(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press(*(key.names[0] for key in NOTES))

    perform(stage, (80, 24), play)
    assert stage.link.sent == [Strike(48 + (key.offset or 0)) for key in NOTES]


def test_capitals_play_too(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("Z", "Q")

    perform(stage, (80, 24), play)
    assert stage.link.sent == [Strike(48), Strike(60)]


def test_space_stops_what_plays(stage: "Stage") -> None:
    stage.play_to(100)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await settle(pilot)
        await pilot.press("space")

    perform(stage, (80, 24), play)
    assert stage.link.sent == [Stop()]


def test_octaves_move_the_keyboard_within_bounds(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press(
            "full_stop", "z", *["left_square_bracket"] * 9, "x", *["right_square_bracket"] * 20, "p"
        )

    perform(stage, (80, 24), play)
    assert stage.link.sent == [Strike(60), Strike(2), Strike(124)]


def test_the_tempo_counts_from_the_last_asked_for_and_stays_in_bounds(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await settle(pilot)
        await pilot.press("up", "up", "left")
        stage.clock.seconds += 10
        stage.link.send(SetTempo(397))
        await settle(pilot)
        await pilot.press("up", "up")

    perform(stage, (80, 24), play)
    tempos = [request.tempo for request in stage.link.sent if isinstance(request, SetTempo)]
    assert tempos[:3] == [165, 170, 169]
    assert tempos[4:] == [400, 400]


def test_a_held_key_is_one_stroke(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        for _ in range(10):
            await pilot.press("z")
            stage.clock.seconds += 0.03

    perform(stage, (80, 24), play)
    assert stage.link.sent == [Strike(48)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("tick", "word"), [(-60, "COUNT IN"), (100, "YOUR TURN"), (500, "IMPROV")])
def test_the_turn_is_unmistakable(stage: "Stage", size: tuple[int, int], tick: int, word: str) -> None:
    stage.play_to(tick)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await settle(pilot)
        drawn = "\n".join(screen(app))
        scale = 2 if size[0] >= 120 else 1
        assert big(word, scale)[0].strip() in drawn
        assert ("BARS" in drawn) == (tick > 0)

    perform(stage, size, play)


@pytest.mark.parametrize("size", SIZES)
def test_the_bar_being_played_is_lit_and_both_players_are_seen(stage: "Stage", size: tuple[int, int]) -> None:
    stage.play_to(96 * 5 + 60)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await settle(pilot)
        drawn = screen(app)
        assert len(drawn) == size[1]
        (line,) = [line for line in drawn if "▌ Bo7" in line]
        assert line.index("Bb7") < line.index("Bo7") < line.index("F7")
        roll = "\n".join(line for line in drawn if "▀ " in line[:6])
        assert "▄▖" in roll or "▀▘" in roll  # the machine's dashes
        assert "▀▀" in roll or "▄▄" in roll or "██" in roll  # the player's blocks
        whole = "\n".join(drawn)
        for found in ("Blues in F", "♩ 160", "chorus 1", "6/12", "answer", "C5", "lat", "panic", "quit"):
            assert found in whole

    perform(stage, size, play)


@pytest.mark.parametrize("size", SIZES)
def test_a_dead_engine_is_said_and_nothing_breaks(stage: "Stage", size: tuple[int, int]) -> None:
    stage.play_to(300)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await settle(pilot)
        stage.link.alive = False
        await settle(pilot)
        drawn = "\n".join(screen(app))
        assert "The engine has died: enter starts it again at the same place in the form" in " ".join(
            drawn.split()
        )
        assert big("ENGINE LOST", 2 if size[0] >= 120 else 1)[0].strip() in drawn
        await pilot.press("space", "z", "escape", "f1")
        await settle(pilot)

    app = perform(stage, size, play)
    assert app.return_code in (0, None)


def test_a_dead_engine_is_started_again_once_with_enter(stage: "Stage") -> None:
    """Enter, which marks a place while it lives; a second press does not start a second engine."""
    stage.play_to(300)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await settle(pilot)
        stage.link.alive = False
        await settle(pilot)
        await pilot.press("enter", "enter")
        await app.workers.wait_for_complete()
        await settle(pilot)
        drawn = "\n".join(screen(app))
        assert "the engine is started again" in drawn
        assert "The engine has died" not in drawn
        await pilot.press("enter")

    perform(stage, (80, 24), play)
    assert stage.link.resumed == 1
    assert Mark() in stage.link.sent


def test_an_engine_that_does_not_start_again_is_told(stage: "Stage", monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise UserError("no MIDI output 'synth' (jack)")

    monkeypatch.setattr(stage.link, "resume", refuse)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        stage.link.alive = False
        await settle(pilot)
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await settle(pilot)
        assert "no MIDI output 'synth'" in "\n".join(screen(app))

    app = perform(stage, (80, 24), play)
    assert app.return_code in (0, None)


def test_a_broken_pipe_does_not_break_the_view(stage: "Stage", monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(request: Request) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(stage.link, "send", broken)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("space", "z", "escape")

    perform(stage, (80, 24), play)


def test_the_help_opens_closes_and_lets_one_play(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f1")
        await settle(pilot)
        assert "no key's release" in "\n".join(screen(app))
        await pilot.press("z", "escape", "question_mark")
        await settle(pilot)
        assert "no key's release" not in "\n".join(screen(app))

    perform(stage, (80, 24), play)
    assert stage.link.sent == [Strike(48), Panic()]


def test_the_mode_steps_from_the_one_that_is_coming(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("tab", "tab", "shift+tab", "tab")
        await settle(pilot)
        assert "solo: improv solos" in "\n".join(screen(app))
        await pilot.press("f4")

    perform(stage, (80, 24), play)
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

    perform(stage, (80, 24), play)
    assert stage.link.sent == [SetMode("trade", bars=bars) for bars in (8, 12, 1, 2)]


def test_a_coming_mode_is_seen(stage: "Stage") -> None:
    stage.link.shown = {"coming": "comp", "sync": "MIDI clock, locked"}
    stage.play_to(100)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await settle(pilot)
        drawn = "\n".join(screen(app))
        assert "trade → comp" in drawn
        assert "MIDI clock, locked" in drawn

    perform(stage, (120, 40), play)


@pytest.mark.parametrize("size", SIZES)
def test_parts_are_muted_in_the_mixer(stage: "Stage", size: tuple[int, int]) -> None:
    stage.link.shown = {
        "parts": (PartShown("comp", muted=True), PartShown("bass", channel=3, ports="Moog:in"))
    }

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f6", "enter", "down", "enter", "down", "left", "z", "space")
        await settle(pilot)
        drawn = "\n".join(screen(app))
        assert "▸ bass" in drawn
        assert "ch  3  Moog:in" in drawn
        await pilot.press("f6", "up")
        await settle(pilot)
        assert "▸ bass" not in "\n".join(screen(app))

    perform(stage, size, play)
    assert stage.link.sent == [
        Mute("improv"),
        Mute("comp", 0),
        Mute("bass"),
        Strike(48),
        Start(),
        SetTempo(165),
    ]


@pytest.mark.parametrize("size", SIZES)
def test_adjustments_are_made_by_steps_within_bounds(stage: "Stage", size: tuple[int, int]) -> None:
    stage.link.shown = {"adjusted": (("behind", 0.5),)}

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await settle(pilot)
        await pilot.press("f8", "right", "right", "down", "right", *["left"] * 8, "backspace")
        await settle(pilot)
        drawn = "\n".join(screen(app))
        assert "▸ behind" in drawn
        assert ADJUSTMENTS["behind"].help[:30] in drawn
        assert "1.2" in drawn

    perform(stage, size, play)
    assert stage.link.sent[:4] == [
        Adjust("swing", 1.1),
        Adjust("swing", 1.2),
        Adjust("behind", 0.6),
        Adjust("behind", 0.5),
    ]
    assert stage.link.sent[-2:] == [Adjust("behind", 0.0), Adjust("behind", 0.0)]


@pytest.mark.parametrize("size", SIZES)
def test_controllers_are_learned_and_forgotten(stage: "Stage", size: tuple[int, int]) -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f7", "down", "enter")
        stage.link.shown = {"learning": "start"}
        await settle(pilot)
        drawn = "\n".join(screen(app))
        assert "move a controller …" in drawn
        assert "waiting for start" in drawn
        await pilot.press("enter", "backspace", "pagedown", "pagedown")
        await settle(pilot)
        assert "▲" in "\n".join(screen(app))

    perform(stage, size, play)
    assert stage.link.sent == [Learn("start"), Learn(""), Forget("start")]


def test_one_card_at_a_time(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f6", "f8")
        await settle(pilot)
        drawn = "\n".join(screen(app))
        assert "╭─ adjust" in drawn
        assert "╭─ mixer" not in drawn
        await pilot.press("f1", "enter")
        await settle(pilot)
        assert "╭─ keys" in "\n".join(screen(app))

    perform(stage, (80, 24), play)
    assert stage.link.sent == [Mark()]


def test_the_chord_held_is_seen(stage: "Stage") -> None:
    stage.link.shown = {"turn": "both", "mode": "lead", "chord": "C13(#11)"}
    stage.play_to(100)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await settle(pilot)
        drawn = "\n".join(screen(app))
        assert "C13(#11)" in drawn
        assert "left hand leads" in drawn

    perform(stage, (80, 24), play)


@pytest.mark.parametrize("size", SIZES)
def test_free_time_counts_nothing(stage: "Stage", size: tuple[int, int]) -> None:
    stage.link.shown = {"turn": "player", "mode": "answer"}
    stage.play_to(100)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await settle(pilot)
        drawn = "\n".join(screen(app))
        assert "free time" in drawn
        assert "LEFT" not in drawn
        assert "bar " not in drawn

    perform(stage, size, play)


def test_the_screen_follows_a_resize(stage: "Stage") -> None:
    stage.play_to(100)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        for size in [(160, 50), (12, 3), (80, 24)]:
            await pilot.resize_terminal(*size)
            await settle(pilot)
            drawn = screen(app)
            assert len(drawn) == size[1]
        assert big("YOUR TURN")[0] in "\n".join(drawn)

    perform(stage, (60, 20), play)


def test_the_engines_message_and_the_uis_own_word(stage: "Stage") -> None:
    stage.link.message = "the keyboard is back"

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await settle(pilot)
        assert "the keyboard is back" in "\n".join(screen(app))
        await pilot.press("escape")
        await settle(pilot)
        assert "panic: all notes off" in "\n".join(screen(app))
        stage.clock.seconds += 3
        await settle(pilot)
        assert "the keyboard is back" in "\n".join(screen(app))

    perform(stage, (80, 24), play)


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
