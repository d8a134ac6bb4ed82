"""A take played again from its log: the same events give the same commands, note for note."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from improv.errors import UserError
from improv.live.commands import Play
from improv.live.lines import KINDS, command_line, event_from_line
from improv.live.record import write_recordings
from improv.live.session import Session
from improv.live.takes import Takes

LONGEST_GAP = 600_000_000_000
"""Nanoseconds between two events while a take plays; the engine logs one a second."""


@dataclass
class Replayed:
    """What came of it."""

    session: Session
    events: int = 0
    notes: int = 0
    """Notes that the improviser played."""
    expected: int = 0
    """Commands in the log."""
    found: int = 0
    """Commands given again."""
    complete: bool = True
    """Whether the log has its end; one cut off by a crash has not."""
    difference: str = ""
    """The first command that differs, or empty."""
    takes: Takes = field(default_factory=Takes)

    @property
    def same(self) -> bool:
        """Whether every command was given again; of a log that was cut off, as far as it goes."""
        return not self.difference and (self.found == self.expected or not self.complete)

    def figures(self) -> dict[str, Any]:
        """For --json."""
        return {
            "same": self.same,
            "complete": self.complete,
            "events": self.events,
            "notes": self.notes,
            "commands": self.expected,
            "replayed": self.found,
            "difference": self.difference,
        }

    def text(self) -> str:
        """For a person."""
        if self.same:
            told = f"{self.events} events, {self.notes} notes, {min(self.expected, self.found)} commands"
            return f"the same, note for note: {told}{'' if self.complete else ' (the log was cut off)'}"
        return self.difference or f"the log has {self.expected} commands, the replay {self.found}"

    def write(self, path: Path) -> None:
        """The takes as MIDI files. Raises UserError where one cannot be written."""
        write_recordings(path, self.session.settings.chart, self.takes.all)


def replay(session: Session, lines: Sequence[dict[str, Any]], source: str) -> Replayed:
    """Feed a log's events to a session and compare its commands with the log's.

    A log that was cut off (by a crash) is compared as far as it goes. Raises UserError for a line
    that is neither event nor command.
    """
    result = Replayed(session)
    expected = [line for line in lines if line.get("kind") == "command"]
    given: list[dict[str, Any]] = []
    state = session.initial()
    reached = 0
    result.complete = any(line.get("kind") == "end" for line in lines)
    for number, line in enumerate(lines, start=2):
        if line.get("kind") != "event":
            if line.get("kind") not in KINDS:
                raise UserError(f"{source}:{number}: not a line of a take's log")
            continue
        try:
            event = event_from_line(line)
        except (ValueError, TypeError, AttributeError) as error:
            raise UserError(f"{source}:{number}: not a line of a take's log") from error
        if state.map is not None and event.t - reached > LONGEST_GAP:
            raise UserError(
                f"{source}:{number}: a damaged log: {(event.t - reached) // 10**9} s without a line"
            )
        reached = max(reached, event.t)
        result.events += 1
        state, commands = session.update(state, event)
        given += [command_line(command) for command in commands]
        result.takes.follow(event, state, commands)
        result.notes += sum(isinstance(command, Play) and command.role == "improv" for command in commands)
    result.takes.end(reached)
    result.expected, result.found = len(expected), len(given)
    for i, (wanted, got) in enumerate(zip(expected, given, strict=False), start=1):
        if wanted != got:
            result.difference = f"command {i} of {len(expected)} differs: {wanted} was {got}"
            break
    return result
