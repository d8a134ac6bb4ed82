"""What an engine tells its view, with the moment at which it told it: told to another process too.

It stands around the engine (`improv.live.around`), so the engine knows nothing of it.
"""

import time
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread

from improv.live.around import Around
from improv.live.engine import View
from improv.live.link import Done, Failure, News, Notice, Ready
from improv.requests import Request
from improv.selftest.recording import Told
from improv.snapshot import Snapshot, Timing


class Watched(Around):
    """Tells every command, and the figures when they change, to a pipe."""

    def __init__(self, to: Connection) -> None:
        self._to = to

    def view(self, view: View) -> View:
        """The view, listened in on."""
        return _Listener(view, self._to)


class _Listener:
    """A view that repeats what it is told to a pipe, from a thread of its own."""

    def __init__(self, view: View, to: Connection) -> None:
        self._view, self._to = view, to
        self._news: SimpleQueue[Told] = SimpleQueue()
        self._timing: Timing | None = None
        Thread(target=self._repeat, name="repeated news", daemon=True).start()

    def tell(self, news: News) -> None:
        """Tell the view, and remember when."""
        t = time.perf_counter_ns()
        self._view.tell(news)
        if isinstance(news, Snapshot):
            if news.timing != self._timing:
                self._timing = news.timing
                self._news.put(Told(t, news.timing))
        elif not isinstance(news, Notice | Ready | Failure | Done):
            self._news.put(Told(t, news))

    def requests(self) -> list[Request]:
        """What the view asks for."""
        return self._view.requests()

    def _repeat(self) -> None:
        while True:
            try:
                self._to.send(self._news.get())
            except OSError:  # nobody listens any more
                return
