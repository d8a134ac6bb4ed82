"""Solo, and who leaves room for whom."""

from collections.abc import Callable

import pytest

from improv.live.options import Options
from improv.live.setting import make_session as make_real
from improv.requests import Start
from improv.session.commands import Command, Heard, Play, Standby, TakeBack, TurnChange
from improv.session.events import NoteOff, NoteOn, Tick
from improv.session.modes.solo import LONGEST_REST, SHORTEST_REST, Solo
from improv.session.rehearse import rehearse
from improv.session.session import LEAD, Asked, Session, SessionEvent

BLUES = "title: B\n| F7 | Bb7 | F7 | F7 | Bb7 | Bb7 | F7 | D7 | G-7 | C7 | F7 | C7 |\n"
MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
BAR = 2 * SECOND
TOP = LEAD + BAR


def keys(begins: int, count: int, gap: int) -> list[SessionEvent]:
    found: list[SessionEvent] = []
    for i in range(count):
        t = begins + i * gap
        found += [NoteOn(t, 60 + 5 * i % 13, 80), NoteOff(t + gap // 2, 60 + 5 * i % 13)]
    return found


def take(*events: SessionEvent, until: int) -> list[SessionEvent]:
    return [Asked(0, Start()), *events, Tick(until)]


def improvs(commands: list[Command]) -> list[Play]:
    return [c for c in commands if isinstance(c, Play) and c.role == "improv"]


def test_left_alone_it_plays_chorus_after_chorus(make_session: MakeSession) -> None:
    _, commands = rehearse(make_session(mode="solo"), take(until=TOP + 16 * BAR))
    turns = [(c.turn, c.onset, c.ends) for c in commands if isinstance(c, TurnChange)]
    assert turns == [("count-in", -96, 0), ("both", 0, 12 * 96), ("both", 12 * 96, 24 * 96)]
    onsets = [play.onset for play in improvs(commands)]
    assert onsets == sorted(set(onsets))
    assert 0 <= onsets[0] < 96
    assert {onset // 384 for onset in onsets} == {0, 1, 2, 3}


def test_it_is_silent_while_the_player_plays_and_a_rest_longer(make_session: MakeSession) -> None:
    begins, busy = TOP + 2 * BAR, 24
    gap = SECOND // 8
    _, commands = rehearse(make_session(mode="solo"), take(*keys(begins, busy, gap), until=begins + 8 * BAR))
    ends = begins + busy * gap
    at = [play.at for play in improvs(commands)]
    assert not any(begins < t < ends + SECOND for t in at)
    assert any(t < begins for t in at)
    assert any(ends + SECOND < t < ends + 4 * BAR for t in at)
    assert len([c for c in commands if isinstance(c, Heard)]) == busy


def test_the_more_the_player_plays_the_longer_it_rests(make_session: MakeSession) -> None:
    def rest(count: int) -> int:
        session = make_session(mode="solo")
        struck = keys(TOP + BAR, count, SECOND // 8)
        state, _ = rehearse(session, take(*struck, until=struck[-1].t))
        assert isinstance(state.playing, Solo)
        assert state.playing.resumes is not None
        return state.playing.resumes - state.mind.line[-1].onset

    rests = [rest(count) for count in (1, 4, 8, 12, 16)]
    assert rests == sorted(rests)
    assert rests[0] == pytest.approx(SHORTEST_REST, abs=12)
    assert rests[-1] == pytest.approx(LONGEST_REST, abs=12)


def test_its_density_follows_the_players() -> None:
    assert Solo().density(0) == 1.0
    assert Solo(struck=tuple(range(0, 96, 12))).density(96) == 0.75
    assert Solo(struck=tuple(range(0, 192, 12))).density(180) == 0.5
    assert Solo(struck=tuple(range(0, 192, 12))).density(180 + 192) == 1.0


def test_what_does_not_sound_yet_is_taken_back(make_session: MakeSession) -> None:
    """Struck 20 ms before a note's place, when it has been planned."""
    session = make_session(mode="solo")
    _, alone = rehearse(session, take(until=TOP + 4 * BAR))
    coming = improvs(alone)[3]
    t = coming.at - 20_000_000
    _, commands = rehearse(session, take(NoteOn(t, 70, 80), until=t + SECOND // 4))
    assert TakeBack() in commands
    assert commands.index(TakeBack()) > commands.index(coming)
    later = commands[commands.index(TakeBack()) :]
    assert isinstance(later[1], Heard)
    assert not improvs(later)


def test_a_phrase_stands_by_for_every_two_bars(make_session: MakeSession) -> None:
    _, commands = rehearse(make_session(mode="solo"), take(until=TOP + 6 * BAR - SECOND))
    phrases = [c.notes for c in commands if isinstance(c, Standby)]
    assert len(phrases) == 3
    for begins, notes in zip((0, 192, 384), phrases, strict=True):
        own = [play for play in notes if play.onset >= begins]
        assert own
        assert all(play.onset + play.ticks <= begins + 192 for play in own)
        assert all(play.onset >= begins - 24 for play in notes), "the end of the bar before goes with it"


def test_it_plays_the_less_the_more_the_player_does() -> None:
    """As the model that ships plays: sixteen bars, of which the player has so many eighths each."""

    def plays(eighths: int) -> int:
        count = 0
        for seed in range(3):
            session, _ = make_real(Options(chart=BLUES, tempo=120.0, seed=seed, mode="solo", click=False))
            struck = [e for bar in range(16) for e in keys(TOP + bar * BAR, eighths, SECOND // 4)]
            count += len(improvs(rehearse(session, take(*struck, until=TOP + 16 * BAR))[1]))
        return count

    counts = [plays(eighths) for eighths in (0, 1, 3, 6)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 2 * counts[2]
    assert counts[0] > 10 * counts[3]
