"""Faults on purpose: each makes one check fail in the real path, so that a check is known to be able to.

They stand around the engine (`improv.live.around`): its clock, ports or improviser go wrong, as hardware, a
busy machine or a slow model would, and nothing in the engine knows of it.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection

from improv.improviser import Choice, Improviser, Mind
from improv.live.clock import Clock
from improv.live.events import NoteOff, decode
from improv.live.session import Session
from improv.ports.base import InPort, OutPort
from improv.selftest.watch import Watched

EACH = 5
"""Of so many chances a fault takes one."""
JITTER = 12_000_000
"""Nanoseconds that the timing thread oversleeps: more than any limit."""
HELD_UP = 0.4
"""Seconds that a note of the improviser's takes: more than it is planned ahead."""


class Jitter(Watched):
    """The timing thread's wake-ups are disturbed."""

    def clock(self, clock: Clock) -> Clock:
        """A clock that oversleeps now and then."""
        return _Oversleeping(clock)


class Stuck(Watched):
    """An off is swallowed, now and then."""

    def outputs(self, outputs: list[OutPort]) -> list[OutPort]:
        """Outputs that lose offs."""
        return [_Swallowing(port) for port in outputs]


class Late(Watched):
    """The session's thread is held up, so that the answer comes late."""

    def session(self, session: Session) -> Session:
        """A session whose improviser takes its time now and then."""
        return replace(session, improviser=_Hesitating(session.improviser))


class Drop(Watched):
    """A message of the player's is lost, now and then."""

    def inputs(self, inputs: list[InPort]) -> list[InPort]:
        """Inputs that lose messages."""
        return [_Forgetting(port) for port in inputs]


SABOTAGES: dict[str, tuple[Callable[[Connection], Watched], str]] = {
    "jitter": (Jitter, "late"),
    "stuck": (Stuck, "outstanding"),
    "late": (Late, "missed"),
    "drop": (Drop, "lost"),
}
"""What each stands around an engine, and the check that it makes fail."""


class _Chances:
    """True once in every `EACH` calls."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self) -> bool:
        self._count += 1
        return self._count % EACH == 0


class _Oversleeping:
    def __init__(self, clock: Clock) -> None:
        self._clock, self._falls = clock, _Chances()

    def now(self) -> int:
        return self._clock.now()

    def sleep_until(self, t: int) -> None:
        self._clock.sleep_until(t + JITTER if self._falls() else t)


class _Swallowing:
    def __init__(self, port: OutPort) -> None:
        self._port, self._falls = port, _Chances()
        self.name = port.name

    def send(self, message: bytes) -> None:
        if not (isinstance(decode(0, message), NoteOff) and self._falls()):
            self._port.send(message)

    def close(self) -> None:
        self._port.close()


class _Forgetting:
    def __init__(self, port: InPort) -> None:
        self._port, self._falls = port, _Chances()
        self.name = port.name

    def poll(self) -> list[bytes]:
        return [message for message in self._port.poll() if not self._falls()]

    def close(self) -> None:
        self._port.close()


class _Hesitating(Improviser):
    def __init__(self, improviser: Improviser) -> None:
        super().__init__(improviser.network, improviser.changes, improviser.taste)
        self._falls = _Chances()

    def play(self, mind: Mind, latest: int, tempo: float) -> tuple[Mind, Choice]:
        if self._falls():
            time.sleep(HELD_UP)
        return super().play(mind, latest, tempo)
