"""Lay out: improv is silent and listens, the band plays on; and to comp, which is the same with one ear open.

Conventions: those of `improv.session.modes.base`. The player has every chorus.
"""

from dataclasses import dataclass

from improv.modes import Mode
from improv.session.commands import Thru
from improv.session.events import NoteOff, NoteOn
from improv.session.hearing import hear, listens, release
from improv.session.modes.base import turn_change
from improv.session.stage import Stage
from improv.session.state import KEYS_SOUND, NEVER, State, Step


@dataclass(frozen=True, slots=True)
class LayOut:
    """Nothing to remember: the mind does."""

    name: Mode = "layout"
    free: bool = False
    thru: Thru = KEYS_SOUND

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
