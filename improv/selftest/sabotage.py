"""Faults on purpose: each makes one check fail in the real path, so that a check is known to be able to.

They stand around the engine (`improv.live.around`): its clock, ports or network go wrong, as hardware, a
busy machine or a slow model would, and nothing in the engine knows of it.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection

from improv.improviser import Improviser
from improv.live.clock import Clock
from improv.ports.base import InPort, OutPort
from improv.selftest.watch import Watched
from improv.session.events import NoteOff, decode
from improv.session.session import Session
from models.network import NO_ADVICE, Memory, Predictor
from models.numeric import Array

EACH = 5
"""Of so many chances a fault takes one."""
JITTER = 12_000_000
"""Nanoseconds that the front oversleeps: more than any limit."""
HELD_UP = 0.4
"""Seconds that a note of the improviser's takes: more than it is planned ahead."""


class Jitter(Watched):
    """The front's wake-ups are disturbed."""

    def clock(self, clock: Clock) -> Clock:
        """A clock that oversleeps now and then."""
        return _Oversleeping(clock)


class Stuck(Watched):
    """An off is swallowed, now and then."""

    def outputs(self, outputs: list[OutPort]) -> list[OutPort]:
        """Outputs that lose offs."""
        return [_Swallowing(port) for port in outputs]


class Late(Watched):
    """The session is held up, so that the answer comes late."""

    def session(self, session: Session) -> Session:
        """A session whose network takes its time now and then."""
        usual = session.improviser
        network = _Hesitating(usual.network)
        return replace(session, improviser=Improviser(network, usual.changes, usual.taste, usual.corpus))


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


class _Hesitating:
    """A network that thinks for long about a pitch, now and then."""

    def __init__(self, network: Predictor) -> None:
        self._network, self._falls = network, _Chances()

    def step(
        self, ids: Sequence[int], dense: Array | None = None, advice: Mapping[str, Array] = NO_ADVICE
    ) -> None:
        self._network.step(ids, dense, advice)

    def step_for(
        self, head: str, ids: Sequence[int], dense: Array | None, advice: Mapping[str, Array]
    ) -> None:
        self._network.step_for(head, ids, dense, advice)

    def step_apart(
        self, head: str, ids: Sequence[int], dense: Array | None, advice: Mapping[str, Array]
    ) -> None:
        self._network.step_apart(head, ids, dense, advice)

    def logits(
        self,
        head: str,
        inputs: Sequence[int] = (),
        shifts: Sequence[int] = (),
        advice: Array | None = None,
    ) -> Array:
        if head == "pitch" and self._falls():
            time.sleep(HELD_UP)
        return self._network.logits(head, inputs, shifts, advice)

    @property
    def heads(self) -> tuple[str, ...]:
        return self._network.heads

    @property
    def memory(self) -> Memory:
        return self._network.memory

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self._network.memory = memory

    def forget(self) -> None:
        self._network.forget()
