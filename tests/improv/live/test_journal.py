"""The log of a take: what is written is read again, however it ends."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from improv.errors import UserError
from improv.live.journal import Journal, read_journal
from improv.live.lines import command_from_line, command_line, event_from_line, event_line
from improv.requests import Panic, Quit, SetTempo, Start, Stop, Strike
from improv.session.commands import Command, Damp, Finished, Heard, Play, Silence, TakeBack, TurnChange
from improv.session.events import Control, Followed, Missed, NoteOff, NoteOn, Tick
from improv.session.session import Asked, SessionEvent

PATIENCE = 30.0
times = st.integers(0, 1 << 62)
ticks = st.integers(-96, 10**6)
data = st.integers(0, 127)
channels = st.integers(0, 15)
asked = st.one_of(
    st.sampled_from([Start(), Stop(), Panic(), Quit()]),
    st.builds(SetTempo, st.floats(30, 400)),
    st.builds(Strike, data, data),
)
events: st.SearchStrategy[SessionEvent] = st.one_of(
    st.builds(NoteOn, times, data, st.integers(1, 127), channels),
    st.builds(NoteOff, times, data, channels),
    st.builds(Control, times, st.sampled_from([64, 121]), data, channels),
    st.builds(Tick, times),
    st.builds(Followed, times, st.floats(-100, 1e6), st.floats(30, 400)),
    st.builds(Missed, times, ticks),
    st.builds(Asked, times, asked),
)
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(
        Play,
        at=times,
        duration=times,
        pitch=data,
        velocity=data,
        channel=channels,
        role=st.sampled_from(["improv", "click"]),
        onset=ticks,
        ticks=ticks,
        source=st.sampled_from(["model", "grammar", "fallback"]),
        terminal=st.text(max_size=12),
        refused=st.text(max_size=12),
    ),
    st.builds(Heard, ticks, data, data),
    st.builds(TurnChange, st.sampled_from(["stopped", "count-in", "player", "machine"]), ticks, ticks),
    st.builds(Damp, channels),
    st.sampled_from([TakeBack(), Silence(), Finished()]),
)
shared_folder = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def never(complaint: str) -> None:
    raise AssertionError(complaint)


def write(path: Path, entries: list[SessionEvent | Command], head: dict[str, Any] | None = None) -> None:
    """A whole log."""
    journal = Journal(path, {} if head is None else head, never)
    for entry in entries:
        if isinstance(entry, SessionEvent):
            journal.event(entry)
        else:
            journal.command(entry)
    journal.close()


@shared_folder
@given(st.lists(st.one_of(events, commands), max_size=30), st.dictionaries(st.text(), st.text(), max_size=3))
def test_what_is_written_is_read(
    tmp_path: Path, entries: list[SessionEvent | Command], options: dict[str, str]
) -> None:
    path = tmp_path / "take.jsonl"
    path.unlink(missing_ok=True)  # the example before: a log never writes over another
    write(path, entries, {"options": options, "weights": "00"})
    head, *lines, end = read_journal(path)
    assert (head["kind"], head["options"], head["weights"]) == ("take", options, "00")
    assert end == {"kind": "end"}
    for entry, line in zip(entries, lines, strict=True):
        if isinstance(entry, SessionEvent):
            assert line["kind"] == "event"
            assert event_from_line(line) == entry
        else:
            assert line == command_line(entry)
            assert command_from_line(line) == entry
            assert line["command"] == type(entry).__name__


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a log, a letter outside ASCII among them."""
    path = tmp_path_factory.mktemp("log") / "take.jsonl"
    play = Play(1, 2, 60, 80, 3, "improv", 0, 12, "model", "C,0.5", "Größe")
    write(path, [Asked(0, Start()), NoteOn(5, 60, 70), play, Tick(9)], {"options": {"chart": "Für\n| CΔ |"}})
    return path.read_bytes()


