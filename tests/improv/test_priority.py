"""Real-time priority, as far as this machine grants it."""

import os
from pathlib import Path
from threading import Event, Thread

import pytest

from improv.priority import PRIORITY, is_outranked, raise_priority

ON_LINUX = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are listed in /proc")


def in_a_thread(priority: int, found: list[object]) -> None:
    """Note whether a thread of that priority outranks ours, while there is one."""
    over, begun = Event(), Event()

    def wait() -> None:
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
        except OSError as error:
            found.append(error)
        begun.set()
        over.wait(10)

    thread = Thread(target=wait)
    thread.start()
    begun.wait(10)
    found.append(is_outranked())
    over.set()
    thread.join()


@ON_LINUX
@pytest.mark.parametrize(("priority", "outranked"), [(PRIORITY, False), (PRIORITY + 1, True)])
def test_a_more_urgent_thread_is_seen(priority: int, outranked: bool) -> None:
    found: list[object] = []
    in_a_thread(priority, found)
    if isinstance(found[0], OSError):
        pytest.skip("no real-time priority here")
    assert found == [outranked]


def test_it_is_asked_for_and_whether_it_was_granted_is_told() -> None:
    """In a thread, which keeps what it was given to itself."""
    found: list[tuple[bool, int]] = []

    def ask() -> None:
        granted = raise_priority(below=1)
        found.append((granted, os.sched_getparam(0).sched_priority if granted else 0))

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert found in ([(True, PRIORITY - 1)], [(False, 0)])
