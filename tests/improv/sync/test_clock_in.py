"""A clock that is followed, as the engine asks of it."""

import pytest

from improv.errors import UserError
from improv.live.options import Options
from improv.requests import Adjust, Cue, SetTempo, Start, Stop
from improv.session.events import Followed
from improv.session.session import Asked, SessionEvent
from improv.session.tempo import TempoMap
from improv.sync.clock_in import NOT_OURS, ClockIn
from improv.sync.messages import ClockMessages
from improv.sync.studio import check

SECOND = 1_000_000_000
PERIOD = SECOND // 48
CLOCK, START, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"


class Wire:
    """A master at 120, and what it says to a session."""

    def __init__(self, port: int | None = 0, **options: float) -> None:
        self.clock = ClockIn(100.0, port, **options)
        self.t = SECOND
        self.told: list[SessionEvent] = []
        self.map: TempoMap | None = None

    def send(self, *messages: bytes, port: int = 0) -> "Wire":
        """Each at once, but a clock a period later."""
        for message in messages:
            self.t += PERIOD if message == CLOCK else 0
            self.hear(*self.clock.take(self.t, port, message))
            self.hear(*self.clock.round(self.t, self.map))
        return self

    def wait(self, seconds: float) -> "Wire":
        """Nothing comes."""
        for _ in range(round(seconds * 100)):
            self.t += SECOND // 100
            self.hear(*self.clock.round(self.t, self.map))
        return self

    def hear(self, *events: SessionEvent) -> None:
        """Do as a session does."""
        for event in events:
            self.told.append(event)
            match event:
                case Followed(t, tick, tempo) if self.map is not None:
                    self.map = TempoMap.starting(tick, t, tempo)
                case Asked(_, Cue(tick, at)):
                    self.map = TempoMap.starting(tick, at, 120.0)
                case Asked(_, Stop()):
                    self.map = None


def test_it_says_how_it_goes() -> None:
    wire = Wire()
    said = [wire.clock.shown(wire.t)]
    said.append(wire.send(CLOCK).clock.shown(wire.t))
    said.append(wire.send(*[CLOCK] * 60).clock.shown(wire.t))
    said.append(wire.send(START, *[CLOCK] * 300).clock.shown(wire.t))
    said.append(wire.wait(2.5).clock.shown(wire.t))
    said.append(wire.send(CLOCK).clock.shown(wire.t))
    said.append(wire.send(STOP).wait(1).clock.shown(wire.t))
    assert said == [
        "waiting for a clock",
        "hearing a clock",
        "clock 120.0, waiting for start",
        "following 120.0, ±0.5 ms",
        "coasting 2 s",
        "following 120.0, ±0.5 ms",
        "waiting for a clock",
    ]


def test_the_tempo_is_the_clocks_while_there_is_one() -> None:
    wire = Wire()
    asked = SetTempo(90.0)
    assert wire.clock.asked(wire.t, asked, 96) == (asked, "")
    wire.send(START, *[CLOCK] * 60)
    assert wire.clock.asked(wire.t, asked, 96) == (None, NOT_OURS)
    wire.wait(10)
    assert wire.clock.asked(wire.t, asked, 96) == (None, NOT_OURS)
    wire.wait(25)
    assert wire.clock.asked(wire.t, asked, 96) == (asked, "")


def test_coasting_begins_with_the_best_that_is_known() -> None:
    wire = Wire().send(START, *[CLOCK] * 100)
    wire.told.clear()
    wire.wait(3)
    (told,) = wire.told
    assert isinstance(told, Followed)
    assert told.tempo == pytest.approx(120.0, abs=0.05)


def test_a_clock_that_comes_back_after_long_takes_our_place_as_it_is() -> None:
    wire = Wire().send(START, *[CLOCK] * 100).wait(60)
    assert wire.map is not None
    before = wire.map.tick(wire.t)
    wire.send(*[CLOCK] * 48)
    assert wire.map.tick(wire.t) - before == pytest.approx(48, abs=0.6)


def test_a_clock_without_start_keeps_time_for_our_own() -> None:
    wire = Wire().send(*[CLOCK] * 60)
    wire.map = TempoMap.starting(-96, wire.t + 100_300_000, 119.0)
    wire.send(*[CLOCK] * 96)
    assert wire.map.tick(wire.t) % 1 == pytest.approx(0.0, abs=0.03)
    assert wire.map.tick(wire.t) == pytest.approx(-4.8, abs=0.6)
    wire.map = None
    wire.send(*[CLOCK] * 30)
    assert wire.clock.shown(wire.t) == "clock 120.0, waiting for start"


def test_start_while_a_master_plays_comes_in_with_its_next_bar() -> None:
    wire = Wire().send(START, *[CLOCK] * 100)
    wire.map = None
    request, _ = wire.clock.asked(wire.t, Start(), 96)
    assert request == Cue(192, request.at if isinstance(request, Cue) else 0)
    assert isinstance(request, Cue)
    assert request.at - wire.t == pytest.approx(93 * PERIOD, abs=PERIOD / 20)


def test_the_offset_can_be_moved_while_playing() -> None:
    wire = Wire().send(START, *[CLOCK] * 96)
    request = Adjust("offset", 40.0)
    assert wire.clock.asked(wire.t, request, 96) == (request, "")
    wire.send(*[CLOCK] * 24)
    assert wire.map is not None
    assert wire.map.tick(wire.t) == pytest.approx(119 - 0.04 * 48, abs=0.05)


def test_any_input_may_be_the_master_but_only_one_at_a_time() -> None:
    wire = Wire(port=None).send(START, *[CLOCK] * 60, port=3)
    before = wire.clock.shown(wire.t)
    wire.send(START, *[CLOCK], port=1)
    assert not any(isinstance(e, Asked) and isinstance(e.request, Stop) for e in wire.told)
    assert before.startswith("following 120.0")
    wire.wait(2.2).send(STOP, port=1)
    assert wire.map is None


def test_notes_on_an_input_that_was_opened_for_the_clock_are_not_the_players() -> None:
    note = b"\x90\x3c\x40"
    assert ClockMessages(1, alone=True).sort(1, note) == "drop"
    assert ClockMessages(1, alone=True).sort(0, note) == "pass"
    assert ClockMessages(1).sort(1, note) == "pass"


@pytest.mark.parametrize("message", [CLOCK, START, CONTINUE, STOP, b"\xf2\x00\x01"])
def test_every_message_of_a_clock_is_the_clocks_on_the_input_that_is_followed(message: bytes) -> None:
    assert ClockMessages(1).sort(1, message) == "clock"
    assert ClockMessages(1).sort(0, message) == "drop"
    assert ClockMessages(None).sort(0, message) == "clock"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"link": True, "sync_in": "any"}, "one clock can be followed"),
        ({"quantum": 0}, "from 1 to 16 beats"),
        ({"sync_in": "any", "offset": 101.0}, "from -100 to 100 milliseconds"),
        ({"sync_in": "any", "offset": float("nan")}, "from -100 to 100 milliseconds"),
        ({"offset": 5.0}, "--offset goes with --sync-in or --link"),
    ],
)
def test_what_makes_no_sense_is_told(options: dict[str, object], says: str) -> None:
    with pytest.raises(UserError, match=says):
        check(Options("", 120.0, 1, **options))  # type: ignore[arg-type]
