"""The view's process of a self-test: the stage, drawing to a terminal, with the engine behind it.

`python -m improv.selftest.stage REQUESTS NEWS`: two pipes, by file descriptor. The terminal is the one that
stdin, stdout and stderr are; whoever holds its other end presses keys on it.
"""

import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from grammar.chart import parse_chart
from improv.errors import UserError
from improv.live.client import EngineClient, start_engine
from improv.live.link import Failure
from improv.live.options import Options
from improv.requests import Quit, Request
from improv.selftest.sabotage import SABOTAGES
from improv.selftest.watch import Watched
from improv.snapshot import Snapshot
from improv.tui.app import run


@dataclass(frozen=True, slots=True)
class Played:
    """What is to be played, and what is to go wrong in it."""

    options: Options
    sabotage: str | None


class RemoteLink:
    """An engine's client that takes requests from a pipe too, each time the stage looks."""

    def __init__(self, client: EngineClient, asked: Connection) -> None:
        self._client, self._asked = client, asked
        self._open = True
        self._looked = self._lost = False

    def send(self, request: Request) -> None:
        """Hand a request over."""
        self._client.send(request)

    def poll(self) -> Snapshot | None:
        """The newest snapshot; the first look says that the stage stands."""
        try:
            if not self._looked:
                self._looked = True
                self._asked.send(self._client.ready)
            while self._open and self._asked.poll():
                self._client.send(self._asked.recv())
        except (EOFError, OSError):  # whoever conducts is gone
            self._open = False
            self._client.send(Quit())
        return self._client.poll()

    @property
    def alive(self) -> bool:
        """Whether the engine still runs; whoever conducts is told when it has ended."""
        alive = self._client.alive
        if not alive and not self._lost:
            self._lost = True
            with suppress(OSError):
                self._asked.send(Failure("the engine has ended"))
        return alive

    def resume(self) -> str:
        """Start the engine again."""
        return self._client.resume()


def main(asked: Connection, news: Connection) -> None:
    """Start the engine, draw, say that it is so, and go on until ctrl+q."""
    played: Played = asked.recv()
    watched = Watched if played.sabotage is None else SABOTAGES[played.sabotage][0]
    try:
        client = start_engine(played.options, watched(news))
    except UserError as error:
        asked.send(Failure(str(error)))
        return
    news.close()
    try:
        run(RemoteLink(client, asked), parse_chart(played.options.chart))
    finally:
        client.close()


if __name__ == "__main__":
    main(Connection(int(sys.argv[1])), Connection(int(sys.argv[2]), readable=False))
