"""A log's takes: whole, cut off, kept after the fact, undone."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from improv.errors import UserError
from improv.live.lines import event_line, passed_line
from improv.requests import Keep, Mark, SetTempo, Start, Stop, UndoTake
from improv.session.commands import Hold, Play, Release, Silence, Standby, TakeBack, Thru
from improv.session.events import Control, Missed, NoteOff, NoteOn, Other, Tick
from improv.takes.take import IMPROV, YOU, Take

if TYPE_CHECKING:
    from tests.improv.takes.conftest import Log

MakeLog = Callable[..., "Log"]
SECOND = 1_000_000_000
BEAT = SECOND // 2
fixtures = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["start", "stop", "key", "on", "off", "note", "back", "silence", "keep", "mark", "undo"]
        ),
        st.integers(1, 3 * SECOND),
        st.integers(48, 60),
    ),
    max_size=40,
)


def improvised(log: "Log", plan: list[tuple[str, int, int]]) -> None:
    """A log of anything at all, in order of time."""
    t = 0
    for what, wait, pitch in plan:
        t += wait
        match what:
            case "start" if log.map is None:
                log.asked(t, Start())
            case "stop" if log.map is not None:
                log.asked(t, Stop())
            case "key":
                log.key(t, pitch, 1)  # the log is in order of time
            case "on":
                log.event(NoteOn(t, pitch, 80))
            case "off":
                log.event(NoteOff(t, pitch))
            case "note":
                log.event(Tick(t))
                log.note(t + 40_000_000, pitch, tick=max(0, t // BEAT))
            case "back" | "silence":
                log.event(Tick(t))
                log.command(TakeBack() if what == "back" else Silence())
            case "keep":
                log.asked(t, Keep(pitch - 47))
            case "mark":
                log.asked(t, Mark())
            case "undo":
                log.asked(t, UndoTake())
            case _:
                log.event(Tick(t))


def test_a_take(night: "Log") -> None:
    (take,) = night.takes()
    assert (take.name, take.key, take.bars, take.first, take.last) == ("night", "1", 4, 0, 384)
    assert take.tempo == 120
    assert take.seconds == pytest.approx(8)
    assert take.when.isoformat() == "2026-03-04T21:14:07+01:00"
    assert [note.pitch for note in take.of(YOU)] == [65, 69, 72, 75] * 2
    assert [note.pitch for note in take.of(IMPROV)] == [66, 70, 73, 76] * 2
    assert len(take.of("click")) == 16
    assert take.band() == ("click",)
    assert [round(take.clock.tick(note.at), 6) for note in take.of(YOU)] == [
        0,
        24,
        48,
        72,
        192,
        216,
        240,
        264,
    ]
    assert {note.end - note.at for note in take.notes} == {BEAT // 2}
    assert [symbol for _, symbol in take.chords()] == ["F7", "Bb7", "F7", "C-7", "F7"]
    assert not take.kept
    assert not take.undone
    assert not take.silent


@fixtures
@given(plan=steps, data=st.data())
def test_a_log_cut_at_any_line_has_all_that_was_over_by_then(
    make_log: MakeLog, plan: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    """A note that has ended, and a take that is over, are in every longer log unchanged."""
    log = make_log()
    improvised(log, plan)
    cut = data.draw(st.integers(1, len(log.lines)))
    short, whole = log.takes(log.lines[:cut]), log.takes()
    reached = max((line.get("t", 0) for line in log.lines[:cut] if line["kind"] == "event"), default=0)
    played = [take for take in whole if not take.kept]
    for before, after in zip([take for take in short if not take.kept], played, strict=False):
        assert (before.name, before.begins) == (after.name, after.begins)
        assert [n for n in before.notes if n.end < reached] == [n for n in after.notes if n.end < reached]
    kept = [take for take in whole if take.kept]
    for before, after in zip([take for take in short if take.kept], kept, strict=False):
        assert (before.name, before.begins, before.ends) == (after.name, after.begins, after.ends)


@fixtures
@given(plan=steps)
def test_takes_are_sound(make_log: MakeLog, plan: list[tuple[str, int, int]]) -> None:
    """In order, inside their bounds, none of a pitch sounding twice at once in the player's hands."""
    log = make_log()
    improvised(log, plan)
    for take in log.takes():
        assert [note.at for note in take.notes] == sorted(note.at for note in take.notes)
        assert all(take.begins <= note.at < note.end for note in take.notes)
        assert all(note.at < take.ends for note in take.notes)
        assert take.first % take.bar == 0
        assert take.bars >= 0
        sounding: dict[int, int] = {}
        for note in take.of(YOU):
            assert sounding.get(note.pitch, 0) <= note.at
            sounding[note.pitch] = note.end


