"""The guard: a thread of the view's that waits for an engine to end, and ends what it left sounding.

It ends as soon as one of its two processes does: each goes with the other.

Conventions: the engine's outputs and the keys that sound there are read from `improv.live.witness`; a target
is an input of someone else's that plays them, by name. A named output is its own target. A virtual one is
gone with its client, and what played it sounds on (fluidsynth does, for ever): so each second it is noted
what is connected to it, and those are its targets. The built-in sound fades by itself, when the pipe that fed
it closes.

For 60 ms after a client's death JACK connects nothing, so to each target a connection stands ready. Where the
system tells what is connected (JACK, ALSA) it is looked after: a port that was away needs a new one.
Elsewhere only the client is ready, and the connection is made when it is needed.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import count
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from improv.errors import UserError
from improv.live.witness import Sounding
from improv.ports.base import OutPort, panic_messages
from improv.ports.names import is_ours
from improv.ports.patched import Patchbay, patchbay
from improv.ports.rtmidi import SPARE_CLIENT, Spare, list_ports
from improv.priority import raise_priority
from improv.session.events import NoteOff, encode

LOOK_EVERY = 1.0
"""Seconds between looks at what is connected."""
DEATH = 0.01
"""Seconds between looks at whether the process still lives."""
TIMES = 20
"""How often the silence is sent on JACK, which loses whole cycles while it buries a client."""
TIMES_ELSEWHERE = 2
PAUSE = 0.02
LAST = 0.4
"""Seconds before the silence is sent a last time."""
FLUSH = 0.1
"""Seconds that the last messages take to leave a port."""
BUILT_IN = "built-in sound"
"""How the name of the output begins that ends by itself."""


class Guard:
    """Watches one engine, from when it plays until it has ended."""

    def __init__(
        self,
        processes: Sequence[BaseProcess],
        sounding: Sounding,
        api: str | None,
        tell: Callable[[str], None],
    ) -> None:
        """Begin to watch; `tell` is given a line when the engine has died, in the guard's thread."""
        self._processes, self._sounding, self._api, self._tell = processes, sounding, api, tell
        self.over = threading.Event()
        """Set when the process has ended and, if it did not itself, everything has been silenced."""
        self.died = False
        """Whether it ended without having silenced everything itself."""
        self.ended_at = 0
        """When that was noticed, in nanoseconds."""
        self._connections: _Connections | None = None
        self._thread = threading.Thread(target=self._watch, name="guard", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        raise_priority()  # it sleeps, and when it does not, nothing else is as urgent
        # the first look is a second away: until then the view puts itself in order
        looked = time.monotonic()
        sentinels = [process.sentinel for process in self._processes]
        while not wait(sentinels, DEATH) and not any(_dying(process.pid) for process in self._processes):
            if time.monotonic() - looked >= LOOK_EVERY:
                self._look()
                looked = time.monotonic()
        self.ended_at = time.perf_counter_ns()
        try:
            self.died = not self._sounding.ended
            if self.died:
                self._tell(self._silence())
        finally:
            self.over.set()
            if self._connections is not None:
                self._connections.close()

    def _look(self) -> None:
        """Have a connection ready to each target."""
        names = [name for name in self._sounding.outputs() if not name.startswith(BUILT_IN)]
        if self._connections is None and names:
            self._connections = _Connections(self._api)
        if self._connections is not None:
            self._connections.prepare(names)

    def _silence(self) -> str:
        """End what sounds everywhere, and tell of it in a line."""
        connections = self._connections or _Connections(self._api)
        ports: dict[str, OutPort] = {}
        targets: dict[str, set[tuple[int, int]]] = {}
        times = TIMES if connections.loses else TIMES_ELSEWHERE
        for pause in (0.0, *(PAUSE,) * (times - 1), LAST):
            time.sleep(pause)
            # each time anew: other threads of a process that is dying may send for some moments more
            for name, keys in self._sounding.outputs().items():
                for target in connections.targets(name) if not name.startswith(BUILT_IN) else ():
                    targets.setdefault(target, set()).update(keys)
            for target, sounding in targets.items():
                with suppress(UserError, OSError):
                    if target not in ports:
                        ports[target] = connections.take(target)
                    _end(ports[target], sounding)
        time.sleep(FLUSH)
        for port in ports.values():
            port.close()
        if len(ports) < len(targets):
            missing = ", ".join(targets.keys() - ports.keys())
            return f"the engine died; {missing} does not answer: silence it yourself if it still sounds"
        return f"the engine died{'; what it left sounding is silenced' if ports else ''}"


class _Connections:
    """Connections that stand ready."""

    def __init__(self, api: str | None) -> None:
        self._api = api
        self._standing: dict[str, tuple[str, OutPort]] = {}
        """To each target the name of our port, and the port."""
        self._spares: list[Spare] = []
        self._patched: dict[str, tuple[str, ...]] = {}
        self._bay: Patchbay | None = None
        self._system = ""
        """The MIDI system, once it has answered."""
        self._numbers = count(1)

    def targets(self, name: str) -> tuple[str, ...]:
        """What an output of the engine's plays on, as it was at the last look if it is virtual."""
        return self._patched.get(name, ()) if is_ours(name) else (name,)

    @property
    def loses(self) -> bool:
        """Whether the system may lose what is sent just after a client's death."""
        return self._system in ("jack", "")

    def prepare(self, names: Iterable[str]) -> None:
        """Have a connection ready to each target of these outputs, or at least a client."""
        if self._bay is not None and not self._bay.served:  # all that it served is dead with it
            self.close()
        try:
            if not self._system:
                self._system = list_ports(self._api).api
                self._bay = patchbay(self._system)
            if self._bay is not None:
                self._patched = {name: self._bay.connected(name) for name in names if is_ours(name)}
            targets = {target for name in names for target in self.targets(name)}
            for target in self._standing.keys() - targets:
                self._standing.pop(target)[1].close()
        except UserError:  # no server: the next look tries again
            return
        for target in targets:
            with suppress(UserError):  # it is away
                self._connect(target)

    def take(self, target: str) -> OutPort:
        """The connection to a target, made now where none stands ready. Raises UserError."""
        name, port = self._standing.pop(target, ("", None))
        if port is not None and self._bay is not None and self._bay.connected(name):
            return port
        return (self._spares.pop() if self._spares else self._spare()).open(target)

    def close(self) -> None:
        """Give everything back; `prepare` begins anew."""
        for _, port in self._standing.values():
            port.close()
        for spare in self._spares:
            spare.close()
        if self._bay is not None:
            self._bay.close()
        self._standing, self._spares, self._patched = {}, [], {}
        self._bay, self._system = None, ""

    def _connect(self, target: str) -> None:
        if self._bay is None:
            if not self._spares:
                self._spares.append(self._spare())
            return
        name, port = self._standing.get(target, ("", None))
        if port is not None and self._bay.connected(name):
            return
        if port is not None:
            self._standing.pop(target)[1].close()
        spare = self._spare()
        self._standing[target] = spare.name, spare.open(target)

    def _spare(self) -> Spare:
        return Spare(self._api, f"{SPARE_CLIENT}-{os.getpid()}-{next(self._numbers)}")


def _dying(pid: int | None) -> bool:
    """Whether a process has been killed: it first takes its memory apart, then closes what tells of its end.

    That takes some 20 ms for 200 MB, more on a busy machine. False where the system does not tell.
    """
    try:
        status = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False
    return status.rpartition(b")")[2].split()[0] in (b"Z", b"X")


def _end(port: OutPort, keys: Iterable[tuple[int, int]]) -> None:
    for channel, pitch in sorted(keys):
        port.send(encode(NoteOff(0, pitch, channel)))
    for message in panic_messages():
        port.send(message)
