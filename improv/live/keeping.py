"""What a player decides of takes while playing: marks, the last bars kept, a take undone.

Conventions: nothing is recorded on purpose, for the log always runs; such a decision is one more request in
it, and `improv.takes` reads from the log what came of it. A log's first take has the log's name, its second
NAME-2, and so on; stretches that were kept are NAME-kept-1, NAME-kept-2, unless they were given a name.
"""

from improv.requests import Keep, Mark, Request, UndoTake
from improv.session.events import PEDAL_DOWN, Control

NOTHING_YET = "nothing has been played yet"


def take_name(log: str, number: int) -> str:
    """The name of a log's take, counted from 1; `log` is the file's name without its ending."""
    return log if number == 1 else f"{log}-{number}"


def kept_name(log: str, number: int, given: str = "") -> str:
    """The name of a stretch that was kept, counted from 1."""
    return given or f"{log}-kept-{number}"


class Keeper:
    """Answers such requests, counting as the reader of the log will."""

    def __init__(self, log: str) -> None:
        self._log = log
        self._kept = self._marks = 0
        self._undone: set[int] = set()

    def answer(self, request: Request, takes: int, heard: bool) -> str | None:
        """What to tell the player of a request; None for a request of another kind.

        Args:
            request: what was asked for.
            takes: takes begun so far.
            heard: whether anything has been played.
        """
        match request:
            case Mark(label):
                self._marks += 1
                return f"marked: {label or self._marks}"
            case Keep(bars, name):
                if not heard:
                    return NOTHING_YET
                self._kept += 1
                return f"kept the last {bars} bars: {kept_name(self._log, self._kept, name)}"
            case UndoTake():
                if not takes:
                    return NOTHING_YET
                self._undone ^= {takes}
                name = take_name(self._log, takes)
                return f"undone: {name}; again brings it back" if takes in self._undone else f"back: {name}"
            case _:
                return None


class MarkPedal:
    """The pedal that marks a place."""

    def __init__(self, number: int | None) -> None:
        """Follow the controller with this number; None: there is no such pedal."""
        self._number, self._down = number, False

    def goes_down(self, event: Control) -> bool:
        """Whether it goes down with this."""
        if event.number != self._number:
            return False
        was_down, self._down = self._down, event.value >= PEDAL_DOWN
        return self._down and not was_down
