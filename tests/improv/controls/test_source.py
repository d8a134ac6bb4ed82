"""Sources: their text form, and what messages say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.controls.source import Kind, Source, Touch, parse_source, touch_of
from improv.errors import UserError

kinds = st.sampled_from(("CC", "NOTE", "PC"))
numbers = st.integers(0, 127)
channels = st.integers(0, 15)
sources = st.builds(Source, kinds, numbers, st.none() | channels) | st.builds(Source, st.just("MMC"), numbers)

STATUS: dict[Kind, int] = {"CC": 0xB0, "NOTE": 0x90, "PC": 0xC0}


@given(sources)
def test_the_text_form_reads_back(source: Source) -> None:
    assert parse_source(str(source)) == source
    assert parse_source(str(source).lower()) == source


@given(kinds, numbers, channels, st.integers(1, 127))
def test_a_message_says_its_source(kind: Kind, number: int, channel: int, value: int) -> None:
    message = bytes((STATUS[kind] | channel, number, value))[: 2 if kind == "PC" else 3]
    touch = touch_of(message)
    assert touch is not None
    assert touch.source == Source(kind, number, channel)
    assert touch.value == (127 if kind == "PC" else value)


def test_a_key_let_go_has_no_value_either_way() -> None:
    assert touch_of(b"\x83\x24\x40") == touch_of(b"\x93\x24\x00") == Touch(Source("NOTE", 36, 3), 0)


@pytest.mark.parametrize(
    ("message", "command"),
    [("f07f7f0602f7", 2), ("f07f100601f7", 1), ("f07f7f0602", None), ("f07e7f0602f7", None), ("f8", None)],
)
def test_machine_control(message: str, command: int | None) -> None:
    touch = touch_of(bytes.fromhex(message))
    assert touch == (None if command is None else Touch(Source("MMC", command), 127))


@pytest.mark.parametrize("message", ["e00040", "d040", "a03c40", "fa", "f20000", "f0f7"])
def test_what_is_no_button_and_no_knob(message: str) -> None:
    assert touch_of(bytes.fromhex(message)) is None


@given(sources, sources)
def test_sources_overlap_where_one_message_is_both(one: Source, other: Source) -> None:
    def messages(source: Source) -> set[tuple[object, ...]]:
        heard = range(16) if source.channel is None else [source.channel]
        return {(source.kind, source.number, channel) for channel in heard}

    assert one.overlaps(other) == other.overlaps(one) == bool(messages(one) & messages(other))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no message"),
        ("CC", "is no message"),
        ("CC-1", "is no message"),
        ("BEND3", "is no message"),
        ("CC128", "0 to 127"),
        ("CC3@0", "1 to 16"),
        ("CC3@17", "1 to 16"),
        ("MMC2@1", "MMC has no channel"),
    ],
)
def test_mistakes_are_told(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        parse_source(text)
