"""The front: the ports, and what keeps time; it carries out orders, and tells what it hears.

Conventions: times are nanoseconds on the engine's clock; one thread uses it, and only `notice` may be called
from another. `serve` polls the inputs, passes the player's notes through at once and sends what is due.
Nothing here thinks, draws notes or knows music, so that nothing keeps a note waiting: whoever does lives in
another process (`improv.live.far`), which may take its time, or hang.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from improv.channels import PARTS, Part
from improv.controls.panel import Panel
from improv.live.clock import Clock
from improv.live.desk import Desk
from improv.live.intake import Intake
from improv.live.link import Notice
from improv.live.meter import Meter
from improv.live.orders import (
    Clocked,
    Follow,
    FrontShown,
    Leave,
    Order,
    Place,
    Programs,
    Reached,
    ShowControls,
    Struck,
    Wanted,
    Word,
)
from improv.ports.base import InPort, OutPort
from improv.ports.live import lost
from improv.ports.routing import Routing
from improv.requests import Forget, Learn, Panic
from improv.session.commands import Damp, Hold, Play, Release, Silence, Standby, TakeBack, Thru
from improv.session.events import Missed
from improv.session.tempo import TempoMap
from improv.snapshot import Timing

MEASURE_EVERY = 500_000_000


class ClockOut(Protocol):
    """The clock that others follow."""

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


class Front:
    """What the session's side has of the world."""

    def __init__(
        self,
        inputs: Sequence[InPort],
        outputs: Sequence[OutPort],
        clock: Clock,
        routing: Routing | None = None,
        intake: Intake | None = None,
        clock_out: ClockOut | None = None,
        panel: Panel | None = None,
        realtime: bool = False,
        say: Callable[[Sequence[Word]], None] | None = None,
    ) -> None:
        """Put it together; the panel has the controls of the intake.

        Words go to `say`, which must not wait; without one they are kept until `words` is called.
        """
        self.desk = Desk(outputs, routing or Routing(), lambda text: self.notice(text, trouble=True))
        self.left: Leave | None = None
        """The order that nothing more comes, once it has come."""
        self._inputs = tuple(inputs)
        self._clock = clock
        self._intake, self._clock_out, self._panel = intake or Intake(), clock_out, panel
        self._meter, self._measured = Meter(realtime), 0
        self._timing = Timing(realtime=realtime)
        self._kept: deque[Word] = deque()
        self._say = say or self._kept.extend

    def serve(self) -> None:
        """One round: pass on and tell what was played, and send what is due."""
        for number, port in enumerate(self._inputs):
            for message in port.poll():
                self._take_in(number, message)
        if self._clock_out is not None:
            for at in self._clock_out.serve(self._clock.now()):
                self._meter.sent(self._clock.now() - at)
        for due in self.desk.run(self._clock.now()):
            self._meter.sent(self._clock.now() - due.planned_at)
        if fallen := self.desk.fallen():
            self._say([Missed(note.at, note.onset) for note in fallen])

    def next_due(self) -> int | None:
        """When something is to be sent next, a note or a clock."""
        clock = None if self._clock_out is None else self._clock_out.next_due()
        return min((due for due in (self.desk.next_due(), clock) if due is not None), default=None)

    def do(self, orders: Sequence[Order]) -> None:
        """Carry out orders, one after the other."""
        for order in orders:
            self._do(order)

    def words(self) -> list[Word]:
        """What has been told since the last call."""
        return [self._kept.popleft() for _ in range(len(self._kept))]

    def shown(self, now: int) -> FrontShown:
        """The visible state at a time; and whatever the controls have to tell is told."""
        if self._panel is not None:
            for text in self._panel.news():
                self.notice(text)
        if now - self._measured >= MEASURE_EVERY:
            self._measure(now)
        ports: tuple[InPort | OutPort, ...] = (*self._inputs, *self.desk.outputs)
        return FrontShown(
            in_port=_names(self._inputs),
            out_port=_names(self.desk.outputs),
            lost=lost(ports),
            places=tuple(self._place(part) for part in PARTS),
            learning="" if self._panel is None else self._panel.learning,
            timing=self._timing,
        )

    def farewell(self, now: int) -> FrontShown:
        """The state at the end, with all that was measured."""
        self._measure(now)
        return self.shown(now)

    def notice(self, text: str, trouble: bool = False) -> None:
        """Tell the player something, in a line. Safe from any thread."""
        self._say([Notice(text, trouble)])

    # one step each

    def _take_in(self, port: int, message: bytes) -> None:
        """What a message that has just come leads to at once; the rest is told."""
        t = self._clock.now()
        taken = self._intake.take(t, port, message)
        told: list[Word] = [Clocked(t, port, message)] if taken.clocked else []
        for played in taken.played:
            event = self.desk.thru(played, t)
            if event is not None:
                told.append(event)
        if Panic() in taken.requests:  # before anything else: it does not wait for the session
            self.desk.silence()
        told += map(Wanted, taken.requests)
        if told:
            self._say(told)
        if taken.played:
            self._meter.passed(self._clock.now() - t)

    def _do(self, order: Order) -> None:
        match order:
            case Play():
                self.desk.play(order)
            case Hold():
                self.desk.hold(order)
            case Release():
                self.desk.release(order)
            case Damp(channel):
                self.desk.damp(channel)
            case Thru(low, high):
                self.desk.listen(low, high)
            case Standby(notes):
                self.desk.stand_by(notes)
            case TakeBack():
                self.desk.take_back()
            case Silence():
                self.desk.silence()
            case Programs(feel):
                self.desk.programs(feel)
            case Struck(at, duration, pitch, velocity):
                self.desk.strike(at, duration, pitch, velocity)
            case Reached(t):
                self.desk.planned(t)
            case Follow(tempo_map, tempo, t):
                if self._clock_out is not None:
                    self._clock_out.follow(tempo_map, tempo, t)
            case ShowControls(now):
                if self._panel is not None:
                    self._panel.show(now)
            case Learn() | Forget():
                if self._panel is not None:
                    self._panel.ask(order)
            case Leave():
                self.desk.silence()
                if self._clock_out is not None:
                    self._clock_out.end(self._clock.now())
                self.left = order

    def _measure(self, now: int) -> None:
        self._measured = now
        self._meter.missed(self.desk.missed + self.desk.scheduler.dropped, self.desk.missed)
        self._timing = self._meter.timing()

    def _place(self, part: Part) -> Place:
        channel, ports = self.desk.heard_on(part)
        gone = lost(ports)
        return Place(part, channel, _names(ports), lost=0 < len(gone) == len(ports))


def _names(ports: Iterable[InPort | OutPort]) -> str:
    """The ports' names, in one line."""
    return ", ".join(port.name for port in ports)
