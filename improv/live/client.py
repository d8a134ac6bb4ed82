"""A view's end: starts the engine's two processes and talks to them."""

import atexit
import multiprocessing
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from grammar.chart import parse_chart
from improv.errors import UserError
from improv.live.around import Around
from improv.live.front_process import run_front
from improv.live.guard import Guard
from improv.live.link import KEPT, Done, Failure, News, Notice, Ready
from improv.live.options import Options
from improv.live.process import run_engine
from improv.live.resume import place, resumed_options, take_up
from improv.live.witness import Sounding
from improv.requests import Adjust, Quit, Request
from improv.session.commands import Command
from improv.snapshot import Snapshot
from improv.threads import use_one_thread

ENGINE, FRONT = "improv engine", "improv front"
"""The processes' names."""
PATIENCE = 30.0
"""Seconds in which an engine has to start."""
FAREWELL = 5.0
"""Seconds in which it has to end."""
MERCY = 1.0
"""Seconds in which it has to end once it is told to by a signal."""
SILENCING = 2.0
"""Seconds in which a dead engine's ports are silenced at worst; a tenth of one is usual."""


@dataclass(frozen=True, slots=True)
class _Running:
    """An engine that has said that it plays, in two processes, and our end of the pipe to it."""

    processes: tuple[BaseProcess, ...]
    """The session's, and that of the ports."""
    connection: Connection
    ready: Ready
    options: Options
    sounding: Sounding


class EngineClient:
    """A running engine, as a view sees it; where it dies, another may take its place."""

    def __init__(self, running: _Running, around: Around) -> None:
        self._around = around
        self._sending = threading.Lock()
        self._news: deque[Command | Notice] = deque(maxlen=KEPT)  # a view may never ask for them
        self._adjusted: dict[str, Request] = {}
        self._last: Snapshot | None = None
        self._seen = 0
        """When the newest snapshot came."""
        self.logs: list[Path] = []
        """The logs of all engines so far, the oldest first."""
        self._take(running)

    def _take(self, running: _Running) -> None:
        self.ready, self.options = running.ready, running.options
        self._processes, self._connection = running.processes, running.connection
        if self.ready.log:
            self.logs.append(Path(self.ready.log))
        self._done = False
        """The engine has said goodbye."""
        self._gone = False
        """The pipe is broken."""
        self._guard = Guard(self._processes, running.sounding, running.options.api, self._died)

    def send(self, request: Request) -> None:
        """Hand a request over, from any thread; nothing happens when the engine is gone."""
        if isinstance(request, Adjust):
            self._adjusted[request.name] = request
        try:
            with self._sending:
                self._connection.send(request)
        except OSError:
            self._gone = True

    def poll(self) -> Snapshot | None:
        """The newest snapshot since the last poll, else None; never blocks."""
        newest = None
        for news in self._receive():
            if isinstance(news, Snapshot):
                newest = self._last = news
                self._seen = time.perf_counter_ns()
            elif isinstance(news, Done):
                self._done = True
            elif not isinstance(news, Ready | Failure):
                self._news.append(news)
        return newest

    def news(self) -> list[Command | Notice]:
        """What has happened since the last call, in order."""
        self.poll()
        # one by one: the guard's thread may append meanwhile
        return [self._news.popleft() for _ in range(len(self._news))]

    @property
    def alive(self) -> bool:
        """Whether the engine still runs, or what it left sounding is still being silenced."""
        if not self._done and self._guard.over.is_set():
            self.poll()
            self._done = True
        return not self._done

    @property
    def died(self) -> bool:
        """Whether it has ended without saying goodbye; what it left sounding is silenced."""
        return self._guard.over.is_set() and self._guard.died

    def resume(self) -> str:
        """Start another engine in place of one that has ended, at the same place in the form.

        It plays as the old one did last, and logs another take, whose log names the old one. Takes a second
        or two; another thread may look at this client meanwhile. Returns what to tell the player. Raises
        UserError where the engine does not start, and may be called again.
        """
        self.poll()
        old, last, bar = self.ready.log, self._last, parse_chart(self.options.chart).changes().bar
        tick = place(last, max(0, self._guard.ended_at - self._seen)) if last is not None else 0
        self._end()
        self._connection.close()
        self._take(_launch(resumed_options(self.options, last, old), self._around))
        for request in take_up(last, tick, self._adjusted.values(), bar, time.perf_counter_ns()):
            self.send(request)
        playing = last is not None and last.turn != "stopped" and tick >= 0
        told = f"the engine is started again{f' at bar {tick // bar + 1}' if playing else ''}"
        return f"{told}; improv takes recover has what was played before" if old else told

    def close(self) -> bool:
        """Ask the engine to quit and wait for it; False when it had to be ended by force."""
        self.send(Quit())
        by_itself = self._end()
        self.poll()
        self._guard.over.wait(SILENCING)
        if not by_itself:
            self._news.append(Notice("the engine did not end by itself and was ended"))
            self._done = True
        return by_itself and not self.died and all(process.exitcode == 0 for process in self._processes)

    def _end(self) -> bool:
        """Wait for the processes to end, and see to it that they do; whether they did by themselves."""
        deadline = time.monotonic() + FAREWELL
        for process in self._processes:
            process.join(max(0.0, deadline - time.monotonic()))
        hanging = [process for process in self._processes if process.is_alive()]
        for process in hanging:
            process.terminate()
        for process in hanging:
            process.join(MERCY)
            process.kill()
            process.join()
        return not hanging

    def _died(self, text: str) -> None:
        """The guard's word of a dead engine; in the guard's thread."""
        self._news.append(Notice(text, trouble=True))

    def _receive(self) -> list[News]:
        found: list[News] = []
        try:
            while self._connection.poll():
                found.append(self._connection.recv())
        except (EOFError, OSError):
            self._gone = True
        return found


