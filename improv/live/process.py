"""The engine's own process: a session, played on a front that another process has.

Conventions: SIGINT belongs to the view, which asks to quit; SIGTERM and SIGHUP end the engine in order; a
view that dies closes the pipe, which ends it too, and so does a front that is gone.
"""

import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event as Flag
from typing import Any

from improv.errors import UserError
from improv.garbage import keep_what_stands
from improv.live.around import Around
from improv.live.clock import Clock, MonotonicClock
from improv.live.engine import Engine
from improv.live.far import FarFront
from improv.live.journal import Journal
from improv.live.link import Done, EngineEnd, Failure, Notice, Ready
from improv.live.options import Options
from improv.live.orders import Leave
from improv.live.setting import make_session
from improv.live.wire import Wire
from improv.priority import raise_priority
from improv.requests import Request
from improv.signals import ENDS
from improv.sync.link import LinkClock
from improv.sync.studio import followed
from improv.version import VERSION

PATIENCE = 30.0
"""Seconds in which the ports have to open."""
SWITCH = 0.0005
"""Seconds that the session's thread may hold the interpreter while a panic waits."""


def run_engine(options: Options, connection: Connection, wire: socket.socket, around: Around) -> None:
    """The process's main: play a take from Ready to Done, or tell the Failure."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise_priority(below=1)
    end, front = EngineEnd(connection), FarFront(Wire(wire))
    try:
        _play(options, end, front, around)
        if not front.lost:
            end.tell(Done())
    except UserError as error:
        end.tell(Failure(str(error)))
    finally:
        end.close()


def _play(options: Options, end: EngineEnd, front: FarFront, around: Around) -> None:
    with ExitStack() as stack:
        session, digest = make_session(options)
        opened = front.opened(PATIENCE)
        made = Flag()

        def complain(text: str) -> None:
            made.wait()  # a log may fail before there is an engine to tell of it
            engine.notice(text, trouble=True)

        def told(request: Request) -> None:
            if end.lost:  # the view was a client of the MIDI system too, and died
                engine.leave = Leave(again=True)
            engine.told(request)

        clock = MonotonicClock()
        timed = followed(options, opened.clock_in, clock.now)
        if isinstance(timed, LinkClock):
            stack.callback(timed.close)
        ports = {"inputs": opened.inputs, "outputs": opened.outputs, "troubles": opened.troubles}
        head = {"version": VERSION, "options": options.as_json(), "weights": digest, **ports, **_now(clock)}
        journal, trouble = _open_journal(options.log, head, complain)
        trouble += opened.troubles
        engine = Engine(
            around.session(session),
            front,
            clock,
            around.view(end),
            journal,
            " · ".join([*trouble, *opened.notices]),  # the end of a long line is not seen
            clock_in=timed,
        )
        end.listen(told)
        for number in ENDS:
            signal.signal(number, lambda *_: engine.finished.set())
        end.tell(
            Ready(
                inputs=opened.inputs,
                outputs=opened.outputs,
                notices=opened.notices,
                log=str(journal.path) if journal is not None else "",
            )
        )
        made.set()  # not before: the view expects Ready first
        for text in trouble:
            end.tell(Notice(text, trouble=True))
        sys.setswitchinterval(SWITCH)
        keep_what_stands()
        engine.run(front.wait)


def _now(clock: Clock) -> dict[str, Any]:
    """The wall clock, and the engine's at the same moment: a log's times are counted from here."""
    return {"began": datetime.now().astimezone().isoformat(timespec="milliseconds"), "t": clock.now()}


def _open_journal(
    path: Path | None, head: dict[str, Any], complain: Callable[[str], None]
) -> tuple[Journal | None, list[str]]:
    """The log, where there is to be one, and what is wrong with it."""
    if path is None:
        return None, []
    try:
        return Journal(path, head, complain), []
    except OSError as error:
        return None, [f"no log: cannot write {path}: {error.strerror}; playing on"]
