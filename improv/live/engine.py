"""The engine: where the session meets what happens; all but the ports, which the front has.

Conventions: times are nanoseconds on the engine's clock. One thread runs it, and is woken by what the front
hears; it may draw notes from the network and so take a millisecond or two. Notes are planned ahead and sent
by the front (`improv.live.front`), in another process as a rule, so nothing that is done here makes one late.
Only `told`, `notice` and `silence` are called from other threads. Nothing here knows music.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from threading import Event as Flag
from typing import Protocol

from improv.channels import PLAYER
from improv.controls.table import Now
from improv.live.clock import Clock
from improv.live.controlled import now_of
from improv.live.journal import Journal
from improv.live.keeping import NOTHING_YET, Keeper, MarkPedal
from improv.live.lines import clock_lines
from improv.live.link import News, Notice
from improv.live.meter import timing_line
from improv.live.orders import (
    Clocked,
    Follow,
    FrontShown,
    Leave,
    Order,
    Programs,
    Reached,
    ShowControls,
    Struck,
    Wanted,
    Word,
)
from improv.live.picture import Picture
from improv.live.takes import Takes
from improv.requests import Forget, Learn, Mark, Panic, Quit, Request, Strike
from improv.session.commands import Command, Finished, Play, Silence, Told, TurnChange
from improv.session.events import Control, Followed, Message, Missed, NoteOff, NoteOn, Other, Tick
from improv.session.session import Asked, Session, SessionEvent
from improv.session.tempo import TempoMap
from improv.snapshot import Snapshot

ROUND = 1_000_000
"""Nanoseconds after which the session goes on where nothing wakes it."""
REACHED_EVERY = 5_000_000
"""Nanoseconds after which the front is told how far the session has come, where it orders nothing."""
PRACTISE_EVERY = 3_000_000
"""Nanoseconds between keys that are struck for nothing, where one is waited for."""
SHOW_EVERY = 33_000_000
"""Nanoseconds between snapshots."""
NOTE_EVERY = 10_000_000_000
"""Nanoseconds between lines of the log with the figures of the timing."""
MARK_EVERY = 1_000_000_000
"""Nanoseconds between ticks in the log: how far a take that is cut off can be replayed."""
STRIKE_LENGTH = 250_000_000
"""Nanoseconds that a computer key sounds: a terminal reports no key release."""
NO_LOG = "not kept: there is no log"


class FrontEnd(Protocol):
    """The front, here or elsewhere. Only `do` is called from any thread."""

    def do(self, orders: Sequence[Order]) -> None:
        """Have orders carried out, in order; it does not wait for that."""
        ...

    def words(self) -> Sequence[Word]:
        """What has been told since the last call."""
        ...

    def shown(self, now: int) -> FrontShown:
        """The visible state at a time, or the newest that is known."""
        ...

    def farewell(self, now: int) -> FrontShown:
        """The state at the end."""
        ...


class ClockIn(Protocol):
    """Another's clock that is followed."""

    def take(self, t: int, port: int, message: bytes) -> Sequence[SessionEvent]:
        """What a message of its tells the session, which came at `t` on the input with the number `port`."""
        ...

    def asked(self, t: int, request: Request, bar: int) -> tuple[Request | None, str]:
        """What a request comes to under that clock, if anything, and what the player is told."""
        ...

    def round(self, t: int, session: TempoMap | None) -> Sequence[SessionEvent]:
        """What the session, whose map this is, is to know though no message has come."""
        ...

    def shown(self, t: int) -> str:
        """How it goes, in a few words."""
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
    """A session and its front. `run` plays until it is asked to quit."""

    def __init__(
        self,
        session: Session,
        front: FrontEnd,
        clock: Clock,
        view: View,
        journal: Journal | None = None,
        message: str = "",
        mark_pedal: int | None = None,
        clock_in: ClockIn | None = None,
    ) -> None:
        """Put them together; `mark_pedal` is the controller that marks a place when it goes down.

        A front that has a panel of controls leaves it to them, and there is no such controller.
        """
        self.session = session
        self.state = session.initial()
        self.takes = Takes()
        self.finished = Flag()
        self.leave = Leave()
        """What the front is told at the end."""
        self._front, self._clock, self._clock_in = front, clock, clock_in
        self._view, self._journal = view, journal
        self._keeper = Keeper(journal.path.stem if journal is not None else "")
        self._mark_pedal = MarkPedal(mark_pedal)
        self._wanted: deque[Request] = deque()
        self._struck: list[Message | SessionEvent] = []
        self._key_offs: list[tuple[int, int]] = []
        self._reached = 0
        self._told_at = 0
        self._following: tuple[TempoMap | None, float] | None = None
        self._controls: Now | None = None
        self._picture = Picture(session)
        self._shown = front.shown(clock.now())
        self._message = message
        self._shown_at = self._noted = self._marked = self._practised = 0

    def run(self, wait: Callable[[float], object]) -> None:
        """Play until `finished` is set; however it ends, nothing is left sounding.

        `wait` returns when the front has told something, and after so many seconds at most.
        """
        try:
            self._front.do([Programs(self.session.settings.chart.feel)])
            while not self.finished.is_set():
                self.turn()
                wait(ROUND / 1_000_000_000)
        finally:
            self.finished.set()
            self.end()

    def turn(self) -> None:
        """One round: requests, what was heard, what falls due, and a picture for the view."""
        for request in self._view.requests():
            self._request(request)
        heard = self._listen()
        while self._wanted:
            self._request(self._wanted.popleft())
        for event in heard:
            self._hear(event)
        now = self._clock.now()
        if self._clock_in is not None:
            for told in self._clock_in.round(now, self.state.map):
                self._update(told)
        marked = now - self._marked >= MARK_EVERY and self.state.map is not None
        self._marked = now if marked else self._marked
        self._update(Tick(now), logged=marked)
        self._tell_front(now)
        self.session.foresee(self.state, now)
        if now - self._practised >= PRACTISE_EVERY:
            self._practised = now
            self.session.practise(self.state, now)
        self._show(now)

    def end(self) -> None:
        """Silence everything, and close the log with the time reached: a replay goes on as long."""
        self._front.do([self.leave])
        self.takes.end(self._reached)
        self._shown = self._front.farewell(self._clock.now())
        self._note_timing(self._clock.now())
        if self._journal is not None:
            self._journal.event(Tick(self._reached))
            self._journal.close()

    def notice(self, text: str, trouble: bool = False) -> None:
        """Tell the player something, in a line. Safe from any thread."""
        self._message = text
        self._view.tell(Notice(text, trouble))

    def told(self, request: Request) -> None:
        """A request has come: panic is done at once, the rest in the next round. Safe from any thread."""
        if isinstance(request, Panic):
            self.silence()

    def silence(self) -> None:
        """End every sound, now. Safe from any thread and at any time."""
        self._front.do([Silence()])

    # one step each

    def _listen(self) -> list[Message | SessionEvent]:
        """What was heard since the last round, in order of time."""
        heard, self._struck = self._struck, []
        for word in self._front.words():
            match word:
                case Notice(text, trouble):
                    self.notice(text, trouble)
                case Wanted(request):
                    self._wanted.append(request)
                case Clocked(t, port, message):
                    if self._clock_in is not None:
                        heard += self._clock_in.take(t, port, message)
                case _:
                    heard.append(word)
        now = self._clock.now()
        while self._key_offs and self._key_offs[0][0] <= now:
            t, pitch = heappop(self._key_offs)
            heard.append(NoteOff(t, pitch, PLAYER))
        return sorted(heard, key=lambda event: event.t)

    def _request(self, request: Request) -> None:
        match request:
            case Quit():
                self.finished.set()
            case Strike(pitch, velocity):
                t = self._clock.now()
                self._front.do([Struck(t, STRIKE_LENGTH, pitch, velocity)])
                heappush(self._key_offs, (t + STRIKE_LENGTH, pitch))
                self._struck.append(NoteOn(t, pitch, velocity, PLAYER))
            case Learn() | Forget():
                self._front.do([request])
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
        if self._clock_in is not None:
            asked, told = self._clock_in.asked(t, request, self.session.changes.bar)
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
        orders: list[Order] = [command for command in commands if not isinstance(command, Told)]
        if orders:  # before anything else: a key may be waiting for its note
            self._order(*orders)
        # a silence ends what the player holds when it comes: a replay has to know when that was
        if self._journal is not None and (logged or any(isinstance(c, Silence) for c in commands)):
            self._journal.event(event)
        if self._journal is not None and self.state.map is not before:
            self._journal.lines(clock_lines(before, self.state.map, event.t))
        self.takes.follow(event, self.state, commands)
        for command in commands:
            if self._journal is not None:
                self._journal.command(command)
            self._show_command(command)

    def _show_command(self, command: Command) -> None:
        self._picture.follow(command)
        match command:
            case TurnChange(turn="count-in"):
                self._message = ""
            case Finished():
                self._message = "the take is over: start begins another"
            case _:
                pass
        if not (isinstance(command, Play) and command.role not in ("improv", "player")):
            self._view.tell(command)

    def _order(self, *orders: Order) -> None:
        """Order what the session has come to."""
        self._told_at = self._reached
        self._front.do((*orders, Reached(self._reached)))

    def _tell_front(self, now: int) -> None:
        """What the front goes by, where it has changed."""
        following = self.state.map, self.state.tempo
        if following != self._following:
            self._following = following
            self._order(Follow(*following, now))
        if now - self._told_at >= REACHED_EVERY:
            self._order()

    def _show(self, now: int) -> None:
        if now - self._shown_at < SHOW_EVERY:
            return
        self._shown_at = now
        controls = now_of(self.state)
        if controls != self._controls:
            self._controls = controls
            self._order(ShowControls(controls))
        if now - self._noted >= NOTE_EVERY:
            self._note_timing(now)
        self._view.tell(self.snapshot(now))

    def _note_timing(self, now: int) -> None:
        """The figures into the log."""
        self._noted = now
        if self._journal is not None:
            self._journal.lines([timing_line(now, self._shown.timing)])

    def snapshot(self, now: int) -> Snapshot:
        """The visible state at a time."""
        self._shown = self._front.shown(now)
        sync = "" if self._clock_in is None else self._clock_in.shown(now)
        return self._picture.take(now, self.state, self.takes.newest, self._shown, self._message, sync)
