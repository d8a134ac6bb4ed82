"""The engine in time with others, in simulated time: a master's clock comes in, ours goes out."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from improv.channels import CLICK, CLICK_DOWNBEAT
from improv.live.intake import Intake
from improv.live.journal import Journal, read_journal
from improv.live.rehearsal import Rehearsal
from improv.live.replay import replay
from improv.ports.loopback import Recorder
from improv.requests import Adjust, Panic, SetTempo, Start
from improv.session.events import NoteOn, decode
from improv.session.session import Session
from improv.snapshot import Snapshot
from improv.sync.clock_in import NOT_OURS, ClockIn
from improv.sync.clock_out import ClockOut
from improv.sync.messages import ClockMessages
from improv.sync.rehearsed import Clocks, clocks, ramp, steady

MILLISECOND = 1_000_000
SECOND = 1000 * MILLISECOND
CLOCK, START, STOP = b"\xf8", b"\xfa", b"\xfc"
MakeSession = Callable[..., Session]


class Studio(Rehearsal):
    """A rehearsal with a master on the only input, and ears on a clock output."""

    def __init__(
        self, session: Session, follow: bool, journal: Journal | None = None, offset: float = 0.0
    ) -> None:
        self.ears = Recorder(lambda: self.clock.now(), "ears")
        self.follower = ClockIn(session.settings.tempo, 0, offset) if follow else None
        super().__init__(
            session,
            journal=journal,
            intake=Intake(clock=ClockMessages(0)) if follow else None,
            clock_in=self.follower,
            clock_out=ClockOut(self.ears, session.settings.tempo, 0, lambda text: None),
        )
        self.heard: list[tuple[int, bytes]] = []
        self.ledgers[0].heard = lambda t, message: self.heard.append((t, message))

    def conduct(self, master: Clocks) -> None:
        """Let a master's clocks arrive, after its Start."""
        self.play(START)
        for _, t in master.heard:
            self.run_until(t)
            self.play(CLOCK)
            self.front.serve()  # what is due at once by what the clock says

    def clicks(self) -> list[tuple[int, bool]]:
        """When each click came, and whether it is a downbeat's."""
        found = [(t, decode(t, message)) for t, message in self.heard]
        return [
            (t, note.pitch == CLICK_DOWNBEAT)
            for t, note in found
            if isinstance(note, NoteOn) and note.channel == CLICK
        ]

    def shown(self) -> Snapshot:
        return self.engine.snapshot(self.clock.now())


@pytest.mark.parametrize("offset", [-20.0, 0.0, 35.0])
def test_clicks_are_on_the_masters_beats(make_session: MakeSession, offset: float) -> None:
    master = clocks(ramp(130.0, 400, 400, 110.0), 1200, jitter=2.0)
    studio = Studio(make_session(tempo=100.0, mode="layout"), follow=True, offset=offset)
    studio.conduct(master)
    clicks = studio.clicks()[2:]
    assert len(clicks) >= 46
    for beat, (t, downbeat) in enumerate(clicks, start=2):
        assert abs(t - master.true[24 * beat] - offset * MILLISECOND) < 4 * MILLISECOND, beat
        assert downbeat == (beat % 4 == 0)
    assert studio.shown().sync.startswith("following 110.")
    assert studio.faults == []


def test_who_follows_us_hears_each_of_our_clicks_on_a_clock(make_session: MakeSession) -> None:
    studio = Studio(make_session(tempo=140.0, mode="layout"), follow=False)
    studio.run_until(SECOND)
    studio.ask(Start())
    studio.run_until(4 * SECOND)
    studio.ask(SetTempo(90.0))
    studio.run_until(9 * SECOND)
    heard = studio.ears.messages
    (start,) = [t for t, message in heard if message == START]
    beats = [t for t, message in heard if message == CLOCK and t > start][::24]
    played = [t for t, _ in studio.clicks() if t > start]
    assert played == pytest.approx(beats[: len(played)], abs=1)
    assert len(played) > 9
    studio.engine.end()
    assert studio.ears.messages[-1][1] == STOP


def test_clock_in_and_out_at_once_is_a_clock_without_its_jitter(make_session: MakeSession) -> None:
    master = clocks(steady(126.0), 600, jitter=2.0)
    studio = Studio(make_session(tempo=126.0, mode="layout"), follow=True)
    studio.conduct(master)
    heard = studio.ears.messages
    (start,) = [place for place, (_, message) in enumerate(heard) if message == START]
    ours = [t for t, message in heard[start:] if message == CLOCK]
    errors = [abs(t - true) / MILLISECOND for t, true in zip(ours, master.true, strict=False)][100:]
    assert max(errors) < 1.6


def test_a_panic_takes_no_clock_from_those_who_count(make_session: MakeSession) -> None:
    studio = Studio(make_session(tempo=120.0), follow=False)
    studio.ask(Start())
    for second in range(1, 8):
        studio.run_until(second * SECOND)
        studio.ask(Panic())
    times = [t for t, message in studio.ears.messages if message == CLOCK]
    gaps = {b - a for a, b in pairwise(times[20:])}
    assert max(gaps) - min(gaps) <= 1


def test_the_tempo_keys_say_whose_the_tempo_is(make_session: MakeSession) -> None:
    studio = Studio(make_session(tempo=100.0, mode="layout"), follow=True)
    studio.conduct(clocks(steady(120.0), 200))
    studio.ask(SetTempo(200.0), Adjust("offset", 10.0))
    assert NOT_OURS in studio.audience.notices
    assert studio.shown().tempo == pytest.approx(120.0, abs=0.2)


def test_a_followed_take_replays(make_session: MakeSession, tmp_path: Path) -> None:
    session = make_session(tempo=100.0, mode="solo", band=True)
    path = tmp_path / "take.jsonl"
    studio = Studio(session, follow=True, journal=Journal(path, {"options": {}}, print))
    studio.conduct(clocks(steady(150.0), 800, jitter=2.0, lost=range(300, 330)))
    studio.play(STOP)
    studio.engine.end()
    lines = list(read_journal(path))
    assert any(line.get("event") == "followed" for line in lines)
    replayed = replay(session, lines[1:], "take")
    assert replayed.same, replayed.text()
    assert replayed.notes > 5
