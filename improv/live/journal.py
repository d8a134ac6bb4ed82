"""The log of a take: one JSON object a line, written as it is played.

Conventions: the first line is the head (options, weights, version); then each event as the session got
it and each command it answered with, in order. Replaying the events gives the commands again. Writing
happens in a thread of its own and is on the disk within a second; a full disk is told once and the
music goes on.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, get_args

from improv import requests
from improv.errors import UserError
from improv.live.commands import Command
from improv.live.events import NoteOff, NoteOn, Tick, encode, from_json, to_json
from improv.live.session import Asked, SessionEvent

FORMAT = 1
SYNC_EVERY = 1.0
"""Seconds within which everything logged is on the disk."""
LIMIT = 1 << 63
"""Of a number in a log, either way."""
REQUESTS = {made.__name__: made for made in get_args(requests.Request)}
"""A request's class by the name it is logged under."""


class Journal:
    """An open log; `event` and `command` never block and never fail."""

    def __init__(self, path: Path, head: dict[str, Any], complain: Callable[[str], None]) -> None:
        """Begin a log. Raises OSError when it cannot be created."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = path.open("w", encoding="utf-8")
        self._complain = complain
        self._lines: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._lines.put({"kind": "take", "format": FORMAT, **head})
        self._writer = Thread(target=self._write, name="journal", daemon=True)
        self._writer.start()

    def event(self, event: SessionEvent) -> None:
        """Log what the session hears."""
        self._lines.put(event_line(event))

    def command(self, command: Command) -> None:
        """Log what the session wants done."""
        self._lines.put(command_line(command))

    def close(self) -> None:
        """Write everything, say that this is the end, and give the file back."""
        self._lines.put({"kind": "end"})
        self._lines.put(None)
        self._writer.join(5.0)

    def _write(self) -> None:
        healthy, open_ = True, True
        while open_:
            lines: list[str] = []
            try:
                entry = self._lines.get(timeout=SYNC_EVERY)
                while True:
                    if entry is None:
                        open_ = False
                        break
                    lines.append(json.dumps(entry, separators=(",", ":")))
                    entry = self._lines.get_nowait()
            except Empty:
                pass
            if not healthy or not lines:
                continue
            try:
                self._file.write("\n".join(lines) + "\n")
                self._file.flush()
                os.fsync(self._file.fileno())
            except OSError as error:
                healthy = False
                self._complain(f"the log {self.path} stopped here: {error.strerror}; playing on")
        try:
            self._file.close()
        except OSError:  # already told
            return


def event_line(event: SessionEvent) -> dict[str, Any]:
    """An event as JSON."""
    if isinstance(event, Asked):
        asked = {"event": "asked", "t": event.t, "request": type(event.request).__name__}
        return {"kind": "event", **asked, "fields": asdict(event.request)}
    return {"kind": "event", **to_json(event)}


def command_line(command: Command) -> dict[str, Any]:
    """A command as JSON."""
    return {"kind": "command", "command": type(command).__name__, **asdict(command)}


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a log; a last line cut short by a crash is left out.

    Raises UserError for a file that is not a log.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot read the log ({getattr(error, 'strerror', 'not text')})") from error
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            if number == len(lines):  # no newline behind it: the writer was cut off here
                return
            raise UserError(f"{path}:{number}: not a line of a take's log") from error
        if not isinstance(entry, dict) or (number == 1 and entry.get("format") != FORMAT):
            raise UserError(f"{path}:{number}: not the log of a take")
        yield entry


def event_from_line(line: dict[str, Any]) -> SessionEvent:
    """The event of a logged line. Raises ValueError for anything else."""
    fields = {name: value for name, value in line.items() if name != "kind"}
    if fields.get("event") == "asked":
        try:
            asked = Asked(fields["t"], REQUESTS[fields["request"]](**fields["fields"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a logged request: {line}") from error
        _check_numbers((asked.t,), line)
        _check_numbers(tuple(asdict(asked.request).values()), line, whole=False)
        return asked
    event = from_json(fields)
    if not isinstance(event, NoteOn | NoteOff | Tick):
        raise ValueError(f"not an event of a session: {line}")
    _check_numbers(tuple(asdict(event).values()), line)
    if not isinstance(event, Tick):
        encode(event)
    return event


def _check_numbers(values: tuple[Any, ...], line: dict[str, Any], whole: bool = True) -> None:
    """Raise ValueError where something else stands in a number's place."""
    for value in values:
        fits = type(value) is int or (not whole and type(value) is float)
        if not fits or not -LIMIT < value < LIMIT:
            raise ValueError(f"not a number that a take can hold: {line}")
