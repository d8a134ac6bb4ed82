"""The lines of a take's log: what is written of events, commands and the clock, and read again.

Conventions: a line is one JSON object with a `kind`. `take` is the head: format, version, options, the
weights' digest, the ports, and the wall clock with the engine's time at that moment. `event` is what the
session heard and `command` what it answered; they alone are replayed. The rest says what came of them:
`clock` is an anchor of the tempo map (`first` where a take begins), `stopped` where one ends, `passed` what
went through, is no note and decides none (bend, pressure; the pedal too, before the session heard it),
`timing` what was measured. `end` closes a log, `recovered` one that was cut off, and `later` is what was
decided of a take afterwards.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any, get_args, get_type_hints

from improv import requests
from improv.session.commands import Command, Play, Standby
from improv.session.events import (
    Control,
    Followed,
    Missed,
    NoteOff,
    NoteOn,
    Other,
    Tick,
    encode,
    from_json,
    to_json,
)
from improv.session.session import Asked, SessionEvent
from improv.session.tempo import Anchor, TempoMap

Line = dict[str, Any]
KINDS = ("event", "command", "clock", "stopped", "passed", "timing", "end", "recovered", "later")
"""Every kind of line but the head."""
REPLAYED = ("event", "command")
SLOWEST, FASTEST = 4.0, 10_000.0
"""Beats a minute that a take may have: about what a MIDI file can hold; nobody plays either."""
LIMIT = 1 << 63
"""Of a number in a log, either way."""
REQUESTS = {made.__name__: made for made in get_args(requests.Request)}
"""A request's class by the name it is logged under."""
COMMANDS = {made.__name__: made for made in get_args(Command)}
SYSTEM = 0xF0
"""Statuses from here on belong to no channel."""


def event_line(event: SessionEvent) -> Line:
    """An event as JSON."""
    if isinstance(event, Asked):
        asked = {"event": "asked", "t": event.t, "request": type(event.request).__name__}
        return {"kind": "event", **asked, "fields": asdict(event.request)}
    return {"kind": "event", **to_json(event)}


def command_line(command: Command) -> Line:
    """A command as JSON."""
    fields = asdict(command)
    if isinstance(command, Standby):  # as JSON will have it
        fields["notes"] = list(fields["notes"])
    return {"kind": "command", "command": type(command).__name__, **fields}


def passed_line(event: Control | Other) -> Line | None:
    """What went through and is no note; None for clocks and the like, which say nothing of a take."""
    if isinstance(event, Other) and event.data[0] >= SYSTEM:
        return None
    return {"kind": "passed", **to_json(event)}


def clock_lines(before: TempoMap | None, after: TempoMap | None, t: int) -> Iterator[Line]:
    """What an event at `t`, in ns, did to the tempo map: each new anchor, or the end of a take."""
    if after is None:
        if before is not None:
            yield {"kind": "stopped", "t": t}
        return
    known = before.anchors if before is not None else ()
    for anchor in after.anchors:
        if anchor not in known:
            yield {"kind": "clock", **anchor._asdict(), "first": before is None}


def event_from_line(line: Line) -> SessionEvent:
    """The event of a logged line. Raises ValueError for anything else."""
    fields = {name: value for name, value in line.items() if name != "kind"}
    if fields.get("event") == "asked":
        try:
            asked = Asked(fields["t"], REQUESTS[fields["request"]](**fields["fields"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a logged request: {line}") from error
        _check((asked.t,), line)
        _check_fields(asked.request, line)
        return asked
    event = from_json(fields)
    if not isinstance(event, NoteOn | NoteOff | Control | Tick | Followed | Missed):
        raise ValueError(f"not an event of a session: {line}")
    _check(tuple(asdict(event).values()), line, whole=not isinstance(event, Followed))
    if isinstance(event, Control) and event.pedal is None:
        raise ValueError(f"not an event of a session: {line}")
    if isinstance(event, NoteOn | NoteOff | Control):
        encode(event)
    return event


def command_from_line(line: Line) -> Command:
    """The command of a logged line. Raises ValueError for anything else."""
    fields = {name: value for name, value in line.items() if name not in ("kind", "command")}
    if line.get("command") == Standby.__name__:
        if not isinstance(notes := fields.get("notes"), list | tuple):
            raise ValueError(f"not a logged command: {line}")
        return Standby(tuple(_note_from_line(note) for note in notes))
    try:
        command: Command = COMMANDS[line["command"]](**fields)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a logged command: {line}") from error
    _check_fields(command, line)
    return command


def _note_from_line(fields: Line) -> Play:
    """A note of a standby phrase."""
    note = command_from_line({**fields, "command": Play.__name__})
    assert isinstance(note, Play)
    return note


def passed_from_line(line: Line) -> tuple[int, bytes]:
    """When a message went through, in ns, and the message. Raises ValueError for anything else."""
    event = from_json({name: value for name, value in line.items() if name != "kind"})
    if not isinstance(event, Control | Other):
        raise ValueError(f"not a message that went through: {line}")
    _check(tuple(value for value in asdict(event).values() if not isinstance(value, bytes)), line)
    return event.t, encode(event)


def anchor_from_line(line: Line) -> Anchor:
    """The anchor of a clock's line. Raises ValueError for anything else."""
    try:
        tick, t, tempo = line["tick"], line["t"], line["tempo"]
    except KeyError as error:
        raise ValueError(f"not a line of the clock: {line}") from error
    _check((t,), line)
    _check((tick, tempo), line, whole=False)
    if not SLOWEST <= tempo <= FASTEST:
        raise ValueError(f"a tempo of {tempo}: {line}")
    return Anchor(tick, t, tempo)


def time_from_line(line: Line) -> int:
    """The time `t` of a line, in ns. Raises ValueError where it has none."""
    _check((line.get("t"),), line)
    return int(line["t"])


def _check_fields(value: Any, line: Line) -> None:
    """Raise ValueError where a field of a request or command is not what it must be."""
    hints = _hints(type(value))  # type: ignore[arg-type]  # a class is hashable
    for name, found in asdict(value).items():
        if hints[name] in (int, float):
            _check((found,), line, whole=hints[name] is int)
        elif not isinstance(found, str):
            raise ValueError(f"{name} is no text: {line}")


@lru_cache(maxsize=64)
def _hints(kind: Any) -> Mapping[str, Any]:
    """The types of a class's fields; working them out takes as long as reading the line."""
    return get_type_hints(kind)


def _check(values: tuple[Any, ...], line: Line, whole: bool = True) -> None:
    """Raise ValueError where something else stands in a number's place."""
    for value in values:
        fits = type(value) is int or (not whole and type(value) is float)
        if not fits or not -LIMIT < value < LIMIT:
            raise ValueError(f"not a number that a take can hold: {line}")