def test_a_log_cut_at_any_byte_is_read_up_to_its_last_whole_line(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "cut.jsonl"
    lines = [json.loads(line) for line in whole.splitlines()]
    ends = [i for i, byte in enumerate(whole) if byte == ord("\n")]
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        complete = sum(end <= cut for end in ends)  # its newline may be what is missing
        assert list(read_journal(path)) == lines[:complete]


def test_the_log_is_on_the_disk_while_it_is_played(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "that" / "is" / "made" / "take.jsonl"
    journal = Journal(path, {}, never)
    journal.event(Tick(1))
    deadline = time.monotonic() + PATIENCE
    while len(list(read_journal(path))) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [line["kind"] for line in read_journal(path)] == ["take", "event"]
    journal.close()


def test_a_log_that_cannot_be_created_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        Journal(tmp_path / "file" / "take.jsonl", {}, never)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_once_and_the_music_goes_on() -> None:
    complaints: list[str] = []
    journal = Journal(Path("/dev/full"), {}, complaints.append)
    deadline = time.monotonic() + PATIENCE
    while not complaints and time.monotonic() < deadline:
        journal.event(Tick(1))
        time.sleep(0.01)
    for t in range(1000):
        journal.event(Tick(t))
        journal.command(Silence())
    journal.close()
    assert len(complaints) == 1
    assert "/dev/full" in complaints[0]
    assert "No space left" in complaints[0]
    assert "\n" not in complaints[0]


HEAD = '{"kind":"take","format":1}\n'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "cannot read the log (not text)"),
        (b"title: A chart\n| F7 |\n", ":1: not a line of a take's log"),
        (b'{"name": "Ada"}\n', ":1: not the log of a take"),
        (b"[1, 2]\n", ":1: not the log of a take"),
        (b"3\n", ":1: not the log of a take"),
        (b'{"kind":"take","format":3}\n', ":1: not the log of a take"),
        (HEAD.encode() + b'{"kind":"event",\n{"kind":"end"}\n', ":2: not a line of a take's log"),
        (HEAD.encode() + b'"end"\n', ":2: not the log of a take"),
        (HEAD.encode() + b"[" * 100_000 + b"\n", ":2: not a line of a take's log"),
        (HEAD.encode() + b"1" * 5000 + b"\n", ":2: not a line of a take's log"),
    ],
)
def test_a_foreign_file_is_one_line(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "foreign.jsonl"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        list(read_journal(path))
    assert str(caught.value) == f"{path}{told if told.startswith(':') else ': ' + told}"


def test_a_file_that_is_not_there_or_a_folder_is_one_line(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none.jsonl", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(UserError, match=why):
            list(read_journal(path))


GOOD = event_line(NoteOn(5, 60, 70))
BAD_EVENTS: list[dict[str, Any]] = [
    {},
    {"event": "note_on"},
    {"event": "bell", "t": 1},
    {"event": "control", "t": 1, "number": 1, "value": 0, "channel": 0},
    {"event": "control", "t": 1, "number": 64, "value": 128, "channel": 0},
    {**GOOD, "t": "5"},
    {**GOOD, "t": 5.5},
    {**GOOD, "t": True},
    {**GOOD, "t": None},
    {**GOOD, "t": 1 << 63},
    {**GOOD, "pitch": 128},
    {**GOOD, "pitch": -1},
    {**GOOD, "velocity": 0},
    {**GOOD, "channel": 16},
    {**GOOD, "colour": 1},
    {"event": "asked", "t": 1, "request": "Start"},
    {"event": "asked", "t": 1, "request": "Encore", "fields": {}},
    {"event": "asked", "t": 1, "request": "dataclass", "fields": {}},
    {"event": "asked", "t": 1, "request": [], "fields": {}},
    {"event": "asked", "t": "1", "request": "Start", "fields": {}},
    {"event": "asked", "t": 1, "request": "Start", "fields": {"tempo": 3}},
    {"event": "asked", "t": 1, "request": "SetTempo", "fields": {"tempo": "fast"}},
    {"event": "asked", "t": 1, "request": "SetTempo", "fields": {"tempo": float("nan")}},
    {"event": "asked", "t": 1, "request": "SetTempo", "fields": []},
]


@pytest.mark.parametrize("line", BAD_EVENTS, ids=str)
def test_what_is_no_event_is_refused(line: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not a|out of bounds|is a note off"):
        event_from_line({"kind": "event", **line})
