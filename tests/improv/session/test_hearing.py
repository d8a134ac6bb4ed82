"""What a key struck and let go tells the improviser."""

from collections.abc import Callable

import pytest

from grammar.notes import Note
from improv.requests import Start
from improv.session.events import NoteOff, NoteOn
from improv.session.rehearse import rehearse
from improv.session.session import LEAD, Asked, Session, SessionEvent
from improv.session.state import State

MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
BEAT = SECOND // 2
TOP = LEAD + 4 * BEAT


def heard(make_session: MakeSession, *events: SessionEvent) -> State:
    """The state after a player who begins over a blues at 120 bpm."""
    return rehearse(make_session(mode="trade", first="you"), [Asked(0, Start()), *events])[0]


def test_a_key_that_is_let_go_is_as_long_as_it_was_down(make_session: MakeSession) -> None:
    state = heard(make_session, NoteOn(TOP, 60, 80), NoteOff(TOP + BEAT * 3 // 4, 60))
    assert state.mind.line == (Note(0, 60, 18, 80),)
    touch = state.mind.touch
    assert (touch.velocity, touch.heard, touch.total) == (80, 1, 80)
    assert touch.struck == pytest.approx(0.0)
    assert touch.lasted == pytest.approx(18.0)


def test_a_key_that_is_down_when_the_next_comes_is_held_until_then(make_session: MakeSession) -> None:
    first = [NoteOn(TOP, 60, 80), NoteOn(TOP + 2 * BEAT + BEAT // 24, 62, 90)]
    for over in ([], [NoteOff(TOP + 3 * BEAT, 60)]):
        state = heard(make_session, *first, *over)
        assert (state.mind.line[0].onset, state.mind.line[0].duration) == (0, 48)
        assert state.mind.encoded is not None
        touch = state.mind.encoded.moment.touch
        assert touch.lasted == pytest.approx(49.0), "and not the half beat that a key has at first"
        assert state.mind.touch.struck == pytest.approx(49.0)
        assert state.mind.encoded.moment.late == pytest.approx(1.0)
        assert state.mind.line[-1].duration == 12


def test_of_keys_together_the_highest_is_heard_and_none_has_an_end(make_session: MakeSession) -> None:
    state = heard(make_session, *(NoteOn(TOP + i * 3_000_000, p, 80) for i, p in enumerate((60, 67, 64))))
    assert [(note.pitch, note.duration) for note in state.mind.line] == [(67, 12)]
    assert state.mind.touch.heard == 1
