"""The text screen over the stage, whose engine goes on."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

from textual.pilot import Pilot

from improv.requests import Quit, Start
from improv.text.writer import WriteOptions
from improv.tui.app import StageApp
from improv.tui.keys import COMMANDS
from improv.tui.lettering import big
from improv.tui.text_screen import TextScreen

if TYPE_CHECKING:
    from tests.improv.tui.conftest import Stage


def a_name(model: str, options: WriteOptions) -> Iterator[str]:
    """Always the same text."""
    yield f"{options.prime}saurus\n"


def text_of(app: StageApp) -> TextScreen:
    screen = app.screen
    assert isinstance(screen, TextScreen)
    return screen


def drawn(app: StageApp) -> str:
    return "\n".join(
        "".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()
    )


def on_stage(stage: "Stage", play: Callable[[StageApp, "Pilot[None]"], Awaitable[None]]) -> StageApp:
    app = StageApp(stage.link, stage.chart, stage.clock, a_name)

    async def body() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause(0.1)
            await play(app, pilot)

    asyncio.run(body())
    return app


def test_the_stage_plays_on_under_the_text(stage: "Stage") -> None:
    stage.play_to(100)

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f2")
        await pilot.pause()
        # every key of the stage: none of them is the stage's now
        await pilot.press(
            *(name for key in COMMANDS for name in key.names if key.action not in ("quit", "text", "panic"))
        )
        await pilot.press(*"zsx q2 ", "Z")
        assert stage.link.sent == []
        assert text_of(app).state.options.prime.count("zsx q2 Z") == 1
        stage.clock.seconds += 4 * 4 * 60 / 160
        await pilot.pause(0.1)
        await pilot.press("f2")
        await pilot.pause(0.1)
        assert big("IMPROV")[0].strip() in drawn(app)  # four bars later, as the engine says
        await pilot.press("escape")

    on_stage(stage, play)
    assert [type(request).__name__ for request in stage.link.sent] == ["Panic"]


def test_the_text_is_as_it_was_left(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f2")
        await pilot.pause()
        await pilot.press(*"Bronto", "up")
        left = text_of(app).state
        await pilot.press("escape")
        await pilot.pause()
        await pilot.press("space")
        assert stage.link.sent == [Start()]
        await pilot.press("f2")
        await pilot.pause()
        assert text_of(app).state == left
        assert "begins with Bronto" in drawn(app)

    on_stage(stage, play)


def test_the_terminal_may_change_while_the_text_is_open(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f2")
        await pilot.pause()
        await pilot.resize_terminal(160, 50)
        await pilot.pause(0.1)
        await pilot.press("f2")
        await pilot.pause(0.1)
        assert big("READY", 2)[1].strip() in drawn(app)
        assert [len(line) for line in drawn(app).split("\n")] == [160] * 50

    on_stage(stage, play)


def test_quitting_from_the_text_leaves_the_program(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f2")
        await pilot.pause()
        await pilot.press("ctrl+q")

    app = on_stage(stage, play)
    assert not app.is_running
    assert stage.link.sent == [Quit()]


def test_the_stage_loads_no_text_model() -> None:
    code = "import sys, improv.tui.app; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "improv.tui.app" in told.split()
    assert not [name for name in told.split() if name.startswith(("improv.text", "improv.tui.text"))]
