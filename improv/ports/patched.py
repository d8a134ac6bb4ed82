"""What is connected to a port: what a virtual output plays on, which only the MIDI system knows.

Conventions: ports by name, as `improv.ports.rtmidi` opens them. JACK is asked through its own library, ALSA
through the file in which its sequencer lists its clients; other systems do not tell. JACK is also told what
to connect: python-rtmidi connects a port as it makes it, and a virtual one never. ALSA need not be told, for
it has no server that dies.
"""

import ctypes
import ctypes.util
import errno
import re
from pathlib import Path
from typing import Protocol

import rtmidi  # type: ignore[import-untyped]

from improv.ports.rtmidi import signals_blocked
from improv.ports.server import Line

SEQUENCER = Path("/proc/asound/seq/clients")
LOOKING_CLIENT = b"improv-look"
_NO_START_SERVER = 0x01


class Patchbay(Protocol):
    """Who knows what is connected."""

    @property
    def served(self) -> bool:
        """Whether the system still answers; where it does not, `close` it and ask for another."""
        ...

    def connected(self, port: str) -> tuple[str, ...]:
        """The ports of others that a port of ours plays on, or hears; empty where it is not there."""
        ...

    def close(self) -> None:
        """Look no more."""
        ...


class Patcher(Patchbay, Protocol):
    """Who connects others' ports, too."""

    def there(self, port: str) -> bool:
        """Whether there is such a port."""
        ...

    def connect(self, source: str, target: str) -> bool:
        """Let an output play on an input; whether it does now."""
        ...


def patchbay(api: str) -> Patchbay | None:
    """The patchbay of a MIDI system, or None where none can be asked."""
    if api == "alsa" and SEQUENCER.exists():
        return _Sequencer()
    return patcher(api)


def patcher(api: str) -> Patcher | None:
    """The patchbay of a MIDI system that connects ports when it is told to, or None."""
    library = _jack_library() if api == "jack" else None
    if library is None:
        return None
    with Line() as line, signals_blocked():
        client = library.jack_client_open(LOOKING_CLIENT, _NO_START_SERVER, None)
    return _Jack(library, client, line) if client else None


class _Jack:
    """A client that only looks: it is never activated, so that no audio thread waits for it."""

    def __init__(self, library: ctypes.CDLL, client: int, line: Line) -> None:
        self._library, self._client, self._line = library, client, line

    @property
    def served(self) -> bool:
        """Whether the server lives."""
        return not self._line.cut

    def connected(self, port: str) -> tuple[str, ...]:
        """What JACK says."""
        ours = self._port(port)
        if not ours:
            return ()
        names = self._library.jack_port_get_all_connections(self._client, ours)
        if not names:
            return ()
        found: list[str] = []
        while (name := names[len(found)]) is not None:
            found.append(name.decode("utf-8", "replace"))
        self._library.jack_free(names)
        return tuple(found)

    def there(self, port: str) -> bool:
        """What JACK says."""
        return bool(self._port(port))

    def connect(self, source: str, target: str) -> bool:
        """Have JACK connect them; it is no mistake that somebody else has."""
        if not self.there(source) or not self.there(target):
            return False
        told: int = self._library.jack_connect(self._client, source.encode(), target.encode())
        return told in (0, errno.EEXIST)

    def close(self) -> None:
        """Leave the server; one that has died is left alone, for libjack would crash."""
        if self.served:
            with signals_blocked():
                self._library.jack_client_close(self._client)

    def _port(self, name: str) -> int | None:
        found: int | None = (
            self._library.jack_port_by_name(self._client, name.encode()) if self.served else None
        )
        return found


def _jack_library() -> ctypes.CDLL | None:
    """The library that rtmidi has loaded, which its wheel brings along, or the system's."""
    brought = sorted(Path(rtmidi.__file__).parents[1].glob("python_rtmidi*/libjack*"))
    where = str(brought[0]) if brought else ctypes.util.find_library("jack")
    if where is None:
        return None
    try:
        library = ctypes.CDLL(where)
        library.jack_client_open.restype = library.jack_port_by_name.restype = ctypes.c_void_p
        library.jack_client_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
        library.jack_client_close.argtypes = [ctypes.c_void_p]
        library.jack_port_by_name.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        library.jack_port_get_all_connections.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        library.jack_port_get_all_connections.restype = ctypes.POINTER(ctypes.c_char_p)
        library.jack_connect.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
        library.jack_free.argtypes = [ctypes.c_void_p]
    except (OSError, AttributeError):
        return None
    return library


class _Sequencer:
    """ALSA's sequencer."""

    served = True

    def connected(self, port: str) -> tuple[str, ...]:
        """What the kernel says."""
        try:
            return subscribers(SEQUENCER.read_text("utf-8", "replace"), port)
        except OSError:
            return ()

    def close(self) -> None:
        """Nothing is held."""


_CLIENT = re.compile(r'^Client\s+(\d+)\s*:\s*"(.*)"')
_PORT = re.compile(r'^\s+Port\s+(\d+)\s*:\s*"(.*)"')
_TO = re.compile(r"^\s+Connecting To:\s*(.*)$")


def subscribers(clients: str, port: str) -> tuple[str, ...]:
    """The names of the ports that `port` (client:port) plays on, from the text of `SEQUENCER`."""
    names: dict[tuple[int, int], str] = {}
    targets: list[tuple[int, int]] = []
    client, title, here = 0, "", ""
    for line in clients.splitlines():
        if found := _CLIENT.match(line):
            client, title = int(found[1]), found[2]
        elif found := _PORT.match(line):
            here = f"{title}:{found[2]}"
            names[client, int(found[1])] = here
        elif (found := _TO.match(line)) and here == port:
            for target in re.findall(r"(\d+):(\d+)", found[1]):
                targets.append((int(target[0]), int(target[1])))
    return tuple(names[target] for target in targets if target in names)
