"""The session's laws, in every mode and from one to the other: an event at a time, no clock, no ports."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from improv.channels import BAND, PARTS
from improv.live.lines import command_from_line, command_line, event_from_line, event_line
from improv.modes import ADJUSTMENTS, MODES
from improv.requests import Adjust, Cue, Mute, Panic, Request, SetMode, SetTempo, Start, Stop
from improv.session.commands import (
    Command,
    Finished,
    Hold,
    ModeChange,
    Play,
    Release,
    Silence,
    Standby,
    TakeBack,
    TurnChange,
)
from improv.session.events import Control, Followed, NoteOff, NoteOn, Tick
from improv.session.pulse import with_us
from improv.session.rehearse import rehearse
from improv.session.session import LEAD, Asked, Session, SessionEvent
from improv.session.state import Adjusted, State
from improv.swing import swing_ratio, to_performed

MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
UNTIL = 24 * SECOND
LAWS = settings(
    max_examples=25,
    deadline=None,
    phases=[phase for phase in Phase if phase is not Phase.shrink],  # a take is long: shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NAMES = [mode.name for mode in MODES]

times = st.integers(0, UNTIL)
presses = st.lists(
    st.tuples(times, st.integers(36, 90), st.integers(1, 127), st.integers(1, SECOND)), max_size=25
)
"""When a key goes down, which, how hard, and how long it is held."""
switches = st.builds(SetMode, st.sampled_from(NAMES), st.sampled_from([0, 1, 2, 5]), st.sampled_from([0, 1]))
others = st.one_of(
    st.builds(SetTempo, st.floats(60, 320)),
    st.builds(Mute, st.sampled_from(PARTS), st.sampled_from([0, 1])),
    st.builds(Adjust, st.sampled_from(sorted(ADJUSTMENTS)), st.floats(-200, 200)),
    st.just(Panic()),
    st.just(Stop()),
    st.just(Start()),
)
treads = st.builds(Control, times, st.sampled_from([64, 64, 121]), st.integers(0, 127), st.integers(0, 1))
asked = st.lists(st.builds(Asked, times, switches | others) | treads, max_size=10)
follows = st.lists(
    st.builds(Followed, times, st.floats(-200, 2000), st.floats(60, 320))
    | st.builds(
        lambda t, at, tick: Asked(t, Cue(tick, t + at)), times, st.integers(0, SECOND), st.integers(0, 999)
    ),
    max_size=3,
)


def take(keys: list[tuple[int, int, int, int]], *more: list[Any], until: int = UNTIL) -> list[SessionEvent]:
    """A take from its start, in order."""
    events: list[SessionEvent] = [event for each in more for event in each]
    for t, pitch, velocity, held in keys:
        events += [NoteOn(t, pitch, velocity), NoteOff(t + held, pitch)]
    last = max([until, *(event.t for event in events)])
    return [Asked(0, Start()), *sorted(events, key=lambda event: event.t), Tick(last)]


@LAWS
@given(
    mode=st.sampled_from(NAMES),
    keys=presses,
    asked=asked,
    follows=follows,
    every=st.integers(SECOND // 200, 3 * SECOND),
    band=st.booleans(),
)
def test_how_time_is_cut_up_does_not_matter(
    make_session: MakeSession,
    mode: str,
    keys: list[tuple[int, int, int, int]],
    asked: list[SessionEvent],
    follows: list[Followed],
    every: int,
    band: bool,
) -> None:
    session = make_session(seed=1, mode=mode, band=band)
    events = take(keys, asked, follows)
    ticks: list[SessionEvent] = [Tick(t) for t in range(0, events[-1].t, every)]
    cut_up = sorted([*events, *ticks], key=lambda event: event.t)
    assert rehearse(session, events)[1] == rehearse(session, cut_up)[1]


@LAWS
@given(mode=st.sampled_from(NAMES), keys=presses, asked=asked, follows=follows)
def test_what_is_held_is_released_exactly_once_and_keys_sound_when_it_is_over(
    make_session: MakeSession,
    mode: str,
    keys: list[tuple[int, int, int, int]],
    asked: list[SessionEvent],
    follows: list[Followed],
) -> None:
    events = take(keys, asked, follows)
    session, last = make_session(mode=mode), events[-1].t
    state, commands = rehearse(session, [*events, Asked(last, Stop())])
    held: set[tuple[int, int]] = set()
    for command in commands:
        match command:
            case Hold(pitch, _, channel):
                assert (pitch, channel) not in held
                held.add((pitch, channel))
            case Release(pitch, channel):
                held.remove((pitch, channel))
            case Silence():
                assert not held
    assert not held
    assert not state.holds
    assert not session.update(state, Asked(last, Panic()))[0].pedals, "a silence lifts them"
    assert (state.thru.low, state.thru.high) == (0, 127)


@LAWS
@given(mode=st.sampled_from(NAMES), keys=presses, asked=asked, tempo=st.sampled_from([60.0, 180.0, 320.0]))
def test_everything_is_planned_before_its_place(
    make_session: MakeSession,
    mode: str,
    keys: list[tuple[int, int, int, int]],
    asked: list[SessionEvent],
    tempo: float,
) -> None:
    session = make_session(tempo=tempo, mode=mode, band=True)
    state = session.initial()
    ticks: list[SessionEvent] = [Tick(t) for t in range(0, UNTIL, SECOND // 100)]
    for event in sorted([*take(keys, asked), *ticks], key=lambda e: e.t):
        if event.t >= UNTIL:  # no ticks there: whatever falls due between two keys is done late
            break
        state, commands = session.update(state, event)
        for command in commands:
            if isinstance(command, Play):
                assert command.at >= event.t


@LAWS
@given(mode=st.sampled_from(NAMES), keys=presses, asked=asked, alone=st.booleans())
def test_of_the_band_only_those_play_who_are_with_us(
    make_session: MakeSession,
    mode: str,
    keys: list[tuple[int, int, int, int]],
    asked: list[SessionEvent],
    alone: bool,
) -> None:
    session = make_session(mode=mode, band=True, alone=alone)
    state = session.initial()
    for event in take(keys, asked):
        before = with_us(session.stage, state) - state.muted
        state, commands = session.update(state, event)
        after = with_us(session.stage, state) - state.muted
        played = {c.role for c in commands if isinstance(c, Play)} & set(BAND)
        late = {r for r in BAND if any(isinstance(c, ModeChange) for c in commands)}
        assert played <= before | after | late


@LAWS
@given(mode=st.sampled_from(NAMES), keys=presses, asked=asked, follows=follows)
def test_everybody_is_told_who_chose_and_what_was_taken_back_does_not_count(
    make_session: MakeSession,
    mode: str,
    keys: list[tuple[int, int, int, int]],
    asked: list[SessionEvent],
    follows: list[Followed],
) -> None:
    session = make_session(mode=mode)
    state = session.initial()
    chosen: Counter[str] = Counter()
    planned: list[Play] = []
    for event in take(keys, asked, follows):
        state, commands = session.update(state, event)
        for command in commands:
            match command:
                case Play(role="improv") | Hold():
                    assert command.source in ("model", "grammar")
                    assert command.terminal
                    assert bool(command.refused) == (command.source == "grammar")
                    chosen[command.source] += 1
                    planned += [command] if isinstance(command, Play) else []
                case Standby(notes):
                    assert {play.source for play in notes} <= {"fallback"}
                case TakeBack():
                    gone = [play for play in planned if play.at > event.t]
                    chosen.subtract(play.source for play in gone)
                    planned = [play for play in planned if play.at <= event.t]
    assert dict(state.chosen.shown()) == {name: chosen[name] for name in ("model", "grammar", "fallback")}


@LAWS
@given(mode=st.sampled_from(NAMES), keys=presses, asked=asked, follows=follows)
def test_a_log_holds_every_event_and_command(
    make_session: MakeSession,
    mode: str,
    keys: list[tuple[int, int, int, int]],
    asked: list[SessionEvent],
    follows: list[Followed],
) -> None:
    events = take(keys, asked, follows)
    for event in events:
        assert event_from_line(json.loads(json.dumps(event_line(event)))) == event
    for command in rehearse(make_session(mode=mode, band=True), events)[1]:
        line = json.loads(json.dumps(command_line(command)))
        assert line == command_line(command)
        assert command_from_line(line) == command


@pytest.mark.parametrize("mode", NAMES)
def test_what_is_remembered_stays_bounded(make_session: MakeSession, mode: str) -> None:
    keys = [(i * SECOND // 9, 40 + 7 * i % 50, 80, SECOND // 12) for i in range(9 * 60)]
    state, _ = rehearse(make_session(tempo=320, mode=mode, band=True), take(keys, until=60 * SECOND))
    assert state.map is not None
    assert len(state.map.anchors) <= 4
    for field in fields(State):
        value = getattr(state, field.name)
        assert not hasattr(value, "__len__") or len(value) <= 64, field.name
    assert len(state.mind.line) <= 10
    for field in fields(state.playing):  # type: ignore[arg-type]  # every mode is a dataclass
        value = getattr(state.playing, field.name)
        assert not hasattr(value, "__len__") or len(value) <= 64, field.name


# the transport


def test_the_count_in_is_one_bar_of_clicks(make_session: MakeSession) -> None:
    _, commands = rehearse(make_session(band=True), [Asked(0, Start()), Tick(LEAD + 2 * SECOND - 40_000_001)])
    assert commands[0] == TurnChange("count-in", -96, 0)
    clicks = [c for c in commands if isinstance(c, Play)]
    assert [c.at for c in clicks] == [LEAD + i * SECOND // 2 for i in range(4)]
    assert [c.pitch for c in clicks] == [76, 77, 77, 77]
    assert {c.role for c in clicks} == {"click"}


@pytest.mark.parametrize("mode", [mode.name for mode in MODES if mode.name != "answer"])
def test_choruses_end_the_take(make_session: MakeSession, mode: str) -> None:
    session = make_session(tempo=240, choruses=1, mode=mode, band=True)
    state, commands = rehearse(session, take([], until=60 * SECOND))
    assert commands[-2:] == [Silence(), Finished()]
    assert state.map is None
    assert all(c.onset < 12 * 96 for c in commands if isinstance(c, Play))


def test_stop_forgets_and_start_begins_anew(make_session: MakeSession) -> None:
    session = make_session(tempo=180)
    state, _ = rehearse(session, [Asked(0, Start()), Tick(9 * SECOND)])
    state, commands = rehearse(session, [Asked(9 * SECOND, Stop())], state)
    assert Silence() in commands
    assert session.update(state, Tick(20 * SECOND))[1] == []
    state, commands = rehearse(session, [Asked(20 * SECOND, Start()), Tick(20 * SECOND + LEAD)], state)
    assert commands[0] == TurnChange("count-in", -96, 0)


def test_a_new_tempo_holds_from_the_next_beat(make_session: MakeSession) -> None:
    session = make_session(tempo=120)
    t = LEAD + 2 * SECOND + 10_000_000
    _, commands = rehearse(session, [Asked(0, Start()), Asked(t, SetTempo(240)), Tick(t + 2 * SECOND)])
    clicks = [c.at for c in commands if isinstance(c, Play) and c.role == "click"]
    steps = [b - a for a, b in pairwise(clicks)]
    assert steps[:5] == [SECOND // 2] * 5
    assert set(steps[5:]) == {SECOND // 4}


# how it is played


def improvs(commands: list[Command]) -> list[Play]:
    return [c for c in commands if isinstance(c, Play) and c.role == "improv"]


@LAWS
@given(tempo=st.floats(60, 320), swing=st.floats(0, 2))
def test_the_place_of_every_note_is_its_swung_tick(
    make_session: MakeSession, tempo: float, swing: float
) -> None:
    adjusted: list[SessionEvent] = [Asked(0, Adjust("swing", swing))]
    _, commands = rehearse(make_session(tempo=tempo, mode="solo"), [*adjusted, *take([])])
    ratio = swing_ratio(tempo, "swing", swing)
    per_tick = 60 * SECOND / (tempo * 24)
    for play in improvs(commands):
        ticks = (play.at - LEAD) / per_tick - 96
        straight, swung = play.onset, to_performed(play.onset, ratio)
        assert min(abs(ticks - straight), abs(ticks - swung)) < 1e-3


def test_laid_back_downbeats_are_late_and_off_beats_are_not(make_session: MakeSession) -> None:
    late: dict[int, int] = {}
    for seed in range(4):
        session = make_session(mode="solo", seed=seed)
        straight = improvs(rehearse(session, take([]))[1])
        behind = improvs(rehearse(session, [Asked(0, Adjust("behind", 1.0)), *take([])])[1])
        assert [(p.onset, p.pitch) for p in behind] == [(p.onset, p.pitch) for p in straight]
        late |= {p.onset % 24: q.at - p.at for p, q in zip(straight, behind, strict=True)}
    assert abs(late[0] - 0.102 * SECOND / 2) < 1_000_000
    assert late[12] == 0


def test_dynamics_scale_the_accents(make_session: MakeSession) -> None:
    def velocities(dynamics: float) -> set[int]:
        asked: list[SessionEvent] = [Asked(0, Adjust("dynamics", dynamics))]
        _, commands = rehearse(make_session(mode="solo", seed=3), [*asked, *take([])])
        return {p.velocity for p in improvs(commands)}

    assert velocities(0.0) == {80}
    assert max(velocities(2.0)) - min(velocities(2.0)) > max(velocities(1.0)) - min(velocities(1.0)) > 0


def test_adjustments_are_those_of_the_table_and_clipped() -> None:
    assert {f.name for f in fields(Adjusted)} == set(ADJUSTMENTS)
    for adjustment in ADJUSTMENTS.values():
        assert getattr(Adjusted(), adjustment.name) == adjustment.usual
        for asked, found in ((1e9, adjustment.high), (-1e9, adjustment.low)):
            assert getattr(Adjusted().to(adjustment.name, asked), adjustment.name) == found
    assert Adjusted().to("swign", 1.0) == Adjusted()
    assert Adjusted().to("swing", float("nan")) == Adjusted()


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_muted_rests_and_the_others_play_the_same(
    make_session: MakeSession, part: str
) -> None:
    def played(*asked: Request) -> list[Play]:
        session = make_session(mode="solo", band=True)
        requests: list[SessionEvent] = [Asked(1, request) for request in asked]
        return [c for c in rehearse(session, take([], requests))[1] if isinstance(c, Play)]

    whole = played()
    assert {play.role for play in whole} == set(PARTS)
    rest = played(Mute(part))
    assert part not in {play.role for play in rest}
    if part != "improv":  # which the band hears
        assert rest == [play for play in whole if play.role != part]
    assert played(Mute(part), Mute(part, 0)) == whole


def test_improv_muted_is_silent_at_once_and_comes_in_again(make_session: MakeSession) -> None:
    events = take([], [Asked(8 * SECOND, Mute("improv")), Asked(14 * SECOND, Mute("improv", 0))])
    state, commands = rehearse(make_session(mode="solo"), events)
    at = [play.at for play in improvs(commands)]
    assert any(t < 8 * SECOND for t in at)
    assert not any(8 * SECOND + 100_000_000 < t < 14 * SECOND for t in at)
    assert any(14 * SECOND < t < 20 * SECOND for t in at)
    assert state.muted == frozenset()


def test_a_mode_that_there_is_not_is_no_mode(make_session: MakeSession) -> None:
    state, commands = rehearse(make_session(), [Asked(0, SetMode("busk")), Asked(0, Mute("choir"))])
    assert state.mode == "trade"
    assert commands == []


def test_stopped_another_mode_begins_with_the_next_start(make_session: MakeSession) -> None:
    state, commands = rehearse(make_session(), [Asked(0, SetMode("solo", bars=2))])
    assert commands == [ModeChange("solo", 0, 2)]
    assert (state.mode, state.bars, state.map) == ("solo", 2, None)
