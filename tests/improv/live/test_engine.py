"""The engine against a fake clock, scripted keys and a recorder: a whole performance as a list."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from improv.channels import CLICK, IMPROV
from improv.live.clock import FakeClock
from improv.live.engine import Engine
from improv.live.front import Front
from improv.live.journal import Journal, read_journal
from improv.live.link import News, Notice
from improv.live.replay import replay
from improv.ports.base import panic_messages
from improv.ports.loopback import Recorder, Script
from improv.requests import Panic, Quit, Request, SetTempo, Start, Stop, Strike
from improv.session.events import NoteOff, NoteOn, decode, encode
from improv.session.session import LEAD, Session
from improv.snapshot import Snapshot

MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
MILLISECOND = 1_000_000
GOLDEN = Path(__file__).parents[2] / "golden"


class Desk:
    """A view that asks for things at set times and keeps all news."""

    def __init__(self, clock: FakeClock, script: list[tuple[int, Request]]) -> None:
        self.clock, self.script = clock, sorted(script, key=lambda timed: timed[0])
        self.news: list[News] = []

    def tell(self, news: News) -> None:
        """Keep news."""
        self.news.append(news)

    def requests(self) -> list[Request]:
        """What is due."""
        due = [request for t, request in self.script if t <= self.clock.now()]
        self.script = self.script[len(due) :]
        return due


class Stage:
    """An engine with everything around it under the test's control."""

    def __init__(
        self,
        session: Session,
        keys: list[tuple[int, bytes]],
        script: list[tuple[int, Request]],
        journal: Journal | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.recorder = Recorder(self.clock.now)
        self.desk = Desk(self.clock, script)
        keyboard = Script(keys, self.clock.now)
        self.front = Front([keyboard], [self.recorder], self.clock)
        self.engine = Engine(session, self.front, self.clock, self.desk, journal)

    def run(self, until: int) -> None:
        """Turn by turn, a millisecond or a due note at a time, without a thread."""
        while self.clock.now() < until and not self.engine.finished.is_set():
            self.front.serve()
            self.engine.turn()
            due = self.front.next_due()
            step = self.clock.now() + MILLISECOND
            self.clock.set(step if due is None or due <= self.clock.now() else min(step, due))

    def sent(self, channel: int) -> list[tuple[int, bytes]]:
        """What went out on a channel, panic left out."""
        panic = set(panic_messages())
        return [(t, m) for t, m in self.recorder.messages if m[0] & 0x0F == channel and m not in panic]


def phrase(start: int) -> list[tuple[int, bytes]]:
    """Four quarter notes at 120 bpm."""
    found: list[tuple[int, bytes]] = []
    for i, pitch in enumerate((65, 69, 72, 69)):
        t = start + i * SECOND // 2
        found += [(t, encode(NoteOn(t, pitch, 90))), (t + 400 * MILLISECOND, encode(NoteOff(t, pitch)))]
    return found


FIRST_BEAT = LEAD + 2 * SECOND


def test_a_performance(make_session: MakeSession, request: pytest.FixtureRequest) -> None:
    """Count-in, the player's four, the answer: every message and when; regenerate with --regenerate."""
    stage = Stage(make_session(seed=7, choruses=1), phrase(FIRST_BEAT + 4 * SECOND), [(0, Start())])
    stage.run(60 * SECOND)
    stage.engine.silence()
    lines = [f"{t / MILLISECOND:9.1f} {m.hex(' ')}" for t, m in stage.recorder.messages]
    text = "\n".join(lines) + "\n"
    golden = GOLDEN / "trade.txt"
    if request.config.getoption("--regenerate"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


def test_keys_pass_through_at_once(make_session: MakeSession) -> None:
    keys = phrase(SECOND)
    stage = Stage(make_session(), keys, [])
    stage.run(4 * SECOND)
    assert stage.sent(0) == keys


def test_every_on_has_its_off_and_notes_keep_their_places(make_session: MakeSession) -> None:
    stage = Stage(make_session(seed=3, choruses=1), phrase(FIRST_BEAT), [(0, Start())])
    stage.run(60 * SECOND)
    for channel in (0, IMPROV, CLICK):
        sounding: set[int] = set()
        for _, message in stage.sent(channel):
            event = decode(0, message)
            if isinstance(event, NoteOn):
                assert event.pitch not in sounding
                sounding.add(event.pitch)
            elif isinstance(event, NoteOff):
                sounding.discard(event.pitch)
        assert not sounding
    clicks = [t for t, m in stage.sent(CLICK) if m[0] & 0xF0 == 0x90]
    assert clicks == [LEAD + i * SECOND // 2 for i in range(len(clicks))]


@pytest.mark.parametrize("last", [Stop(), Quit(), Panic()])
def test_nothing_sounds_after(make_session: MakeSession, last: Request) -> None:
    t = FIRST_BEAT + 9 * SECOND
    stage = Stage(
        make_session(seed=2), [(t, encode(NoteOn(t, 60, 80)))], [(0, Start()), (t + MILLISECOND, last)]
    )
    stage.run(t + MILLISECOND)
    stage.engine.turn()
    stage.engine.silence()
    assert stage.front.desk.sounding == frozenset()
    assert [m for _, m in stage.recorder.messages[-48:]] == list(panic_messages())


def test_a_computer_key_sounds_and_is_heard(make_session: MakeSession) -> None:
    t = FIRST_BEAT + SECOND
    stage = Stage(make_session(), [], [(0, Start()), (t, Strike(64))])
    stage.run(t + SECOND)
    notes = [decode(t, m) for t, m in stage.sent(0)]
    assert [type(note) for note in notes] == [NoteOn, NoteOff]
    assert stage.engine.state.mind.line[-1].pitch == 64


def test_snapshots_show_both_players(make_session: MakeSession) -> None:
    stage = Stage(make_session(seed=1), phrase(FIRST_BEAT), [(0, Start())])
    stage.run(FIRST_BEAT + 15 * SECOND)
    snapshots = [news for news in stage.desk.news if isinstance(news, Snapshot)]
    assert {s.turn for s in snapshots} == {"count-in", "player", "machine"}
    assert {note.player for note in snapshots[-1].roll} == {"you", "improv"}
    assert snapshots[-1].terminals
    assert [s.tick for s in snapshots] == sorted(s.tick for s in snapshots)


def test_a_lost_output_is_told_and_the_rest_plays_on(make_session: MakeSession) -> None:
    stage = Stage(make_session(), phrase(FIRST_BEAT), [(0, Start())])
    stage.recorder.close()
    stage.run(FIRST_BEAT + SECOND)
    notices = [news for news in stage.desk.news if isinstance(news, Notice)]
    assert len(notices) == 1
    assert "recorder" in notices[0].text


def test_a_take_replays_from_its_log(make_session: MakeSession, tmp_path: Path) -> None:
    path = tmp_path / "take.jsonl"
    session = make_session(seed=9, choruses=2)
    journal = Journal(path, {}, complain=pytest.fail)
    script: list[tuple[int, Request]] = [(0, Start()), (FIRST_BEAT + 3 * SECOND, SetTempo(150))]
    stage = Stage(
        session, phrase(FIRST_BEAT) + phrase(FIRST_BEAT + 7 * SECOND + 987_654_321), script, journal
    )
    stage.run(60 * SECOND)
    stage.engine.end()
    lines = list(read_journal(path))
    result = replay(session, lines[1:], "take")
    assert result.same, result.text()
    assert result.complete
    assert result.notes > 5

    cut_off = [json.loads(line) for line in path.read_text().splitlines()[1 : len(lines) // 2]]
    assert replay(session, cut_off, "cut off").same

    played = next(line for line in lines if line.get("command") == "Play" and line["role"] == "improv")
    played["pitch"] += 1
    assert not replay(session, lines[1:], "changed").same


def test_the_figures_of_the_timing_are_logged(make_session: MakeSession, tmp_path: Path) -> None:
    """Every ten seconds and at the end; with a clock that is never late, none is."""
    path = tmp_path / "take.jsonl"
    journal = Journal(path, {}, complain=pytest.fail)
    stage = Stage(make_session(), phrase(SECOND), [(0, Start())], journal)
    stage.run(25 * SECOND)
    stage.engine.end()
    lines = [line for line in read_journal(path) if line["kind"] == "timing"]
    assert len(lines) == 3
    assert lines[-1]["t"] == stage.clock.now()
    assert all((line["late_max"], line["missed"], line["fallback"]) == (0, 0, 0) for line in lines)
