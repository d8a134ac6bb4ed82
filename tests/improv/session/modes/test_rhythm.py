"""Your rhythm, its notes."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from improv.improviser import Improviser, Taste
from improv.requests import Mute, Panic, SetMode, Start, Stop
from improv.session.commands import Command, Damp, Hold, Play, Release, Silence, Thru
from improv.session.events import Control, NoteOff, NoteOn, Tick
from improv.session.rehearse import rehearse
from improv.session.session import LEAD, Asked, Session, SessionEvent
from models.network import Predictor

MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
BAR = 2 * SECOND
TOP = LEAD + BAR


def play(session: Session, *events: SessionEvent) -> list[Command]:
    return rehearse(session, [Asked(0, Start()), *events])[1]


def struck(pitches: list[int], begins: int = TOP, gap: int = SECOND // 4) -> list[SessionEvent]:
    found: list[SessionEvent] = []
    for i, pitch in enumerate(pitches):
        found += [NoteOn(begins + i * gap, pitch, 40 + i), NoteOff(begins + i * gap + gap // 2, pitch)]
    return found


def test_a_key_sounds_at_once_as_loud_as_it_was_struck_and_as_long_as_it_is_held(
    make_session: MakeSession,
) -> None:
    session = make_session(mode="rhythm", click=False)
    state, commands = rehearse(session, [Asked(0, Start()), Tick(TOP + SECOND)])
    assert Thru(1, 0) in commands, "no key sounds by itself"
    state, commands = session.update(state, NoteOn(TOP + SECOND, 64, 93, channel=5))
    (hold,) = commands
    assert isinstance(hold, Hold)
    assert (hold.velocity, hold.channel, hold.key, hold.role) == (93, 5, 64, "improv")
    assert hold.onset == 48
    state, commands = session.update(state, NoteOff(TOP + SECOND + SECOND // 4, 64, channel=5))
    assert commands == [Release(hold.pitch, 5, "improv")]
    assert state.mind.line[-1].duration == 12
    assert session.update(state, NoteOff(TOP + 2 * SECOND, 64, channel=5))[1] == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    keys=st.lists(st.integers(30, 100), min_size=2, max_size=20),
    seed=st.integers(0, 99),
    chord=st.booleans(),
)
def test_notes_rise_and_fall_with_the_hand(
    make_session: MakeSession, keys: list[int], seed: int, chord: bool
) -> None:
    gap = 2_000_000 if chord else SECOND // 5
    commands = play(make_session(mode="rhythm", seed=seed), *struck(keys, gap=gap))
    holds = [c for c in commands if isinstance(c, Hold)]
    assert [hold.key for hold in holds] == keys
    for one, following in pairwise(holds):
        if following.key > one.key:
            assert following.pitch > one.pitch or following.pitch == 108
        if following.key < one.key:
            assert following.pitch < one.pitch or following.pitch == 21


def test_notes_lie_near_the_keys(make_session: MakeSession) -> None:
    for key in (40, 60, 84):
        pitches = [
            c.pitch
            for seed in range(4)
            for c in play(make_session(mode="rhythm", seed=seed), *struck([key] * 24))
            if isinstance(c, Hold)
        ]
        assert len(pitches) == 96
        assert abs(sum(pitches) / len(pitches) - key) < 7


def test_keys_together_are_one_moment_with_a_note_each(make_session: MakeSession) -> None:
    session = make_session(mode="rhythm", click=False)
    down: list[SessionEvent] = [NoteOn(TOP + i * 3_000_000, p, 80) for i, p in enumerate((60, 64, 67))]
    state, commands = rehearse(session, [Asked(0, Start()), *down])
    holds = [c for c in commands if isinstance(c, Hold)]
    assert len({hold.onset for hold in holds}) == 1
    pitches = [hold.pitch for hold in holds]
    assert pitches == sorted(set(pitches))
    assert len(state.mind.line) == 1
    assert state.mind.line[-1].pitch == pitches[-1], "the highest is the melody"
    assert len(state.mind.past) == 1
    state, commands = session.update(state, NoteOff(TOP + SECOND, 64))
    assert commands == [Release(holds[1].pitch, 0, "improv")]


def test_no_note_that_sounds_is_struck_again(make_session: MakeSession) -> None:
    down: list[SessionEvent] = [NoteOn(TOP + i * SECOND // 3, 60 + i % 4, 80) for i in range(4)]
    holds = [c for c in play(make_session(mode="rhythm"), *down) if isinstance(c, Hold)]
    assert len({hold.pitch for hold in holds}) == 4


def test_a_key_struck_twice_ends_its_first_note(make_session: MakeSession) -> None:
    commands = play(make_session(mode="rhythm"), NoteOn(TOP, 60, 80), NoteOn(TOP + SECOND, 60, 80))
    kinds = [type(c) for c in commands if isinstance(c, Hold | Release)]
    assert kinds == [Hold, Release, Hold]


def test_stop_panic_mute_and_another_mode_release_what_is_held(make_session: MakeSession) -> None:
    t = TOP + SECOND
    for request in (Stop(), Panic(), SetMode("solo", now=1), Mute("improv")):
        events: list[SessionEvent] = [NoteOn(TOP, 60, 80), Asked(t, request), NoteOff(t + 1, 60)]
        commands = play(make_session(mode="rhythm"), *events)
        hold = next(c for c in commands if isinstance(c, Hold))
        assert [c for c in commands if isinstance(c, Release)] == [Release(hold.pitch, 0, "improv")]
        if Silence() in commands:
            assert commands.index(Release(hold.pitch, 0, "improv")) < commands.index(Silence())
        keys_sound = isinstance(request, Stop | SetMode)
        assert (Thru() in commands) == keys_sound


def test_nothing_rings_on_under_the_pedal_after_stop_panic_mute_and_another_mode(
    make_session: MakeSession,
) -> None:
    t = TOP + SECOND
    for request in (Stop(), Panic(), SetMode("solo", now=1), Mute("improv")):
        for down, channels in (((127, 0), [Damp(0)]), ((127, 127), [Damp(0), Damp(5)]), ((63, 0), [])):
            feet: list[SessionEvent] = [Control(TOP, 64, v, c) for v, c in zip(down, (0, 5), strict=True)]
            events: list[SessionEvent] = [NoteOn(TOP, 60, 80), NoteOff(TOP + 9, 60), *feet]
            commands = play(make_session(mode="rhythm"), *events, Asked(t, request))
            assert [c for c in commands if isinstance(c, Damp)] == channels
            if Silence() not in commands and channels:
                last = max(i for i, c in enumerate(commands) if isinstance(c, Release))
                assert commands.index(Damp(0)) > last, "what has been let go ends with the dampers"


def test_elsewhere_the_pedal_holds_nothing_of_improvs(make_session: MakeSession) -> None:
    events: list[SessionEvent] = [Control(TOP, 64, 127), Asked(TOP + SECOND, SetMode("rhythm", now=1))]
    state, commands = rehearse(make_session(mode="solo"), [Asked(0, Start()), *events])
    assert not any(isinstance(c, Damp) for c in commands)
    assert state.pedals == {0}, "and it is still down"


def test_it_is_over_the_chord_that_sounds(make_session: MakeSession) -> None:
    """As far as the grammar is heard: no chord tone is called one over another chord."""
    commands = play(make_session(mode="rhythm"), *struck([60, 62, 64, 65, 67, 69] * 8))
    session = make_session(mode="rhythm")
    for hold in (c for c in commands if isinstance(c, Hold)):
        letter = session.changes.at(hold.onset).letter(hold.pitch)
        assert hold.terminal[0] == letter or (letter == "." and hold.terminal[0] in "AX")
        assert hold.source == ("grammar" if hold.refused else "model")


def test_no_note_of_improvs_own_is_planned(make_session: MakeSession) -> None:
    commands = play(make_session(mode="rhythm"), *struck([60, 64, 67]), Tick(TOP + 13 * BAR))
    assert {c.role for c in commands if isinstance(c, Play)} == {"click"}


def test_a_mind_with_one_voice_taught_either_way_is_the_same(make_session: MakeSession) -> None:
    """What was chosen for the player is known as what the player struck."""
    session = make_session(mode="rhythm")
    state, commands = rehearse(session, [Asked(0, Start()), *struck([60, 65])])
    improviser = Improviser(session.improviser.network, session.changes, Taste())
    mind = session.initial().mind
    for hold in (c for c in commands if isinstance(c, Hold)):
        mind = improviser.hear(mind, hold.onset, hold.pitch, hold.velocity, 120)
        mind = improviser.release(mind, hold.onset + 6)
    assert mind.line == state.mind.line
    assert mind.memory is not None
    assert state.mind.memory is not None
    assert (mind.memory == state.mind.memory).all()


class Counting:
    """A network that counts its steps."""

    def __init__(self, network: Predictor) -> None:
        self.network, self.steps = network, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.network, name)

    def step_for(self, *arguments: Any) -> None:
        self.steps += 1
        self.network.step_for(*arguments)


def counted(session: Session) -> tuple[Session, Counting]:
    usual = session.improviser
    network = Counting(usual.network)
    return replace(
        session, improviser=Improviser(cast(Predictor, network), usual.changes, usual.taste)
    ), network


moments = st.lists(
    st.tuples(st.integers(1, 600), st.integers(36, 96), st.lists(st.integers(0, 400), max_size=3)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys=moments, seed=st.integers(0, 99))
def test_what_is_foreseen_or_practised_changes_no_note(
    make_session: MakeSession, keys: list[tuple[int, int, list[int]]], seed: int
) -> None:
    """Keys at any time, and thoughts ahead of any other: the same commands as without them."""
    plain, thinking = (make_session(mode="rhythm", seed=seed) for _ in range(2))
    first, after = (session.update(session.initial(), Asked(0, Start()))[0] for session in (plain, thinking))
    t = TOP
    for wait, pitch, thoughts in keys:
        for thought in sorted(thoughts):
            thinking.foresee(after, t + thought * 1_000_000)
            thinking.practise(after, t + thought * 1_000_000)
        t += wait * 1_000_000
        for event in (Tick(t), NoteOn(t, pitch, 80), NoteOff(t + 500_000, pitch)):
            first, expected = plain.update(first, event)
            after, commands = thinking.update(after, event)
            assert commands == expected
    assert after.mind.line == first.mind.line
    assert after.mind.chance == first.mind.chance


def test_a_key_that_was_foreseen_waits_for_no_step(make_session: MakeSession) -> None:
    session, network = counted(make_session(mode="rhythm", click=False))
    state, _ = rehearse(session, [Asked(0, Start()), *struck([60, 64]), Tick(TOP + SECOND)])
    t = TOP + SECOND + 123_456
    session.foresee(state, t)
    before = network.steps
    session.update(state, NoteOn(t, 67, 80))
    assert network.steps == before
    session.update(state, NoteOn(t + SECOND, 67, 80))
    assert network.steps == before + 1, "another tick is another question"


def test_only_where_keys_wait_is_anything_foreseen(make_session: MakeSession) -> None:
    for mode in ("solo", "trade", "layout"):
        session, network = counted(make_session(mode=mode, click=False))
        state, _ = rehearse(session, [Asked(0, Start()), Tick(TOP)])
        session.foresee(state, TOP)
        session.practise(state, TOP)
        assert not network.steps
    session, network = counted(make_session(mode="rhythm", click=False))
    session.foresee(session.initial(), 0)
    session.practise(session.initial(), 0)
    assert not network.steps, "stopped"
