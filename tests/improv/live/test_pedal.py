"""The sustain pedal through the engine, against a fake clock: what is sent and when, and what is logged."""

from collections.abc import Callable
from pathlib import Path

import pytest

from improv.live.clock import FakeClock
from improv.live.engine import Engine
from improv.live.front import Front
from improv.live.journal import Journal, read_journal
from improv.live.link import News
from improv.live.replay import replay
from improv.ports.base import panic_messages
from improv.ports.loopback import Recorder, Script
from improv.ports.routing import Route, Routing
from improv.requests import Panic, Request, SetMode, Start, Stop
from improv.session.commands import Hold, Named, TurnChange
from improv.session.events import Control, NoteOff, NoteOn, encode
from improv.session.session import LEAD, Session
from improv.takes.midi import tracks
from improv.takes.read import read_takes

MakeSession = Callable[..., Session]
MILLISECOND = 1_000_000
SECOND = 1000 * MILLISECOND
TOP = LEAD + 2 * SECOND
Played = list[tuple[int, bytes]]


def on(t: int, pitch: int) -> tuple[int, bytes]:
    return t, encode(NoteOn(t, pitch, 80))


def off(t: int, pitch: int) -> tuple[int, bytes]:
    return t, encode(NoteOff(t, pitch))


def foot(t: int, value: int, channel: int = 0) -> tuple[int, bytes]:
    return t, encode(Control(t, 64, value, channel))


