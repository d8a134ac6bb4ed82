"""Who takes part in a self-test: the player, the bare loop, and the whole program on a terminal of its own.

Conventions: times are nanoseconds on `time.perf_counter_ns`. Nothing here waits for longer than it is told
to, and what was drawn is taken off meanwhile.
"""

import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from improv.errors import UserError
from improv.live.lines import anchor_from_line
from improv.live.link import Failure, Ready
from improv.live.options import Options
from improv.requests import Request
from improv.selftest.echo import echo
from improv.selftest.hands import Names, play_and_listen
from improv.selftest.recording import Performed, Told
from improv.selftest.scenes import CHART
from improv.selftest.stage import Played
from improv.selftest.terminal import Terminal
from improv.session.tempo import Anchor

PATIENCE = 30.0
"""Seconds in which everybody has to be ready, and to end."""
SEED = 20
QUIT, PANIC = b"\x11", b"!"
"""Keys of the stage; escape would do for panic too, but a terminal waits whether more follows it."""


class Cast:
    """Everybody, ready to begin."""

    def __init__(
        self,
        hands: Connection,
        begins: int,
        terminal: Terminal,
        asked: Connection,
        news: Connection,
        log: Path,
    ) -> None:
        self.hands, self.begins, self.log = hands, begins, log
        self.told: list[Told] = []
        self._terminal, self._asked, self._news = terminal, asked, news
        self._read = 0
        self._rest = b""

    @property
    def drawn(self) -> int:
        """Bytes that the stage has drawn."""
        return self._terminal.drawn

    def ask(self, request: Request) -> None:
        """Ask the engine, by way of the stage."""
        self._asked.send(request)

    def press(self, key: bytes) -> int:
        """Press a key on the stage, and tell when."""
        t = time.perf_counter_ns()
        self._terminal.press(key)
        return t

    def watch(self, until: int) -> None:
        """Let it play on until a time, and take in what is drawn and told. Raises UserError when it ends."""
        while (left := until - time.perf_counter_ns()) > 0:
            ready = wait([self._terminal.fileno(), self._news], left / 1e9)
            self._terminal.read()
            if self._news in ready:
                self._take_news()
            if self._asked.poll():
                raise UserError(self._asked.recv().message)
            if self._terminal.process.poll() is not None:
                raise UserError(f"the stage has ended: {_plain(self._terminal.last)}")

    def new_anchors(self) -> list[Anchor]:
        """Where takes have begun on the clock, as the log has told since the last call."""
        with self.log.open("rb") as file:
            file.seek(self._read)
            data = file.read()
        self._read += len(data)
        *whole, self._rest = (self._rest + data).split(b"\n")
        lines = [json.loads(line) for line in whole if b'"clock"' in line]
        return [anchor_from_line(line) for line in lines if line["kind"] == "clock" and line["first"]]

    def performed(self) -> Performed:
        """End the player and tell all that was played and heard."""
        self.hands.send(None)
        if not self.hands.poll(PATIENCE):
            raise UserError("the player's process does not answer")
        performed: Performed = self.hands.recv()
        return performed

    def leave(self) -> None:
        """Press quit, and wait for the end."""
        self.press(QUIT)
        deadline = time.monotonic() + PATIENCE
        while self._terminal.process.poll() is None and time.monotonic() < deadline:
            self._terminal.read()
            self._take_news()
            time.sleep(0.01)
        self._take_news()

    def lines(self) -> list[dict[str, Any]]:
        """The log's."""
        return [json.loads(line) for line in self.log.read_bytes().split(b"\n") if line]

    def _take_news(self) -> None:
        with suppress(EOFError, OSError):
            while self._news.poll():
                self.told.append(self._news.recv())


@contextmanager
def cast(folder: Path, api: str | None, sabotage: str | None) -> Iterator[Cast]:
    """Open ports and processes; all are gone afterwards.

    Raises UserError where the machine has no MIDI system, or no virtual ports.
    """
    prefix = f"selftest-{os.getpid()}"
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:

        def started(main: Callable[..., None], *arguments: object) -> Connection:
            ours, theirs = context.Pipe()
            process = context.Process(target=main, args=(theirs, *arguments), daemon=True)
            process.start()
            theirs.close()
            stack.callback(process.join, 5)
            stack.callback(ours.close)
            return ours

        hands = started(play_and_listen, api, prefix)
        bare = started(echo, api, prefix)
        asked, theirs = context.Pipe()
        news, telling = context.Pipe(duplex=False)
        passed = (theirs.fileno(), telling.fileno())
        # no profile of the person's: what a controller was taught is not to take the test's messages
        terminal = Terminal(
            ["improv.selftest.stage", *map(str, passed)], passed, {"XDG_CONFIG_HOME": str(folder)}
        )
        stack.callback(terminal.close)
        theirs.close()
        telling.close()
        names: Names = _answer(hands, "the player's process")
        bare.send((names.keys, names.bare_ear))
        options = Options(
            chart=CHART,
            tempo=120.0,
            seed=SEED,
            bars=1,
            input_name=names.keys,
            output_name=names.ear,
            sync_out=names.ear,
            api=api,
            log=folder / "selftest.jsonl",
        )
        asked.send(Played(options, sabotage))
        begins: int = _answer(bare, "the bare loop")
        deadline = time.monotonic() + PATIENCE
        while not asked.poll(0.02):
            terminal.read()
            if terminal.process.poll() is not None or time.monotonic() > deadline:
                raise UserError(f"the stage does not start: {_plain(terminal.last)}")
        try:
            answer: Ready | Failure = asked.recv()
        except EOFError:
            terminal.read()
            raise UserError(f"the stage does not start: {_plain(terminal.last)}") from None
        if isinstance(answer, Failure):
            raise UserError(answer.message)
        yield Cast(hands, begins, terminal, asked, news, Path(answer.log))


def _answer(connection: Connection, who: str) -> Any:
    """The first word of a process, which is a text where something is wrong."""
    try:
        answer = connection.recv() if connection.poll(PATIENCE) else f"{who} does not start"
    except EOFError:
        answer = f"{who} has ended"
    if isinstance(answer, str):
        raise UserError(answer)
    return answer


def _plain(drawn: bytes) -> str:
    return " ".join(drawn.decode("utf-8", "replace").split())[-300:]