def start_engine(options: Options, around: Around | None = None) -> EngineClient:
    """Start the engine, with what is to stand around it, and wait until it plays.

    Raises UserError for what the engine could not open or load.
    """
    around = around or Around()
    return EngineClient(_launch(options, around), around)


def _launch(options: Options, around: Around) -> _Running:
    use_one_thread()  # which leaves the other core to the view
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    wire = socket.socketpair()
    sounding = Sounding()
    processes = (
        context.Process(target=run_engine, args=(options, theirs, wire[0], around), name=ENGINE),
        context.Process(target=run_front, args=(options, wire[1], sounding, around), name=FRONT),
    )
    first = None
    try:
        with _interrupts_held():
            for process in processes:
                process.start()
                atexit.register(_leave_none, process)
        for end in (theirs, *wire):
            end.close()
        with suppress(EOFError, OSError):
            first = ours.recv() if ours.poll(PATIENCE) else None
        if isinstance(first, Ready):
            return _Running(processes, ours, first, options, sounding)
    finally:
        if not isinstance(first, Ready):  # or Ctrl-C: an engine left behind would keep us from ending
            for process in processes:
                if process.pid is not None:
                    process.terminate()
                    process.join()
            ours.close()
    raise UserError(first.message if isinstance(first, Failure) else "the engine did not start")


def _leave_none(process: BaseProcess) -> None:
    """At our end: Ctrl-C may come before whoever asked for the engine has it, and Python waits for it."""
    if process.is_alive():
        process.terminate()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start a process that does not hear Ctrl-C from its first moment: it is the view's to hear.

    Held, not ignored: a Ctrl-C that comes meanwhile is heard when the process has started. The process is
    deaf because it inherits this thread's mask; other threads of ours may still take the signal in.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    masked = hasattr(signal, "pthread_sigmask")  # not on Windows
    if masked:
        resource_tracker.ensure_running()  # it would lift the mask, were it started after this
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if masked:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, before)
        if heard:
            signal.raise_signal(signal.SIGINT)
