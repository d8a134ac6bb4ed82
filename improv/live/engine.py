"""The engine: the one place where clock, ports, session and desk meet.

Conventions: times are nanoseconds on the engine's clock. Two threads: `serve` polls the inputs, passes
the player's notes through at once and sends what is due, four times a millisecond and exactly when a note is
due; `turn` runs the session, which may draw notes from the network and so take a millisecond or two, and
is woken by what comes in. They share the desk and a queue of what was heard. Nothing here knows music.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from heapq import heappop, heappush
from threading import Event as Flag
from threading import Lock, Thread
from typing import Protocol

from improv.channels import PLAYER
from improv.controls.panel import Panel
from improv.live.clock import Clock, MonotonicClock
from improv.live.controlled import now_of
from improv.live.desk import Desk
from improv.live.intake import Intake
from improv.live.journal import Journal
from improv.live.keeping import NOTHING_YET, Keeper, MarkPedal
from improv.live.lines import clock_lines
from improv.live.link import News, Notice
from improv.live.meter import Meter, timing_line
from improv.live.picture import Picture
from improv.live.takes import Takes
from improv.ports.base import InPort, OutPort
from improv.ports.routing import Routing
from improv.requests import Forget, Learn, Mark, Panic, Quit, Request, Strike
from improv.session.commands import (
    Command,
    Damp,
    Finished,
    Hold,
    Play,
    Release,
    Silence,
    Standby,
    TakeBack,
    Thru,
    TurnChange,
)
from improv.session.events import Control, Followed, Message, Missed, NoteOff, NoteOn, Other, Tick, decode
from improv.session.session import Asked, Session, SessionEvent
from improv.session.tempo import TempoMap
from improv.snapshot import Snapshot, Timing

POLL = 250_000
"""Nanoseconds between looks at the inputs; at twice that, one key in a hundred took over a millisecond."""
ROUND = 1_000_000
"""Nanoseconds after which the session goes on where nothing wakes it."""
SHOW_EVERY = 33_000_000
"""Nanoseconds between snapshots."""
MEASURE_EVERY = 500_000_000
NOTE_EVERY = 10_000_000_000
"""Nanoseconds between lines of the log with the figures of the timing."""
MARK_EVERY = 1_000_000_000
"""Nanoseconds between ticks in the log: how far a take that is cut off can be replayed."""
STRIKE_LENGTH = 250_000_000
"""Nanoseconds that a computer key sounds: a terminal reports no key release."""
NO_LOG = "not kept: there is no log"


class ClockOut(Protocol):
    """The clock that others follow. `follow` is called in the session's thread, the rest in the other."""

    def follow(self, session: TempoMap | None, tempo: float, t: int) -> None:
        """The session's map at `t`, None while it is stopped, and its tempo."""
        ...

    def next_due(self) -> int | None:
        """When something is to be sent next."""
        ...

    def serve(self, t: int) -> Sequence[int]:
        """Send what is due, and give back the times that it was due at."""
        ...

    def end(self, t: int) -> None:
        """Stop those who follow."""
        ...


class View(Protocol):
    """Who watches and asks."""

    def tell(self, news: News) -> None:
        """Take news, without making the engine wait."""
        ...

    def requests(self) -> list[Request]:
        """What is asked for since the last call."""
        ...


