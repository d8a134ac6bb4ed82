"""Live ports: what is said to be lost is what was there and is waited for, and nothing else."""

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
