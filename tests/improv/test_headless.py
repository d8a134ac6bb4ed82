"""Playing without a screen: places, names, a line for each kind of news, and when it ends."""

import io
import json
import os
import signal
from collections.abc import Iterator
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.chart import Chart, format_chart, parse_chart
from grammar.notes import TICKS_PER_BEAT
from improv.errors import UserError
from improv.headless import name, place, watch
from improv.library import chart_names, load_chart
from improv.live.client import EngineClient
from improv.live.link import Notice, Ready
from improv.requests import Quit, Request, Start
from improv.session.commands import (
    Command,
    Finished,
    Heard,
    Hold,
    ModeChange,
    Named,
    Play,
    Release,
    Silence,
    Standby,
    TakeBack,
    Thru,
    TurnChange,
)

charts = st.sampled_from(chart_names()).map(load_chart)


@given(charts, st.data())
def test_a_place_tells_its_tick(chart: Chart, data: st.DataObject) -> None:
    """From the count-in on no two ticks have the same place, and every place can be read."""
    changes = chart.changes()
    tick = data.draw(st.integers(-changes.bar, 12 * changes.length))
    text = place(tick, changes)
    chorus, bar, beat, part = (int(word) for word in text.split(":"))
    assert (chorus == 0) == (tick < 0)
    assert (bar == 0) == (tick < 0)
    assert 1 <= beat <= chart.meter
    assert 0 <= part < TICKS_PER_BEAT
    chorus_tick = max(chorus - 1, 0) * changes.length
    assert chorus_tick + (bar - 1) * changes.bar + (beat - 1) * TICKS_PER_BEAT + part == tick
    assert text.isascii()
    assert len(text.split(":")[3]) == 2


def test_places_as_musicians_count() -> None:
    changes = load_chart("blues-f").changes()
    assert place(-96, changes) == "0:00:1:00"
    assert place(-1, changes) == "0:00:4:23"
    assert place(0, changes) == "1:01:1:00"
    assert place(12 * 96 - 12, changes) == "1:12:4:12"
    assert place(12 * 96, changes) == "2:01:1:00"


def test_names_are_a_pianos() -> None:
    assert [name(pitch) for pitch in (21, 60, 61, 69, 108)] == ["A0", "C4", "Db4", "A4", "C8"]
    assert len({name(pitch) for pitch in range(128)}) == 128


class Scripted:
    """An engine whose news are known beforehand; it ends when it is asked to, or by itself."""

    def __init__(self, news: list[Command | Notice], dies: bool = False, ends: bool = True) -> None:
        self.ready = Ready(("keys",), (), ("a notice",), "take.jsonl")
        self.sent: list[Request] = []
        self.closed = False
        self._news, self._dies, self._ends = news, dies, ends
        self.afterwards: list[Notice] = []
        self.resumed: list[list[Command | Notice]] = []
        """What further engines will tell, one after another, each of which dies."""

    @property
    def died(self) -> bool:
        return not self.alive

    def resume(self) -> str:
        if not self.resumed:
            raise UserError("it does not start")
        self._news = self.resumed.pop(0)
        return "started again"

    @property
    def alive(self) -> bool:
        return bool(self._news) or not self._dies

    def send(self, request: Request) -> None:
        self.sent.append(request)

    def news(self) -> list[Command | Notice]:
        if Start() not in self.sent:
            return []
        found, self._news = self._news, []
        return found

    def close(self) -> bool:
        self.closed = True
        return self._ends


def heard(pitch: int) -> Command:
    return Heard(12, pitch, 90)


def play(note: str = "model", refused: str = "", role: str = "improv") -> Play:
    return Play(
        at=5,
        duration=9,
        pitch=70,
        velocity=80,
        channel=3,
        role=role,  # type: ignore[arg-type]
        onset=4 * 96,
        ticks=12,
        source=note,  # type: ignore[arg-type]
        terminal="C,0.5",
        refused=refused,
    )


NEWS: list[Command | Notice] = [
    TurnChange("count-in", -96, 0),
    TurnChange("player", 0, 384),
    Heard(12, 65, 90),
    Play(1, 2, 76, 105, 9, "click", 0, 1),
    TakeBack(),
    TurnChange("machine", 384, 768),
    play(),
    play("grammar", "leap"),
    Standby((play("fallback"),)),
    ModeChange("rhythm", 768, 4, coming=1),
    ModeChange("rhythm", 768, 4),
    Thru(1, 0),
    TurnChange("both", 768, 1152),
    Hold(72, 90, 0, "improv", 780, 64, "grammar", "C,0.5", "leap"),
    Release(72, 0, "improv"),
    ModeChange("trade", 864, 1),
    Thru(),
    Named(864, "Bb7"),
    Named(876, ""),
    Silence(),
    Notice("lost the output X"),
    Finished(),
]


