"""Live ports: what is said to be lost is waited for, and nothing else; and it leaves nothing behind."""

from hypothesis import given
from hypothesis import strategies as st

from improv.ports.live import LiveInput, LiveOutput, lost
from improv.ports.loopback import Recorder, Script

NAMES = ("Keys", "Piano")
steps = st.lists(st.tuples(st.booleans(), st.sampled_from(NAMES)), max_size=20)


@given(steps)
def test_an_input_is_lost_when_nothing_is_heard_of_what_was(did: list[tuple[bool, str]]) -> None:
    ports = {name: Script([], lambda: 0, name) for name in NAMES}
    live, heard, seen = LiveInput("no keyboard yet"), set[str](), set[str]()
    for plugged, name in did:
        if plugged != (name in heard):
            (live.attach if plugged else live.detach)(ports[name])
            heard ^= {name}
            seen |= {name}
        assert set(live.lost) == (set() if heard else seen)
        assert len(live.lost) == len(set(live.lost))
        shown = heard or seen
        assert live.name == "no keyboard yet" if not shown else set(live.name.split(", ")) == shown


def test_an_output_is_lost_between_two_ports() -> None:
    recorder = Recorder(lambda: 0, "synth")
    live = LiveOutput("synth", recorder)
    assert lost([live, recorder]) == ()
    live.detach(recorder)
    assert lost([live, recorder, LiveInput("never there")]) == ("synth",)
    live.attach(recorder)
    assert lost([live, recorder]) == ()


messages = st.lists(
    st.builds(
        lambda kind, channel, number, value: bytes((kind | channel, number, value)),
        st.sampled_from([0x80, 0x90, 0xB0]),
        st.integers(0, 1),
        st.integers(60, 66),
        st.sampled_from([0, 1, 64, 127]),
    ),
    max_size=30,
)


def held(played: list[bytes]) -> set[tuple[str, int, int]]:
    """What is held after some messages: keys and pedals."""
    found: set[tuple[str, int, int]] = set()
    for status, number, value in played:
        kind, channel = status & 0xF0, status & 0x0F
        if kind == 0xB0 and number == 64:
            (found.add if value else found.discard)(("pedal", channel, 0))
        elif kind != 0xB0:
            (found.add if kind == 0x90 and value else found.discard)(("key", channel, number))
    return found


@given(messages, messages)
def test_a_keyboard_that_is_lost_lets_go_of_what_it_held_and_of_nothing_else(
    first: list[bytes], second: list[bytes]
) -> None:
    gone = Script([(0, message) for message in first], lambda: 0)
    stays = Script([(0, message) for message in second], lambda: 0)
    heard = LiveInput("keyboards", gone)
    played = heard.poll()
    assert played == first, "as they came"
    heard.attach(stays)
    assert heard.poll() == second
    heard.detach(gone)
    let_go = heard.poll()
    assert held([*first, *let_go]) == set()
    assert len(let_go) == len(held(first)), "once each"
    assert heard.poll() == []


def test_the_last_of_them_lets_go_too() -> None:
    gone = Script([(0, b"\x90\x3c\x50"), (0, b"\xb2\x40\x7f")], lambda: 0)
    heard = LiveInput("keyboard", gone)
    heard.poll()
    heard.detach(gone)
    assert heard.state == "lost"
    assert heard.poll() == [b"\x90\x3c\x00", b"\xb2\x40\x00"]
