"""The stages together."""

from improv.ports.loopback import Recorder
from improv.ports.mpe import parse_mpe
from improv.ports.player import Overheard, PlayerSide
from improv.ports.reach import Reach

MS = 1_000_000


def test_an_echo_is_left_out_and_told_once_an_input() -> None:
    told: list[int] = []
    side, recorder = PlayerSide(2, Reach(), tell=told.append), Recorder(lambda: 0)
    on = b"\x93\x3c\x50"
    now = 0
    port = Overheard(recorder, side, lambda: now)
    for now in (0, 100 * MS):
        port.send(on)
        assert side.take(now + 3 * MS, 1, on) == ()
    assert told == [1]
    now = 500 * MS
    port.send(on)
    assert side.take(501 * MS, 0, on) == ()
    assert side.take(502 * MS, 1, on) == (), "each input may echo it"
    assert told == [1, 0]
    assert [message for _, message in recorder.messages] == [on] * 3
    assert port.name == "recorder"
    port.close()
    assert recorder.closed


def test_mpe_is_merged_before_the_channel_is_looked_at() -> None:
    side = PlayerSide(1, Reach(channel=0, low=48, high=84), parse_mpe("lower"))
    heard = [
        message
        for raw in (b"\x93\x3c\x50", b"\x94\x24\x50", b"\x83\x3c\x40")
        for message in side.take(0, 0, raw)
        if side.passes(message)
    ]
    assert heard == [b"\x90\x3c\x50", b"\x80\x3c\x40"]


def test_inputs_have_zones_of_their_own() -> None:
    side = PlayerSide(2, Reach(), parse_mpe("auto"))
    for message in (b"\xb0\x65\x00", b"\xb0\x64\x06", b"\xb0\x06\x0f"):
        side.take(0, 0, message)
    assert side.take(1, 0, b"\x93\x3c\x50") == (b"\x90\x3c\x50",)
    assert side.take(1, 1, b"\x93\x3c\x50") == (b"\x93\x3c\x50",)
