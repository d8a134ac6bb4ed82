import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grammar.chart import Chart
from improv.library import load_chart
from improv.requests import Start

if TYPE_CHECKING:
    from tests.improv.tui.fake_link import FakeLink


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
