"""A take played again from its log: the same events give the same commands, note for note."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from improv.errors import UserError
from improv.live.lines import KINDS, Line, clock_lines, command_line, event_from_line
from improv.session.commands import Hold, Play
from improv.session.session import Session

LONGEST_GAP = 600_000_000_000
"""Nanoseconds between two events while a take plays; the engine logs one a second."""
ANSWERS = ("command", "clock", "stopped")
"""Kinds of lines that follow from the events."""


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
    lines: list[Line] = field(default_factory=list)
    """The log as it would be written now: its events and what passed, with the commands given again."""

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


def replay(session: Session, lines: Sequence[Line], source: str) -> Replayed:
    """Feed a log's events to a session and compare its commands with the log's.

    A log that was cut off (by a crash) is compared as far as it goes. Raises UserError for a line
    that is neither event nor command.
    """
    result = Replayed(session)
    expected = [line for line in lines if line.get("kind") == "command"]
    given: list[Line] = []
    state = session.initial()
    reached = 0
    result.complete = any(line.get("kind") == "end" for line in lines)
    for number, line in enumerate(lines, start=2):
        if line.get("kind") != "event":
            if line.get("kind") not in KINDS:
                raise UserError(f"{source}:{number}: not a line of a take's log")
            if line["kind"] not in ANSWERS:
                result.lines.append(line)
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
        before = state.map
        state, commands = session.update(state, event)
        answers = [command_line(command) for command in commands]
        given += answers
        result.lines += [line, *clock_lines(before, state.map, event.t), *answers]
        result.notes += sum(isinstance(c, Play | Hold) and c.role == "improv" for c in commands)
    result.expected, result.found = len(expected), len(given)
    for i, (wanted, got) in enumerate(zip(expected, given, strict=False), start=1):
        if wanted != got:
            result.difference = f"command {i} of {len(expected)} differs: {wanted} was {got}"
            break
    return result
