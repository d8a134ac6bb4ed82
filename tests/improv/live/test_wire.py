"""The wire between two processes: whole values, in order, and nobody waits to send."""

import socket
from threading import Thread
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from improv.live.wire import ROOM, Wire

PATIENCE = 200


def pair() -> tuple[Wire, Wire]:
    """Both ends."""
    ours, theirs = socket.socketpair()
    return Wire(ours), Wire(theirs)


def receive(wire: Wire, count: int) -> list[Any]:
    """So many values."""
    found: list[Any] = []
    for _ in range(PATIENCE):
        found += wire.receive()
        if len(found) >= count:
            return found
        wire.wait(0.05)
    raise AssertionError(f"{len(found)} of {count} have come")


@given(st.lists(st.binary(max_size=5000) | st.integers() | st.text(max_size=50), max_size=40))
def test_values_arrive_whole_and_in_order(values: list[object]) -> None:
    ours, theirs = pair()
    for value in values:
        ours.post(value)
    assert receive(theirs, len(values)) == values
    ours.close()
    theirs.close()


def test_nobody_waits_to_send_and_nothing_is_lost_where_the_other_is_slow() -> None:
    """Far more than the system keeps between the two: whoever posted it has long gone on."""
    ours, theirs = pair()
    values = [bytes([number]) * 4000 for number in range(256)] * 8
    assert sum(map(len, values)) > 4 * ROOM
    for value in values:
        ours.post(value)  # were it to wait, nobody would read, and this would not end
    found: list[object] = []
    for _ in range(PATIENCE * 10):
        found += theirs.receive()
        if len(found) == len(values):
            break
        ours.wait(0.0)  # what waits leaves with the next look
    assert found == values


def test_both_may_talk_at_once_from_any_thread() -> None:
    ours, theirs = pair()

    def post(begins: int) -> None:
        for number in range(begins, begins + 500):
            ours.post(number)

    threads = [Thread(target=post, args=(begins,)) for begins in (0, 1000)]
    for thread in threads:
        thread.start()
    found = receive(theirs, 1000)
    for thread in threads:
        thread.join()
    assert sorted(found) == [*range(500), *range(1000, 1500)]


def test_an_end_that_is_gone_is_noticed_after_what_it_said() -> None:
    ours, theirs = pair()
    ours.post("last words")
    ours.close()
    assert theirs.wait(1.0)
    assert theirs.receive() == ["last words"]
    assert theirs.lost
    theirs.post("into the void")
    assert theirs.wait(10.0), "at once"
    assert theirs.receive() == []
