"""What a user has connected is connected again, and what they have undone is not."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from improv.ports.patches import Patches

OUT, IN, SYNTH, RACK, KEYS = "improv-out:improv", "improv-in:improv", "synth:in", "rack:in", "keys:out"
PLAYS = {OUT: True, IN: False}
MEANT = [(OUT, SYNTH), (OUT, RACK), (KEYS, IN)]
"""What may be connected, as (source, target)."""


@dataclass
class Server:
    """A JACK server: its ports, and which are connected; another life of it knows nothing of this one."""

    ports: set[str] = field(default_factory=lambda: {OUT, IN, SYNTH, RACK, KEYS})
    cables: set[tuple[str, str]] = field(default_factory=set)
    served: bool = True

    def connected(self, port: str) -> tuple[str, ...]:
        assert self.served, "a dead server is left alone"
        return tuple(sorted({end for cable in self.cables if port in cable for end in cable} - {port}))

    def there(self, port: str) -> bool:
        assert self.served
        return port in self.ports

    def connect(self, source: str, target: str) -> bool:
        assert self.served
        if {source, target} <= self.ports:
            self.cables.add((source, target))
        return (source, target) in self.cables

    def close(self) -> None:
        """As JACK's."""

    def remove(self, port: str) -> None:
        self.ports.discard(port)
        self.cables = {cable for cable in self.cables if port not in cable}


class Room:
    """A server that dies and comes back, and who remembers."""

    def __init__(self) -> None:
        self.server: Server | None = Server()
        self.patches = Patches(lambda: self.server)

    def look(self) -> list[tuple[str, str]]:
        if self.server is None:
            self.patches.lose()
            return []
        return [(ours, peer) for ours, plays in PLAYS.items() for peer in self.patches.look(ours, plays)]

    def die(self) -> None:
        if self.server is not None:
            self.server.served = False
        self.server = None

    def start(self, *missing: str) -> None:
        self.server = Server()
        for port in missing:
            self.server.remove(port)


steps = st.lists(
    st.sampled_from(["die", "start", *MEANT, *(("undo", *cable) for cable in MEANT), SYNTH, RACK, KEYS]),
    max_size=25,
)


@given(steps)
def test_what_was_last_connected_by_hand_is_connected_where_it_can_be(
    did: list[str | tuple[str, ...]],
) -> None:
    """With a look after each step: exactly what the user wants, for all ports that are there."""
    room, wanted = Room(), set[tuple[str, str]]()
    room.look()
    for step in did:
        server = room.server
        match step:
            case "die":
                room.die()
            case "start":
                if server is None:
                    room.start()
            case ("undo", source, target):
                if server is not None and (source, target) in server.cables:
                    server.cables.discard((source, target))
                    wanted.discard((source, target))
            case (source, target):
                if server is not None and server.connect(source, target):
                    wanted.add((source, target))
            case str(port) if server is not None:
                server.remove(port) if port in server.ports else server.ports.add(port)
            case _:
                pass
        room.look()
        if room.server is not None:
            assert room.server.cables == {cable for cable in wanted if set(cable) <= room.server.ports}


def test_all_is_connected_again_when_the_server_is_back_and_told_once() -> None:
    room = Room()
    assert room.server is not None
    room.server.cables = {(OUT, SYNTH), (KEYS, IN)}
    assert room.look() == []
    room.die()
    assert room.look() == []
    room.start(KEYS)
    assert room.look() == [(OUT, SYNTH)]
    assert room.look() == []
    room.server.ports.add(KEYS)
    assert room.look() == [(IN, KEYS)]
    assert room.server.cables == {(OUT, SYNTH), (KEYS, IN)}


def test_a_server_that_dies_while_it_is_asked_is_not_believed() -> None:
    room = Room()
    assert room.server is not None
    room.server.cables = {(OUT, SYNTH)}
    room.look()

    class Dying(Server):
        def connected(self, port: str) -> tuple[str, ...]:
            self.served = False
            return ()

        def there(self, port: str) -> bool:
            return True

    room.patches.close()
    room.server = Dying()
    assert room.look() == []
    room.start()
    assert room.look() == [(OUT, SYNTH)]


def test_without_a_patchbay_nothing_is_known() -> None:
    patches = Patches(lambda: None)
    assert patches.look(OUT, plays=True) == ()
    patches.lose()
    assert not patches.able
    patches.close()
