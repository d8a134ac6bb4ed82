"""Which port a player's word means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.errors import UserError
from improv.ports.names import find_port, stable_name

NAMES = [
    "Midi Through:Midi Through Port-0 14:0",
    "USB Keyboard:Keys 20:0",
    "Keys:Keys 24:0",
    "keys 2:out 28:0",
]


words = st.text(alphabet="abAB1: ", min_size=1, max_size=6)


@given(st.lists(words, unique=True), words, st.lists(words, unique=True))
def test_a_whole_name_always_finds_its_port(before: list[str], name: str, after: list[str]) -> None:
    assert find_port(name, [*before, name, *after], "jack", "input") == name


@given(st.text(min_size=1, max_size=3), st.lists(words))
def test_a_word_finds_a_port_that_contains_it_or_is_told_which_there_are(
    wanted: str, names: list[str]
) -> None:
    if any(wanted.casefold() in name.casefold() for name in names):
        assert wanted.casefold() in find_port(wanted, names, "jack", "input").casefold()
        return
    with pytest.raises(UserError) as told:
        find_port(wanted, names, "jack", "input")
    assert all(name in str(told.value) for name in names)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Keys:Keys", NAMES[2]),  # the stable name
        ("Keys:Keys 24:0", NAMES[2]),
        ("KEYS:KEYS", NAMES[2]),
        ("keys 2", NAMES[3]),  # the beginning
        ("keys", NAMES[2]),  # the beginning before a part, though the part comes first
        ("keyboard", NAMES[1]),
    ],
)
def test_exact_before_beginning_before_part(wanted: str, found: str) -> None:
    assert find_port(wanted, NAMES, "alsa", "input") == found


def test_an_unknown_port_is_told_with_those_there_are_and_the_closest() -> None:
    with pytest.raises(
        UserError, match=r"no MIDI output 'fsinth' \(jack\); there are: fsynth:midi_00, a:b"
    ) as told:
        find_port("fsinth", ["fsynth:midi_00", "a:b"], "jack", "output")
    assert "did you mean 'fsynth'?" in str(told.value)
    with pytest.raises(UserError, match="there are none at all"):
        find_port("x", [], "jack", "output")


@pytest.mark.parametrize("wanted", ["improv", "improv-out", "IMPROV-OUT:IMPROV", ""])
def test_our_own_ports_answer_only_to_their_whole_name(wanted: str) -> None:
    with pytest.raises(UserError):
        find_port(wanted, ["improv-out:improv"], "jack", "input")
    assert find_port("improv-out:improv", ["improv-out:improv"], "jack", "input") == "improv-out:improv"


def test_the_numbers_that_pass_are_not_part_of_a_name() -> None:
    assert stable_name("Keys:Keys 24:0", "alsa") == "Keys:Keys"
    assert stable_name("Keys 3", "winmm") == "Keys"
    assert stable_name("fsynth:midi 3", "jack") == "fsynth:midi 3"
