"""Answer: free time."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from grammar.changes import Changes
from grammar.chords import parse_chord
from improv.listening.free import RING
from improv.requests import Adjust, SetMode, Start
from improv.session.commands import Command, Heard, Play, Standby, TakeBack, TurnChange
from improv.session.events import Control, Followed, NoteOff, NoteOn, Tick
from improv.session.modes.answer import shifted
from improv.session.rehearse import rehearse
from improv.session.session import Asked, Session, SessionEvent

MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
BEGINS = 3 * SECOND
LINE = (60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72, 71, 69, 67, 65)


def phrase(
    begins: int = BEGINS, tempo: float = 100.0, pitches: tuple[int, ...] = LINE, velocity: int = 80
) -> list[SessionEvent]:
    """Even eighths."""
    gap = round(MINUTE / tempo / 2)
    found: list[SessionEvent] = []
    for i, pitch in enumerate(pitches):
        t = begins + i * gap
        found += [NoteOn(t, pitch, velocity), NoteOff(t + gap * 4 // 5, pitch)]
    return found


def take(*events: SessionEvent, until: int = 30 * SECOND) -> list[SessionEvent]:
    return [Asked(0, Start()), *sorted(events, key=lambda event: event.t), Tick(until)]


def improvs(commands: list[Command]) -> list[Play]:
    return [c for c in commands if isinstance(c, Play) and c.role == "improv"]


def test_nothing_is_counted_in_and_there_is_no_beat(make_session: MakeSession) -> None:
    _, commands = rehearse(make_session(mode="answer", band=True), take())
    assert commands == [TurnChange("count-in", 0, 0), TurnChange("player", 0, 0)]


def test_a_phrase_is_answered_on_a_beat_of_its_own(make_session: MakeSession) -> None:
    events = phrase()
    state, commands = rehearse(make_session(mode="answer"), take(*events))
    assert [c.turn for c in commands if isinstance(c, TurnChange)] == [
        "count-in",
        "player",
        "machine",
        "player",
    ]
    answer = next(c for c in commands if isinstance(c, TurnChange) and c.turn == "machine")
    assert [c.pitch for c in commands if isinstance(c, Heard)] == list(LINE)
    played = improvs(commands)
    assert played
    silence = played[0].at - events[-1].t
    assert silence >= SECOND * 6 // 10
    assert abs(state.tempo - 100) < 2
    assert state.map is not None
    eighths = (state.map.at(answer.onset) - BEGINS) / (MINUTE / 200)  # which of them is the beat, is open
    assert abs(eighths - round(eighths)) < 0.2
    assert state.map.at(answer.onset) - events[-1].t <= 2 * SECOND + MINUTE // 100


def test_it_keeps_length_register_and_loudness(make_session: MakeSession) -> None:
    for pitches, velocity in ((LINE, 100), (tuple(p - 18 for p in LINE), 45)):
        events = phrase(pitches=pitches, velocity=velocity)
        _, commands = rehearse(make_session(mode="answer"), take(*events))
        answer = next(c for c in commands if isinstance(c, TurnChange) and c.turn == "machine")
        assert abs((answer.ends - answer.onset) - 8 * 24) <= 24
        played = improvs(commands)
        assert all(answer.onset <= p.onset and p.onset + p.ticks <= answer.ends for p in played)
        assert all(min(pitches) - 5 <= p.pitch <= max(pitches) + 5 for p in played)
        standby = next(c for c in commands if isinstance(c, Standby))
        assert all(min(pitches) - 5 <= p.pitch <= max(pitches) + 5 for p in standby.notes)
        level = rehearse(make_session(mode="answer"), [Asked(0, Adjust("dynamics", 0.0)), *take(*events)])[1]
        # without accents, all of it
        assert all(abs(p.velocity - (80 + (velocity - 80) / 2)) < 8 for p in improvs(level))


def test_it_keeps_the_chords_heard(make_session: MakeSession) -> None:
    held = [NoteOn(BEGINS + i, p, 70) for i, p in enumerate((48, 52, 55, 58))]
    ups = [NoteOff(BEGINS + SECOND + i, p) for i, p in enumerate((48, 52, 55, 58))]
    session = make_session(mode="answer")
    state, _ = rehearse(session, take(*held, *ups, *phrase(BEGINS + SECOND // 2)))
    assert "C7" in {chord.symbol for chord in session.stage.changes(state).chords}


def test_who_plays_on_takes_the_word_back(make_session: MakeSession) -> None:
    session = make_session(mode="answer")
    alone = improvs(rehearse(session, take(*phrase()))[1])
    t = alone[1].at + 5_000_000
    again = phrase(t, pitches=LINE[:4])
    _, commands = rehearse(session, take(*phrase(), *again, until=60 * SECOND))
    turns = [c for c in commands if isinstance(c, TurnChange)]
    assert [c.turn for c in turns[2:]] == ["machine", "player", "machine", "player"]
    heard = [c.pitch for c in commands if isinstance(c, Heard)]
    assert heard == [*LINE, *LINE[:4]]
    first_answer = [p for p in improvs(commands) if turns[2].onset <= p.onset < turns[4].onset]
    assert len(first_answer) <= 3
    assert not [p for p in improvs(commands) if t + 45_000_000 < p.at < again[-1].t + SECOND // 2]


@settings(
    max_examples=20,
    deadline=None,
    phases=[phase for phase in Phase if phase is not Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    keys=st.lists(
        st.tuples(st.integers(0, 25 * SECOND), st.integers(40, 90), st.integers(1, 3 * SECOND)), max_size=30
    )
)
def test_musical_time_never_goes_back_and_every_note_is_heard(
    make_session: MakeSession, keys: list[tuple[int, int, int]]
) -> None:
    session = make_session(mode="answer")
    events: list[SessionEvent] = []
    for t, pitch, held in keys:
        events += [NoteOn(t, pitch, 80), NoteOff(t + held, pitch)]
    state, tick = session.initial(), float("-inf")
    ticks: list[SessionEvent] = [Tick(t) for t in range(0, 40 * SECOND, SECOND // 4)]
    onsets: list[int] = []
    for event in [Asked(0, Start()), *sorted([*events, *ticks], key=lambda e: e.t)]:
        state, commands = session.update(state, event)
        assert state.map is not None
        reached = state.map.tick(event.t)
        assert reached >= tick - 1e-6
        tick = reached
        onsets += [c.onset for c in commands if isinstance(c, Heard)]
    assert onsets == sorted(set(onsets))
    assert bool(onsets) == bool(keys)


def answered(commands: list[Command]) -> list[int]:
    """When improv's first notes sound, a turn each."""
    turns = [i for i, c in enumerate(commands) if isinstance(c, TurnChange) and c.turn == "machine"]
    return [improvs(commands[i:])[0].at for i in turns]


