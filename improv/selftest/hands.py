"""A player who plays on the second, and listens: a process of its own, before and behind the engine.

Conventions: times are nanoseconds on `time.perf_counter_ns`, which all processes of a machine share on Linux,
macOS and Windows. What is heard has the time at which the system's MIDI thread received it: python-rtmidi
tells how far each message came after the last, and the sum runs on the same clock but from its own start;
the shortest way from there to a look at the port, of thousands, tells that start.
"""

import signal
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from improv.errors import UserError
from improv.live.clock import MonotonicClock
from improv.ports.base import OutPort
from improv.ports.rtmidi import RealInput, open_input, open_output
from improv.ports.stderr import quiet_stderr
from improv.priority import raise_priority
from improv.selftest.recording import Performed

LOOK = 1_000_000
"""Nanoseconds between looks at the ports and the pipe."""


@dataclass(frozen=True, slots=True)
class Names:
    """The three ports, as others find them."""

    keys: str
    """What the player plays on."""
    ear: str
    """Where the engine is heard."""
    bare_ear: str
    """Where the bare loop is heard."""


@dataclass
class Ear:
    """A port that is listened to."""

    port: RealInput
    _elapsed: float = 0.0
    _start: int | None = None
    _heard: list[tuple[int, bytes]] = field(default_factory=list)

    def listen(self, now: int) -> None:
        """Take in what waits."""
        for since, message in self.port.poll_spaced():
            self._elapsed += since
            elapsed = round(self._elapsed * 1e9)
            self._start = min(now - elapsed, now if self._start is None else self._start)
            self._heard.append((elapsed, message))

    def count(self, message: bytes) -> int:
        """How often a message has been heard."""
        return sum(heard == message for _, heard in self._heard)

    def heard(self) -> list[tuple[int, bytes]]:
        """Everything, with the times of arrival."""
        start = self._start or 0
        return [(start + elapsed, message) for elapsed, message in self._heard]


def play_and_listen(connection: Connection, api: str | None, prefix: str) -> None:
    """The process's main: open the ports, tell their names, play what is asked for until told to end.

    What comes through the pipe is a list of (time, message) to play; a message, which is answered with how
    often each ear has heard it; or None for the end, which is answered with what was `Performed`. A port that
    cannot be opened is told as a text.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise_priority()
    with quiet_stderr():
        try:
            keys = open_output(None, api, f"{prefix}-keys")
            ears = [Ear(open_input(None, api, f"{prefix}-{name}")) for name in ("ear", "bare-ear")]
        except UserError as error:
            connection.send(str(error))
            return
        connection.send(Names(keys.name, *(ear.port.name for ear in ears)))
        sent = _perform(connection, keys, ears)
        with suppress(OSError):  # whoever asked is gone
            connection.send(Performed(sent, *(ear.heard() for ear in ears)))
        keys.close()
        for ear in ears:
            ear.port.close()


def _perform(connection: Connection, keys: OutPort, ears: list[Ear]) -> list[tuple[int, int, bytes]]:
    clock = MonotonicClock(spin=0)  # it tells when it sent: a spin would only take the others' processor
    waiting: deque[tuple[int, bytes]] = deque()
    sent: list[tuple[int, int, bytes]] = []
    look = clock.now()
    while True:
        now = clock.now()
        while waiting and waiting[0][0] <= now:
            planned, message = waiting.popleft()
            keys.send(message)
            sent.append((planned, clock.now(), message))
        if now >= look:
            look = now + LOOK
            for ear in ears:
                ear.listen(clock.now())
            try:
                if connection.poll():
                    asked = connection.recv()
                    if asked is None:
                        return sent
                    if isinstance(asked, bytes):
                        connection.send([ear.count(asked) for ear in ears])
                        continue
                    waiting = deque(sorted([*waiting, *asked], key=lambda timed: timed[0]))
            except (EOFError, OSError):  # whoever asked is gone
                return sent
        clock.sleep_until(min(look, waiting[0][0]) if waiting else look)