@fixtures
@given(plan=steps, bars=st.integers(1, 32))
def test_kept_bars_are_the_last_that_sounded(
    make_log: MakeLog, plan: list[tuple[str, int, int]], bars: int
) -> None:
    log = make_log()
    improvised(log, plan)
    now = 1 + max((line.get("t", 0) for line in log.lines[1:]), default=0)
    log.asked(now, Keep(bars, "encore"))
    kept: list[Take] = [take for take in log.takes() if take.name == "encore"]
    heard = [note for note in _all_notes(log) if note.at <= now]
    assert bool(kept) == bool(heard)
    for take in kept:
        assert take.kept
        assert take.bars <= bars + 1
        newest = max(heard, key=lambda note: note.at)
        playing = log.map is not None
        assert playing or newest.at in [note.at for note in take.notes]
        inside = [note for note in heard if take.begins <= note.at < take.ends]
        assert [(n.at, n.pitch) for n in take.notes] == [(n.at, n.pitch) for n in inside]


def _all_notes(log: "Log") -> list[Any]:
    """Every note that sounded, of takes or between them: those of a take that lasts all the time."""
    lines = [line for line in log.lines if line["kind"] not in ("clock", "stopped")]
    first = {"kind": "clock", "tick": 0, "t": -1, "tempo": 120.0, "first": True}
    return list(log.takes([lines[0], first, *lines[1:]])[0].notes)


def test_the_bar_that_is_not_over_comes_with_those_kept(night: "Log") -> None:
    """Eight and a half bars in, the last four are kept: from the fifth on."""
    log = night
    log.asked(20 * SECOND, Start())
    for beat in range(34):
        log.key(22 * SECOND + beat * BEAT, 60 + beat % 12)
    now = 22 * SECOND + 33 * BEAT + BEAT // 2
    log.asked(now, Keep(4))
    kept = log.takes()[-1]
    assert kept.name == "night-kept-1"
    assert (kept.first, kept.bars) == (4 * 96, 5)
    assert len(kept.of(YOU)) == 18


def test_what_was_played_before_any_start_can_be_kept(make_log: MakeLog) -> None:
    log = make_log()
    log.asked(0, SetTempo(60.0))
    for beat in range(20):
        log.key(SECOND * (100 + beat), 60 + beat % 12)
    log.asked(500 * SECOND, Keep(2))
    (kept,) = log.takes()
    assert not kept.on_form
    assert list(kept.chords()) == []
    assert kept.tempo == 60
    assert [round(kept.clock.tick(n.at), 6) for n in kept.notes] == [24 * i for i in range(len(kept.notes))]
    assert len(kept.notes) == 8


def test_undone_and_brought_back(night: "Log") -> None:
    night.asked(11 * SECOND, UndoTake())
    assert night.takes()[0].undone
    night.asked(12 * SECOND, UndoTake())
    assert not night.takes()[0].undone
    for does, undone in (("undo", True), ("restore", False)):
        night.lines.append({"kind": "later", "do": does, "take": "1"})
        assert night.takes()[0].undone == undone
    night.lines.append({"kind": "later", "do": "name", "take": "1", "name": "the good one"})
    assert night.takes()[0].name == "the good one"


def test_marks_pedal_and_tempo(night: "Log") -> None:
    log = night
    log.asked(20 * SECOND, Start())
    log.asked(23 * SECOND, Mark())
    log.asked(24 * SECOND, Mark("bridge"))
    log.asked(24 * SECOND + 1, SetTempo(200))
    for event in (Control(25 * SECOND, 64, 127), Other(26 * SECOND, b"\xe0\x00\x41")):
        line = passed_line(event)
        assert line is not None
        log.lines.append(line)
    log.asked(30 * SECOND, Stop())
    take = log.takes()[1]
    assert take.name == "night-2"
    assert [(place.at, place.label) for place in take.places] == [
        (23 * SECOND, "mark 1"),
        (24 * SECOND, "bridge"),
    ]
    assert take.tempi() == [(0.0, 120.0), (120.0, 200.0)]
    assert [message for _, message in take.passed] == [b"\xb0\x40\x7f", b"\xe0\x00\x41"]
    assert passed_line(Other(0, b"\xf8")) is None, "a clock says nothing of a take"


