"""The front at the other end of the wire: in a thread, where another process has it on the stage."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event, Thread

import pytest

from improv.channels import COMP
from improv.errors import UserError
from improv.live.clock import MonotonicClock
from improv.live.far import FarFront, attend
from improv.live.front import Front
from improv.live.link import Failure
from improv.live.orders import FrontShown, Leave, Opened, Struck, Wanted, Word
from improv.live.wire import Wire
from improv.ports.base import panic_messages
from improv.ports.live import LiveOutput
from improv.ports.loopback import Recorder
from improv.requests import Quit
from improv.session.commands import Hold, Play, Silence
from improv.session.events import NoteOff, NoteOn, encode

PATIENCE = 5.0
MILLISECOND = 1_000_000


class Keyboard:
    """Keys that are put on it."""

    name = "keyboard"

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def poll(self) -> list[bytes]:
        """What waits."""
        waiting, self.waiting = self.waiting, []
        return waiting

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Stage:
    """Both sides."""

    clock: MonotonicClock = field(default_factory=MonotonicClock)
    keyboard: Keyboard = field(default_factory=Keyboard)
    quits: Event = field(default_factory=Event)
    words: list[Word] = field(default_factory=list)

    def __post_init__(self) -> None:
        ours, self.theirs = map(Wire, socket.socketpair())
        self.wire, self.far = ours, FarFront(ours)
        self.out = Recorder(self.clock.now, "synth")
        self.live = LiveOutput("synth", self.out)
        self.front = Front([self.keyboard], [self.live], self.clock, say=self.theirs.post)
        self.thread = Thread(target=self._attend)
        self.thread.start()

    def _attend(self) -> None:
        attend(self.front, self.theirs, self.clock, self.quits.is_set)
        self.theirs.close()

    def until(self, found: Callable[[], object], what: str) -> None:
        """Listen until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not found():
            assert time.monotonic() < deadline, f"no {what}"
            self.far.wait(0.01)
            self.words += self.far.words()

    def sent(self) -> list[bytes]:
        """What has left."""
        return [message for _, message in self.out.messages]


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.wire.close()
    made.thread.join(PATIENCE)
    assert not made.thread.is_alive()


def hold(pitch: int) -> Hold:
    return Hold(pitch, 80, COMP, "improv", 0, pitch)


def test_orders_are_carried_out_in_order_and_notes_leave_in_time(stage: Stage) -> None:
    at = stage.clock.now() + 30 * MILLISECOND
    stage.far.do([Play(at, 10 * MILLISECOND, 60, 90, COMP, "comp", 0, 6), hold(64)])
    stage.until(lambda: len(stage.out.messages) >= 3, "note")
    (first, _), (second, on), (third, off) = stage.out.messages
    assert stage.sent()[0] == encode(NoteOn(0, 64, 80, COMP))
    assert (on, off) == (encode(NoteOn(0, 60, 90, COMP)), encode(NoteOff(0, 60, COMP)))
    assert first < at <= second < third
    assert third >= at + 10 * MILLISECOND


def test_what_is_played_passes_at_once_and_is_told(stage: Stage) -> None:
    stage.keyboard.waiting.append(encode(NoteOn(0, 72, 70)))
    stage.until(lambda: stage.words, "word")
    (word,) = stage.words
    assert isinstance(word, NoteOn)
    assert (word.pitch, word.velocity) == (72, 70)
    assert stage.sent() == [encode(NoteOn(0, 72, 70))]
    assert word.t <= stage.out.messages[0][0]


def test_the_visible_state_follows_when_it_changes(stage: Stage) -> None:
    stage.until(lambda: stage.far.shown(0).out_port == "synth", "state")
    assert stage.far.shown(0).in_port == "keyboard"
    assert stage.far.shown(0).lost == ()
    stage.live.detach(stage.out)
    stage.until(lambda: stage.far.shown(0).lost == ("synth",), "loss")


def test_leaving_silences_and_tells_the_figures(stage: Stage) -> None:
    stage.far.do([Struck(stage.clock.now(), 10**12, 50, 60)])
    stage.until(lambda: stage.out.messages, "key")
    stage.far.do([Leave()])
    shown = stage.far.farewell(stage.clock.now())
    assert shown.timing.late_max > 0
    assert stage.front.left == Leave()
    assert stage.sent()[1] == encode(NoteOff(0, 50))
    assert stage.sent()[2:] == list(panic_messages())
    assert not stage.front.desk.sounding


def test_an_engine_that_is_gone_leaves_nothing_sounding(stage: Stage) -> None:
    stage.far.do([hold(64)])
    stage.until(lambda: stage.out.messages, "note")
    stage.wire.close()
    stage.thread.join(PATIENCE)
    assert stage.front.left is None, "it did not end in order"
    assert stage.sent()[1] == encode(NoteOff(0, 64, COMP))
    assert not stage.front.desk.sounding


def test_a_panic_reaches_the_ports_however_busy_the_session_is(stage: Stage) -> None:
    """Whoever asks need not be the thread that plays."""
    stage.far.do([hold(64)])
    stage.until(lambda: stage.out.messages, "note")
    Thread(target=lambda: stage.far.do([Silence()])).start()
    deadline = time.monotonic() + PATIENCE
    while stage.front.desk.sounding and time.monotonic() < deadline:
        time.sleep(0.001)
    assert not stage.front.desk.sounding


def test_a_signal_asks_the_engine_to_end_it_all_once(stage: Stage) -> None:
    stage.quits.set()
    stage.until(lambda: stage.words, "request")
    assert stage.words == [Wanted(Quit())]
    time.sleep(0.3)
    assert stage.far.words() == []
    assert not stage.far.lost


def test_a_front_that_is_gone_asks_to_quit_once_and_is_lost() -> None:
    ours, theirs = map(Wire, socket.socketpair())
    far = FarFront(ours)
    assert far.words() == []
    theirs.close()
    assert far.words() == [Wanted(Quit())]
    assert far.words() == []
    assert far.lost
    far.do([Silence()])


def test_what_cannot_be_opened_is_the_users_error() -> None:
    ours, theirs = map(Wire, socket.socketpair())
    theirs.post(Failure("no port is called that"))
    with pytest.raises(UserError, match="no port is called that"):
        FarFront(ours).opened(PATIENCE)
    opened, shown = Opened(("keys",), (), (), (), None), FrontShown(in_port="keys")
    theirs.post(shown)
    theirs.post(opened)
    far = FarFront(ours)
    assert far.opened(PATIENCE) == opened
    assert far.shown(0) == shown, "from the first picture on"
    theirs.close()
    with pytest.raises(UserError, match="do not open"):
        FarFront(ours).opened(PATIENCE)
