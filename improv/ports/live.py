"""Live ports: what the engine holds, whether or not anything is behind it just now.

Conventions: the engine's threads poll and send as with any port, and neither waits nor fails when the port
is lost; the watcher (`improv.ports.watch`) attaches and detaches what is behind. Each has a lock, held for
the length of a poll or a send: when `detach` returns, nobody uses the port that was behind any more.

While an output is lost, what is sent to it is gone. When it is back it is first silenced, whatever it sounded
when it was lost; then told the programs that it should have; then it goes on. The off of a key whose on was
lost is left out, so every off that arrives has had its on.

When a keyboard is lost, its keys and its pedal come up: the hand that holds them can no longer say so.
"""

from collections.abc import Iterable
from threading import Lock
from typing import Literal, Protocol, TypeVar, runtime_checkable

from improv.ports.base import CONTROL_CHANGE, SUSTAIN, InPort, OutPort, panic_messages

State = Literal["open", "lost"]

NOTE_OFF, NOTE_ON, PROGRAM_CHANGE = 0x80, 0x90, 0xC0
PEDAL = 128
"""Stands where a key's pitch does."""
BANK = (0, 32)
"""The controllers that choose a bank of programs, coarse and fine."""

Port = TypeVar("Port", contravariant=True)


class Live(Protocol[Port]):
    """A port whose inside comes and goes."""

    @property
    def state(self) -> State:
        """Whether there is one just now."""
        ...

    def attach(self, port: Port) -> None:
        """Use this port."""
        ...

    def detach(self, port: Port) -> None:
        """Use it no longer."""
        ...


class LiveInput:
    """An input with any number of ports behind it, which are heard as one."""

    def __init__(self, name: str, *ports: InPort) -> None:
        """Make an input that has a name of its own, for as long as nothing is behind it."""
        self._name = name
        self._ports = ports
        self._gone: tuple[str, ...] = ()
        self._lock = Lock()
        self._held: dict[int, dict[tuple[int, int], bytes]] = {}
        """Of each port that is heard, by its id, what lets go of each key and pedal that is held there."""
        self._let_go: list[bytes] = []

    @property
    def name(self) -> str:
        """The stable names of what is heard, or of what was where nothing is."""
        return ", ".join(port.name for port in self._ports) or ", ".join(self._gone) or self._name

    @property
    def state(self) -> State:
        """Whether anything is heard."""
        return "open" if self._ports else "lost"

    @property
    def lost(self) -> tuple[str, ...]:
        """What was heard and is waited for, where nothing else is heard."""
        return () if self._ports else self._gone

    def poll(self) -> list[bytes]:
        """Every message that waits, of one port after another."""
        with self._lock:
            found, self._let_go = self._let_go, []
            for port in self._ports:
                for message in port.poll():
                    self._follow(id(port), message)
                    found.append(message)
            return found

    def attach(self, port: InPort) -> None:
        """Hear this one too."""
        with self._lock:
            self._ports = (*self._ports, port)
            self._gone = tuple(name for name in self._gone if name != port.name)

    def detach(self, port: InPort) -> None:
        """Hear it no longer."""
        with self._lock:
            if port in self._ports:
                self._gone = (*self._gone, port.name)
            self._ports = tuple(other for other in self._ports if other is not port)
            self._let_go += self._held.pop(id(port), {}).values()

    def close(self) -> None:
        """Hear nothing any more; who opened the ports gives them back."""
        with self._lock:
            self._ports = ()

    def _follow(self, port: int, message: bytes) -> None:
        """Note what a message holds, or lets go of."""
        if len(message) != 3:
            return
        kind, channel, (_, number, value) = message[0] & 0xF0, message[0] & 0x0F, message
        if kind in (NOTE_ON, NOTE_OFF):
            key, up = (channel, number), bytes((NOTE_ON | channel, number, 0))
        elif kind == CONTROL_CHANGE and number == SUSTAIN:
            key, up = (channel, PEDAL), bytes((CONTROL_CHANGE | channel, SUSTAIN, 0))
        else:
            return
        held = self._held.setdefault(port, {})
        if value and kind != NOTE_OFF:
            held[key] = up
        else:
            held.pop(key, None)


class LiveOutput:
    """An output with one port behind it, or none."""

    def __init__(self, name: str, port: OutPort | None = None) -> None:
        """Make an output that keeps its name whatever is behind it."""
        self.name = name
        self._port = port
        self._lock = Lock()
        self._programs: dict[tuple[int, int], bytes] = {}
        self._unheard: set[tuple[int, int]] = set()

    @property
    def state(self) -> State:
        """Whether what is sent arrives anywhere."""
        return "lost" if self._port is None else "open"

    @property
    def lost(self) -> tuple[str, ...]:
        """Its name, where it is waited for."""
        return (self.name,) if self._port is None else ()

    def send(self, message: bytes) -> None:
        """Send one message at once, if there is a port to send it to."""
        with self._lock:
            if not self._passes(message) or self._port is None:
                return
            try:
                self._port.send(message)
            except OSError:
                self._port = None
                self._passes(message)  # an on that found it lost was not heard either

    def attach(self, port: OutPort) -> None:
        """Silence a port and tell it its programs; from then on it is the one behind."""
        with self._lock:
            try:
                for message in panic_messages():
                    port.send(message)
                for key in sorted(self._programs):  # of a channel: the bank before the program
                    port.send(self._programs[key])
            except OSError:
                return
            self._port = port

    def detach(self, port: OutPort) -> None:
        """Send nothing to it any more."""
        with self._lock:
            if self._port is port:
                self._port = None

    def close(self) -> None:
        """Send nothing any more; who opened the port gives it back."""
        with self._lock:
            self._port = None

    def _passes(self, message: bytes) -> bool:
        """Note what a message changes; whether it is one to send."""
        kind, channel = message[0] & 0xF0, message[0] & 0x0F
        if kind == PROGRAM_CHANGE:
            self._programs[channel, 128] = message
        elif kind == CONTROL_CHANGE and message[1] in BANK:
            self._programs[channel, message[1]] = message
        elif kind == NOTE_ON and message[2]:
            if self._port is None:
                self._unheard.add((channel, message[1]))
            else:
                self._unheard.discard((channel, message[1]))
        elif kind in (NOTE_ON, NOTE_OFF) and (channel, message[1]) in self._unheard:
            self._unheard.discard((channel, message[1]))
            return False
        return True


@runtime_checkable
class Losable(Protocol):
    """A port that can be lost and waited for, or what stands around one and says so for it."""

    @property
    def lost(self) -> tuple[str, ...]:
        """The names that are waited for."""
        ...


def lost(ports: Iterable[InPort | OutPort]) -> tuple[str, ...]:
    """The names of those ports that are waited for."""
    return tuple(name for port in ports if isinstance(port, Losable) for name in port.lost)
