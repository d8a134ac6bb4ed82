"""What sounds on which output, where another process can still read it when the engine is dead.

Conventions: memory that both processes share, a byte a key; the front alone writes, and in an order in
which no moment is wrong: a key is marked before its on is sent, and unmarked after its off. So whoever reads
after a `kill -9` may end a note that never began, and never misses one that did.
"""

import ctypes
import multiprocessing

from improv.ports.base import ALL_NOTES_OFF, ALL_SOUND_OFF, OutPort
from improv.ports.live import lost
from improv.session.events import CONTROL, NOTE_OFF, NOTE_ON

OUTPUTS = 16
"""Outputs that fit; nothing is known of any beyond."""
KEYS = 16 * 128
NAME_BYTES = 255
_ENDED, _COUNT, _FIRST = 0, 1, 2
_SLOT = 1 + NAME_BYTES + KEYS


class Sounding:
    """The table; made by the view, and given to the front's process as it starts."""

    def __init__(self) -> None:
        """Begin with no outputs."""
        self._cells = multiprocessing.get_context("spawn").RawArray(ctypes.c_ubyte, _FIRST + OUTPUTS * _SLOT)

    def watch(self, port: OutPort) -> OutPort:
        """The same output, of which from now on is known what sounds; once more is harmless."""
        name = _name(port)
        names = [self._name(number) for number in range(self._cells[_COUNT])]
        if name in names:
            return _Watched(port, self._cells, _keys(names.index(name)))
        if len(names) == OUTPUTS:
            return port
        start = _FIRST + len(names) * _SLOT
        self._cells[start] = len(name)
        self._cells[start + 1 : start + 1 + len(name)] = list(name)
        self._cells[_COUNT] = len(names) + 1  # last: whoever reads sees whole names
        return _Watched(port, self._cells, _keys(len(names)))

    def outputs(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """The outputs by name, each with the keys that sound there, as (channel, pitch)."""
        return {
            self._name(number).decode("utf-8", "ignore"): tuple(
                divmod(key, 128)
                for key, sounds in enumerate(self._cells[_keys(number) : _keys(number) + KEYS])
                if sounds
            )
            for number in range(self._cells[_COUNT])
        }

    def names(self) -> tuple[str, ...]:
        """The outputs' names."""
        return tuple(self._name(number).decode("utf-8", "ignore") for number in range(self._cells[_COUNT]))

    @property
    def ended(self) -> bool:
        """Whether the engine has silenced everything itself, and is to be left in peace."""
        return bool(self._cells[_ENDED])

    def end(self) -> None:
        """Everything is silent and stays so."""
        self._cells[_ENDED] = 1

    def _name(self, number: int) -> bytes:
        start = _FIRST + number * _SLOT
        return bytes(self._cells[start + 1 : start + 1 + self._cells[start]])


class _Watched:
    """An output that notes down what it sends."""

    __slots__ = ("_cells", "_keys", "_port")

    def __init__(self, port: OutPort, cells: "ctypes.Array[ctypes.c_ubyte]", keys: int) -> None:
        self._port, self._cells, self._keys = port, cells, keys

    @property
    def name(self) -> str:
        """The port's own."""
        return self._port.name

    @property
    def lost(self) -> tuple[str, ...]:
        """What the port says."""
        return lost((self._port,))

    def send(self, message: bytes) -> None:
        """Send one message at once. Raises OSError when the port is lost."""
        kind = message[0] & 0xF0
        if kind not in (NOTE_ON, NOTE_OFF, CONTROL):
            self._port.send(message)
            return
        channel = self._keys + 128 * (message[0] & 0x0F)
        if kind == NOTE_ON and message[2]:
            self._cells[channel + message[1]] = 1
        self._port.send(message)
        if kind == NOTE_OFF or (kind == NOTE_ON and not message[2]):
            self._cells[channel + message[1]] = 0
        elif kind == CONTROL and message[1] in (ALL_NOTES_OFF, ALL_SOUND_OFF):
            self._cells[channel : channel + 128] = [0] * 128

    def close(self) -> None:
        """Give the port back."""
        self._port.close()


def _keys(number: int) -> int:
    """Where an output's keys begin."""
    return _FIRST + number * _SLOT + 1 + NAME_BYTES


def _name(port: OutPort) -> bytes:
    return port.name.encode("utf-8")[:NAME_BYTES]
