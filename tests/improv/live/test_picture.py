"""The picture: where each part goes, who rests, and which ports are waited for."""

from collections.abc import Callable

import pytest

from improv.channels import CHANNELS, PARTS
from improv.live.clock import FakeClock
from improv.live.engine import Engine
from improv.live.front import Front
from improv.live.link import News
from improv.live.picture import Picture
from improv.live.witness import Sounding
from improv.ports.live import LiveInput, LiveOutput
from improv.ports.loopback import Recorder, Script
from improv.ports.player import Overheard, PlayerSide
from improv.ports.reach import Reach
from improv.ports.routing import Route, Routing
from improv.requests import Mute, Request
from improv.session.session import Asked, Session
from improv.snapshot import PartShown

MakeSession = Callable[..., Session]


class Nobody:
    """A view that asks for nothing."""

    def tell(self, news: News) -> None:
        """Heard by nobody."""

    def requests(self) -> list[Request]:
        """Nothing."""
        return []


def test_each_part_is_shown_on_its_channel_and_ports_and_what_is_lost_as_lost(
    make_session: MakeSession,
) -> None:
    clock = FakeClock()
    keys, synth, rack = (
        Script([], clock.now, "keys"),
        Recorder(clock.now, "synth"),
        Recorder(clock.now, "rack"),
    )
    hears, plays, walks = LiveInput("keys", keys), LiveOutput("synth", synth), LiveOutput("rack", rack)
    side, sounding = PlayerSide(1, Reach()), Sounding()  # what stands around them in a take
    outputs = [sounding.watch(Overheard(port, side, clock.now)) for port in (plays, walks)]
    routing = Routing(groups=((0,), (1,)), routes={"bass": Route(1, 4), "click": Route(0, 6)})
    engine = Engine(make_session(), Front([hears], outputs, clock, routing), clock, Nobody())

    def shown() -> dict[str, PartShown]:
        return {part.name: part for part in engine.snapshot(clock.now()).parts}

    usual = {part: PartShown(part, channel=CHANNELS[part] + 1, ports="synth") for part in PARTS}
    assert shown() == usual | {
        "bass": PartShown("bass", channel=5, ports="rack"),
        "click": PartShown("click", channel=7, ports="synth"),
    }
    assert engine.snapshot(clock.now()).lost == ()
    hears.detach(keys)
    walks.detach(rack)
    assert engine.snapshot(clock.now()).lost == ("keys", "rack")
    assert [name for name, part in shown().items() if part.lost] == ["bass"]
    hears.attach(keys)
    walks.attach(rack)
    assert engine.snapshot(clock.now()).lost == ()
    assert not any(part.lost for part in shown().values())


def test_without_an_output_no_part_is_lost(make_session: MakeSession) -> None:
    clock = FakeClock()
    engine = Engine(make_session(), Front([], [], clock), clock, Nobody())
    assert {(part.ports, part.lost) for part in engine.snapshot(0).parts} == {("", False)}


@pytest.mark.parametrize(
    ("mode", "alone", "resting"),
    [
        ("trade", False, set()),
        ("comp", False, set()),
        ("layout", False, {"comp"}),
        ("answer", False, {"comp", "bass", "drums"}),
        ("trade", True, {"comp", "bass", "drums"}),
        ("comp", True, {"drums"}),
    ],
)
def test_who_rests_in_a_mode_is_shown_and_so_is_who_is_muted(
    make_session: MakeSession, mode: str, alone: bool, resting: set[str]
) -> None:
    session = make_session(mode=mode, band=True, alone=alone)
    state, _ = session.update(session.initial(), Asked(0, Mute("bass")))
    shown = Picture(session).take(0, state, None, Front([], [], FakeClock()).shown(0), "", "")
    assert {part.name for part in shown.parts if part.resting} == resting
    assert {part.name for part in shown.parts if part.muted} == {"bass"}
