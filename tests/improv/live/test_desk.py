"""The desk: what goes where, what is held, and what stands by."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.chart import FEELS, Feel
from improv.channels import CHANNELS, DRUMS, IMPROV, KITS, PROGRAMS, Role
from improv.live.desk import Desk
from improv.ports.base import ALL_CHANNELS, panic_messages
from improv.ports.loopback import Recorder
from improv.ports.routing import Route, Routing
from improv.session.commands import LOOKAHEAD, Hold, Play, Release
from improv.session.events import Control, NoteOff, NoteOn, encode

MILLISECOND = 1_000_000
APART = Routing(groups=((0,), (1,)), routes={"bass": Route(1, 5), "player": Route(1, None)})


def on(pitch: int, channel: int = 0) -> bytes:
    return encode(NoteOn(0, pitch, 80, channel))


def off(pitch: int, channel: int = 0) -> bytes:
    return encode(NoteOff(0, pitch, channel))


def note(at: int, pitch: int = 60, role: Role = "improv", channel: int = IMPROV) -> Play:
    return Play(at, 10 * MILLISECOND, pitch, 80, channel, role, onset=0, ticks=6)


class Stage:
    """A desk with two recorders."""

    def __init__(self, routing: Routing | None = None) -> None:
        self.now = 0
        self.first, self.second = Recorder(lambda: self.now, "first"), Recorder(lambda: self.now, "second")
        self.told: list[str] = []
        self.desk = Desk([self.first, self.second], routing or Routing(), self.told.append)

    def run(self, until: int, step: int = MILLISECOND) -> None:
        while self.now < until:
            self.now += step
            self.desk.run(self.now)


def sent(recorder: Recorder) -> list[bytes]:
    return [message for _, message in recorder.messages]


@given(st.sampled_from([None, APART]), st.sampled_from([*CHANNELS]))
def test_a_role_is_heard_where_it_is_said_to_be(routing: Routing | None, role: Role) -> None:
    stage = Stage(routing)
    channel, ports = stage.desk.heard_on(role)
    stage.desk.play(note(0, role=role, channel=CHANNELS[role]))
    stage.run(20 * MILLISECOND)
    for recorder in (stage.first, stage.second):
        expected = [on(60, channel), off(60, channel)] if recorder in ports else []
        assert sent(recorder) == expected


def test_all_outputs_get_the_same_unless_routed() -> None:
    stage = Stage()
    stage.desk.thru(on(60))
    stage.desk.play(note(0))
    stage.run(20 * MILLISECOND)
    assert sent(stage.first) == sent(stage.second) == [on(60), on(60, IMPROV), off(60, IMPROV)]


def test_each_part_goes_where_it_is_routed() -> None:
    stage = Stage(APART)
    stage.desk.thru(on(60))
    stage.desk.play(note(0))
    stage.desk.play(note(0, 40, "bass", 2))
    stage.run(20 * MILLISECOND)
    assert sent(stage.first) == [on(60, IMPROV), off(60, IMPROV)]
    assert sent(stage.second) == [on(60), on(40, 5), off(40, 5)]
    stage.desk.silence()
    panic = list(panic_messages(ALL_CHANNELS))
    assert sent(stage.first)[2:] == panic
    assert sent(stage.second)[3:] == [off(60), *panic], "what sounds ends where it sounds"


def test_programs_go_where_the_parts_go() -> None:
    stage = Stage(APART)
    stage.desk.programs()
    assert bytes((0xC0 | IMPROV, PROGRAMS[IMPROV])) in sent(stage.first)
    assert bytes((0xC0 | 5, PROGRAMS[2])) in sent(stage.second)


@pytest.mark.parametrize("feel", FEELS)
def test_the_drums_get_the_kit_of_the_feel(feel: Feel) -> None:
    stage = Stage()
    stage.desk.programs(feel)
    assert bytes((0xC0 | DRUMS, KITS[feel])) in sent(stage.first)


def test_a_held_note_sounds_until_it_is_released() -> None:
    stage = Stage()
    stage.desk.hold(Hold(64, 90, IMPROV, "improv", onset=0, key=60))
    stage.run(2_000 * MILLISECOND)
    assert sent(stage.first) == [encode(NoteOn(0, 64, 90, IMPROV))]
    stage.desk.release(Release(64, IMPROV, "improv"))
    stage.desk.release(Release(64, IMPROV, "improv"))
    assert sent(stage.first)[1:] == [off(64, IMPROV)], "once"


def test_keys_outside_the_range_do_not_sound_but_end_what_sounded_before() -> None:
    stage = Stage()
    stage.desk.thru(on(60))
    stage.desk.listen(1, 0)
    stage.desk.thru(on(62))
    stage.desk.thru(b"\xb0\x40\x7f")
    stage.desk.thru(off(62))
    stage.desk.thru(off(60))
    stage.desk.strike(0, MILLISECOND, 64, 80)
    stage.run(5 * MILLISECOND)
    assert sent(stage.first) == [on(60), b"\xb0\x40\x7f", off(60)]


ELSEWHERE = Routing(groups=((0,), (1,)), routes={"improv": Route(1, 6)})


def pedal(value: int, channel: int = 0) -> bytes:
    return encode(Control(0, 64, value, channel))


def test_the_pedal_reaches_what_silent_keys_ask_for_wherever_it_sounds() -> None:
    stage = Stage(ELSEWHERE)
    stage.desk.thru(pedal(127))
    assert sent(stage.second) == []
    stage.desk.listen(1, 0)
    assert sent(stage.second) == [pedal(127, 6)], "it is down already"
    stage.desk.thru(pedal(0))
    stage.desk.thru(pedal(90, 5))
    assert sent(stage.second)[1:] == [pedal(0, 6), pedal(90, 6)]
    stage.desk.listen(0, 127)
    assert sent(stage.second)[3:] == [pedal(0, 6), pedal(0, 6)]
    stage.desk.thru(pedal(127))
    assert len(sent(stage.second)) == 5, "from now on it is the player's alone"


def test_two_pedals_on_one_place_are_up_when_both_are() -> None:
    stage = Stage(ELSEWHERE)
    stage.desk.listen(1, 0)
    for message in (pedal(127), pedal(127, 5), pedal(0), pedal(0, 5)):
        stage.desk.thru(message)
    assert sent(stage.second) == [pedal(127, 6), pedal(127, 6), pedal(127, 6), pedal(0, 6)]


def test_dampers_fall_and_the_players_pedal_is_down_again() -> None:
    stage = Stage()
    stage.desk.listen(1, 0)
    stage.desk.thru(pedal(100))
    stage.desk.damp(0)
    assert sent(stage.first) == [pedal(100), pedal(0), pedal(100)]
    stage.desk.silence()
    before = len(sent(stage.first))
    stage.desk.listen(0, 127)
    stage.desk.listen(1, 0)
    stage.desk.damp(0)
    assert sent(stage.first)[before:] == [pedal(0)], "a silence has lifted it"


treads = st.lists(
    st.tuples(st.just("pedal"), st.integers(0, 127), st.sampled_from([0, 5]))
    | st.tuples(st.sampled_from(["silent", "sound", "damp", "silence"]), st.just(0), st.sampled_from([0, 5])),
    max_size=20,
)


@given(treads, st.sampled_from([None, APART, ELSEWHERE]))
def test_the_players_pedal_is_where_he_has_it_and_the_machines_only_while_his_keys_are_silent(
    moves: list[tuple[str, int, int]], routing: Routing | None
) -> None:
    stage, feet, silent = Stage(routing), dict[int, int](), False
    for what, value, channel in moves:
        match what:
            case "pedal":
                stage.desk.thru(pedal(value, channel))
                feet[channel] = value
            case "damp":
                stage.desk.damp(channel)
            case "silence":
                stage.desk.silence()
                feet.clear()
            case _:
                silent = what == "silent"
                stage.desk.listen(*((1, 0) if silent else (0, 127)))
    his = {None: (stage.first, stage.second), 0: (stage.first,), 1: (stage.second,)}[
        None if routing is None else routing.route("player").group
    ]
    for recorder in (stage.first, stage.second):
        found = {m[0] & 0x0F: m[2] for m in sent(recorder) if m[0] & 0xF0 == 0xB0 and m[1] == 64}
        if recorder in his:
            assert all((found[channel] >= 64) == (value >= 64) for channel, value in feet.items())
        elif not silent:
            assert not any(found.values())


def test_a_lost_output_is_told_once_and_the_other_plays_on() -> None:
    stage = Stage()
    stage.first.close()
    stage.desk.thru(on(60))
    stage.desk.thru(off(60))
    assert sent(stage.second) == [on(60), off(60)]
    assert len(stage.told) == 1
    assert "lost the output first" in stage.told[0]
    assert stage.desk.outputs == (stage.second,)


places = st.lists(st.integers(50, 400), min_size=1, max_size=8, unique=True).map(sorted)


@given(places, st.integers(0, 500))
def test_a_phrase_stands_in_for_what_is_not_planned_and_for_nothing_else(ats: list[int], stops: int) -> None:
    """The session comes along until `stops`, in ms, and then no further."""
    stage = Stage()
    phrase = [replace(note(at * MILLISECOND, 40 + i), source="fallback") for i, at in enumerate(ats)]
    stage.desk.stand_by(phrase)
    for millisecond in range(500):
        stage.now = millisecond * MILLISECOND
        if millisecond <= stops:
            stage.desk.planned(stage.now)
        stage.desk.run(stage.now)
    late = [n for n in phrase if stops * MILLISECOND < n.at - LOOKAHEAD]
    ons = [(t, m) for t, m in stage.first.messages if m[0] & 0xF0 == 0x90]
    assert ons == [(n.at, on(n.pitch, IMPROV)) for n in late], "in time, note for note"
    assert stage.desk.missed == len(late)
    assert stage.desk.fallen() == late
    assert stage.desk.fallen() == []


@pytest.mark.parametrize("end", ["take_back", "silence"])
def test_nothing_stands_by_after(end: str) -> None:
    stage = Stage()
    stage.desk.stand_by([note(60 * MILLISECOND)])
    getattr(stage.desk, end)()
    stage.first.messages.clear()
    stage.run(100 * MILLISECOND)
    assert sent(stage.first) == []


def test_what_comes_after_its_stand_in_does_not_sound() -> None:
    stage = Stage()
    stage.desk.stand_by([replace(note(60 * MILLISECOND, 50), source="fallback")])
    stage.run(62 * MILLISECOND)
    stage.desk.play(note(60 * MILLISECOND, 70))
    stage.desk.play(note(75 * MILLISECOND, 71))
    stage.run(100 * MILLISECOND)
    ons = [m for m in sent(stage.first) if m[0] & 0xF0 == 0x90]
    assert ons == [on(50, IMPROV), on(71, IMPROV)]
