"""The ports without a machine behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.live.clock import FakeClock
from improv.ports.base import InPort, OutPort
from improv.ports.loopback import Recorder, Script

ON = b"\x90\x3c\x50"


@given(
    st.lists(st.tuples(st.integers(0, 50), st.binary(min_size=1, max_size=3))),
    st.lists(st.integers(0, 30)),
)
def test_a_script_gives_each_message_once_and_in_order(
    messages: list[tuple[int, bytes]], steps: list[int]
) -> None:
    clock = FakeClock()
    script = Script(messages, clock.now)
    heard: list[bytes] = []
    for step in [*steps, 50]:
        clock.advance(step)
        heard += script.poll()
        assert len(heard) == sum(t <= clock.now() for t, _ in messages)
    assert heard == [message for _, message in sorted(messages, key=lambda timed: timed[0])]
    assert script.remaining == 0


def test_a_recorder_keeps_what_is_sent_and_when() -> None:
    clock = FakeClock(7)
    recorder = Recorder(clock.now)
    port: OutPort = recorder
    port.send(ON)
    clock.advance(3)
    port.send(ON)
    assert recorder.messages == [(7, ON), (10, ON)]
    port.close()
    with pytest.raises(OSError, match="is closed"):
        port.send(ON)


def test_a_closed_script_is_at_its_end() -> None:
    port: InPort = Script([(0, ON)], lambda: 0)
    port.close()
    assert port.poll() == []
