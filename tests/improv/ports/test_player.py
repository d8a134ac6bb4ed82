"""The stages together."""

from improv.ports.mpe import parse_mpe
from improv.ports.player import PlayerSide
from improv.ports.reach import Reach

MS = 1_000_000


def test_an_echo_is_left_out_and_told_once_an_input() -> None:
    side = PlayerSide(2, Reach())
    on = b"\x93\x3c\x50"
    for t in (0, 100):
        side.sent(t * MS, on)
        assert side.take((t + 3) * MS, 1, on) == ()
    assert side.came_back() == [1]
    assert side.came_back() == []
    side.sent(500 * MS, on)
    assert side.take(501 * MS, 0, on) == ()
    assert side.take(502 * MS, 1, on) == (), "each input may echo it"
    assert side.came_back() == [0]


def test_mpe_is_merged_before_the_channel_is_looked_at() -> None:
    side = PlayerSide(1, Reach(channel=0, low=48, high=84), parse_mpe("lower"))
    assert side.take(0, 0, b"\x93\x3c\x50") == [b"\x90\x3c\x50"]
    assert side.take(1, 0, b"\x94\x24\x50") == [], "below the player's keys"
    assert side.take(2, 0, b"\x83\x3c\x40") == [b"\x80\x3c\x40"]


def test_inputs_have_zones_of_their_own() -> None:
    side = PlayerSide(2, Reach(), parse_mpe("auto"))
    for message in (b"\xb0\x65\x00", b"\xb0\x64\x06", b"\xb0\x06\x0f"):
        side.take(0, 0, message)
    assert side.take(1, 0, b"\x93\x3c\x50") == [b"\x90\x3c\x50"]
    assert side.take(1, 1, b"\x93\x3c\x50") == [b"\x93\x3c\x50"]
