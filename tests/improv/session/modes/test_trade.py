"""Trading: whose turn, over which bars, and what becomes of it when the player plays in it."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from improv.requests import SetMode, Start
from improv.session.commands import LOOKAHEAD, Command, Heard, Play, TakeBack, TurnChange
from improv.session.events import NoteOff, NoteOn, Tick
from improv.session.modes.trade import turn_after, turns_before
from improv.session.rehearse import rehearse
from improv.session.session import LEAD, Asked, Session, SessionEvent

MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
BAR = 2 * SECOND
"""Of four at 120."""
TOP = LEAD + BAR
LAWS = settings(
    max_examples=15,
    deadline=None,
    phases=[phase for phase in Phase if phase is not Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
presses = st.lists(
    st.tuples(st.integers(0, 30 * SECOND), st.integers(40, 90), st.integers(1, 127), st.integers(1, SECOND)),
    max_size=25,
)


def taken(keys: list[tuple[int, int, int, int]], until: int = 40 * SECOND) -> list[SessionEvent]:
    """A take of keys as (time, pitch, velocity, how long)."""
    events: list[SessionEvent] = [Asked(0, Start())]
    for t, pitch, velocity, held in keys:
        events += [NoteOn(t, pitch, velocity), NoteOff(t + held, pitch)]
    return [*sorted(events, key=lambda event: event.t), Tick(max(until, *(e.t for e in events)))]


def sounded(commands: list[Command], when: list[int]) -> list[Play]:
    """The notes that improv plays and does not take back; `when` each command came."""
    kept: list[Play] = []
    for t, command in zip(when, commands, strict=True):
        if isinstance(command, TakeBack):
            kept = [play for play in kept if play.at <= t]
        if isinstance(command, Play) and command.role == "improv":
            kept.append(command)
    return kept


def run(session: Session, events: list[SessionEvent]) -> tuple[list[Command], list[Play]]:
    """All commands, and what sounded of improv's."""
    state, commands, when = session.initial(), list[Command](), list[int]()
    for event in events:
        state, more = session.update(state, event)
        commands += more
        when += [event.t] * len(more)
    return commands, sounded(commands, when)


