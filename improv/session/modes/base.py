"""What a mode is: the protocol behind which each of them is a module of its own.

Conventions: those of `improv.session.state`. A mode is a frozen value that remembers what only it needs to;
it stands in the state, and its methods give the state after them. Everything falls due at a time that
follows from the state alone, and by then nothing else is due.

Turns: a mode begins with `turn` and `turn_ends` as they were, the count-in's for one, and says at
`turn_ends` whose turn follows. Keys that come up need no word from most modes: the mind learns of them
(`improv.session.hearing`).
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from improv.modes import Mode
from improv.session.commands import Thru, TurnChange
from improv.session.events import NoteOff, NoteOn
from improv.session.stage import Stage
from improv.snapshot import Turn

if TYPE_CHECKING:
    from improv.session.state import Company, State, Step


class Playing(Protocol):
    """A mode, and what it remembers."""

    @property
    def name(self) -> Mode:
        """As `improv.modes` has it."""

    @property
    def free(self) -> bool:
        """Whether there is no beat: no count-in, no click, no band."""

    @property
    def thru(self) -> Thru:
        """Which of the player's keys sound by themselves."""

    @property
    def company(self) -> "Company":
        """Who of the band plays along."""

    def begin(self, stage: Stage, state: "State", t: int) -> "Step":
        """It begins at the tick `turn_ends`, of which it is told `LOOKAHEAD` before, or at `t`, at once."""

    def due(self, stage: Stage, state: "State") -> int:
        """When something is to be done next; `NEVER`, where nothing is."""

    def act(self, stage: Stage, state: "State", now: int) -> "Step":
        """Do what is due, which is now."""

    def strike(self, stage: Stage, state: "State", event: NoteOn) -> "Step":
        """The player strikes a key; it is not among `State.keys` yet."""

    def release(self, stage: Stage, state: "State", event: NoteOff) -> "Step":
        """A key comes up; it is no longer among `State.keys`."""

    def pedal(self, stage: Stage, state: "State", t: int, down: bool) -> "Step":
        """The player's sustain pedal goes down or up."""


def turn_change(state: "State", turn: Turn, ends: int) -> "Step":
    """The present turn is over, and another begins."""
    begins = state.turn_ends
    return replace(state, turn=turn, turn_ends=ends), [TurnChange(turn, begins, ends)]