class Engine:
    """A session on its ports. `run` plays until it is asked to quit."""

    def __init__(
        self,
        session: Session,
        inputs: Sequence[InPort],
        outputs: Sequence[OutPort],
        clock: Clock,
        view: View,
        journal: Journal | None = None,
        realtime: bool = False,
        message: str = "",
        mark_pedal: int | None = None,
        routing: Routing | None = None,
        intake: Intake | None = None,
        clock_out: ClockOut | None = None,
        panel: Panel | None = None,
    ) -> None:
        """Put them together; `mark_pedal` is the controller that marks a place when it goes down.

        The panel has the controls of the intake; they mark places instead where there is one.
        """
        self.session = session
        self.state = session.initial()
        self.desk = Desk(outputs, routing or Routing(), lambda text: self.notice(text, trouble=True))
        self.takes = Takes()
        self.finished = Flag()
        self._inputs = list(inputs)
        self._intake, self._panel = intake or Intake(), panel
        self._clock_out = clock_out
        self._clock, self._idle = clock, MonotonicClock(spin=0)
        self._view, self._journal = view, journal
        self._keeper = Keeper(journal.path.stem if journal is not None else "")
        self._mark_pedal = MarkPedal(mark_pedal)
        self._lock = Lock()
        self._heard: deque[Message | SessionEvent] = deque()
        self._asked: deque[Request] = deque()
        self._wake = Flag()
        self._key_offs: list[tuple[int, int]] = []
        self._reached = 0
        self._meter = Meter(realtime)
        self._picture = Picture(session)
        self._message = message
        self._shown = self._measured = self._noted = self._marked = 0
        self._timing = Timing(realtime=realtime)

    # the two threads

    def run(self) -> None:
        """Play until `finished` is set; however it ends, nothing is left sounding."""
        server = Thread(target=self._serve_on, name="timing", daemon=True)
        try:
            self.desk.programs(self.session.settings.chart.feel)
            server.start()
            while not self.finished.is_set():
                self._wake.clear()
                self.turn()
                self._wake.wait(ROUND / 1_000_000_000)
        finally:
            self.finished.set()
            if server.is_alive():
                server.join(0.5)
            self.end()

    def serve(self) -> None:
        """One round of the timing thread: pass on what was played, queue it, and send what is due."""
        for number, port in enumerate(self._inputs):
            for message in port.poll():
                self._take_in(number, message)
        if self._clock_out is not None:
            for at in self._clock_out.serve(self._clock.now()):
                self._meter.sent(self._clock.now() - at)
        for due in self.desk.run(self._clock.now()):
            self._meter.sent(self._clock.now() - due.planned_at)

    def turn(self) -> None:
        """One round of the session's thread: requests, what was heard, and a picture for the view."""
        for request in self._view.requests():
            self._request(request)
        while self._asked:
            self._request(self._asked.popleft())
        now = self._clock.now()
        while self._key_offs and self._key_offs[0][0] <= now:
            t, pitch = heappop(self._key_offs)
            with self._lock:
                self._heard.append(NoteOff(t, pitch, PLAYER))
        fallen = self.desk.fallen()
        with self._lock:
            self._heard.extend(Missed(note.at, note.onset) for note in fallen)
            heard = sorted(self._heard, key=lambda event: event.t)
            self._heard.clear()
        for event in heard:
            self._hear(event)
        now = self._clock.now()
        if self._intake.clock is not None:
            for told in self._intake.clock.round(now, self.state.map):
                self._update(told)
        marked = now - self._marked >= MARK_EVERY and self.state.map is not None
        self._marked = now if marked else self._marked
        self._update(Tick(now), logged=marked)
        self.desk.planned(now)
        self.session.foresee(self.state, now)
        if self._clock_out is not None:
            self._clock_out.follow(self.state.map, self.state.tempo, now)
        self._show(now)

    def next_due(self) -> int | None:
        """When something is to be sent next, a note or a clock."""
        clock = None if self._clock_out is None else self._clock_out.next_due()
        return min((due for due in (self.desk.next_due(), clock) if due is not None), default=None)

    def end(self) -> None:
        """Silence everything, and close the log with the time reached: a replay goes on as long."""
        self.silence()
        if self._clock_out is not None:
            self._clock_out.end(self._clock.now())
        self.takes.end(self._reached)
        self._timing = self._meter.timing()
        self._note_timing(self._clock.now())
        if self._journal is not None:
            self._journal.event(Tick(self._reached))
            self._journal.close()

    def notice(self, text: str, trouble: bool = False) -> None:
        """Tell the player something, in a line. Safe from any thread."""
        self._message = text
        self._view.tell(Notice(text, trouble))

    def told(self, request: Request) -> None:
        """A request has come: panic is done at once, the rest when the session's thread is awake."""
        if isinstance(request, Panic):
            self.silence()
        self._wake.set()

    def silence(self) -> None:
        """End every sound, now. Safe from any thread and at any time."""
        self.desk.silence()

    # one step each

    def _serve_on(self) -> None:
        while not self.finished.is_set():
            self.serve()
            now = self._clock.now()
            due = self.next_due()
            if due is not None and due < now + POLL:
                self._clock.sleep_until(due)
            else:
                self._idle.sleep_until(now + POLL)

    def _take_in(self, port: int, message: bytes) -> None:
        """What a message that has just come leads to at once; the rest waits for the session's thread."""
        t = self._clock.now()
        taken = self._intake.take(t, port, message)
        heard: list[Message | SessionEvent] = list(taken.events)
        for played in taken.played:
            event = decode(t, played)
            if event is not None:
                self.desk.thru(played)
                heard.append(event)
        if taken.requests:
            if Panic() in taken.requests:  # before anything else: it does not wait for the session
                self.silence()
            self._asked.extend(taken.requests)
        if heard:
            with self._lock:
                self._heard.extend(heard)
            self._meter.passed(self._clock.now() - t)
        if heard or taken.requests:
            self._wake.set()

    def _request(self, request: Request) -> None:
        match request:
            case Quit():
                self.finished.set()
            case Strike(pitch, velocity):
                t = self._clock.now()
                self.desk.strike(t, STRIKE_LENGTH, pitch, velocity)
                with self._lock:
                    self._heard.append(NoteOn(t, pitch, velocity, PLAYER))
                heappush(self._key_offs, (t + STRIKE_LENGTH, pitch))
            case Learn() | Forget():
                if self._panel is not None:
                    self._panel.ask(request)
            case _:
                if isinstance(request, Panic):  # before anything else: the session need not agree
                    self.silence()
                answer = self._keeper.answer(request, self.takes.count, self.takes.heard)
                if answer != NOTHING_YET:
                    self._ask(request)
                if answer is not None:
                    self.notice(answer if self._journal is not None else NO_LOG)

    def _ask(self, request: Request) -> None:
        """Ask the session, unless somebody else's clock has it otherwise."""
        t, told = self._clock.now(), ""
        asked: Request | None = request
        if self._intake.clock is not None:
            asked, told = self._intake.clock.asked(t, request, self.session.changes.bar)
        if asked is not None:
            self._update(Asked(t, asked))
        if told:
            self.notice(told)

    def _hear(self, event: Message | SessionEvent) -> None:
        if not isinstance(event, Control | Other):
            self._update(event)
            return
        if isinstance(event, Control) and event.pedal is not None:
            self._update(event)
        elif self._journal is not None:
            self._journal.passed(event)
        if isinstance(event, Control) and self._mark_pedal.goes_down(event):
            self._request(Mark())

    def _update(self, event: SessionEvent, logged: bool = True) -> None:
        """Hand an event to the session, at a time that never goes back, and do what it says."""
        if isinstance(event, Missed):
            event = replace(event, reached=self._reached)
        self._reached = max(self._reached, event.t)
        event = event.at(self._reached) if isinstance(event, Followed) else replace(event, t=self._reached)
        before = self.state.map
        self.state, commands = self.session.update(self.state, event)
        # a silence ends what the player holds when it comes: a replay has to know when that was
        if self._journal is not None and (logged or any(isinstance(c, Silence) for c in commands)):
            self._journal.event(event)
        if self._journal is not None and self.state.map is not before:
            self._journal.lines(clock_lines(before, self.state.map, event.t))
        self.takes.follow(event, self.state, commands)
        for command in commands:
            if self._journal is not None:
                self._journal.command(command)
            self._do(command)

    def _do(self, command: Command) -> None:
        self._picture.follow(command)
        match command:
            case Play():
                self.desk.play(command)
            case Hold():
                self.desk.hold(command)
            case Release():
                self.desk.release(command)
            case Damp(channel):
                self.desk.damp(channel)
            case Thru(low, high):
                self.desk.listen(low, high)
            case Standby(notes):
                self.desk.stand_by(notes)
            case TakeBack():
                self.desk.take_back()
            case Silence():
                self.silence()
            case TurnChange(turn="count-in"):
                self._message = ""
            case Finished():
                self._message = "the take is over: start begins another"
            case _:
                pass
        if not (isinstance(command, Play) and command.role not in ("improv", "player")):
            self._view.tell(command)

    def _show(self, now: int) -> None:
        if now - self._shown < SHOW_EVERY:
            return
        self._shown = now
        if self._panel is not None:
            self._panel.show(now_of(self.state))
            for text in self._panel.news():
                self.notice(text)
        if now - self._measured >= MEASURE_EVERY:
            self._meter.missed(self.desk.missed + self.desk.scheduler.dropped, self.desk.missed)
            self._measured, self._timing = now, self._meter.timing()
            if now - self._noted >= NOTE_EVERY:
                self._note_timing(now)
        self._view.tell(self.snapshot(now))

    def _note_timing(self, now: int) -> None:
        """The figures into the log."""
        self._noted = now
        if self._journal is not None:
            self._journal.lines([timing_line(now, self._timing)])

    def snapshot(self, now: int) -> Snapshot:
        """The visible state at a time."""
        picture = self._picture.take(
            now,
            self.state,
            self.takes.newest,
            tuple(self._inputs),
            self.desk,
            self._message,
            self._timing,
        )
        clock = self._intake.clock
        return replace(
            picture,
            sync="" if clock is None else clock.shown(now),
            learning="" if self._panel is None else self._panel.learning,
        )
