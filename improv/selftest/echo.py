"""The bare loop: what a minimal program at the same priority does on the same ports, at the same time.

It sends at once whatever comes in, and every ten milliseconds, on an absolute deadline, a mark of its own
(`improv.selftest.marks`). What both take is what the machine and its MIDI system take; it is subtracted from
what the engine takes.

Conventions: times are nanoseconds on `time.perf_counter_ns`.
"""

import signal
from multiprocessing.connection import Connection

from improv.errors import UserError
from improv.live.clock import MonotonicClock
from improv.ports.rtmidi import open_input, open_output
from improv.ports.stderr import quiet_stderr
from improv.priority import raise_priority
from improv.selftest.marks import PERIOD, mark

LOOK = 250_000
"""Nanoseconds between looks at the input."""


def echo(connection: Connection, api: str | None, prefix: str) -> None:
    """The process's main: echo until the pipe closes.

    The pipe tells first which port is heard and which is played on, and is told when the marks begin; or what
    is wrong, as a text.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise_priority()
    with quiet_stderr():
        try:
            source, target = connection.recv()
            hears = open_input(source, api, f"{prefix}-bare-in")
            plays = open_output(target, api, f"{prefix}-bare-out")
        except UserError as error:
            connection.send(str(error))
            return
        except EOFError:  # whoever asks is gone
            return
        clock, idle = MonotonicClock(), MonotonicClock(spin=0)
        begins = clock.now() + PERIOD
        connection.send(begins)
        count = 0
        while count % 16 or not connection.poll():
            due = begins + count * PERIOD
            now = clock.now()
            if now >= due:
                plays.send(mark(count))
                count += 1
                continue
            for message in hears.poll():
                plays.send(message)
            if due - now < LOOK:
                clock.sleep_until(due)
            else:
                idle.sleep_until(now + LOOK)
        hears.close()
        plays.close()
