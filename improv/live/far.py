"""The front in another process: its end of the wire, and ours.

Conventions: those of `improv.live.orders`. A list of orders or of words is one value on the wire; besides
these the front sends, once, what it has opened or why it could not, and its visible state, before that and
where it has changed.
"""

import time
from collections.abc import Callable, Sequence

from improv.errors import UserError
from improv.live.clock import Clock
from improv.live.front import Front
from improv.live.link import Failure
from improv.live.orders import FrontShown, Opened, Order, Wanted, Word
from improv.live.wire import Wire
from improv.requests import Quit

POLL = 250_000
"""Nanoseconds between looks at the inputs; at twice that, one key in a hundred took over a millisecond."""
SHOW_EVERY = 100_000_000
"""Nanoseconds between looks at the visible state."""
CALM = 2_000_000
"""Nanoseconds in which nothing may be due for there to be time for such a look."""
LOOK = 0.02
"""Seconds between looks at whether the other end is gone."""
FAREWELL = 1.0
"""Seconds in which the front has to say how it ended."""


def attend(front: Front, wire: Wire, clock: Clock, quits: Callable[[], bool]) -> None:
    """Keep time, and carry out what comes over the wire, until the other end leaves or is gone.

    The inputs are looked at four times a millisecond, and what is due is sent exactly then. Where `quits`,
    the other end is asked to end everything. In the end all is silent.
    """
    last, looked, asked = None, 0, False
    while not (front.left or wire.lost):
        front.serve()
        now, due = clock.now(), front.next_due()
        if due is not None and due < now + POLL:
            clock.sleep_until(due)
        elif wire.wait(POLL / 1e9):
            for orders in wire.receive():
                front.do(orders)
        elif now - looked >= SHOW_EVERY and (due is None or due > now + CALM):
            looked, shown = now, front.shown(now)
            if shown != last:
                wire.post(shown)
                last = shown
            if quits() and not asked:
                asked = True
                wire.post([Wanted(Quit())])
    if front.left:
        wire.post(front.farewell(clock.now()))
    else:
        front.desk.silence()


class FarFront:
    """The front, as the engine has it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._shown = FrontShown()
        self._words: list[Word] = []
        self.lost = False
        """Whether its process has gone without being told to leave."""

    def opened(self, patience: float) -> Opened:
        """What it has opened, for which it has so many seconds. Raises UserError for what it could not."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and not self._wire.lost:
            self._wire.wait(LOOK)
            for value in self._wire.receive():
                if isinstance(value, Failure):
                    raise UserError(value.message)
                if isinstance(value, FrontShown):
                    self._shown = value
                if isinstance(value, Opened):
                    return value
        raise UserError("the ports do not open")

    def do(self, orders: Sequence[Order]) -> None:
        """Have orders carried out, in order."""
        self._wire.post(orders)

    def words(self) -> list[Word]:
        """What has been told since the last call; a front that is gone asks to quit."""
        self._receive()
        if self._wire.lost and not self.lost:
            self.lost = True
            self._words.append(Wanted(Quit()))
        words, self._words = self._words, []
        return words

    def wait(self, seconds: float) -> None:
        """Return when something is told, and after so long at most."""
        self._wire.wait(seconds)

    def shown(self, now: int) -> FrontShown:
        """The newest visible state that is known."""
        return self._shown

    def farewell(self, now: int) -> FrontShown:
        """The state at the end."""
        deadline = time.monotonic() + FAREWELL
        while not self._wire.lost and time.monotonic() < deadline:
            self._wire.wait(LOOK)
            self._receive()
        return self._shown

    def _receive(self) -> None:
        for value in self._wire.receive():
            if isinstance(value, FrontShown):
                self._shown = value
            else:
                self._words += value
