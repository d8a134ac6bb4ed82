"""The wire: one end of a socket between two processes, through which values go whole.

Conventions: a value is pickled behind its length in four bytes. Sending never waits: what the system does not
take at once is sent with the next value or the next look. So a process that keeps time can tell one that
thinks, however long that thinks. Any thread may send; one receives.
"""

import pickle
import select
import socket
from contextlib import suppress
from threading import Lock
from typing import Any

ROOM = 1 << 20
"""Bytes asked for between the two: some thousand values."""
PIECE = 1 << 16
HEAD = 4


class Wire:
    """An end."""

    def __init__(self, end: socket.socket) -> None:
        """Take over one of a `socket.socketpair()`."""
        end.setblocking(False)
        with suppress(OSError):  # a system that gives less will do
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)
        self._socket = end
        self._lock = Lock()
        self._leaving, self._come = bytearray(), bytearray()
        self.lost = False
        """Whether the other end is gone."""

    def post(self, value: Any) -> None:
        """Send a value; nothing happens where the other end is gone. Never waits."""
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        with self._lock:
            self._leaving += len(data).to_bytes(HEAD, "little") + data
            self._send()

    def wait(self, seconds: float) -> bool:
        """Return when something has come or the other end is gone, and after so long at most; whether so."""
        if self._leaving:
            with self._lock:
                self._send()
        return self.lost or bool(select.select([self._socket], [], [], seconds)[0])

    def receive(self) -> list[Any]:
        """The values that have come, in order; those that came before the other end went are not lost."""
        try:
            while piece := self._socket.recv(PIECE):
                self._come += piece
            self.lost = True
        except BlockingIOError:
            pass
        except OSError:
            self.lost = True
        values, begins = list[Any](), 0
        while len(self._come) - begins >= HEAD:
            ends = begins + HEAD + int.from_bytes(self._come[begins : begins + HEAD], "little")
            if ends > len(self._come):
                break
            values.append(pickle.loads(self._come[begins + HEAD : ends]))
            begins = ends
        del self._come[:begins]
        return values

    def close(self) -> None:
        """Give the end back; the other one finds it gone."""
        self._socket.close()

    def _send(self) -> None:
        try:
            while self._leaving:
                del self._leaving[: self._socket.send(self._leaving)]
        except BlockingIOError:
            pass
        except OSError:
            self.lost = True
            self._leaving.clear()
