"""The front's own process: open the ports, keep time, and leave nothing sounding.

Conventions: SIGINT belongs to the view; SIGTERM and SIGHUP ask the engine to end everything in order. An
engine that dies closes the wire: then all is silenced here, and the process ends without having said that it
did, so that the view knows.
"""

import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from threading import Event as Flag

from improv.controls.store import open_panel
from improv.errors import UserError
from improv.garbage import keep_what_stands
from improv.live.around import Around
from improv.live.clock import Clock, MonotonicClock
from improv.live.far import attend
from improv.live.front import Front
from improv.live.intake import Intake
from improv.live.link import Failure
from improv.live.options import Options, make_plan, make_reach
from improv.live.orders import Opened
from improv.live.wire import Wire
from improv.live.witness import Sounding
from improv.ports.base import AGAIN, OutPort
from improv.ports.live import LiveOutput
from improv.ports.mpe import parse_mpe
from improv.ports.open import OpenPorts
from improv.ports.player import Overheard, PlayerSide
from improv.ports.stderr import quiet_stderr
from improv.priority import is_outranked, raise_priority
from improv.signals import ENDS
from improv.sync.clock_out import ClockOut
from improv.sync.messages import ClockMessages

ANY = "any"
"""`--sync-in any`: whichever input a clock comes on."""
READY = 250_000_000
"""Nanoseconds until our first clock: nothing keeps time yet, and clocks that wait would be late."""
FAREWELL = 0.05
"""Seconds between the last message and closing the ports: JACK sends with its next period."""
JACK_WAITS = "JACK leaves its clients no real-time priority, so notes come late: jackd -R with -P 10 or more"
SWITCH = 0.0005
"""Seconds that another thread may hold the interpreter while the one that keeps time waits."""


def run_front(options: Options, end: socket.socket, sounding: Sounding, around: Around) -> None:
    """The process's main: open the ports and play on them until the engine leaves.

    What sounds is noted in `sounding`, for whoever silences it when this process is killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    realtime = raise_priority()
    wire = Wire(end)
    try:
        if _play(options, wire, realtime, sounding, around):
            sounding.end()
    except UserError as error:
        sounding.end()
        wire.post(Failure(str(error)))
    finally:
        wire.close()


def _play(options: Options, wire: Wire, realtime: bool, sounding: Sounding, around: Around) -> bool:
    """Play; whether the engine left in order."""
    with ExitStack() as stack:
        stack.enter_context(quiet_stderr())
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
        clock, inputs = around.clock(MonotonicClock()), around.inputs(opened.inputs)
        side = PlayerSide(
            len(inputs), make_reach(options), parse_mpe(options.mpe), lambda port: came_back(port)
        )
        outputs: list[OutPort] = [
            sounding.watch(Overheard(port, side, clock.now) if isinstance(port, LiveOutput) else port)
            for port in opened.outputs
        ]
        panel, troubles = open_panel(options.mark_pedal, [port.name for port in inputs])
        front = Front(
            inputs,
            around.outputs(outputs),
            clock,
            opened.routing,
            Intake(side, panel, _clock_in(options, opened)),
            _clock_out(options, opened, clock, lambda text: front.notice(text, trouble=True)),
            panel,
            realtime,
            wire.post,
        )

        def came_back(port: int) -> None:
            front.notice(f"what improv plays comes back on {inputs[port].name}: it is left out")

        told_to_end = Flag()
        for name in ENDS:
            signal.signal(name, lambda *_: told_to_end.set())
        wire.post(front.shown(clock.now()))
        wire.post(
            Opened(
                inputs=tuple(port.name for port in inputs),
                outputs=tuple(port.name for port in outputs),
                notices=tuple(opened.notices),
                troubles=(*troubles, *_of_jack(opened.api, realtime)),
                clock_in=opened.clock_in,
            )
        )
        opened.listen(front.notice)
        sys.setswitchinterval(SWITCH)
        keep_what_stands()
        attend(front, wire, clock, told_to_end.is_set)
        for pause in AGAIN if front.left is not None and front.left.again else ():
            time.sleep(pause)
            front.desk.silence_again()
        time.sleep(FAREWELL)
    return front.left is not None


def _of_jack(api: str, realtime: bool) -> tuple[str, ...]:
    """What is wrong with how a JACK server runs: its threads have to be more urgent than ours."""
    return (JACK_WAITS,) if api == "jack" and realtime and is_outranked() is False else ()


def _clock_out(
    options: Options, opened: OpenPorts, clock: Clock, lost: Callable[[str], None]
) -> ClockOut | None:
    """The clock that is sent, if any."""
    if opened.clock_out is None:
        return None
    return ClockOut(opened.clock_out, options.tempo, clock.now() + READY, lost)


def _clock_in(options: Options, opened: OpenPorts) -> ClockMessages | None:
    """Which messages are those of a clock that is followed, if any."""
    return None if options.sync_in is None else ClockMessages(opened.clock_in, opened.clock_alone)
