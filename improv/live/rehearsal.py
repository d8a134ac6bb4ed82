"""An engine without a machine: its ports, its clock and its view are whoever rehearses.

Conventions: as those of `improv.live.engine`; one thread does the work of both. Time moves from one moment at
which something is due to the next, so that ten hours are played in minutes, and nothing is late.
"""

from collections import deque
from collections.abc import Sequence

from improv.controls.panel import Panel
from improv.live.clock import FakeClock
from improv.live.engine import ClockIn, Engine
from improv.live.front import ClockOut, Front
from improv.live.intake import Intake
from improv.live.journal import Journal
from improv.live.ledger import Ledger
from improv.live.link import News, Notice
from improv.ports.live import LiveOutput
from improv.ports.player import Overheard, PlayerSide
from improv.ports.routing import Routing
from improv.requests import Request
from improv.session.session import Session
from improv.snapshot import Snapshot

STEP = 10_000_000
"""Nanoseconds between rounds where nothing is due: a note is drawn four of them before its place."""
NOTICES = 50


class Keyboard:
    """An input on which messages are put."""

    def __init__(self, name: str = "keyboard") -> None:
        self.name = name
        self._waiting: list[bytes] = []

    def put(self, message: bytes) -> None:
        """Let a message arrive, at the next look."""
        self._waiting.append(message)

    def poll(self) -> list[bytes]:
        """Every message that waits, oldest first."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def close(self) -> None:
        """Drop what waits."""
        self._waiting.clear()


class Audience:
    """A view that asks what it is told to ask, and keeps the newest of what it hears."""

    def __init__(self) -> None:
        self.waiting: list[Request] = []
        self.notices: deque[str] = deque(maxlen=NOTICES)
        self.snapshot: Snapshot | None = None

    def tell(self, news: News) -> None:
        """Take news."""
        if isinstance(news, Snapshot):
            self.snapshot = news
        elif isinstance(news, Notice):
            self.notices.append(news.text)

    def requests(self) -> list[Request]:
        """What is asked for."""
        waiting, self.waiting = self.waiting, []
        return waiting


class Rehearsal:
    """The engine, and what it takes for the world."""

    def __init__(
        self,
        session: Session,
        outputs: int = 1,
        journal: Journal | None = None,
        routing: Routing | None = None,
        intake: Intake | None = None,
        mark_pedal: int | None = None,
        clock_in: ClockIn | None = None,
        clock_out: ClockOut | None = None,
        panel: Panel | None = None,
        side: PlayerSide | None = None,
    ) -> None:
        """Make an engine that plays on so many ledgers, each of which may be lost and come back.

        What is sent is told to `side`, which may hear it again; the rest is the engine's.
        """
        self.clock = FakeClock()
        self.keyboard = Keyboard()
        self.audience = Audience()
        self.ledgers = [Ledger(self.clock.now, f"ledger {number}") for number in range(outputs)]
        self._outputs = [LiveOutput(ledger.name, ledger) for ledger in self.ledgers]
        self.front = Front(
            [self.keyboard],
            self._outputs if side is None else [Overheard(p, side, self.clock.now) for p in self._outputs],
            self.clock,
            routing,
            intake,
            clock_out,
            panel,
        )
        self.engine = Engine(
            session,
            self.front,
            self.clock,
            self.audience,
            journal,
            mark_pedal=mark_pedal,
            clock_in=clock_in,
        )

    def play(self, *messages: bytes) -> None:
        """The player plays messages now."""
        for message in messages:
            self.keyboard.put(message)
        self.front.serve()
        self.engine.turn()

    def ask(self, *requests: Request) -> None:
        """The view asks for something now."""
        self.audience.waiting += requests
        self.engine.turn()
        self.front.serve()

    def lose(self, number: int) -> None:
        """Pull the cable of an output; the next message is the first that notices."""
        self.ledgers[number].lose()

    def come_back(self, number: int) -> None:
        """Plug it in again, as the watcher of the ports does."""
        if self.ledgers[number].lost:
            self._outputs[number].detach(self.ledgers[number])
            self.ledgers[number].come_back()
            self._outputs[number].attach(self.ledgers[number])

    def run_until(self, t: int, step: int = STEP) -> None:
        """Let time pass up to `t`, from one thing that is due to the next, by `step` at most."""
        while (now := self.clock.now()) < t:
            due = self.front.next_due()
            self.clock.set(min(t, now + step) if due is None or due <= now else min(t, now + step, due))
            self.front.serve()
            self.engine.turn()
            due = self.front.next_due()
            if due is not None and due <= self.clock.now():  # what was asked for just now
                self.front.serve()

    def jump(self, t: int) -> None:
        """Let the machine stand still until `t`."""
        self.clock.set(t)
        self.front.serve()
        self.engine.turn()
        self.front.serve()

    @property
    def faults(self) -> Sequence[str]:
        """The laws that were broken on any output."""
        return [fault for ledger in self.ledgers for fault in ledger.faults]
