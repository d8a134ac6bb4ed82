import asyncio
import importlib.util
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grammar.chart import Chart
from improv.library import load_chart
from improv.requests import Start

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from improv.tui.app import StageApp
    from tests.improv.tui.fake_link import FakeLink


Play = Callable[["StageApp", "Pilot[None]"], Awaitable[None]]


class Clock:
    """Seconds that only a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Stage:
    """A fake engine, its clock and its chart."""

    def __init__(self, link: "FakeLink", clock: Clock, chart: Chart) -> None:
        self.link, self.clock, self.chart = link, clock, chart

    def perform(self, size: tuple[int, int], play: "Play") -> "StageApp":
        """Run the app over the fake engine, and do as the test says in it."""
        from improv.tui.app import StageApp

        app = StageApp(self.link, self.chart, self.clock)

        async def body() -> None:
            async with app.run_test(size=size) as pilot:
                await play(app, pilot)

        asyncio.run(body())
        return app

    @staticmethod
    def drawn(app: "StageApp") -> list[str]:
        """What stands on its screen, row by row."""
        return ["".join(s.text for s in strip) for strip in app.screen._compositor.render_strips()]

    def play_to(self, tick: int) -> None:
        """Start, and let time go to a tick."""
        self.link.send(Start())
        self.link.sent.clear()
        self.clock.seconds += (tick + self.chart.changes().bar + 0.5) * 60 / self.chart.tempo / 24


@pytest.fixture
def stage() -> Stage:
    path = Path(__file__).with_name("fake_link.py")
    spec = importlib.util.spec_from_file_location("tests.improv.tui.fake_link", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    chart = load_chart("blues-f")
    clock = Clock()
    return Stage(module.FakeLink(chart, clock), clock, chart)