def test_a_pedal_that_is_down_when_a_take_begins_is_down_in_it(make_log: MakeLog) -> None:
    log = make_log()
    for t, value, channel in ((1, 127, 0), (2, 90, 1), (3, 0, 1), (4, 70, 2), (5, 100, 2)):
        log.lines.append(event_line(Control(t * BEAT, 64, value, channel)))
    log.asked(10 * BEAT, Start())
    log.key(15 * BEAT, 60)
    log.lines.append(event_line(Control(20 * BEAT, 64, 0)))
    log.asked(24 * BEAT, Stop())
    (take,) = log.takes()
    assert take.passed == (
        (take.begins, b"\xb0\x40\x7f"),
        (take.begins, b"\xb2\x40\x64"),
        (20 * BEAT, b"\xb0\x40\x00"),
    )


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "bell"},
        {"kind": "event", "event": "note_on", "t": 1},
        {"kind": "command", "command": "Play", "at": 1},
        {"kind": "command", "command": "Play", "at": 1, "duration": 5, "pitch": 128, "velocity": 80,
         "channel": 0, "role": "improv", "onset": 0, "ticks": 1},
        {"kind": "clock", "tick": 0, "t": 0, "tempo": 0},
        {"kind": "clock", "tick": 0, "t": "now", "tempo": 120},
        {"kind": "passed", "event": "note_on", "t": 1, "pitch": 60, "velocity": 1, "channel": 0},
        {"kind": "stopped", "t": 5},
        {"kind": "stopped"},
        {"kind": "later", "do": "delete", "take": "1"},
    ],
    ids=str,
)  # fmt: skip
def test_a_damaged_line_is_told_with_its_number(make_log: MakeLog, line: dict[str, Any]) -> None:
    log = make_log()
    if line["kind"] == "later":
        log.asked(0, Start())
    log.lines.append(line)
    with pytest.raises(UserError, match=rf"night.jsonl:{len(log.lines)}: not a line of a take's log"):
        log.takes()


@pytest.mark.parametrize(
    "change", [{"options": {}}, {"options": 3}, {"began": "yesterday"}, {"weights": None}]
)
def test_a_damaged_head_is_told(night: "Log", change: dict[str, Any]) -> None:
    head = {**night.lines[0], **change}
    if change.get("weights", "") is None:
        del head["weights"]
    with pytest.raises(UserError, match="not the log of a take"):
        night.takes([head, *night.lines[1:]])


def test_a_key_that_asks_for_a_note_is_no_note_and_what_it_asks_for_is(make_log: MakeLog) -> None:
    log = make_log()
    log.asked(0, Start())
    log.command(Thru(1, 0))
    log.event(NoteOn(2 * SECOND, 60, 90))
    log.command(Hold(67, 90, 3, "improv", onset=0, key=60))
    log.event(NoteOff(3 * SECOND, 60))
    log.command(Release(67, 3, "improv"))
    log.command(Release(67, 3, "improv"))
    log.command(Thru())
    log.key(4 * SECOND, 72)
    log.asked(6 * SECOND, Stop())
    (take,) = log.takes()
    assert [(n.at, n.end, n.pitch, n.source) for n in take.of(IMPROV)] == [
        (2 * SECOND, 3 * SECOND, 67, "model")
    ]
    assert [n.pitch for n in take.of(YOU)] == [72]


def test_what_stood_by_and_sounded_is_in_the_take_and_what_came_too_late_is_not(make_log: MakeLog) -> None:
    def note(at: int, pitch: int, source: Any) -> Play:
        return Play(at, BEAT // 2, pitch, 70, 3, "improv", onset=at * 24 // BEAT, ticks=12, source=source)

    log = make_log()
    log.asked(0, Start())
    log.command(Standby((note(2 * SECOND, 50, "fallback"), note(2 * SECOND + BEAT, 52, "fallback"))))
    log.event(Tick(2 * SECOND + BEAT // 8))
    log.command(note(2 * SECOND, 70, "model"))
    log.command(note(2 * SECOND + BEAT, 71, "model"))
    log.event(Missed(2 * SECOND, 2 * SECOND * 24 // BEAT))
    log.asked(6 * SECOND, Stop())
    (take,) = log.takes()
    assert [(n.pitch, n.source) for n in take.of(IMPROV)] == [(50, "fallback"), (71, "model")]
