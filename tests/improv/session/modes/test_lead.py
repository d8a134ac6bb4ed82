"""Left hand leads."""

from collections.abc import Callable

import pytest

from improv.requests import Adjust, Panic, SetMode, Start
from improv.session.commands import Heard, Named, Play
from improv.session.events import Control, NoteOff, NoteOn, Tick
from improv.session.modes.lead import Lead
from improv.session.rehearse import rehearse
from improv.session.session import LEAD, Asked, Session, SessionEvent

MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
MILLISECOND = 1_000_000
BAR = 2 * SECOND
TOP = LEAD + BAR
FREE = "title: Free\n| N.C. | % | % | % |\n"


def chord(t: int, *pitches: int, held: int = SECOND, apart: int = 5 * MILLISECOND) -> list[SessionEvent]:
    down: list[SessionEvent] = [NoteOn(t + i * apart, p, 70) for i, p in enumerate(pitches)]
    return [*down, *(NoteOff(t + held + i, p) for i, p in enumerate(pitches))]


def take(*events: SessionEvent, until: int) -> list[SessionEvent]:
    """Of the events those until then."""
    ordered = sorted(events, key=lambda event: event.t)
    return [Asked(0, Start()), *(event for event in ordered if event.t <= until), Tick(until)]


@pytest.mark.parametrize("apart", [1, 5, 12])
def test_a_chord_is_named_within_forty_milliseconds_of_its_last_key(
    make_session: MakeSession, apart: int
) -> None:
    session = make_session(mode="lead")
    down = [NoteOn(TOP + SECOND + i * apart * MILLISECOND, p, 70) for i, p in enumerate((48, 52, 55, 58))]
    state, _ = rehearse(session, [Asked(0, Start()), *down])
    last = down[-1].t
    state, early = session.update(state, Tick(last + 10 * MILLISECOND))
    assert not any(isinstance(c, Named) for c in early)
    state, commands = session.update(state, Tick(last + 40 * MILLISECOND))
    assert [c.chord for c in commands if isinstance(c, Named)] == ["C7"]
    assert state.named == "C7"