def turns(commands: list[Command]) -> list[tuple[str, int, int]]:
    return [(c.turn, c.onset // 96, c.ends // 96) for c in commands if isinstance(c, TurnChange)]


@LAWS
@given(keys=presses, tempo=st.sampled_from([60.0, 97.0, 180.0, 320.0]), bars=st.sampled_from([1, 2, 4]))
def test_improv_plays_in_its_turns_and_is_over_by_their_ends(
    make_session: MakeSession, keys: list[tuple[int, int, int, int]], tempo: float, bars: int
) -> None:
    commands, played = run(make_session(tempo=tempo, bars=bars), taken(keys))
    slots = [(c.onset, c.ends) for c in commands if isinstance(c, TurnChange) and c.turn == "machine"]
    for play in played:
        fitting = [ends for begins, ends in slots if begins <= play.onset < ends]
        assert fitting or play.onset >= slots[-1][1]
        assert all(play.onset + play.ticks <= ends for ends in fitting)
    assert all(one.onset < following.onset for one, following in pairwise(played))
    assert all(one.at + one.duration <= following.at for one, following in pairwise(played))


@LAWS
@given(keys=presses, bars=st.sampled_from([1, 2, 4]))
def test_an_answer_opens_in_its_first_bar(
    make_session: MakeSession, keys: list[tuple[int, int, int, int]], bars: int
) -> None:
    """Where the player leaves improv its turn."""
    commands, played = run(make_session(bars=bars), taken(keys))
    for change in (c for c in commands if isinstance(c, TurnChange) and c.turn == "machine"):
        answer = [p for p in played if change.onset <= p.onset < change.ends]
        begins = TOP + change.onset * BAR // 96
        undisturbed = not any(begins <= t + held and t < begins + BAR for t, _, _, held in keys)
        if undisturbed and begins + BAR < 40 * SECOND:
            assert answer
            assert answer[0].onset < change.onset + 96


@pytest.mark.parametrize(
    ("bars", "chorus", "found"),
    [
        (4, 12, [(0, 4), (4, 8), (8, 12), (12, 16), (16, 20), (20, 24)]),
        (8, 12, [(0, 8), (8, 12), (12, 20), (20, 24)]),  # cut short by the chorus
        (12, 12, [(0, 12), (12, 24), (24, 36)]),
        (5, 12, [(0, 5), (5, 10), (10, 12), (12, 17)]),
        (12, 8, [(0, 12), (12, 24)]),  # longer than the chorus: it runs over it
        (1, 12, [(0, 1), (1, 2)]),
    ],
)
def test_turns_follow_the_form(
    make_session: MakeSession, bars: int, chorus: int, found: list[tuple[int, int]]
) -> None:
    stage = make_session("title: T\n" + "| F7 " * chorus + "|\n").stage
    begins = 0
    for number, (begin, end) in enumerate(found):
        assert begin * 96 == begins
        assert turns_before(stage, begins, bars) == number
        begins = turn_after(stage, begins, bars)
        assert end * 96 == begins


@given(bars=st.integers(1, 40), chorus=st.integers(1, 40), tick=st.integers(0, 20_000))
@LAWS
def test_a_turn_ends_on_a_bar_line_and_no_later_than_the_chorus(
    make_session: MakeSession, bars: int, chorus: int, tick: int
) -> None:
    stage = make_session("title: T\n" + "| F7 " * chorus + "|\n").stage
    bar_line = tick // 96 * 96
    ends = turn_after(stage, bar_line, bars)
    assert ends % 96 == 0
    assert bar_line < ends <= bar_line + max(bars, 1.5 * bars) * 96
    if bars < chorus:
        assert ends <= stage.chorus_after(bar_line)


def test_begun_in_mid_turn_the_rest_of_it_is_played_or_joined_to_the_next(make_session: MakeSession) -> None:
    stage = make_session().stage
    assert turn_after(stage, 1 * 96, 4) == 4 * 96
    assert turn_after(stage, 3 * 96, 4) == 8 * 96
    assert turn_after(stage, 11 * 96, 4) == 12 * 96


@pytest.mark.parametrize(("first", "told"), [("you", "player"), ("improv", "machine")])
def test_either_begins(make_session: MakeSession, first: str, told: str) -> None:
    commands, played = run(make_session(first=first, bars=2, seed=2), taken([], until=TOP + 3 * BAR))
    assert [turn for turn, _, _ in turns(commands)][1] == told
    assert [(b, e) for _, b, e in turns(commands)][1:3] == [(0, 2), (2, 4)]
    if first == "improv":
        assert 0 <= played[0].onset < 96
        assert played[0].at >= TOP


def test_a_whole_turn_is_the_players(make_session: MakeSession) -> None:
    """A note struck a millisecond before the answer's bar line is still heard, and the answer redrawn."""
    session = make_session(tempo=120, bars=4)
    bar_line = TOP + 4 * BAR
    early: list[SessionEvent] = [NoteOn(bar_line - 2 * SECOND, 65, 90), NoteOff(bar_line - SECOND, 65)]
    last: list[SessionEvent] = [NoteOn(bar_line - 1_000_000, 70, 90), NoteOff(bar_line + SECOND, 70)]
    begin: list[SessionEvent] = [Asked(0, Start()), *early, Tick(bar_line - LOOKAHEAD + 1)]
    state, _ = rehearse(session, begin)
    assert state.stretch is not None
    state, commands = rehearse(session, [*last, Tick(bar_line + 2 * SECOND)], state)
    heard = [c for c in commands if isinstance(c, Heard)]
    assert [h.pitch for h in heard] == [70]
    opening = next(c for c in commands if isinstance(c, Play) and c.role == "improv")
    assert opening.onset > heard[0].onset >= 4 * 96 - 1
    assert commands.index(heard[0]) < commands.index(opening)
    assert commands.index(TakeBack()) < commands.index(heard[0])


def phrase(begins: int, count: int, gap: int = SECOND // 4) -> list[tuple[int, int, int, int]]:
    return [(begins + i * gap, 60 + i % 12, 90, gap * 3 // 4) for i in range(count)]


def test_one_who_overruns_is_waited_for_and_the_turn_still_ends_on_its_bar(make_session: MakeSession) -> None:
    """Two beats into improv's turn of four bars the phrase ends; a beat later improv answers."""
    bar_line = TOP + 4 * BAR
    commands, played = run(make_session(), taken(phrase(bar_line - SECOND, 8), until=bar_line + 5 * BAR))
    assert turns(commands)[2:6] == [("machine", 4, 8), ("player", 4, 8), ("machine", 4, 8), ("player", 8, 12)]
    again = [c for c in commands if isinstance(c, TurnChange)][4]
    heard = [c for c in commands if isinstance(c, Heard)]
    assert len(heard) == 8
    last_off = bar_line + 3 * SECOND // 4 + 3 * SECOND // 16
    assert last_off + SECOND // 2 <= TOP + again.onset * BAR // 96 <= last_off + SECOND
    answer = [p for p in played if 4 * 96 <= p.onset < 8 * 96]
    assert answer
    assert answer[0].onset >= again.onset
    assert all(p.onset + p.ticks <= 8 * 96 for p in answer)


def test_one_who_interrupts_gets_the_word_until_a_bar_of_silence(make_session: MakeSession) -> None:
    bar_line = TOP + 4 * BAR
    keys = [*phrase(bar_line - 4 * SECOND, 4), *phrase(bar_line + BAR, 4)]
    commands, played = run(make_session(), taken(keys, until=bar_line + 5 * BAR))
    assert turns(commands)[2:6] == [("machine", 4, 8), ("player", 5, 8), ("machine", 6, 8), ("player", 8, 12)]
    last_off = keys[-1][0] + keys[-1][3]
    assert not any(keys[4][0] + 1 < p.at < last_off + BAR for p in played)
    assert any(p.at < keys[4][0] and p.onset >= 4 * 96 for p in played)
    assert any(last_off + BAR <= p.at < bar_line + 4 * BAR for p in played)


def test_who_plays_on_has_improvs_whole_turn(make_session: MakeSession) -> None:
    bar_line = TOP + 2 * BAR
    keys = phrase(bar_line - SECOND, 4 * 6)
    commands, played = run(make_session(bars=2), taken(keys, until=bar_line + 6 * BAR))
    assert [turn for turn, _, _ in turns(commands)][2:6] == ["machine", "player", "player", "machine"]
    assert not any(2 * 96 <= p.onset < 4 * 96 for p in played)
    assert len([c for c in commands if isinstance(c, Heard)]) == len(keys)


def test_a_held_last_note_is_no_overrun(make_session: MakeSession) -> None:
    bar_line = TOP + 4 * BAR
    commands, played = run(
        make_session(), taken([(bar_line - SECOND, 65, 80, 3 * SECOND)], until=bar_line + 2 * BAR)
    )
    assert [turn for turn, _, _ in turns(commands)] == ["count-in", "player", "machine"]
    assert 4 * 96 <= played[0].onset < 5 * 96


def test_other_turns_are_taken_from_the_next_on(make_session: MakeSession) -> None:
    events = taken([], until=TOP + 9 * BAR)
    asked: SessionEvent = Asked(TOP + BAR, SetMode("trade", bars=2))
    _, commands = rehearse(make_session(), sorted([*events, asked], key=lambda event: event.t))
    assert [(b, e) for _, b, e in turns(commands)][1:4] == [(0, 4), (4, 6), (6, 8)]


def test_of_a_chord_the_highest_note_is_the_melody(make_session: MakeSession) -> None:
    t = LEAD + 2 * SECOND
    keys: list[SessionEvent] = [NoteOn(t + i * 2_000_000, p, 80) for i, p in enumerate((60, 67, 64))]
    state, commands = rehearse(make_session(), [Asked(0, Start()), *keys, Tick(t + SECOND)])
    heard = [c for c in commands if isinstance(c, Heard)]
    assert [h.pitch for h in heard] == [60, 67]
    assert len({h.onset for h in heard}) == 1
    assert [note.pitch for note in state.mind.line] == [67]


def test_a_first_beat_struck_early_is_heard_as_the_first_beat(make_session: MakeSession) -> None:
    first_beat = LEAD + 2 * SECOND
    _, commands = rehearse(
        make_session(), [Asked(0, Start()), NoteOn(first_beat - 20_000_000, 72, 80), Tick(first_beat)]
    )
    assert [c.onset for c in commands if isinstance(c, Heard)] == [0]
