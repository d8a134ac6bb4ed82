"""Marks, kept bars and undone takes, asked for while playing: what the player is told is what the log has."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.chart import format_chart
from improv.live.clock import FakeClock
from improv.live.engine import NO_LOG, Engine
from improv.live.front import Front
from improv.live.journal import Journal, read_journal
from improv.live.keeping import NOTHING_YET, Keeper, kept_name, take_name
from improv.live.link import News, Notice
from improv.live.replay import replay
from improv.ports.loopback import Recorder, Script
from improv.requests import Keep, Mark, Request, SetTempo, Start, Stop, UndoTake
from improv.session.events import Control, NoteOff, NoteOn, encode
from improv.session.session import Session
from improv.takes.read import read_takes
from improv.takes.take import IMPROV, YOU, Take

MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
MILLISECOND = 1_000_000


class Desk:
    """A view that asks for things at set times and keeps what it is told."""

    def __init__(self, now: Callable[[], int], script: list[tuple[int, Request]]) -> None:
        self.now, self.script = now, script
        self.told: list[str] = []

    def tell(self, news: News) -> None:
        """Keep notices."""
        if isinstance(news, Notice):
            self.told.append(news.text)

    def requests(self) -> list[Request]:
        """What is due."""
        due = [request for t, request in self.script if t <= self.now()]
        self.script = self.script[len(due) :]
        return due


def play(
    session: Session,
    path: Path | None,
    keys: list[tuple[int, bytes]],
    script: list[tuple[int, Request]],
    seconds: int,
) -> tuple[Engine, Desk]:
    """An engine on a clock of the test's, from start to end."""
    clock = FakeClock()
    desk = Desk(clock.now, script)
    options = {"chart": format_chart(session.settings.chart), "tempo": session.settings.tempo, "seed": 1}
    head: dict[str, Any] = {"options": options, "weights": "0", "began": "2026-03-04T21:00:00+00:00", "t": 0}
    journal = None if path is None else Journal(path, head, pytest.fail)
    front = Front([Script(keys, clock.now)], [Recorder(clock.now)], clock)
    engine = Engine(session, front, clock, desk, journal, mark_pedal=66)
    while clock.now() < seconds * SECOND:
        front.serve()
        engine.turn()
        clock.advance(5 * MILLISECOND)
    engine.end()
    return engine, desk


def phrase(start: int) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    for i, pitch in enumerate((65, 69, 72, 75)):
        t = start + i * SECOND // 2
        found += [(t, encode(NoteOn(t, pitch, 90))), (t + SECOND // 4, encode(NoteOff(t, pitch)))]
    return found


def takes_of(path: Path) -> dict[str, Take]:
    return {take.name: take for take in read_takes(list(read_journal(path)), path.stem, str(path))}


def test_nothing_was_being_recorded_and_everything_is_there(
    make_session: MakeSession, tmp_path: Path
) -> None:
    """Kept while it plays, after it has stopped, and under a name; the log still replays note for note."""
    path = tmp_path / "night.jsonl"
    session = make_session(seed=4, bars=2)
    script: list[tuple[int, Request]] = [
        (0, Keep()),
        (0, UndoTake()),
        (SECOND, Start()),
        (9 * SECOND, Keep(2)),
        (12 * SECOND, SetTempo(150)),
        (20 * SECOND, Stop()),
        (25 * SECOND, Keep(4, "encore")),
        (26 * SECOND, UndoTake()),
        (27 * SECOND, Start()),
        (31 * SECOND, UndoTake()),
        (32 * SECOND, UndoTake()),
    ]
    keys = phrase(4 * SECOND) + phrase(8 * SECOND) + phrase(12 * SECOND) + phrase(30 * SECOND)
    engine, desk = play(session, path, keys, script, 34)
    assert desk.told == [
        NOTHING_YET,
        NOTHING_YET,
        "kept the last 2 bars: night-kept-1",
        "kept the last 4 bars: encore",
        "undone: night; again brings it back",
        "undone: night-2; again brings it back",
        "back: night-2",
    ]
    takes = takes_of(path)
    assert list(takes) == ["night", "night-2", "night-kept-1", "encore"]
    assert [take.undone for take in takes.values()] == [True, False, False, False]
    assert takes["night-kept-1"].ends == 9 * SECOND
    assert takes["encore"].of(IMPROV)
    assert len(takes["night"].of(YOU)) == 12

    assert engine.takes.newest is not None
    live = engine.takes.newest.roll(-1000)
    logged = [note for note in takes["night-2"].notes if note.part in (YOU, IMPROV)]
    assert sorted((note.player, note.pitch) for note in live) == sorted((n.part, n.pitch) for n in logged)
    clock = takes["night-2"].clock
    assert sorted(round(clock.tick(note.at)) for note in logged) == sorted(note.onset for note in live)

    result = replay(session, list(read_journal(path))[1:], "night")
    assert result.same, result.text()
    assert result.complete


def test_a_pedal_marks_once_each_time_it_goes_down(make_session: MakeSession, tmp_path: Path) -> None:
    path = tmp_path / "night.jsonl"
    pedal = [(4, 127), (5, 120), (6, 0), (7, 64), (8, 63)]
    keys = [(t * SECOND, encode(Control(0, 66, value))) for t, value in pedal]
    keys += [(9 * SECOND, encode(Control(0, 64, 127)))]
    _, desk = play(make_session(), path, keys, [(0, Start()), (10 * SECOND, Mark("bridge"))], 12)
    assert desk.told == ["marked: 1", "marked: 2", "marked: bridge"]
    take = takes_of(path)["night"]
    assert [place.label for place in take.places] == ["mark 1", "mark 2", "bridge"]
    assert [place.at // SECOND for place in take.places] == [4, 7, 10]
    assert len(take.passed) == len(keys), "the pedals are in the take too"


def test_without_a_log_it_is_told_and_played_on(make_session: MakeSession) -> None:
    engine, desk = play(
        make_session(),
        None,
        phrase(3 * SECOND),
        [(0, Start()), (5 * SECOND, Keep()), (6 * SECOND, Mark())],
        8,
    )
    assert desk.told == [NO_LOG, NO_LOG]
    assert engine.takes.newest is not None
    assert engine.takes.newest.roll(-1000)


@given(
    st.lists(st.sampled_from([Mark(), Mark("here"), Keep(8), Keep(8, "x"), UndoTake(), Stop()]), max_size=20)
)
def test_names_told_are_names_counted(requests: list[Request]) -> None:
    keeper = Keeper("night")
    kept = 0
    for request in requests:
        answer = keeper.answer(request, 2, heard=True)
        if isinstance(request, Keep):
            kept += 1
            assert answer == f"kept the last 8 bars: {kept_name('night', kept, request.name)}"
        elif isinstance(request, UndoTake):
            assert answer is not None
            assert take_name("night", 2) in answer
        else:
            assert (answer is None) == (request == Stop())