@pytest.fixture
def _handlers() -> Iterator[None]:
    """Give the signals back as they were."""
    numbers = [getattr(signal, word) for word in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, word)]
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def run(scripted: Scripted, as_json: bool, resumes: int = 0) -> tuple[int, list[str]]:
    out = io.StringIO()
    text = format_chart(load_chart("blues-f"))
    code = watch(cast(EngineClient, scripted), out, as_json, text, resumes, lambda: scripted.afterwards)
    return code, out.getvalue().splitlines()


@pytest.mark.usefixtures("_handlers")
def test_each_kind_of_news_has_its_line() -> None:
    scripted = Scripted(list(NEWS))
    code, lines = run(scripted, as_json=False)
    assert code == 0
    assert lines == [
        "a notice",
        "in: keys; out: none",
        "log: take.jsonl",
        "0:00:1:00 count-in, until 1:01:1:00",
        "1:01:1:00 your turn, until 1:05:1:00",
        "1:01:1:12 you    F4   velocity 90",
        "taken back: you played on",
        "1:05:1:00 improv's turn, until 1:09:1:00",
        "1:05:1:00 improv Bb4  C,0.5 (model)",
        "1:05:1:00 improv Bb4  C,0.5 (grammar, not for leap)",
        "1:09:1:00 then: rhythm",
        "1:09:1:00 mode: rhythm",
        "your keys are silent: improv chooses the notes",
        "1:09:1:00 together, until 2:01:1:00",
        "1:09:1:12 improv C5   C,0.5 (grammar, not for leap, your E4)",
        "1:10:1:00 mode: trade, turns of 1 bar",
        "your keys sound again",
        "1:10:1:00 you    hold Bb7",
        "1:10:1:12 you    hold no chord any more",
        "lost the output X",
        "finished",
    ]
    assert scripted.sent == [Start(), Quit()]
    assert scripted.closed


@pytest.mark.usefixtures("_handlers")
def test_json_is_an_object_a_line_and_leaves_nothing_out() -> None:
    code, lines = run(Scripted(list(NEWS)), as_json=True)
    assert code == 0
    found = [json.loads(line) for line in lines]
    assert all(isinstance(each, dict) for each in found)
    assert [each["event"] for each in found[3:]] == [type(each).__name__.lower() for each in NEWS]
    assert found[5] == {"event": "heard", "onset": 12, "pitch": 65, "velocity": 90}
    assert found[0] == {"event": "notice", "text": "a notice", "trouble": False}


@pytest.mark.usefixtures("_handlers")
@pytest.mark.skipif(os.name != "posix", reason="signals are posix's")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_the_engine_to_end(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    scripted = Scripted([TurnChange("player", 0, 384)])
    news = scripted.news

    def then_a_signal() -> list[Command | Notice]:
        if not scripted.closed:
            os.kill(os.getpid(), number)
        return news()

    monkeypatch.setattr(scripted, "news", then_a_signal)
    code, lines = run(scripted, as_json=False)
    assert code == 0
    assert scripted.sent[-1] == Quit()
    assert lines[-1].endswith("your turn, until 1:05:1:00")


@pytest.mark.usefixtures("_handlers")
def test_an_engine_that_dies_ends_the_view_with_a_failure() -> None:
    scripted = Scripted([], dies=True, ends=False)
    code, _ = run(scripted, as_json=False)
    assert code == 1
    assert scripted.closed


def test_a_waltz_counts_in_three() -> None:
    changes = parse_chart("title: W\nmeter: 3/4\n| C | F |\n").changes()
    assert place(-72, changes) == "0:00:1:00"
    assert place(71, changes) == "1:01:3:23"
    assert place(72, changes) == "1:02:1:00"


@pytest.mark.usefixtures("_handlers")
@pytest.mark.parametrize(("resumes", "further", "expected"), [(0, 2, 1), (1, 2, 2), (2, 1, 2)])
def test_an_engine_that_dies_is_started_again(resumes: int, further: int, expected: int) -> None:
    """As often as was said, and as it can be; everything that each engine told is shown."""
    scripted = Scripted([heard(60)], dies=True, ends=False)
    scripted.resumed = [[heard(61 + number)] for number in range(further)]
    scripted.afterwards = [Notice("recorded x")]
    code, lines = run(scripted, as_json=False, resumes=resumes)
    assert code == 1
    assert scripted.sent.count(Start()) == 1, "it goes on where it was"
    assert sum(" you " in line for line in lines) == expected
    assert lines.count("started again") == expected - 1
    assert ("it does not start" in lines) == (resumes > further)
    assert lines[-1] == "recorded x"
