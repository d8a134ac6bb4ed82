"""MPE merged: laws over any playing, then what a synth of one channel is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.errors import UserError
from improv.ports.mpe import Mpe, parse_mpe, with_zone

channels = st.integers(0, 4)
values = st.integers(0, 127)
zone = st.builds(lambda master, count: ("zone", master, count), st.sampled_from([0, 15]), st.integers(0, 4))
notes = st.builds(lambda c, p: ("note", c, p), st.integers(1, 4), st.integers(60, 62))
expressive = st.builds(
    lambda kind, c, a, b: (kind, c, bytes((a, b))),
    st.sampled_from(["bend", "pressure", "timbre", "pedal"]),
    channels,
    values,
    values,
)
playing = st.lists(notes | expressive | zone, max_size=50)
LOWER = Mpe(with_zone({}, 0, 15), follows=False)


def raw(step: tuple[str, int, object], down: set[tuple[int, int]]) -> list[bytes]:
    """The messages of a step; a note goes down where it is up, and up where it is down."""
    kind, channel, what = step
    if kind == "zone":
        assert isinstance(what, int)
        return [bytes((0xB0 | channel, number, value)) for number, value in ((101, 0), (100, 6), (6, what))]
    if kind == "note":
        assert isinstance(what, int)
        down ^= {(channel, what)}
        return [bytes(((0x90 if (channel, what) in down else 0x80) | channel, what, 64))]
    assert isinstance(what, bytes)
    match kind:
        case "bend":
            return [bytes((0xE0 | channel, *what))]
        case "pressure":
            return [bytes((0xD0 | channel, what[0]))]
        case "timbre":
            return [bytes((0xB0 | channel, 74, what[1]))]
        case _:
            return [bytes((0xB0 | channel, 64, what[1]))]


@given(playing, st.booleans())
def test_each_on_has_its_off_whatever_zones_come_and_go(
    did: list[tuple[str, int, object]], starts: bool
) -> None:
    mpe = Mpe(with_zone({}, 0, 3) if starts else {})
    down, sounding = set[tuple[int, int]](), set[tuple[int, int]]()
    struck = heard = 0

    def follow(message: bytes) -> None:
        nonlocal mpe, heard
        mpe, out = mpe.update(message)
        for one in out:
            key = one[0] & 0x0F, one[1]
            if one[0] & 0xF0 == 0x90 and one[2]:
                assert key not in sounding or not mpe.zones, "an on of a key that sounds"
                sounding.add(key)
                heard += 1
            elif one[0] & 0xF0 in (0x80, 0x90):
                assert key in sounding, "an off without its on"
                sounding.discard(key)

    for step in did:
        messages = raw(step, down)
        struck += sum(message[0] & 0xF0 == 0x90 for message in messages)
        for message in messages:
            follow(message)
    for channel, pitch in sorted(down):
        follow(bytes((0x80 | channel, pitch, 64)))
    assert sounding == set(), "something is left sounding"
    assert heard == struck, "every key that was struck sounds"
    assert mpe.notes == ()
    assert mpe.ended == frozenset()


@given(playing)
def test_without_a_zone_everything_passes_as_it_is(did: list[tuple[str, int, object]]) -> None:
    mpe, down = Mpe(), set[tuple[int, int]]()
    for step in did:
        if step[0] == "zone":
            continue
        for message in raw(step, down):
            mpe, out = mpe.update(message)
            assert out == (message,)


@given(playing)
def test_a_zone_is_heard_on_its_master_channel_alone(did: list[tuple[str, int, object]]) -> None:
    mpe, down = LOWER, set[tuple[int, int]]()
    for step in did:
        for message in raw(step, down):
            mpe, out = mpe.update(message)
            assert {one[0] & 0x0F for one in out} <= {0}


def after(*messages: str, mpe: Mpe = LOWER) -> list[str]:
    """What the last message becomes."""
    out: tuple[bytes, ...] = ()
    for message in messages:
        mpe, out = mpe.update(bytes.fromhex(message))
    return [one.hex() for one in out]


def test_the_newest_note_bends_the_channel_and_the_one_before_it_takes_over() -> None:
    high = ("e1 00 41", "91 3c 50")  # 128 of 8192 steps up, of 48 semitones: 0.75
    assert after(high[0]) == []
    assert after(*high) == ["e00058", "903c50"], "of the synth's two semitones: 3072 of 8192 steps"
    assert after(*high, "92 40 50") == ["e00040", "904050"]
    assert after(*high, "92 40 50", "82 40 40") == ["804040", "e00058"]
    assert after(*high, "81 3c 40") == ["803c40"], "the bend stays while it dies away"
    assert after("91 3c 50", "e1 7f 7f") == ["e07f7f"], "no further than the synth bends"


def test_bends_of_note_and_zone_add() -> None:
    whole = "e0 00 60"  # a semitone up, of two
    assert after(whole) == ["e00060"]
    assert after(whole, "91 3c 50", "e1 00 41") == ["e00078"]


def test_bend_ranges_are_the_controller_s() -> None:
    members = ("b1 65 00", "b1 64 00", "b1 06 02")
    assert after(*members) == []
    assert after(*members, "91 3c 50", "e1 00 60") == ["e00060"]
    master = ("b0 65 00", "b0 64 00", "b0 06 0c")
    assert after(*master) == ["b06500", "b06400", "b0060c"], "the synth bends as far"
    assert after(*master, "91 3c 50", "e1 00 60") == ["e07f7f"], "24 semitones are more than 12"
    assert after(*master, "91 3c 50", "e1 00 41") == ["e00044"]


def test_two_notes_of_one_pitch_sound_as_one_and_end_once() -> None:
    both = ("91 3c 50", "92 3c 60")
    assert after(*both) == ["803c40", "903c60"]
    assert after(*both, "81 3c 40") == []
    assert after(*both, "81 3c 40", "82 3c 40") == ["803c40"]


def test_pressure_and_timbre_follow_too_and_the_pedal_is_the_zone_s() -> None:
    assert after("91 3c 50", "d1 30") == ["d030"]
    assert after("91 3c 50", "b1 4a 10") == ["b04a10"]
    assert after("b3 40 7f") == ["b0407f"]


def test_a_controller_sets_its_zone_and_its_configuration_goes_no_further() -> None:
    lower = ("b0 65 00", "b0 64 06", "b0 06 05")
    assert after(*lower, mpe=Mpe()) == []
    assert after(*lower, "91 3c 50", mpe=Mpe()) == ["903c50"]
    assert after(*lower, "96 3c 50", mpe=Mpe()) == ["963c50"], "not of the zone"
    assert after("91 3c 50", *lower, "81 3c 40", mpe=Mpe()) == ["813c40"], "struck before"
    none = ("b0 65 00", "b0 64 06", "b0 06 00")
    assert after(*lower, "91 3c 50", *none, mpe=Mpe()) == ["803c40"]
    assert after(*lower, "91 3c 50", *none, "81 3c 40", mpe=Mpe()) == []


@given(st.integers(1, 15), st.integers(1, 15))
def test_zones_never_share_a_channel(lower: int, upper: int) -> None:
    zones = with_zone(with_zone({}, 0, lower), 15, upper)
    covered = [channel for master, members in zones.items() for channel in (master, *members)]
    assert len(covered) == len(set(covered))
    assert len(zones[15]) == upper


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ("auto", {}),
        ("lower", {0: tuple(range(1, 16))}),
        ("upper:2", {15: (14, 13)}),
        ("lower:7", {0: (1, 2, 3, 4, 5, 6, 7)}),
    ],
)
def test_words(text: str, zones: dict[int, tuple[int, ...]]) -> None:
    mpe = parse_mpe(text)
    assert mpe is not None
    assert mpe.zones == zones
    assert parse_mpe("off") is None


@pytest.mark.parametrize("text", ["", "on", "lower:0", "lower:16", "middle"])
def test_mistakes_are_told(text: str) -> None:
    with pytest.raises(UserError, match="--mpe"):
        parse_mpe(text)
