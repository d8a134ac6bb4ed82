"""Another mode: at the next bar line, or at once."""

from collections.abc import Callable

import pytest

from improv.requests import SetMode, Start
from improv.session.commands import LOOKAHEAD, Command, ModeChange, Play, Thru, TurnChange
from improv.session.events import NoteOff, NoteOn, Tick
from improv.session.rehearse import rehearse
from improv.session.session import LEAD, Asked, Session, SessionEvent

MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
BAR = 2 * SECOND
TOP = LEAD + BAR


def take(*events: SessionEvent, until: int) -> list[SessionEvent]:
    return [Asked(0, Start()), *sorted(events, key=lambda event: event.t), Tick(until)]


def improvs(commands: list[Command]) -> list[Play]:
    return [c for c in commands if isinstance(c, Play) and c.role == "improv"]


def test_at_the_next_bar_line_it_is_told_before_and_then(make_session: MakeSession) -> None:
    t = TOP + BAR + SECOND // 3
    after: list[Play] = []
    for seed in range(8):
        session = make_session(mode="solo", seed=seed)
        _, commands = rehearse(session, take(Asked(t, SetMode("layout", bars=2)), until=TOP + 6 * BAR))
        told = [c for c in commands if isinstance(c, ModeChange)]
        assert told == [ModeChange("layout", 2 * 96, 2, coming=1), ModeChange("layout", 2 * 96, 2)]
        assert all(play.onset < 2 * 96 for play in improvs(commands))
        after += [play for play in improvs(commands) if play.at > t + LOOKAHEAD]
        turns = [(c.turn, c.onset) for c in commands if isinstance(c, TurnChange)]
        assert turns == [("count-in", -96), ("both", 0), ("player", 2 * 96)]
    assert after, "the bar is played to its end"
    assert all(play.onset + play.ticks <= 2 * 96 for play in after), (
        "only what sounded before keeps its length"
    )


def test_the_first_note_after_it_is_in_time(make_session: MakeSession) -> None:
    session = make_session(mode="trade", first="improv", bars=2, seed=5)
    state, _ = rehearse(session, take(Asked(TOP, SetMode("solo")), until=TOP + BAR - LOOKAHEAD - 1))
    assert state.mode == "trade"
    state, commands = session.update(state, Tick(TOP + BAR - LOOKAHEAD))
    assert state.mode == "solo"
    assert ModeChange("solo", 96, 2) in commands
    state, commands = rehearse(session, [Tick(TOP + 3 * BAR)], state)
    assert 96 <= improvs(commands)[0].onset < 192


def test_at_once(make_session: MakeSession) -> None:
    t = TOP + BAR + SECOND // 3
    _, commands = rehearse(make_session(mode="solo"), take(Asked(t, SetMode("layout", now=1)), until=t + BAR))
    (told,) = (c for c in commands if isinstance(c, ModeChange))
    assert told == ModeChange("layout", 112, 4)
    assert not [play for play in improvs(commands) if play.at > t + LOOKAHEAD * 2]


def test_asked_again_before_it_begins_the_last_word_counts(make_session: MakeSession) -> None:
    asked = [Asked(TOP + i * SECOND // 4, SetMode(mode)) for i, mode in enumerate(("solo", "rhythm", "comp"))]
    state, commands = rehearse(make_session(), take(*asked, until=TOP + 2 * BAR))
    assert state.mode == "comp"
    assert [c.mode for c in commands if isinstance(c, ModeChange) and not c.coming] == ["comp"]
    assert not any(isinstance(c, Thru) for c in commands)


def test_the_mode_that_plays_asked_for_again_stays(make_session: MakeSession) -> None:
    asked = [Asked(TOP + SECOND, SetMode("solo")), Asked(TOP + SECOND + 1, SetMode("trade"))]
    state, commands = rehearse(make_session(), take(*asked, until=TOP + 3 * BAR))
    assert state.mode == "trade"
    assert state.coming is None
    assert [c.turn for c in commands if isinstance(c, TurnChange)] == ["count-in", "player"]


def test_in_the_count_in_it_begins_at_the_top(make_session: MakeSession) -> None:
    state, commands = rehearse(make_session(), take(Asked(LEAD, SetMode("rhythm")), until=TOP + SECOND))
    assert state.mode == "rhythm"
    assert ModeChange("rhythm", 0, 4) in commands
    assert Thru(1, 0) in commands
    assert commands[-1] != Thru()


def test_trade_begins_with_the_player_and_on_the_turns_of_the_form(make_session: MakeSession) -> None:
    t = TOP + 4 * BAR + 1
    _, commands = rehearse(make_session(mode="solo"), take(Asked(t, SetMode("trade")), until=TOP + 13 * BAR))
    turns = [(c.turn, c.onset // 96, c.ends // 96) for c in commands if isinstance(c, TurnChange)][2:]
    assert turns[:2] == [("player", 5, 8), ("machine", 8, 12)]


@pytest.mark.parametrize("then", ["solo", "trade", "comp"])
def test_what_was_played_before_is_remembered(make_session: MakeSession, then: str) -> None:
    keys: list[SessionEvent] = []
    for i in range(6):
        keys += [NoteOn(TOP + i * SECOND // 4, 60 + i, 80), NoteOff(TOP + i * SECOND // 4 + 1, 60 + i)]
    session = make_session(mode="layout")
    state, _ = rehearse(session, take(*keys, Asked(TOP + BAR - 1, SetMode(then)), until=TOP + BAR))
    assert state.mode == then
    assert [note.pitch for note in state.mind.line] == [60, 61, 62, 63, 64, 65]