def test_an_answer_waits_for_the_pedal(make_session: MakeSession) -> None:
    session = make_session(mode="answer")
    events = phrase()
    over = events[-1].t
    (alone,) = answered(rehearse(session, take(*events))[1])
    down = Control(over - SECOND // 20, 64, 127)
    up = Control(over + 3 * SECOND, 64, 0)
    (waited,) = answered(rehearse(session, take(*events, down, up))[1])
    assert waited - up.t >= SECOND * 6 // 10, "from when the foot comes up it is silent"
    assert waited - up.t <= alone - over + SECOND, "and then it is soon answered"
    late = Control(over + SECOND // 20, 64, 127)
    assert answered(rehearse(session, take(*events, late))[1]) == [alone], "nothing rings that has ended"
    (left,) = answered(rehearse(session, take(*events, down))[1])
    assert RING + SECOND // 2 <= left - over <= RING + 3 * SECOND, "a foot left there is no wish to go on"


def test_a_pedal_that_is_down_from_before_rings_too(make_session: MakeSession) -> None:
    session = make_session(mode="trade")
    into: list[SessionEvent] = [Control(SECOND, 64, 127), Asked(SECOND, SetMode("answer", now=1))]
    events = phrase(6 * SECOND)
    _, commands = rehearse(session, take(*into, *events))
    assert all(at - events[-1].t >= RING for at in answered(commands))
    assert answered(commands)


def test_nobody_elses_clock_counts(make_session: MakeSession) -> None:
    session = make_session(mode="answer")
    state, _ = rehearse(session, take(until=SECOND))
    assert session.update(state, Followed(SECOND, 500.0, 77.0)) == (state, [])


@pytest.mark.parametrize("now", [0, 1])
def test_out_of_free_time_a_bar_is_counted_in_and_the_form_begins_at_its_top(
    make_session: MakeSession, now: int
) -> None:
    session = make_session(mode="answer", band=True)
    t = 20 * SECOND
    _, commands = rehearse(session, take(*phrase(), Asked(t, SetMode("solo", now=now)), until=t + 6 * SECOND))
    turns = [c for c in commands if isinstance(c, TurnChange)][-2:]
    assert [c.turn for c in turns] == ["count-in", "both"]
    assert turns[1].onset % session.changes.length == 0
    assert turns[1].onset - turns[0].onset == (0 if now else 96)
    clicks = [c for c in commands if isinstance(c, Play) and c.role == "click"]
    assert clicks[0].onset == turns[0].onset
    assert clicks[0].at >= t
    band = [c for c in commands if isinstance(c, Play) and c.role == "drums"]
    assert band[0].onset >= turns[1].onset


def test_into_free_time_at_the_bar(make_session: MakeSession) -> None:
    session = make_session(mode="solo")
    t = 6 * SECOND
    _, commands = rehearse(session, take(Asked(t, SetMode("answer")), until=t + 20 * SECOND))
    bar = next(c.onset for c in commands if isinstance(c, TurnChange) and c.turn == "player")
    assert bar % 96 == 0
    assert all(c.onset < bar for c in commands if isinstance(c, Play))


def test_a_take_back_is_told_once(make_session: MakeSession) -> None:
    session = make_session(mode="answer")
    alone = improvs(rehearse(session, take(*phrase()))[1])
    t = alone[0].at - 5_000_000
    keys: list[SessionEvent] = [NoteOn(t, 70, 80), NoteOn(t + 1_000_000, 74, 80)]
    _, commands = rehearse(session, take(*phrase(), *keys, until=t + SECOND))
    assert commands.count(TakeBack()) == 1


chords = [parse_chord(name) for name in ("C7", "F7", "G-7", "Db7")]


@given(
    onsets=st.sets(st.integers(1, 15), max_size=3).map(lambda found: (0, *sorted(b * 24 for b in found))),
    by=st.integers(-2000, 2000),
    tick=st.integers(-500, 5000),
)
def test_shifted_changes_are_the_same_later(onsets: tuple[int, ...], by: int, tick: int) -> None:
    changes = Changes(onsets, tuple(chords[: len(onsets)]), 16 * 24)
    found = shifted(changes, by)
    assert found.at(tick + by) == changes.at(tick)
    assert found.onsets[0] == 0
    assert list(found.onsets) == sorted(set(found.onsets))