class Evening:
    """An engine that plays a script, with its log."""

    def __init__(
        self,
        session: Session,
        played: Played,
        asked: list[tuple[int, Request]],
        path: Path,
        routing: Routing | None = None,
    ) -> None:
        self.clock, self.asked, self.news = FakeClock(), [(0, Start()), *asked], list[News]()
        self.recorder = Recorder(self.clock.now)
        self.session, self.path = session, path
        self.journal = Journal(path, {}, pytest.fail)
        keyboard = Script(sorted(played, key=lambda one: one[0]), self.clock.now)
        self.front = Front([keyboard], [self.recorder], self.clock, routing)
        self.engine = Engine(session, self.front, self.clock, self, self.journal)

    def tell(self, news: News) -> None:
        """Keep news."""
        self.news.append(news)

    def requests(self) -> list[Request]:
        """What is due."""
        due = [request for t, request in self.asked if t <= self.clock.now()]
        self.asked = self.asked[len(due) :]
        return due

    def run(self, until: int) -> None:
        """A millisecond or a due note at a time; then the end."""
        while self.clock.now() < until:
            self.front.serve()
            self.engine.turn()
            due = self.front.next_due()
            step = self.clock.now() + MILLISECOND
            self.clock.set(step if due is None or due <= self.clock.now() else min(step, due))
        self.engine.end()
        result = replay(self.session, list(read_journal(self.path))[1:], "take")
        assert result.same, result.text()

    def sent(self, channel: int) -> list[tuple[int, str]]:
        """What went out on a channel, in milliseconds from the top; panic left out, pedal and all."""
        panic = set(panic_messages())
        return [
            ((t - TOP) // MILLISECOND, message.hex(" "))
            for t, message in self.recorder.messages
            if message[0] & 0x0F == channel and (message not in panic or message[1] == 64)
        ]


def test_in_your_rhythm_the_pedal_is_on_the_channel_of_the_notes(
    make_session: MakeSession, tmp_path: Path
) -> None:
    played = [foot(TOP, 127), on(TOP + SECOND, 60), off(TOP + 2 * SECOND, 60), foot(TOP + 3 * SECOND, 0)]
    played += [foot(TOP + 4 * SECOND, 100), on(TOP + 5 * SECOND, 64), off(TOP + 5 * SECOND + SECOND // 2, 64)]
    evening = Evening(
        make_session(mode="rhythm", seed=3),
        played,
        [(TOP + 6 * SECOND, SetMode("solo", now=1)), (TOP + 8 * SECOND, Stop())],
        tmp_path / "take.jsonl",
    )
    evening.run(TOP + 9 * SECOND)
    first, second = (hold.pitch for hold in evening.news if isinstance(hold, Hold))
    found = [(t, m) for t, m in evening.sent(0) if 0 <= t < 8000]
    assert found == [
        (0, "b0 40 7f"),
        (1000, f"90 {first:02x} 50"),
        (2000, f"80 {first:02x} 40"),  # it rings on: the pedal is down
        (3000, "b0 40 00"),
        (4000, "b0 40 64"),
        (5000, f"90 {second:02x} 50"),
        (5500, f"80 {second:02x} 40"),
        (6000, "b0 40 00"),  # another mode: it ends
        (6000, "b0 40 64"),  # and the foot is where it is
    ]
    assert evening.sent(0)[-1][1] == "b0 40 00", "stopped, nothing rings"
    (take,) = read_takes(list(_takes_log(evening)), "take", "take")
    (track, *_) = tracks(take)
    assert [m.hex(" ") for _, m in track.messages] == [
        "b0 40 7f",
        "b0 40 00",
        "b0 40 64",
        "b0 40 00",
        "b0 40 7f",
    ]


def test_and_where_improv_has_its_own_channel_it_is_there_while_the_mode_lasts(
    make_session: MakeSession, tmp_path: Path
) -> None:
    played = [foot(TOP, 127), on(TOP + SECOND, 60), off(TOP + 2 * SECOND, 60), foot(TOP + 7 * SECOND, 0)]
    evening = Evening(
        make_session(mode="rhythm", seed=3),
        played,
        [(TOP + 4 * SECOND, SetMode("layout", now=1))],
        tmp_path / "take.jsonl",
        Routing(routes={"improv": Route(0, 6)}),
    )
    evening.run(TOP + 8 * SECOND)
    (pitch,) = (hold.pitch for hold in evening.news if isinstance(hold, Hold))
    found = [(t, m) for t, m in evening.sent(6) if t < 8000]
    assert found[:3] == [(0, "b6 40 7f"), (1000, f"96 {pitch:02x} 50"), (2000, f"86 {pitch:02x} 40")]
    assert {m for t, m in found[3:]} == {"b6 40 00"}
    assert {t for t, m in found[3:]} == {4000}
    down, *again, up = [(t, m) for t, m in evening.sent(0) if t < 8000]
    assert (down, up) == ((0, "b0 40 7f"), (7000, "b0 40 00"))
    assert {m for _, m in again} == {"b0 40 7f"}, "the player's own stays down, and moves once told"


def test_panic_lifts_the_pedal_at_once(make_session: MakeSession, tmp_path: Path) -> None:
    played = [foot(TOP, 127), on(TOP + SECOND, 60), off(TOP + 2 * SECOND, 60)]
    evening = Evening(
        make_session(mode="rhythm"), played, [(TOP + 3 * SECOND, Panic())], tmp_path / "take.jsonl"
    )
    evening.run(TOP + 4 * SECOND)
    assert (3000, "b0 40 00") in evening.sent(0)
    assert evening.sent(0)[-1][1] == "b0 40 00"
    assert not evening.engine.state.pedals


def test_a_chord_that_the_pedal_holds_is_held(make_session: MakeSession, tmp_path: Path) -> None:
    keys = (48, 52, 55, 58)
    played = [on(TOP + SECOND + i * MILLISECOND, p) for i, p in enumerate(keys)]
    played += [foot(TOP + SECOND + SECOND // 4, 127), *(off(TOP + SECOND + SECOND // 2, p) for p in keys)]
    played += [foot(TOP + 4 * SECOND, 0)]
    evening = Evening(make_session(mode="lead"), played, [], tmp_path / "take.jsonl")
    evening.run(TOP + 5 * SECOND)
    assert [c for c in evening.news if isinstance(c, Named)] == [Named(48, "C7"), Named(192, "")]


def test_a_phrase_that_the_pedal_holds_is_not_over(make_session: MakeSession, tmp_path: Path) -> None:
    def turns(*feet: tuple[int, bytes]) -> list[int]:
        played = [
            one
            for i in range(8)
            for one in (
                on(SECOND + i * SECOND // 4, 60 + i),
                off(SECOND + i * SECOND // 4 + SECOND // 5, 60 + i),
            )
        ]
        evening = Evening(make_session(mode="answer"), [*played, *feet], [], tmp_path / f"{len(feet)}.jsonl")
        found: list[int] = []
        evening.tell = lambda news: (  # type: ignore[method-assign]
            found.append(evening.clock.now() // MILLISECOND)
            if isinstance(news, TurnChange) and news.turn == "machine"
            else None
        )
        evening.run(10 * SECOND)
        return found

    last = SECOND + 7 * SECOND // 4
    (plain,) = turns()
    assert plain - (last + SECOND // 5) // MILLISECOND in range(600, 700)
    (pedalled,) = turns(foot(last, 127), foot(last + 3 * SECOND, 0))
    assert pedalled - (last + 3 * SECOND) // MILLISECOND in range(600, 700)


def _takes_log(evening: Evening) -> list[dict[str, object]]:
    """The log's lines, with what a take's head has."""
    head, *lines = read_journal(evening.path)
    chart = "title: T\ntempo: 120\n| F7 | Bb7 |\n"
    return [{**head, "options": {"chart": chart, "seed": 3, "tempo": 120}, "weights": ""}, *lines]
