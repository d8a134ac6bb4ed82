"""Replaying a log: the same, changed, cut off."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from grammar.chart import format_chart
from improv.errors import UserError
from improv.live.clock import FakeClock
from improv.live.engine import Engine
from improv.live.front import Front
from improv.live.journal import Journal, read_journal
from improv.live.lines import clock_lines, command_line, event_line
from improv.live.link import News
from improv.live.replay import LONGEST_GAP, replay
from improv.ports.loopback import Recorder, Script
from improv.requests import Request, SetTempo, Start, Stop
from improv.session.commands import Play
from improv.session.events import NoteOff, NoteOn, Tick, encode
from improv.session.session import Asked, Session, SessionEvent
from improv.takes.read import read_takes

MakeSession = Callable[..., Session]
Line = dict[str, Any]
SECOND = 1_000_000_000
presses = st.lists(
    st.tuples(st.integers(0, 30 * SECOND), st.integers(40, 90), st.integers(1, SECOND)), max_size=15
)


def played(session: Session, events: list[SessionEvent]) -> list[Line]:
    """The log of a take, as the engine writes it."""
    lines: list[Line] = []
    state = session.initial()
    for event in events:
        before = state.map
        state, commands = session.update(state, event)
        lines += [event_line(event), *clock_lines(before, state.map, event.t)]
        lines += [command_line(command) for command in commands]
    # through JSON, as a file would have it
    return [json.loads(json.dumps(line)) for line in [*lines, {"kind": "end"}]]


def take(keys: list[tuple[int, int, int]], until: int = 32 * SECOND) -> list[SessionEvent]:
    """Start, keys, a tick a second, stop."""
    events: list[SessionEvent] = [Asked(0, Start()), Asked(11 * SECOND, SetTempo(200)), Asked(until, Stop())]
    for t, pitch, held in keys:
        events += [NoteOn(t, pitch, 80), NoteOff(t + held, pitch)]
    events += [Tick(t) for t in range(0, until, SECOND)]
    return sorted((event for event in events if event.t <= until), key=lambda event: event.t)


PHRASE = [(3 * SECOND + i * SECOND // 4, 60 + i, SECOND // 5) for i in range(12)]


@pytest.fixture
def log(make_session: MakeSession) -> list[Line]:
    """A log of a short take."""
    return played(make_session(seed=4), take(PHRASE))


@settings(
    max_examples=10,
    deadline=None,
    phases=[phase for phase in Phase if phase is not Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(keys=presses, cut=st.floats(0, 1))
def test_a_take_replays_note_for_note_whole_or_cut(
    make_session: MakeSession, keys: list[tuple[int, int, int]], cut: float
) -> None:
    session = make_session(seed=3)
    lines = played(session, take(keys))
    result = replay(session, lines, "take")
    assert result.same
    assert result.complete
    assert result.expected == result.found == sum(line["kind"] == "command" for line in lines)
    assert result.events == sum(line["kind"] == "event" for line in lines)
    assert result.notes == sum(line.get("role") == "improv" for line in lines)
    assert result.lines == lines, "the log of the replay is the log"

    short = replay(session, lines[: int(cut * (len(lines) - 1))], "cut")
    assert short.same
    assert not short.complete


def test_a_changed_note_a_lost_one_and_one_too_many_are_found(
    make_session: MakeSession, log: list[Line]
) -> None:
    session = make_session(seed=4)
    place = next(i for i, line in enumerate(log) if line.get("role") == "improv")
    assert replay(session, log, "log").same

    changed = [*log[:place], {**log[place], "pitch": log[place]["pitch"] + 1}, *log[place + 1 :]]
    result = replay(session, changed, "log")
    assert not result.same
    number = sum(line["kind"] == "command" for line in log[: place + 1])
    assert result.difference.startswith(f"command {number} of ")

    lost = replay(session, log[:place] + log[place + 1 :], "log")
    assert not lost.same
    assert lost.found == lost.expected + 1

    more = replay(session, [*log[:-1], command_line(Play(1, 1, 60, 1, 3, "improv", 0, 1)), log[-1]], "log")
    assert not more.same
    assert not more.difference
    assert more.text() == f"the log has {more.expected} commands, the replay {more.found}"


def test_another_seed_is_another_take(make_session: MakeSession, log: list[Line]) -> None:
    assert not replay(make_session(seed=5), log, "log").same


def test_figures_and_text_agree(make_session: MakeSession, log: list[Line]) -> None:
    result = replay(make_session(seed=4), log, "log")
    figures = result.figures()
    assert json.loads(json.dumps(figures)) == figures
    assert figures["same"] is True
    assert figures["commands"] == figures["replayed"] > figures["notes"] > 0
    assert f"{figures['events']} events, {figures['notes']} notes" in result.text()
    assert "cut off" not in result.text()
    assert "cut off" in replay(make_session(seed=4), log[:-1], "log").text()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"kind": "event", "event": "note_on", "t": 5, "pitch": 300, "velocity": 1, "channel": 0}, "log:3"),
        ({"kind": "event", "event": "bell", "t": 5}, "log:3"),
        ({"kind": "applause"}, "log:3"),
        ({}, "log:3"),
        ({"kind": "event", "event": "tick", "t": 1 << 60}, "log:3: a damaged log"),
    ],
)
def test_a_line_that_is_none_is_named(
    make_session: MakeSession, log: list[Line], line: Line, told: str
) -> None:
    with pytest.raises(UserError) as caught:
        replay(make_session(seed=4), [log[0], line, *log[1:]], "log")
    assert str(caught.value).startswith(told)
    assert "\n" not in str(caught.value)


def test_while_it_is_stopped_any_time_may_pass(make_session: MakeSession) -> None:
    session = make_session(seed=1)
    late = 5 * LONGEST_GAP
    events: list[SessionEvent] = [
        Asked(late, Start()),
        Tick(late + SECOND),
        Asked(late + 2 * SECOND, Stop()),
        Asked(3 * late, Start()),
        Tick(3 * late + SECOND),
    ]
    assert replay(session, played(session, events), "log").same


def test_nothing_at_all_is_the_same_and_incomplete(make_session: MakeSession) -> None:
    result = replay(make_session(), [], "log")
    assert result.same
    assert not result.complete


class Nobody:
    """A view that only starts the take."""

    def __init__(self) -> None:
        self.asked: list[Request] = [Start()]

    def tell(self, news: News) -> None:
        """Ignore it."""

    def requests(self) -> list[Request]:
        """Start, once."""
        asked, self.asked = self.asked, []
        return asked


@pytest.mark.parametrize("choruses", [1, None])
def test_the_takes_of_a_replay_are_the_takes_to_the_nanosecond(
    make_session: MakeSession, tmp_path: Path, choruses: int | None
) -> None:
    """A key held over the take's end, or until the engine quits, too."""
    session = make_session("title: T\n| F7 | Bb7 |\n", seed=2, bars=1, tempo=180, choruses=choruses)
    clock = FakeClock()
    keys = [
        (2 * SECOND + 17, encode(NoteOn(0, 64, 90))),
        (2 * SECOND + 400_000_017, encode(NoteOn(0, 67, 90))),
    ]
    options = {"chart": format_chart(session.settings.chart), "tempo": 180, "seed": 2}
    journal = Journal(tmp_path / "take.jsonl", {"options": options, "weights": "0"}, pytest.fail)
    front = Front([Script(keys, clock.now)], [Recorder(clock.now)], clock)
    engine = Engine(session, front, clock, Nobody(), journal)
    while clock.now() < 6 * SECOND:
        front.serve()
        engine.turn()
        clock.advance(7_654_321)
    engine.end()
    head, *lines = read_journal(tmp_path / "take.jsonl")
    result = replay(session, lines, "take")
    assert result.same
    takes = read_takes([head, *lines], "take", "take")
    assert [len(take.of("you")) for take in takes] == [2]
    assert takes[0].of("improv")
    assert read_takes([head, *result.lines], "take", "take") == takes
