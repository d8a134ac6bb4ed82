"""Events and their two written forms."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.session.events import (
    Control,
    Event,
    Message,
    NoteOff,
    NoteOn,
    Other,
    Tick,
    decode,
    encode,
    from_json,
    is_whole,
    to_json,
)

times = st.integers(-(2**62), 2**62)
channels = st.integers(0, 15)
data = st.integers(0, 127)


def other_bytes() -> st.SearchStrategy[bytes]:
    three = st.tuples(st.sampled_from([0xA0, 0xE0]), channels, data, data).map(
        lambda parts: bytes((parts[0] | parts[1], parts[2], parts[3]))
    )
    two = st.tuples(st.sampled_from([0xC0, 0xD0]), channels, data).map(
        lambda parts: bytes((parts[0] | parts[1], parts[2]))
    )
    realtime = st.sampled_from(
        [b"\xf6", b"\xf8", b"\xfa", b"\xfb", b"\xfc", b"\xfe", b"\xff", b"\xf2\x10\x00"]
    )
    sysex = st.lists(data, max_size=8).map(lambda body: bytes((0xF0, *body, 0xF7)))
    return st.one_of(three, two, realtime, sysex)


messages: st.SearchStrategy[Message] = st.one_of(
    st.builds(NoteOn, times, data, st.integers(1, 127), channels),
    st.builds(NoteOff, times, data, channels),
    st.builds(Control, times, data, data, channels),
    st.builds(Other, times, other_bytes()),
)
events: st.SearchStrategy[Event] = st.one_of(messages, st.builds(Tick, times))


@given(messages)
def test_decode_undoes_encode(message: Message) -> None:
    assert decode(message.t, encode(message)) == message


@given(events)
def test_from_json_undoes_to_json(event: Event) -> None:
    assert from_json(json.loads(json.dumps(to_json(event)))) == event


@given(st.binary(max_size=6))
def test_any_bytes_decode_to_a_message_or_to_nothing(raw: bytes) -> None:
    message = decode(0, raw)
    assert (message is None) == (not is_whole(raw))
    if message is not None:
        assert decode(0, encode(message)) == message


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\x90\x3c\x50", NoteOn(7, 60, 80, 0)),
        (b"\x93\x3c\x00", NoteOff(7, 60, 3)),
        (b"\x83\x3c\x22", NoteOff(7, 60, 3)),
        (b"\xb0\x40\x7f", Control(7, 64, 127, 0)),
        (b"\xf8", Other(7, b"\xf8")),
        (b"\xe1\x00\x40", Other(7, b"\xe1\x00\x40")),
        (b"", None),
        (b"\x90\x3c", None),
        (b"\x3c\x50", None),
        (b"\x90\x3c\x80", None),
        (b"\xf0\x01", None),
        (b"\xf4", None),
    ],
)
def test_decode(raw: bytes, message: Message | None) -> None:
    assert decode(7, raw) == message


@pytest.mark.parametrize(
    "message",
    [NoteOn(0, 60, 0), NoteOn(0, 128, 1), NoteOn(0, 60, 1, 16), Control(0, 64, -1), Other(0, b"\x90")],
)
def test_encode_refuses_what_is_out_of_bounds(message: Message) -> None:
    with pytest.raises(ValueError, match=r"out of bounds|not a MIDI message|velocity 0"):
        encode(message)


@pytest.mark.parametrize(
    "fields", [{}, {"event": "tick"}, {"event": "bang", "t": 1}, {"event": "other", "t": 1, "data": "xy"}]
)
def test_from_json_refuses_anything_else(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"not a logged event|hexadecimal"):
        from_json(fields)