def test_it_steers_until_another_is_held(make_session: MakeSession) -> None:
    session = make_session(mode="lead")
    keys = [*chord(TOP + SECOND, 48, 52, 55, 58), *chord(TOP + 3 * SECOND, 38, 41, 45, 48)]
    state, commands = rehearse(session, take(*keys, until=TOP + SECOND + SECOND // 2))
    assert session.stage.changes(state).at(0).symbol == "C7"
    state, commands = rehearse(session, take(*keys, until=TOP + 3 * SECOND - 1))
    assert state.named == "", "nothing is held any more"
    assert session.stage.changes(state).at(0).symbol == "C7", "but it holds"
    state, commands = rehearse(session, take(*keys, until=TOP + 4 * SECOND))
    assert session.stage.changes(state).at(0).symbol == "D-7"
    assert [c.chord for c in commands if isinstance(c, Named)] == ["C7", "", "D-7"]


def test_the_pedal_holds_a_chord_after_its_keys(make_session: MakeSession) -> None:
    session = make_session(mode="lead")
    keys = chord(TOP + SECOND, 48, 52, 55, 58, held=SECOND // 4)
    feet: list[SessionEvent] = [
        Control(TOP + SECOND + SECOND // 8, 64, 100),
        Control(TOP + 3 * SECOND, 64, 0),
    ]
    state, commands = rehearse(session, take(*keys, *feet, until=TOP + 3 * SECOND - 1))
    assert state.named == "C7"
    state, commands = rehearse(session, take(*keys, *feet, until=TOP + 4 * SECOND))
    assert [(c.chord, c.onset) for c in commands if isinstance(c, Named)] == [("C7", 48), ("", 144)]
    late: list[SessionEvent] = [Control(TOP + SECOND + SECOND // 3, 64, 127)]
    state, commands = rehearse(session, take(*keys, *late, until=TOP + 3 * SECOND))
    assert state.named == "", "it cannot catch what has ended"


def test_a_pedal_that_is_down_from_before_holds_too(make_session: MakeSession) -> None:
    session = make_session(mode="solo")
    events = [
        Control(TOP, 64, 127),
        Asked(TOP + SECOND, SetMode("lead", now=1)),
        *chord(TOP + 2 * SECOND, 48, 52, 55, 58, held=SECOND // 4),
    ]
    state, _ = rehearse(session, take(*events, until=TOP + 5 * SECOND))
    assert state.named == "C7"
    state, _ = rehearse(session, [Control(TOP + 5 * SECOND, 121, 0), Tick(TOP + 6 * SECOND)], state)
    assert state.named == "", "all that is reset is up"


def test_panic_lets_a_pedalled_chord_go(make_session: MakeSession) -> None:
    session = make_session(mode="lead")
    keys = chord(TOP + SECOND, 48, 52, 55, 58, held=SECOND // 4)
    events = [Control(TOP, 64, 127), *keys, Asked(TOP + 3 * SECOND, Panic())]
    state, commands = rehearse(session, take(*events, until=TOP + 4 * SECOND))
    assert [c.chord for c in commands if isinstance(c, Named)] == ["C7", ""]
    assert state.named == ""


def test_the_chart_is_the_prior(make_session: MakeSession) -> None:
    """The same keys are what the chart has there, where they can be."""
    keys = (52, 58, 62, 69)  # E Bb D A: a rootless C13, and much else
    for text, found in (("title: T\n| C7 | F7 |\n", "C7"), ("title: T\n| Gb7alt | F7 |\n", "Gb7alt")):
        session = make_session(text, mode="lead", tempo=120)
        moved: list[SessionEvent] = [Asked(0, Adjust("split", 72))]
        events = [*moved, *take(*chord(TOP + SECOND, *keys), until=TOP + BAR - SECOND // 2)]
        _, commands = rehearse(session, events)
        assert [c.chord for c in commands if isinstance(c, Named)] == [found]


def test_the_left_hand_is_no_melody_and_the_right_is(make_session: MakeSession) -> None:
    right: list[SessionEvent] = [NoteOn(TOP + SECOND, 72, 80), NoteOff(TOP + SECOND + SECOND // 4, 72)]
    keys = [*chord(TOP + SECOND // 2, 48, 52, 55, 58), *right]
    state, commands = rehearse(make_session(mode="lead"), take(*keys, until=TOP + SECOND + SECOND // 2))
    assert [c.pitch for c in commands if isinstance(c, Heard)] == [72]
    assert state.mind.line[-1].pitch == 72
    assert state.mind.line[-1].duration == 12


def test_the_split_can_be_moved(make_session: MakeSession) -> None:
    moved: list[SessionEvent] = [Asked(0, Adjust("split", 40))]
    events = [*moved, *take(*chord(TOP, 48, 52, 55), until=TOP + SECOND)]
    _, commands = rehearse(make_session(mode="lead"), events)
    assert not any(isinstance(c, Named) for c in commands)
    assert any(isinstance(c, Heard) for c in commands)


def test_improv_and_band_play_over_what_is_held(make_session: MakeSession) -> None:
    """Over F sharp in a blues in F: nothing of the old chord sounds."""
    held = chord(TOP + SECOND // 2, 54, 58, 61, 64 - 12, held=20 * SECOND)
    session = make_session(mode="lead", band=True, seed=3)
    state, commands = rehearse(session, take(*held, until=TOP + 20 * SECOND))
    assert state.named.startswith("Gb7")
    symbol = session.stage.changes(state).at(0)
    later = [c for c in commands if isinstance(c, Play) and c.onset > 96]
    comped = [c for c in later if c.role == "comp"]
    assert comped
    assert all(symbol.letter(play.pitch) in "CL" for play in comped)
    assert any(c.role == "bass" and c.pitch % 12 == 6 for c in later)
    solo = [c for c in later if c.role == "improv"]
    assert all(
        play.terminal[0] == symbol.letter(play.pitch)
        or (symbol.letter(play.pitch) == "." and play.terminal[0] in "AX")
        for play in solo
    )


def test_without_a_chart_improv_waits_for_a_chord(make_session: MakeSession) -> None:
    session = make_session(FREE, mode="lead", tempo=120)
    _, silent = rehearse(session, take(until=TOP + 4 * BAR))
    assert not any(isinstance(c, Play) and c.role == "improv" for c in silent)
    held = chord(TOP + SECOND, 48, 52, 55, 58)
    _, commands = rehearse(session, take(*held, until=TOP + 4 * BAR))
    played = [c for c in commands if isinstance(c, Play) and c.role == "improv"]
    assert played
    assert played[0].at > TOP + SECOND


def test_another_mode_goes_back_to_the_chart(make_session: MakeSession) -> None:
    session = make_session(mode="lead")
    events = take(
        *chord(TOP + SECOND, 54, 58, 61), Asked(TOP + BAR, SetMode("solo", now=1)), until=TOP + 2 * BAR
    )
    state, _ = rehearse(session, events)
    assert session.stage.changes(state) == session.changes
    assert not isinstance(state.playing, Lead)


def named(make_session: MakeSession, *held: tuple[int, ...], text: str = FREE) -> list[str]:
    """What chords are called that are held one after another, a bar each."""
    session = make_session(text, mode="lead", tempo=120)
    keys = [event for bar, pitches in enumerate(held) for event in chord(TOP + bar * BAR, *pitches)]
    split: list[SessionEvent] = [Asked(0, Adjust("split", 72))]
    _, commands = rehearse(session, [*split, *take(*keys, until=TOP + len(held) * BAR)])
    return [c.chord for c in commands if isinstance(c, Named) and c.chord]


def test_without_a_chart_what_was_held_before_tells_rootless_chords(make_session: MakeSession) -> None:
    """D-9 G13 Cmaj9, then C-9 F13 Bbmaj9, without a root, as near to each other as they lie."""
    first = ((53, 57, 60, 64), (53, 57, 59, 64), (52, 55, 59, 62))
    second = ((46, 50, 51, 55), (45, 50, 51, 55), (45, 48, 50, 53))
    assert named(make_session, *first, *second)[-2:] == ["F13", "Bbmaj9"]
    assert named(make_session, second[-1]) != ["Bbmaj9"], "alone it is another chord"


def test_a_late_key_decides_the_chord_anew_and_not_another_one_after_it(make_session: MakeSession) -> None:
    """As if all had been struck together: what was named of the half of it counts for nothing."""
    session = make_session(FREE, mode="lead", tempo=120)
    first = chord(TOP, 38, 53, 57, 60)
    whole, late = (
        [event for i, p in enumerate((43, 53, 57, 59)) for event in chord(TOP + BAR + i * apart, p)]
        for apart in (MILLISECOND, 20 * MILLISECOND)
    )
    until = TOP + 2 * BAR - SECOND // 2
    states = [rehearse(session, take(*first, *keys, until=until))[0] for keys in (whole, late)]
    together, apart_ = (state.playing for state in states)
    assert isinstance(together, Lead)
    assert isinstance(apart_, Lead)
    assert together.named == apart_.named
