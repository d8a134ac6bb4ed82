"""Lay out and comp, where the player has every chorus: who plays along, and how."""

from collections.abc import Callable
from statistics import fmean

import pytest

from improv.requests import Mute, SetMode, Start
from improv.session.commands import Command, Heard, Play, Standby, TurnChange
from improv.session.events import NoteOff, NoteOn, Tick
from improv.session.rehearse import rehearse
from improv.session.session import LEAD, Asked, Session, SessionEvent

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


def roles(commands: list[Command]) -> set[str]:
    return {c.role for c in commands if isinstance(c, Play)}


def chords(commands: list[Command]) -> dict[int, int]:
    """The velocity of each chord by its onset."""
    return {c.onset: c.velocity for c in commands if isinstance(c, Play) and c.role == "comp"}


@pytest.mark.parametrize(
    ("mode", "band"), [("layout", {"bass", "drums"}), ("comp", {"comp", "bass", "drums"})]
)
def test_improv_is_silent_and_listens_and_the_band_plays_on(
    make_session: MakeSession, mode: str, band: set[str]
) -> None:
    struck = keys(TOP + BAR, 8, SECOND // 4)
    state, commands = rehearse(make_session(mode=mode, band=True), take(*struck, until=TOP + 4 * BAR))
    assert roles(commands) == {"click", *band}
    assert not any(isinstance(c, Standby) for c in commands)
    assert [note.pitch for note in state.mind.line][-3:] == [60 + 5 * i % 13 for i in (5, 6, 7)]
    assert len([c for c in commands if isinstance(c, Heard)]) == 8
    assert [c.turn for c in commands if isinstance(c, TurnChange)] == ["count-in", "player"]


def test_who_lays_out_leaves_bass_and_drums_as_they_were(make_session: MakeSession) -> None:
    """The pianist is as if muted."""

    def rest(mode: str, *asked: SessionEvent) -> list[Command]:
        _, commands = rehearse(make_session(mode=mode, band=True), [*asked, *take(until=TOP + 8 * BAR)])
        return [c for c in commands if isinstance(c, Play) and c.role in ("bass", "drums")]

    assert rest("layout") == rest("layout", Asked(0, Mute("comp")))
    assert rest("layout") == rest("comp")


def test_the_pianist_comes_in_again_with_another_mode(make_session: MakeSession) -> None:
    asked = Asked(TOP + 3 * BAR - SECOND, SetMode("comp"))
    _, commands = rehearse(make_session(mode="layout", band=True), take(asked, until=TOP + 8 * BAR))
    onsets = sorted(chords(commands))
    assert 3 * 96 <= onsets[0] < 5 * 96


def test_where_nobody_is_to_play_along_comp_has_its_chords_and_bass(make_session: MakeSession) -> None:
    until = TOP + 6 * BAR
    for mode in ("comp", "trade", "solo", "layout", "lead", "rhythm"):
        session = make_session(mode=mode, band=True, alone=True)
        band = roles(rehearse(session, take(until=until))[1]) - {"click", "improv"}
        assert band == ({"comp", "bass"} if mode == "comp" else set())
    session = make_session(mode="comp", band=True, alone=True)
    muted: list[SessionEvent] = [Asked(0, Mute("comp"))]
    assert roles(rehearse(session, [*muted, *take(until=until)])[1]) == {"click", "bass"}
    into = Asked(TOP + 2 * BAR - SECOND, SetMode("comp"))
    _, commands = rehearse(make_session(mode="solo", band=True, alone=True), take(into, until=until))
    assert roles(commands) == {"click", "improv", "comp", "bass"}
    assert min(chords(commands)) >= 2 * 96


def test_the_band_is_busier_where_the_player_leaves_room(make_session: MakeSession) -> None:
    def played(struck: list[SessionEvent]) -> dict[int, int]:
        session = make_session(mode="comp", band=True)
        return chords(rehearse(session, take(*struck, until=TOP + 24 * BAR))[1])

    calm = played(keys(TOP, 24, BAR))  # a note a bar
    busy = played(keys(TOP, 24 * 16, SECOND // 8))
    assert len(calm) > 2 * len(busy)
    assert fmean(calm.values()) > fmean(busy.values()) + 8, "and softer under a line"


def test_comp_answers_the_player_more_than_other_modes_do(make_session: MakeSession) -> None:
    """Two bars of line and two of rest, over and over: the share of the chords in the rests."""

    def share(mode: str) -> float:
        counts = [0, 0]
        for seed in range(4):
            struck = [e for four in range(6) for e in keys(TOP + 4 * four * BAR, 28, SECOND // 8)]
            session = make_session(mode=mode, band=True, seed=seed, bars=96)  # in trade the player's alone
            _, commands = rehearse(session, take(*struck, until=TOP + 24 * BAR))
            for onset in chords(commands):
                counts[onset % 384 >= 192] += 1
        return counts[1] / sum(counts)

    assert share("comp") > share("trade") + 0.05
    assert share("comp") > 0.6
