"""Which channel and keys are the player's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.errors import UserError
from improv.ports.reach import Reach, parse_keys

bytes7 = st.integers(0, 127)


@given(st.none() | st.integers(0, 15), bytes7, bytes7, st.integers(0, 15), bytes7, bytes7)
def test_an_off_passes_where_its_on_did(
    channel: int | None, low: int, high: int, on: int, pitch: int, velocity: int
) -> None:
    reach = Reach(channel, low, high)
    wanted = channel in (None, on) and low <= pitch <= high
    assert reach.passes(bytes((0x90 | on, pitch, velocity))) == wanted
    assert reach.passes(bytes((0x80 | on, pitch, velocity))) == wanted
    assert reach.passes(bytes((0xA0 | on, pitch, velocity))) == wanted
    assert reach.passes(bytes((0xB0 | on, pitch, velocity))) == (channel in (None, on))
    assert reach.passes(b"\xf8")


@given(bytes7, bytes7)
def test_numbers_and_names_are_the_same_keys(low: int, high: int) -> None:
    names = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
    text = "-".join(f"{names[pitch % 12]}{pitch // 12 - 1}" for pitch in (low, high))
    if low > high:
        with pytest.raises(UserError, match="from low to high"):
            parse_keys(text)
        return
    assert parse_keys(text) == parse_keys(f"{low}-{high}") == (low, high)


def test_flats_and_spaces() -> None:
    assert parse_keys(" bb3 - E♭5 ") == (58, 75)


@pytest.mark.parametrize("text", ["", "C3", "C3-", "H3-C4", "48-200", "C-2-C4", "C4-C3", "48..84"])
def test_mistakes_are_told(text: str) -> None:
    with pytest.raises(UserError, match=f"--keys {text}"):
        parse_keys(text)
