"""Lay out: improv plays neither solo nor chords, and listens; bass and drums go on.

Conventions: those of `improv.session.modes.base`. The player has every chorus. To lay out, or stroll, is the
pianist's: the soloist is left alone with bass and drums, free to take the harmony elsewhere.
"""

from dataclasses import dataclass

from improv.modes import Mode
from improv.session.commands import Thru
from improv.session.events import NoteOff, NoteOn
from improv.session.hearing import hear, listens, release
from improv.session.modes.base import turn_change
from improv.session.stage import Stage
from improv.session.state import KEYS_SOUND, NEVER, Company, State, Step

STROLLING = Company(parts=frozenset({"bass", "drums"}))


@dataclass(frozen=True, slots=True)
class LayOut:
    """Nothing to remember: the mind does."""

    name: Mode = "layout"
    free: bool = False
    thru: Thru = KEYS_SOUND
    company: Company = STROLLING

    def begin(self, stage: Stage, state: State, t: int) -> Step:
        """Nothing changes but who plays."""
        return state, []

    def due(self, stage: Stage, state: State) -> int:
        """At the top of each chorus."""
        return NEVER if state.map is None else state.map.at(state.turn_ends)

    def act(self, stage: Stage, state: State, now: int) -> Step:
        """Another chorus of the player's."""
        return turn_change(state, "player", stage.until(stage.chorus_after(state.turn_ends)))

    def strike(self, stage: Stage, state: State, event: NoteOn) -> Step:
        """Listen."""
        return hear(stage, state, event) if listens(stage, state, event.t) else (state, [])

    def release(self, stage: Stage, state: State, event: NoteOff) -> Step:
        """Listen."""
        return release(stage, state, event), []

    def pedal(self, stage: Stage, state: State, t: int, down: bool) -> Step:
        """It colours what is played, and passes."""
        return state, []
