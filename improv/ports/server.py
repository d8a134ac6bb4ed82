"""Whether the server behind a client still is there.

A JACK server that dies is not noticed by anything that rtmidi offers: what is sent goes nowhere without an
error, and the ports it had are listed for ever. But the system closes the server's end of the sockets that
the client talked to it through, within milliseconds and however it died.
"""

import os
import select
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_DESCRIPTORS = ("/proc/self/fd", "/dev/fd")
_GONE = getattr(select, "POLLHUP", 0) | getattr(select, "POLLRDHUP", 0)


class Line:
    """The sockets that are opened while it is entered, as the line to a server.

    Where the system does not tell a process its descriptors (Windows) there are none, and no line is cut.
    """

    def __init__(self) -> None:
        self._sockets: Mapping[int, int] = {}

    def __enter__(self) -> "Line":
        self._sockets = sockets()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        before = self._sockets
        self._sockets = {fd: inode for fd, inode in sockets().items() if before.get(fd) != inode}

    @property
    def cut(self) -> bool:
        """Whether the other end has been closed; costs a system call."""
        watched = {fd for fd, inode in self._sockets.items() if _inode(fd) == inode}
        if not watched:
            return False
        poll = select.poll()
        for fd in watched:
            poll.register(fd, _GONE)
        return any(event & _GONE for _, event in poll.poll(0))


def sockets() -> Mapping[int, int]:
    """The sockets that this process has open, by descriptor, with the inode: both together never return."""
    for folder in _DESCRIPTORS:
        with suppress(OSError):
            found = {int(entry.name): _inode(int(entry.name)) for entry in Path(folder).iterdir()}
            return {fd: inode for fd, inode in found.items() if inode is not None}
    return {}


def _inode(fd: int) -> int | None:
    """The inode of a socket; None for what is no socket or closed."""
    try:
        status = os.fstat(fd)
    except OSError:
        return None
    return status.st_ino if stat.S_ISSOCK(status.st_mode) else None
