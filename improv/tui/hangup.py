"""A terminal that goes away: its window was closed, its connection broke.

The system tells the session's leader alone. Where that is a shell, it passes the signal on; where it is
`make`, run by the terminal itself, it waits for us instead, and the app would play on, unseen, for ever.
"""

import os
import select
import signal
import threading

from textual.driver import Driver

LOOK = 500
"""Milliseconds from one look to the next at whether the app is over; a terminal that goes is told at once."""


def hung_up(fd: int | None, over: threading.Event) -> bool:
    """Wait until a terminal has gone, which is True, or all is over, or nobody can tell: False."""
    if fd is None or not hasattr(select, "poll"):
        return False
    watched = select.poll()
    watched.register(fd, 0)  # of a hang-up poll tells unasked
    while not over.is_set():
        told = watched.poll(LOOK)
        if told:
            return bool(told[0][1] & select.POLLHUP)
    return False


def minding(driver: type[Driver]) -> type[Driver]:
    """A driver that asks the app to end, as that signal does, when its terminal has gone."""

    class Minding(driver):  # type: ignore[valid-type, misc]  # a class that is only known now
        gone = False

        def run_input_thread(self) -> None:
            threading.Thread(target=self._mind, name="hang-up", daemon=True).start()
            super().run_input_thread()

        def write(self, data: str) -> None:
            # what writes to the terminal has died of it, and would be waited for
            if not self.gone:
                super().write(data)

        def close(self) -> None:
            if not self.gone:
                super().close()

        def _mind(self) -> None:
            if hung_up(getattr(self, "fileno", None), self.exit_event):
                self.gone = True
                os.kill(os.getpid(), signal.SIGHUP)

    return Minding
