"""Cues, and another's clock."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from improv.requests import Cue, Start
from improv.session.commands import Command, Play, TurnChange
from improv.session.events import Followed, NoteOff, NoteOn, Tick
from improv.session.rehearse import rehearse
from improv.session.session import LEAD, Asked, Session, SessionEvent
from improv.session.tempo import TempoMap

MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
BAR = 2 * SECOND
TOP = LEAD + BAR
LAWS = settings(
    max_examples=25,
    deadline=None,
    phases=[phase for phase in Phase if phase is not Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def take(*events: SessionEvent, until: int) -> list[SessionEvent]:
    return [Asked(0, Start()), *sorted(events, key=lambda event: event.t), Tick(until)]


def of(commands: list[Command], role: str) -> list[Play]:
    return [c for c in commands if isinstance(c, Play) and c.role == role]


def test_a_cue_begins_at_a_place_and_a_time_without_a_count_in(make_session: MakeSession) -> None:
    session = make_session(mode="solo", band=True)
    at = 5 * SECOND
    _, commands = rehearse(session, [Asked(SECOND, Cue(8 * 96, at)), Tick(at + 3 * BAR)])
    turns = [c for c in commands if isinstance(c, TurnChange)]
    assert turns == [TurnChange("count-in", 8 * 96, 8 * 96), TurnChange("both", 8 * 96, 12 * 96)]
    assert of(commands, "click")[0].at == at
    assert min(c.at for c in commands if isinstance(c, Play)) >= at
    assert 8 * 96 <= of(commands, "improv")[0].onset < 9 * 96


def test_a_cue_off_the_beat_begins_with_the_next(make_session: MakeSession) -> None:
    session = make_session(mode="layout")
    _, commands = rehearse(session, [Asked(SECOND, Cue(7, SECOND)), Tick(2 * SECOND)])
    click = of(commands, "click")[0]
    assert click.onset == 24
    assert click.at == SECOND + round(17 * SECOND / 48)


@pytest.mark.parametrize(
    ("tick", "turn"), [(0, "player"), (4 * 96, "machine"), (12 * 96, "machine"), (100, "player")]
)
def test_a_cue_knows_whose_turn_it_would_be(make_session: MakeSession, tick: int, turn: str) -> None:
    _, commands = rehearse(make_session(), [Asked(SECOND, Cue(tick, 2 * SECOND)), Tick(3 * SECOND)])
    assert [c.turn for c in commands if isinstance(c, TurnChange)][1] == turn


def test_a_cue_while_it_plays_is_a_jump(make_session: MakeSession) -> None:
    t = TOP + 3 * SECOND
    state, commands = rehearse(make_session(), take(Asked(t, Cue(8 * 96, t)), until=t + SECOND))
    assert state.map is not None
    assert state.map.tick(t) == 8 * 96
    assert [(c.turn, c.onset, c.ends) for c in commands if isinstance(c, TurnChange)][-1] == (
        "player",
        8 * 96,
        12 * 96,
    )


@LAWS
@given(
    errors=st.lists(st.floats(-4, 4), min_size=20, max_size=20),
    tempo=st.floats(70, 200),
    mode=st.sampled_from(["trade", "solo", "comp"]),
)
def test_who_follows_a_clock_plays_each_beat_once_and_in_order(
    make_session: MakeSession, errors: list[float], tempo: float, mode: str
) -> None:
    """The clock is wrong by up to four ticks either way, once a beat."""
    per_tick = 60 * SECOND / tempo / 24
    follows: list[SessionEvent] = [
        Followed(TOP + round(beat * 24 * per_tick), beat * 24 + error, tempo)
        for beat, error in enumerate(errors)
    ]
    session = make_session(mode=mode, tempo=tempo, band=True)
    t0 = LEAD + round(96 * per_tick) - TOP
    moved: list[SessionEvent] = [
        Followed(f.t + t0, f.tick, f.tempo) for f in follows if isinstance(f, Followed)
    ]
    ticks: list[SessionEvent] = [Tick(t) for t in range(0, moved[-1].t, 7_000_000)]
    state, reached, commands = session.initial(), -1e9, list[Command]()
    for event in [Asked(0, Start()), *sorted([*moved, *ticks], key=lambda e: e.t)]:
        state, more = session.update(state, event)
        commands += more
        if state.map is not None:
            now = state.map.tick(event.t)
            assert now >= reached - 8 - 1e-6, "never back by more than the correction"
            reached = max(now, reached)
            if isinstance(event, Followed):
                assert now == pytest.approx(event.tick)
    for role in ("click", "improv"):
        played = of(commands, role)
        assert all(one.onset < following.onset for one, following in pairwise(played))
        assert all(one.at < following.at for one, following in pairwise(played))


def test_its_tempo_is_theirs(make_session: MakeSession) -> None:
    state, commands = rehearse(
        make_session(mode="layout"), take(Followed(TOP, 0.0, 90.0), until=TOP + 10 * SECOND)
    )
    assert state.tempo == 90.0
    clicks = [c.at for c in of(commands, "click")][6:]
    assert {b - a for a, b in pairwise(clicks)} <= {666_666_666, 666_666_667}


def test_stopped_the_next_start_has_their_tempo(make_session: MakeSession) -> None:
    state, commands = rehearse(make_session(), [Followed(5, 3.0, 1000.0)])
    assert (state.tempo, state.map, commands) == (400.0, None, [])


def test_a_beat_that_has_passed_is_not_clicked_late(make_session: MakeSession) -> None:
    t = TOP + SECOND + 100_000_000
    session = make_session(mode="layout")
    state, _ = rehearse(session, take(until=t))
    assert state.map is not None
    ahead = Followed(t, state.map.tick(t) + 22, 120)
    state, commands = session.update(state, ahead)
    assert all(play.at >= t for play in of(commands, "click"))


@pytest.mark.parametrize("tick", [-30.0, 96.0 * 8, 96.0 * 40 + 13.5])
def test_a_jump_of_more_than_a_beat_begins_there_anew(make_session: MakeSession, tick: float) -> None:
    t = TOP + 5 * SECOND
    session = make_session(mode="solo", band=True)
    keys: list[SessionEvent] = [NoteOn(TOP + SECOND, 60, 80), NoteOff(TOP + SECOND + 1, 60)]
    state, _ = rehearse(session, take(*keys, until=t - 1))
    state, commands = rehearse(session, [Followed(t, tick, 120), Tick(t + 4 * BAR)], state)
    assert state.map is not None
    assert state.map.tick(t) == tick
    clicks = of(commands, "click")
    assert clicks[0].onset == -(-tick // 24) * 24
    assert all(play.at >= t for play in clicks)
    played = of(commands, "improv")
    assert played
    assert all(tick <= play.onset for play in played)
    assert len(state.mind.past) > 1, "what was played is not forgotten"
    onsets = [note.onset for note in state.mind.line]
    assert onsets == sorted(set(onsets))


@given(
    tempo=st.floats(30, 400),
    follows=st.lists(
        st.tuples(st.integers(1, SECOND), st.floats(-24, 24), st.floats(30, 400)), min_size=1, max_size=12
    ),
)
def test_a_map_that_follows_is_where_it_was_told_to_be(
    tempo: float, follows: list[tuple[int, float, float]]
) -> None:
    tempo_map, t = TempoMap.starting(0, 0, tempo), 0
    for wait, error, theirs in follows:
        t += wait
        tick = tempo_map.tick(t) + error
        tempo_map = tempo_map.followed(t, tick, theirs)
        assert tempo_map.tick(t) == tick
        assert tempo_map.at(tick) == t
        assert tempo_map.tempo == theirs
        assert [a.t for a in tempo_map.anchors] == sorted(a.t for a in tempo_map.anchors)
        assert [a.tick for a in tempo_map.anchors] == sorted(a.tick for a in tempo_map.anchors)
        assert tempo_map.tick(t + SECOND) > tick
