"""Solo: improv plays chorus after chorus, and leaves room when the player plays.

Conventions: those of `improv.session.modes.base`. Whatever the player strikes is heard, and what improv has
planned and does not sound yet is taken back. It comes in again after a rest: a beat after a note now and
then, up to two bars where the player hardly stops; and then it plays the less, the more the player does.
"""

from dataclasses import dataclass, replace

from grammar.notes import TICKS_PER_BEAT
from improv.modes import Mode
from improv.session.commands import LOOKAHEAD, Thru
from improv.session.events import NoteOff, NoteOn
from improv.session.hearing import hear, listens, release
from improv.session.modes.base import turn_change
from improv.session.planning import next_half_beat, open_stretch, plan, planning_due, take_back
from improv.session.stage import Stage
from improv.session.standby import stand_by, standby_due
from improv.session.state import FOREVER, KEYS_SOUND, NEVER, THE_BAND, Company, State, Step

WINDOW = 8 * TICKS_PER_BEAT
"""Ticks over which it is counted how much the player plays."""
BUSY = 16
"""Notes in them that are a line without a hole."""
SHORTEST_REST, LONGEST_REST = TICKS_PER_BEAT, 8 * TICKS_PER_BEAT
"""Ticks that it keeps out of the player's way."""
THINNEST = 0.5
"""The share of its usual density that is left where the player is busy."""


@dataclass(frozen=True, slots=True)
class Solo:
    """What the player did lately, and when improv comes in again."""

    name: Mode = "solo"
    free: bool = False
    thru: Thru = KEYS_SOUND
    company: Company = THE_BAND
    struck: tuple[int, ...] = ()
    """The places of the player's newest notes, no more than `BUSY`."""
    resumes: int | None = None
    """The tick from which improv has the word again; None: it has it."""

    def begin(self, stage: Stage, state: State, t: int) -> Step:
        """It has the word from the first tick on."""
        fresh = replace(self, struck=(), resumes=state.turn_ends)
        return replace(state, playing=fresh), []

    def due(self, stage: Stage, state: State) -> int:
        """A note, a phrase for the next bar in case, a chorus, or to come in again."""
        if state.map is None:
            return NEVER
        return min(
            state.map.at(state.turn_ends),
            planning_due(state),
            self._standby_due(stage, state),
            self._resuming(state),
        )

    def act(self, stage: Stage, state: State, now: int) -> Step:
        """Do the one that is due."""
        assert state.map is not None
        if self._standby_due(stage, state) <= now:
            return stand_by(stage, state, self._uncovered(state), stage.until(FOREVER))
        if self.resumes is not None and self._resuming(state) <= now:
            return self._resume(stage, state, self.resumes), []
        if planning_due(state) <= now:
            return plan(stage, state, self.density(state.mind.next_onset or 0))
        return turn_change(state, "both", stage.until(stage.chorus_after(state.turn_ends)))

    def strike(self, stage: Stage, state: State, event: NoteOn) -> Step:
        """Make room, and listen."""
        if not listens(stage, state, event.t):
            return state, []
        state, commands = take_back(state, event.t)
        state, heard = hear(stage, state, event)
        tick = state.mind.line[-1].onset
        struck = (*self.struck, tick)[-BUSY:] if heard else self.struck
        made_room = replace(self, struck=struck)
        rest = LONGEST_REST * made_room.busy(tick) / max(0.5, state.adjusted.density)
        resumes = next_half_beat(tick + max(SHORTEST_REST, min(LONGEST_REST, round(rest))))
        return replace(state, playing=replace(made_room, resumes=resumes)), commands + heard

    def release(self, stage: Stage, state: State, event: NoteOff) -> Step:
        """Listen."""
        return release(stage, state, event), []

    def pedal(self, stage: Stage, state: State, t: int, down: bool) -> Step:
        """It colours what is played, and passes."""
        return state, []

    def busy(self, tick: int) -> float:
        """How much the player has played before a tick: 0 nothing, 1 without a hole."""
        return sum(tick - WINDOW < struck <= tick for struck in self.struck) / BUSY

    def density(self, tick: int) -> float:
        """What is left of the usual density."""
        return 1.0 - (1.0 - THINNEST) * self.busy(tick)

    def _resuming(self, state: State) -> int:
        assert state.map is not None
        return NEVER if self.resumes is None else state.map.at(self.resumes) - LOOKAHEAD

    def _resume(self, stage: Stage, state: State, tick: int) -> State:
        ends = FOREVER if stage.last_tick is None else stage.last_tick
        if tick >= ends:
            return replace(state, playing=replace(self, resumes=None))
        opened = open_stretch(stage, state, tick, ends, self.density(tick))
        return replace(opened, playing=replace(self, resumes=None), stood_by=max(state.stood_by, tick))

    def _standby_due(self, stage: Stage, state: State) -> int:
        if state.stretch is None and self.resumes is None:
            return NEVER
        begins = self._uncovered(state)
        return NEVER if stage.over(begins) else standby_due(state, begins)

    def _uncovered(self, state: State) -> int:
        """The first tick of improv's for which no phrase stands by."""
        return state.stood_by if self.resumes is None else max(state.stood_by, self.resumes)
