"""The session's laws: an event at a time, no clock, no ports."""

from collections.abc import Callable
from itertools import pairwise

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from improv.live.commands import Finished, Heard, Play, Silence, TakeBack, TurnChange
from improv.live.events import NoteOff, NoteOn, Tick
from improv.live.rehearse import rehearse as play
from improv.live.session import LEAD, LOOKAHEAD, Asked, Session, SessionEvent
from improv.requests import SetTempo, Start, Stop
from improv.swing import swing_ratio, to_performed

MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
LAWS = settings(
    max_examples=15,
    deadline=None,
    phases=[phase for phase in Phase if phase is not Phase.shrink],  # a take is long: shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

PRESSES = st.lists(
    st.tuples(st.integers(0, 30 * SECOND), st.integers(40, 90), st.integers(1, 127), st.integers(1, SECOND)),
    max_size=25,
)
"""When a key goes down, which, how hard, and how long it is held."""
TEMPO_CHANGES = st.lists(
    st.tuples(st.integers(0, 30 * SECOND), st.floats(60, 320)).map(lambda c: Asked(c[0], SetTempo(c[1]))),
    max_size=3,
)


def started(
    presses: list[tuple[int, int, int, int]], asked: list[Asked] | None = None, until: int = 40 * SECOND
) -> list[SessionEvent]:
    """A take from its start to `until`, in order."""
    events: list[SessionEvent] = [Asked(0, Start()), *(asked or [])]
    for t, pitch, velocity, held in presses:
        events += [NoteOn(t, pitch, velocity), NoteOff(t + held, pitch)]
    return [*sorted(events, key=lambda event: event.t), Tick(max(until, max(e.t for e in events)))]


@LAWS
@given(presses=PRESSES, asked=TEMPO_CHANGES, every=st.integers(SECOND // 500, 3 * SECOND))
def test_how_time_is_cut_up_does_not_matter(
    make_session: MakeSession, presses: list[tuple[int, int, int, int]], asked: list[Asked], every: int
) -> None:
    session = make_session(seed=1)
    events = started(presses, asked, until=32 * SECOND)
    ticks: list[SessionEvent] = [Tick(t) for t in range(0, events[-1].t, every)]
    cut_up = sorted([*events, *ticks], key=lambda event: event.t)
    assert play(session, events)[1] == play(session, cut_up)[1]


@LAWS
@given(presses=PRESSES, tempo=st.sampled_from([60.0, 180.0, 320.0]))
def test_a_note_is_drawn_before_its_place(
    make_session: MakeSession, presses: list[tuple[int, int, int, int]], tempo: float
) -> None:
    session = make_session(tempo=tempo)
    state = session.initial()
    ticks: list[SessionEvent] = [Tick(t) for t in range(0, 35 * SECOND, SECOND // 100)]
    for event in sorted([*started(presses), *ticks], key=lambda e: e.t):
        if event.t > 35 * SECOND:  # no ticks there: whatever falls due between two keys is done late
            break
        state, commands = session.update(state, event)
        for command in commands:
            if isinstance(command, Play):
                assert command.at >= event.t


def test_a_whole_turn_is_the_players(make_session: MakeSession) -> None:
    """A note struck a millisecond before the answer's bar line is still heard, and the answer redrawn."""
    session = make_session(tempo=120, bars=4)
    bar_line = LEAD + (1 + 4) * 4 * SECOND // 2  # count-in and four bars of four half-seconds
    early: list[SessionEvent] = [NoteOn(bar_line - 2 * SECOND, 65, 90), NoteOff(bar_line - SECOND, 65)]
    last: list[SessionEvent] = [NoteOn(bar_line - 1_000_000, 70, 90), NoteOff(bar_line + SECOND, 70)]
    begin: list[SessionEvent] = [Asked(0, Start()), *early, Tick(bar_line - LOOKAHEAD + 1)]
    state, _ = play(session, begin)
    assert state.stretch is not None
    state, commands = play(session, [*last, Tick(bar_line + 2 * SECOND)], state)
    heard = [c for c in commands if isinstance(c, Heard)]
    assert [h.pitch for h in heard] == [70]
    opening = next(c for c in commands if isinstance(c, Play) and c.role == "improv")
    assert opening.onset > heard[0].onset >= 4 * 96 - 1
    assert commands.index(heard[0]) < commands.index(opening)
    assert commands.index(TakeBack()) < commands.index(heard[0])


def test_of_a_chord_the_highest_note_is_the_melody(make_session: MakeSession) -> None:
    session = make_session(tempo=120)
    t = LEAD + 2 * SECOND
    _, commands = play(
        session,
        [
            Asked(0, Start()),
            *(NoteOn(t + i * 2_000_000, p, 80) for i, p in enumerate((60, 67, 64))),
            Tick(t + SECOND),
        ],
    )
    heard = [c for c in commands if isinstance(c, Heard)]
    assert [h.pitch for h in heard] == [60, 67]
    assert len({h.onset for h in heard}) == 1


def test_a_first_beat_struck_early_is_heard_as_the_first_beat(make_session: MakeSession) -> None:
    session = make_session(tempo=120)
    first_beat = LEAD + 2 * SECOND
    _, commands = play(
        session, [Asked(0, Start()), NoteOn(first_beat - 20_000_000, 72, 80), Tick(first_beat)]
    )
    assert [c.onset for c in commands if isinstance(c, Heard)] == [0]


def test_the_count_in_is_one_bar_of_clicks(make_session: MakeSession) -> None:
    session = make_session(tempo=120)
    _, commands = play(session, [Asked(0, Start()), Tick(LEAD + 2 * SECOND - LOOKAHEAD - 1)])
    assert commands[0] == TurnChange("count-in", -96, 0)
    clicks = [c for c in commands if isinstance(c, Play)]
    assert [c.at for c in clicks] == [LEAD + i * SECOND // 2 for i in range(4)]
    assert [c.pitch for c in clicks] == [76, 77, 77, 77]
    assert {c.role for c in clicks} == {"click"}


def test_choruses_end_the_take(make_session: MakeSession) -> None:
    session = make_session(tempo=240, choruses=1)
    state, commands = play(session, started([], until=60 * SECOND))
    assert commands[-2:] == [Silence(), Finished()]
    assert state.map is None
    assert all(c.onset < 12 * 96 for c in commands if isinstance(c, Play))


def test_stop_forgets_and_start_begins_anew(make_session: MakeSession) -> None:
    session = make_session(tempo=180)
    state, _ = play(session, [Asked(0, Start()), Tick(9 * SECOND)])
    state, commands = play(session, [Asked(9 * SECOND, Stop())], state)
    assert Silence() in commands
    assert session.update(state, Tick(20 * SECOND))[1] == []
    state, commands = play(session, [Asked(20 * SECOND, Start()), Tick(20 * SECOND + LEAD)], state)
    assert commands[0] == TurnChange("count-in", -96, 0)


def test_a_new_tempo_holds_from_the_next_beat(make_session: MakeSession) -> None:
    session = make_session(tempo=120)
    t = LEAD + 2 * SECOND + 10_000_000
    _, commands = play(session, [Asked(0, Start()), Asked(t, SetTempo(240)), Tick(t + 2 * SECOND)])
    clicks = [c.at for c in commands if isinstance(c, Play) and c.role == "click"]
    steps = [b - a for a, b in pairwise(clicks)]
    assert steps[:5] == [SECOND // 2] * 5
    assert set(steps[5:]) == {SECOND // 4}


@LAWS
@given(tempo=st.floats(60, 320))
def test_the_place_of_every_note_is_its_swung_tick(make_session: MakeSession, tempo: float) -> None:
    session = make_session(tempo=tempo)
    _, commands = play(session, started([], until=30 * SECOND))
    ratio = swing_ratio(tempo, "swing")
    per_tick = 60 * SECOND / (tempo * 24)
    for command in commands:
        if isinstance(command, Play) and command.role == "improv":
            ticks = (command.at - LEAD) / per_tick - 96
            straight, swung = command.onset, to_performed(command.onset, ratio)
            assert min(abs(ticks - straight), abs(ticks - swung)) < 1e-3


@LAWS
@given(presses=PRESSES)
def test_what_is_remembered_stays_bounded(
    make_session: MakeSession, presses: list[tuple[int, int, int, int]]
) -> None:
    session = make_session(tempo=320)
    state, _ = play(session, started(presses, until=60 * SECOND))
    assert len(state.mind.line) <= 10
    assert state.map is not None
    assert len(state.map.anchors) <= 4
