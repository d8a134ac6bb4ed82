"""Real-time priority, where the system grants it."""

import os
from pathlib import Path

PRIORITY = 4
"""Of SCHED_FIFO, where the system allows it: above all ordinary work, below JACK's audio threads (5)."""
_THREADS = Path("/proc/self/task")
_RT_PRIORITY = 40 - 3
"""Which of the words after the name in `/proc/*/stat`: proc(5) counts from 1, and the first of them is 3."""


def raise_priority(below: int = 0) -> bool:
    """Ask for SCHED_FIFO for this thread and those that it will start; False where it is not to be had.

    `below`, 0 to 3, is how much less urgent it is than what keeps time.

    A whole process calls it before it makes any thread: one left behind would hold the interpreter's lock
    while ordinary work keeps it from the processor.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY - below))
    except (AttributeError, OSError):
        return False
    return True


def is_outranked() -> bool | None:
    """Whether a thread of this process is more urgent than ours: JACK's is, where it is set up well.

    None where the system does not tell.
    """
    try:
        stats = [(thread / "stat").read_bytes() for thread in _THREADS.iterdir()]
    except OSError:
        return None
    return any(int(stat.rpartition(b")")[2].split()[_RT_PRIORITY]) > PRIORITY for stat in stats)
