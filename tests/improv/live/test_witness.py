"""The table of what sounds: whatever is sent, it says what a listener would."""

import multiprocessing
import signal
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.live.witness import OUTPUTS, Sounding
from improv.ports.base import panic_messages
from improv.ports.loopback import Recorder
from improv.session.events import NoteOff, NoteOn, decode, encode

channels = st.integers(0, 15)
keys = st.integers(0, 127)
messages = st.one_of(
    st.builds(lambda c, p, v: bytes((0x90 | c, p, v)), channels, keys, keys),
    st.builds(lambda c, p: encode(NoteOff(0, p, c)), channels, keys),
    st.builds(lambda c, n, v: bytes((0xB0 | c, n, v)), channels, st.integers(0, 119), keys),
    st.builds(lambda c, v: bytes((0xC0 | c, v)), channels, keys),
    st.just(b"\xf8"),
)


@given(st.lists(st.tuples(st.integers(0, 2), messages), max_size=60))
def test_it_says_what_sounds(sent: list[tuple[int, bytes]]) -> None:
    sounding = Sounding()
    recorders = [Recorder(lambda: 0, f"synth {number}") for number in range(3)]
    ports = [sounding.watch(recorder) for recorder in recorders]
    expected: dict[str, set[tuple[int, int]]] = {port.name: set() for port in ports}
    for number, message in sent:
        ports[number].send(message)
        event = decode(0, message)
        if isinstance(event, NoteOn):
            expected[ports[number].name].add((event.channel, event.pitch))
        elif isinstance(event, NoteOff):
            expected[ports[number].name].discard((event.channel, event.pitch))
        assert {name: set(keys) for name, keys in sounding.outputs().items()} == expected
    assert [(0, message) for number, message in sent if number == 1] == recorders[1].messages
    for message in panic_messages():
        ports[0].send(message)
    assert sounding.outputs()["synth 0"] == ()


def test_a_note_that_was_not_sent_may_be_ended_and_one_that_was_never_is_missed() -> None:
    sounding = Sounding()
    recorder = Recorder(lambda: 0)
    port = sounding.watch(recorder)
    port.send(encode(NoteOn(0, 60, 80)))
    port.close()
    for message in (encode(NoteOn(0, 61, 80)), encode(NoteOff(0, 60))):
        with pytest.raises(OSError, match="closed"):
            port.send(message)
    assert sounding.outputs() == {"recorder": ((0, 60), (0, 61))}


def test_an_output_that_comes_back_is_the_same_one() -> None:
    sounding = Sounding()
    sounding.watch(Recorder(lambda: 0, "a")).send(encode(NoteOn(0, 60, 80)))
    again = sounding.watch(Recorder(lambda: 0, "a"))
    again.send(encode(NoteOff(0, 60)))
    assert sounding.outputs() == {"a": ()}


def test_more_outputs_than_fit_still_play() -> None:
    sounding = Sounding()
    recorders = [Recorder(lambda: 0, f"é {number}" * 60) for number in range(OUTPUTS + 2)]
    for recorder in recorders:
        sounding.watch(recorder).send(encode(NoteOn(0, 60, 80)))
    assert all(len(recorder.messages) == 1 for recorder in recorders)
    assert len(sounding.names()) == OUTPUTS


def _hold(sounding: Sounding) -> None:
    sounding.watch(Recorder(lambda: 0, "far")).send(encode(NoteOn(0, 60, 80, 3)))
    time.sleep(60)


def test_it_outlives_a_process_that_is_killed() -> None:
    sounding = Sounding()
    process = multiprocessing.get_context("spawn").Process(target=_hold, args=(sounding,))
    process.start()
    deadline = time.monotonic() + 30
    while not sounding.outputs().get("far"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert sounding.outputs() == {"far": ((3, 60),)}
    assert not sounding.ended
