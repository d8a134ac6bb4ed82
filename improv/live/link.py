"""Between the engine's process and a view: requests one way, news the other.

Conventions: the engine never waits for a view. News goes through a thread of its own; of snapshots
only the newest is kept, and everything else is delivered in order.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Condition, Thread

from improv.requests import Quit, Request
from improv.session.commands import Command
from improv.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine plays."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    notices: tuple[str, ...]
    """What the player should know of the set-up, a line each."""
    log: str
    """Where the take is logged; empty where it is not."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The engine could not start, for a reason that a person can mend."""

    message: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth telling, in a line."""

    text: str
    trouble: bool = False
    """Whether it is told on stderr too: something is not as it should be."""


@dataclass(frozen=True, slots=True)
class Done:
    """The engine has silenced everything and ends."""


News = Ready | Failure | Notice | Done | Command | Snapshot
KEPT = 10_000
"""News that wait for a view that does not read; older ones are dropped."""


class EngineEnd:
    """The engine's end of the pipe."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._news: deque[News] = deque(maxlen=KEPT)
        self._snapshot: Snapshot | None = None
        self._asked: deque[Request] = deque()
        self._listening = False
        self._closed = False
        self.lost = False
        """Whether the view has gone without a word."""
        self._changed = Condition()
        self._sender = Thread(target=self._send, name="news", daemon=True)
        self._sender.start()

    def tell(self, news: News) -> None:
        """Pass news on, without waiting."""
        with self._changed:
            if isinstance(news, Snapshot):
                self._snapshot = news
            else:
                self._news.append(news)
            self._changed.notify()

    def requests(self) -> list[Request]:
        """What the view has asked for since the last call; a view that is gone asks to quit."""
        found: list[Request] = []
        try:
            while not self._listening and self._connection.poll():
                found.append(self._connection.recv())
        except (EOFError, OSError):
            self.lost = True
            found.append(Quit())
        while self._asked:
            found.append(self._asked.popleft())
        return found

    def listen(self, told: Callable[[Request], None]) -> None:
        """Take requests in as they come, in a thread of its own, which tells of each; once.

        So a panic need not wait until whoever calls `requests` has time for it.
        """
        self._listening = True
        Thread(target=self._listen, args=(told,), name="requests", daemon=True).start()

    def close(self) -> None:
        """Deliver what waits, for half a second at most."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._sender.join(0.5)

    def _listen(self, told: Callable[[Request], None]) -> None:
        gone = False
        while not gone:
            request: Request = Quit()
            try:
                request = self._connection.recv()
            except (EOFError, OSError):
                gone = self.lost = True
            self._asked.append(request)
            told(request)

    def _send(self) -> None:
        while True:
            with self._changed:
                while not (self._news or self._snapshot or self._closed):
                    self._changed.wait()
                news = list(self._news)
                self._news.clear()
                if self._snapshot is not None:
                    news.append(self._snapshot)
                    self._snapshot = None
                closed = self._closed
            try:
                for item in news:
                    self._connection.send(item)
            except OSError:  # the view is gone: `requests` will say so
                return
            if closed and not news:
                return
