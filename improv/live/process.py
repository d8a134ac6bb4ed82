"""The engine's own process: set up, play, and leave nothing sounding.

Conventions: SIGINT belongs to the view, which asks to quit; SIGTERM and SIGHUP end the engine in order; a
view that dies closes the pipe, which ends it too.
"""

import gc
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event as Flag
from typing import Any

from improv.controls.store import open_panel
from improv.errors import UserError
from improv.live.around import Around
from improv.live.clock import Clock, MonotonicClock
from improv.live.engine import Engine
from improv.live.intake import Intake
from improv.live.journal import Journal
from improv.live.link import Done, EngineEnd, Failure, Notice, Ready
from improv.live.options import Options, make_plan, make_reach, make_session
from improv.live.witness import Sounding
from improv.ports.base import AGAIN, OutPort
from improv.ports.live import LiveOutput
from improv.ports.mpe import parse_mpe
from improv.ports.open import OpenPorts
from improv.ports.player import Overheard, PlayerSide
from improv.ports.stderr import quiet_stderr
from improv.priority import raise_priority
from improv.sync.link import LinkClock
from improv.sync.studio import ANY, followed, sent
from improv.version import VERSION

FAREWELL = 0.05
"""Seconds between the last message and closing the ports: JACK sends with its next period."""
SWITCH = 0.0005
"""Seconds that the session's thread may hold the interpreter while the timing thread waits."""


def run_engine(options: Options, connection: Connection, sounding: Sounding, around: Around) -> None:
    """The process's main: play a take from Ready to Done, or tell the Failure.

    What sounds is noted in `sounding`, for whoever silences it when this process is killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    realtime = raise_priority()
    end = EngineEnd(connection)
    try:
        _play(options, end, realtime, sounding, around)
        sounding.end()
        end.tell(Done())
    except UserError as error:
        sounding.end()
        end.tell(Failure(str(error)))
    finally:
        end.close()


def _play(options: Options, end: EngineEnd, realtime: bool, sounding: Sounding, around: Around) -> None:
    with ExitStack() as stack:
        stack.enter_context(quiet_stderr())
        session, digest = make_session(options)
        opened = OpenPorts(
            options.input_name,
            options.output_name,
            options.api,
            options.sound,
            make_plan(options),
            clock_in=None if options.sync_in == ANY else options.sync_in,
            clock_out=options.sync_out,
        )
        stack.callback(opened.close)
        inputs, notices = opened.inputs, opened.notices
        made = Flag()

        def complain(text: str) -> None:
            made.wait()  # a log may fail before there is an engine to tell of it
            engine.notice(text, trouble=True)

        clock = around.clock(MonotonicClock())
        side = PlayerSide(
            len(inputs), make_reach(options), parse_mpe(options.mpe), lambda port: came_back(port)
        )
        outputs: list[OutPort] = [
            sounding.watch(Overheard(port, side, clock.now) if isinstance(port, LiveOutput) else port)
            for port in opened.outputs
        ]
        panel, unusual = open_panel(options.mark_pedal, [port.name for port in inputs])
        timed = followed(options, opened, clock)
        if isinstance(timed, LinkClock):
            stack.callback(timed.close)
        ports = {"inputs": [port.name for port in inputs], "outputs": [port.name for port in outputs]}
        head = {"version": VERSION, "options": options.as_json(), "weights": digest, **ports, **_now(clock)}
        journal, trouble = _open_journal(options.log, head, complain)
        trouble += unusual
        told = " · ".join([*notices, *trouble])
        engine = Engine(
            around.session(session),
            around.inputs(inputs),
            around.outputs(outputs),
            clock,
            around.view(end),
            journal,
            realtime,
            told,
            routing=opened.routing,
            intake=Intake(side, panel, timed),
            panel=panel,
            clock_out=sent(options, opened, clock, lambda text: engine.notice(text, trouble=True)),
        )

        def came_back(port: int) -> None:
            engine.notice(f"what improv plays comes back on {inputs[port].name}: it is left out")

        end.listen(engine.told)
        for name in ("SIGTERM", "SIGHUP"):  # the second comes when the terminal's window is closed
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: engine.finished.set())
        end.tell(
            Ready(
                inputs=tuple(port.name for port in inputs),
                outputs=tuple(port.name for port in outputs),
                notices=tuple(notices),
                log=str(journal.path) if journal is not None else "",
            )
        )
        made.set()  # not before: the view expects Ready first
        opened.listen(engine.notice)
        for text in trouble:
            end.tell(Notice(text, trouble=True))
        sys.setswitchinterval(SWITCH)
        gc.collect()
        gc.freeze()  # what is loaded stays: collecting it again would only cost time
        try:
            engine.run()
        finally:
            for pause in AGAIN if end.lost else ():  # the view was a client too, and died
                time.sleep(pause)
                engine.desk.silence_again()
            time.sleep(FAREWELL)


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
