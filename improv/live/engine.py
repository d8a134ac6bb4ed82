"""The engine: the one place where clock, ports, session and scheduler meet.

Conventions: times are nanoseconds on the engine's clock. Two threads: `serve` polls the inputs, passes
the player's notes through at once and sends what is due, each millisecond and exactly when a note is
due; `turn` runs the session, which may draw notes from the network and so take a millisecond or two.
They share the scheduler under one lock and a queue of what was heard. Nothing here knows music.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from heapq import heappop, heappush
from threading import Event as Flag
from threading import Lock, Thread
from typing import Protocol

from improv.channels import IMPROV, PLAYER, PROGRAMS
from improv.live.clock import Clock, MonotonicClock
from improv.live.commands import Command, Finished, Heard, Play, Silence, TakeBack, TurnChange
from improv.live.events import Control, Message, NoteOff, NoteOn, Tick, decode
from improv.live.journal import Journal
from improv.live.keeping import NOTHING_YET, Keeper
from improv.live.lines import clock_lines
from improv.live.link import News, Notice
from improv.live.meter import Meter
from improv.live.scheduler import Scheduler
from improv.live.session import Asked, Session, SessionEvent
from improv.live.takes import Takes
from improv.ports.base import InPort, OutPort
from improv.requests import Mark, Panic, Quit, Request, Strike
from improv.snapshot import Snapshot, Timing

POLL = 1_000_000
"""Nanoseconds between looks at the inputs."""
SHOW_EVERY = 33_000_000
"""Nanoseconds between snapshots."""
MEASURE_EVERY = 500_000_000
MARK_EVERY = 1_000_000_000
"""Nanoseconds between ticks in the log: how far a take that is cut off can be replayed."""
STRIKE_LENGTH = 250_000_000
"""Nanoseconds that a computer key sounds: a terminal reports no key release."""
ROLL_BARS = 16
TERMINALS_SHOWN = 64
PROGRAM_CHANGE = 0xC0
NO_LOG = "not kept: there is no log"
PEDAL_DOWN = 64
"""The value from which on a pedal's controller is down."""


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
    ) -> None:
        """Put them together; `mark_pedal` is the controller that marks a place when it goes down."""
        self.session = session
        self.state = session.initial()
        self.scheduler = Scheduler()
        self.takes = Takes()
        self.finished = Flag()
        self._inputs, self._outputs = list(inputs), list(outputs)
        self._clock, self._idle = clock, MonotonicClock(spin=0)
        self._view, self._journal = view, journal
        self._keeper = Keeper(journal.path.stem if journal is not None else "")
        self._mark_pedal, self._pedal_down = mark_pedal, False
        self._lock = Lock()
        self._heard: deque[Message] = deque()
        self._key_offs: list[tuple[int, int]] = []
        self._reached = 0
        self._meter = Meter(realtime)
        self._terminals: deque[str] = deque(maxlen=TERMINALS_SHOWN)
        self._answered = True
        self._message = message
        self._shown = self._measured = self._marked = 0
        self._timing = Timing(realtime=realtime)

    # the two threads

    def run(self) -> None:
        """Play until `finished` is set; however it ends, nothing is left sounding."""
        server = Thread(target=self._serve_on, name="timing", daemon=True)
        try:
            self._send(bytes((PROGRAM_CHANGE | IMPROV, PROGRAMS[IMPROV])))
            server.start()
            while not self.finished.is_set():
                self.turn()
                self._idle.sleep_until(self._idle.now() + POLL)
        finally:
            self.finished.set()
            if server.is_alive():
                server.join(0.5)
            self.end()

    def serve(self) -> None:
        """One round of the timing thread: pass on what was played, queue it, and send what is due."""
        for port in self._inputs:
            for message in port.poll():
                t = self._clock.now()
                event = decode(t, message)
                if event is None:
                    continue
                with self._lock:
                    for out in self.scheduler.thru(message):
                        self._send(out)
                    self._heard.append(event)
                self._meter.passed(self._clock.now() - t)
        with self._lock:
            for due in self.scheduler.due(self._clock.now()):
                self._send(due.message)
                self._meter.sent(self._clock.now() - due.planned_at)

    def turn(self) -> None:
        """One round of the session's thread: requests, what was heard, and a picture for the view."""
        for request in self._view.requests():
            self._request(request)
        now = self._clock.now()
        while self._key_offs and self._key_offs[0][0] <= now:
            t, pitch = heappop(self._key_offs)
            with self._lock:
                self._heard.append(NoteOff(t, pitch, PLAYER))
        with self._lock:
            heard = sorted(self._heard, key=lambda event: event.t)
            self._heard.clear()
        for event in heard:
            self._hear(event)
        now = self._clock.now()
        marked = now - self._marked >= MARK_EVERY and self.state.map is not None
        self._marked = now if marked else self._marked
        self._update(Tick(now), logged=marked)
        self._show(now)

    def end(self) -> None:
        """Silence everything, and close the log with the time reached: a replay goes on as long."""
        self.silence()
        self.takes.end(self._reached)
        if self._journal is not None:
            self._journal.event(Tick(self._reached))
            self._journal.close()

    def notice(self, text: str, trouble: bool = False) -> None:
        """Tell the player something, in a line. Safe from any thread."""
        self._message = text
        self._view.tell(Notice(text, trouble))

    def silence(self) -> None:
        """End every sound, now. Safe from any thread and at any time."""
        with self._lock:
            for message in self.scheduler.silence():
                self._send(message)

    # one step each

    def _serve_on(self) -> None:
        while not self.finished.is_set():
            self.serve()
            now = self._clock.now()
            with self._lock:
                due = self.scheduler.next_due()
            if due is not None and due < now + POLL:
                self._clock.sleep_until(due)
            else:
                self._idle.sleep_until(now + POLL)

    def _request(self, request: Request) -> None:
        match request:
            case Quit():
                self.finished.set()
            case Strike(pitch, velocity):
                t = self._clock.now()
                with self._lock:
                    self.scheduler.schedule_note(t, STRIKE_LENGTH, pitch, velocity, PLAYER, "player")
                    self._heard.append(NoteOn(t, pitch, velocity, PLAYER))
                heappush(self._key_offs, (t + STRIKE_LENGTH, pitch))
            case _:
                if isinstance(request, Panic):  # before anything else: the session need not agree
                    self.silence()
                answer = self._keeper.answer(request, len(self.takes.all), self.takes.heard)
                if answer != NOTHING_YET:
                    self._update(Asked(self._clock.now(), request))
                if answer is not None:
                    self.notice(answer if self._journal is not None else NO_LOG)

    def _hear(self, event: Message) -> None:
        if isinstance(event, NoteOn | NoteOff):
            self._update(event)
            return
        if self._journal is not None:
            self._journal.passed(event)
        if isinstance(event, Control) and event.number == self._mark_pedal:
            down = event.value >= PEDAL_DOWN
            if down and not self._pedal_down:
                self._request(Mark())
            self._pedal_down = down

    def _update(self, event: SessionEvent, logged: bool = True) -> None:
        """Hand an event to the session, at a time that never goes back, and do what it says."""
        self._reached = max(self._reached, event.t)
        event = replace(event, t=self._reached)
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
        match command:
            case Play():
                with self._lock:
                    self.scheduler.schedule_note(
                        command.at,
                        command.duration,
                        command.pitch,
                        command.velocity,
                        command.channel,
                        command.role,
                    )
                if command.role == "improv":
                    self._list(command)
            case TakeBack():
                with self._lock:
                    self.scheduler.cancel_pending(role="improv")
                self._answered = True
            case Silence():
                self.silence()
            case TurnChange():
                self._answered = command.turn != "machine"
                if command.turn == "count-in":
                    self._message = ""
            case Finished():
                self._message = "the take is over: start begins another"
            case Heard():
                pass
        if not (isinstance(command, Play) and command.role == "click"):
            self._view.tell(command)

    def _list(self, command: Play) -> None:
        """The note's terminal, for the screen."""
        if self._answered:  # the first note of an answer: the last one's terminals make room
            self._terminals.clear()
            self._answered = False
        self._terminals.append(command.terminal)

    def _send(self, message: bytes) -> None:
        """To every output; one that is lost is left out from then on, and told."""
        for port in list(self._outputs):
            try:
                port.send(message)
            except OSError as error:
                self._outputs.remove(port)
                self.notice(f"lost the output {port.name}: {error}")

    def _show(self, now: int) -> None:
        if now - self._shown < SHOW_EVERY:
            return
        self._shown = now
        if now - self._measured >= MEASURE_EVERY:
            self._meter.missed(self.scheduler.dropped)
            self._measured, self._timing = now, self._meter.timing()
        self._view.tell(self.snapshot(now))

    def snapshot(self, now: int) -> Snapshot:
        """The visible state at a time."""
        state, settings = self.state, self.session.settings
        length = self.session.changes.length
        tick = int(state.map.tick(now) // 1) if state.map is not None else 0
        take = self.takes.newest if state.map is not None else None
        return Snapshot(
            turn=state.turn,
            tick=tick,
            tempo=state.tempo,
            mode="trade",
            bars=settings.bars,
            chorus=max(0, tick // length),
            turn_ends=state.turn_ends,
            in_port=", ".join(port.name for port in self._inputs),
            out_port=", ".join(port.name for port in self._outputs),
            roll=take.roll(tick - ROLL_BARS * self.session.changes.bar) if take is not None else (),
            terminals=tuple(self._terminals),
            message=self._message,
            timing=self._timing,
        )
