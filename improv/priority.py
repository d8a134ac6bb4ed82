"""Real-time priority, where the system grants it."""

import os

PRIORITY = 4
"""Of SCHED_FIFO, where the system allows it: above all ordinary work, below JACK's audio threads (5)."""


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
