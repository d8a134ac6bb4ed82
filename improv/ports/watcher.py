"""The watcher: the one thread that opens ports, watches them, and gives them back.

One thread, because CoreMIDI tells of what is plugged in to the thread that made the first client alone, when
that thread asks for the list. python-rtmidi holds the interpreter's lock in all that it does, 20 ms for a new
client of JACK: so nothing is done twice that can be done once, and clients are kept.
"""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Event, Thread

from improv.ports.watch import Watch

CHECK = 0.1
"""Seconds between looks for a server that has died."""
LOOKS = 10
"""Checks between looks at the names: a second."""
MERCY = 3.0
"""Seconds in which the ports have to close."""


class Watcher:
    """The thread, from the opening of the ports to their closing."""

    def __init__(self, opening: Callable[[], Watch]) -> None:
        """Open the ports, in the thread, and watch them. Raises what `opening` raises."""
        self._end = Event()
        self._opened: Future[Watch] = Future()
        self._thread = Thread(target=self._run, args=(opening,), name="ports", daemon=True)
        self._thread.start()
        self._opened.result()

    def close(self) -> None:
        """End the watch and give the ports back; again is harmless."""
        self._end.set()
        self._thread.join(MERCY)

    def _run(self, opening: Callable[[], Watch]) -> None:
        try:
            watch = opening()
        except BaseException as error:  # whoever waits for it is told
            self._opened.set_exception(error)
            return
        self._opened.set_result(watch)
        try:
            checks = 0
            while not self._end.wait(CHECK):
                checks += 1
                if checks % LOOKS:
                    watch.check()
                else:
                    watch.look()
        finally:
            self._end.wait()  # should the watch fail, the ports still are open, and play
            watch.close()
