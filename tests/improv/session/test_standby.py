"""Standby phrases, and what is known of them when they have sounded."""

from collections.abc import Callable
from time import thread_time_ns

import pytest

from grammar.parse import classify
from improv.requests import Mute, Start
from improv.session.commands import LOOKAHEAD, Command, Play, Standby
from improv.session.events import Missed, NoteOff, NoteOn, Tick
from improv.session.rehearse import rehearse
from improv.session.session import LEAD, Asked, Session, SessionEvent
from improv.session.standby import stand_by

MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
BAR = 2 * SECOND
TOP = LEAD + BAR
BAR_LINE = TOP + 4 * BAR


def take(*events: SessionEvent, until: int) -> list[SessionEvent]:
    return [Asked(0, Start()), *events, Tick(until)]


def standbys(commands: list[Command]) -> list[Standby]:
    return [c for c in commands if isinstance(c, Standby)]


def test_a_phrase_stands_by_a_beat_before_the_answer(make_session: MakeSession) -> None:
    session = make_session()
    ahead = BAR_LINE - SECOND // 2 - LOOKAHEAD
    state, commands = rehearse(session, take(NoteOn(TOP, 72, 80), NoteOff(TOP + 1, 72), until=ahead - 1))
    assert not standbys(commands)
    _, commands = session.update(state, Tick(ahead))
    ((found,)) = standbys(commands)
    onsets = [play.onset for play in found.notes]
    assert onsets == sorted(set(onsets))
    assert all(play.onset >= 4 * 96 and play.onset + play.ticks <= 6 * 96 for play in found.notes)
    assert all(play.at >= BAR_LINE for play in found.notes)
    assert {play.source for play in found.notes} == {"fallback"}
    for play in found.notes:
        assert play.terminal[0] == classify(play.pitch, session.changes.at(play.onset)).letter
    assert abs(found.notes[0].pitch - 72) <= 7, "it goes on from what was heard"


def test_the_model_plays_the_same_whatever_stands_by(make_session: MakeSession) -> None:
    """The phrase has dice of its own."""
    session = make_session(seed=4)
    state, _ = rehearse(session, take(until=BAR_LINE - SECOND))
    again, _ = stand_by(session.stage, state, 4 * 96, 8 * 96)
    assert again.mind is state.mind


def test_muted_nothing_stands_by(make_session: MakeSession) -> None:
    _, commands = rehearse(make_session(), take(Asked(1, Mute("improv")), until=BAR_LINE + BAR))
    assert not standbys(commands)


def missing(make_session: MakeSession, count: int) -> tuple[Session, list[Play], list[Command], list[Play]]:
    """The session is late for an answer's first notes: what stood by, what it did then, what it played."""
    session = make_session(seed=6)
    state, commands = rehearse(session, take(until=BAR_LINE - SECOND // 4))
    phrase = list(standbys(commands)[-1].notes)
    fallen = phrase[:count]
    events = [Missed(play.at, play.onset) for play in fallen]
    state, commands = rehearse(session, [*events, Tick(fallen[-1].at + 1)], state)
    known = [(note.onset, note.pitch, note.duration) for note in state.mind.line]
    assert known[-count:] == [(play.onset, play.pitch, play.ticks) for play in fallen]
    assert state.chosen.fallback == count
    state, more = rehearse(session, [Tick(BAR_LINE + 4 * BAR)], state)
    played = [c for c in [*commands, *more] if isinstance(c, Play) and c.role == "improv"]
    return session, fallen, commands, played


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_line_has_what_sounded_and_the_model_goes_on_after_it(
    make_session: MakeSession, count: int
) -> None:
    _, fallen, _, played = missing(make_session, count)
    assert played
    assert all(play.onset > fallen[-1].onset for play in played), "nothing late sounds on top"
    assert all(play.onset < 8 * 96 for play in played)


def test_late_by_a_note_in_the_middle_its_own_is_not_known(make_session: MakeSession) -> None:
    """The model had planned a note later than the one that has sounded: it goes."""
    session = make_session(seed=6)
    state, commands = rehearse(session, take(until=BAR_LINE + BAR))
    phrase = standbys(commands)[-1].notes
    assert state.map is not None
    newest = state.mind.line[-1].onset
    fallen = next(play for play in phrase if play.onset >= newest)
    state, commands = session.update(state, Missed(max(fallen.at, BAR_LINE + BAR), fallen.onset))
    assert (fallen.onset, fallen.pitch) in [(note.onset, note.pitch) for note in state.mind.line]
    assert [note.onset for note in state.mind.line] == sorted({note.onset for note in state.mind.line})


def test_missed_what_never_stood_by_changes_nothing(make_session: MakeSession) -> None:
    session = make_session()
    state, _ = rehearse(session, take(until=TOP + SECOND))
    assert session.update(state, Missed(TOP + SECOND, 7)) == (state, [])


def test_it_costs_well_under_a_millisecond(make_session: MakeSession) -> None:
    session = make_session()
    state, _ = rehearse(session, take(until=TOP + SECOND))
    taken = []
    for turn in range(60):
        begin = thread_time_ns()
        stand_by(session.stage, state, turn * 384, turn * 384 + 384)
        taken.append(thread_time_ns() - begin)
    assert min(taken) < 1_000_000, "of this thread alone, whoever else is busy"
