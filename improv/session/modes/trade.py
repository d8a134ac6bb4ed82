"""Trade: turns of so many bars, over the form.

Conventions: those of `improv.session.modes.base`. Turns are counted from the top of the form, and a new
chorus begins a new turn: where the bars of a turn do not divide the chorus, its last turn is cut short
(eights over a blues: eight and four). A turn as long as the chorus or longer runs over the form as it is.

While the player plays, the model hears every note. `LOOKAHEAD` before the answer's bar line it is decided
where the answer opens; should the player play on after that, it is taken back, the note is heard, and the
answer drawn again: nothing of the turn is taken.

Whoever plays into improv's turn gets the word. One who was still in mid-phrase overruns: improv waits for
the phrase to end, a beat of silence, and answers in what is left; its turn still ends on its bar line. One
who had stopped interrupts: improv yields, listens, and goes on when the player has been silent for a bar, or
with its next turn.
"""

from dataclasses import dataclass, replace
from typing import Literal

from grammar.notes import TICKS_PER_BEAT
from improv.modes import First, Mode
from improv.session.commands import LOOKAHEAD, Command, Thru, TurnChange
from improv.session.events import NoteOff, NoteOn
from improv.session.hearing import anticipates, hear, listens, release
from improv.session.modes.base import turn_change
from improv.session.planning import (
    close_stretch,
    next_half_beat,
    open_stretch,
    plan,
    planning_due,
    take_back,
)
from improv.session.stage import Stage
from improv.session.standby import stand_by, standby_due
from improv.session.state import KEYS_SOUND, NEVER, THE_BAND, Company, State, Step

PHRASE_REST = TICKS_PER_BEAT
"""Ticks of silence that end a phrase which has run into improv's turn."""
LEAST_ANSWER = TICKS_PER_BEAT
"""Ticks that must be left of a turn for it to be worth coming in again."""

Yielded = Literal["", "overrun", "interrupted"]


@dataclass(frozen=True, slots=True)
class Trade:
    """Whose turn it is, and whose is next."""

    name: Mode = "trade"
    free: bool = False
    thru: Thru = KEYS_SOUND
    company: Company = THE_BAND
    whose: First = "you"
    """The turn by the form, whoever plays in it."""
    following: First = "you"
    """The one after it."""
    yielded: Yielded = ""
    """Why the player has the word in improv's turn."""

    def begin(self, stage: Stage, state: State, t: int) -> Step:
        """The first turn is his who begins by the settings; in mid-form, the one whose turn it would be."""
        turns = turns_before(stage, state.turn_ends, state.bars) if state.turn == "count-in" else 0
        first = stage.settings.first
        following = first if turns % 2 == 0 else _other(first)
        return replace(state, playing=Trade(following=following)), []

    def due(self, stage: Stage, state: State) -> int:
        """A turn, where an answer opens, a note of it, a phrase in case, or the word again."""
        if state.map is None:
            return NEVER
        return min(
            state.map.at(state.turn_ends),
            planning_due(state),
            self._opening(stage, state),
            self._standing_by(stage, state),
            self._resuming(stage, state),
        )

    def act(self, stage: Stage, state: State, now: int) -> Step:
        """Do the one that is due."""
        assert state.map is not None
        if self._standing_by(stage, state) <= now:
            return stand_by(stage, state, *self._uncovered(stage, state))
        if self._opening(stage, state) <= now:
            ends = turn_after(stage, state.turn_ends, state.bars)
            return open_stretch(stage, state, state.turn_ends, ends), []
        if planning_due(state) <= now:
            return plan(stage, state)
        if self._resuming(stage, state) <= now:
            return self._resume(stage, state)
        return self._change(stage, state)

    def strike(self, stage: Stage, state: State, event: NoteOn) -> Step:
        """In the player's turn, or just before it, listen; in improv's, give the word up."""
        if not listens(stage, state, event.t):
            return state, []
        commands: list[Command] = []
        if self._improvs(state) and not anticipates(stage, state, event.t):
            state, commands = self._yield(state, event.t)
        elif state.stretch is not None and not self._improvs(state):
            state, commands = take_back(state, event.t)
        state, heard = hear(stage, state, event)
        return state, commands + heard

    def release(self, stage: Stage, state: State, event: NoteOff) -> Step:
        """Listen."""
        return release(stage, state, event), []

    def pedal(self, stage: Stage, state: State, t: int, down: bool) -> Step:
        """It colours what is played, and passes."""
        return state, []

    # what falls due

    def _opening(self, stage: Stage, state: State) -> int:
        if not self._answers_next(stage, state) or (
            state.stretch is not None and state.stretch.begins >= state.turn_ends
        ):
            return NEVER
        assert state.map is not None
        return state.map.at(state.turn_ends) - LOOKAHEAD

    def _standing_by(self, stage: Stage, state: State) -> int:
        begins, ends = self._uncovered(stage, state)
        return standby_due(state, begins) if begins < ends else NEVER

    def _uncovered(self, stage: Stage, state: State) -> tuple[int, int]:
        """The ticks of improv's for which no phrase stands by; none, where the second is not the greater."""
        if self._improvs(state):
            return state.stood_by, state.turn_ends if state.stretch is not None else state.stood_by
        if not self._answers_next(stage, state):
            return state.turn_ends, state.turn_ends
        return max(state.stood_by, state.turn_ends), turn_after(stage, state.turn_ends, state.bars)

    def _answers_next(self, stage: Stage, state: State) -> bool:
        ahead = state.coming is None or state.coming.tick > state.turn_ends
        return self.following == "improv" and not stage.over(state.turn_ends) and ahead

    def _resuming(self, stage: Stage, state: State) -> int:
        """When the player has been silent for long enough."""
        if not self.yielded or state.keys:
            return NEVER
        tick = self._resumes(stage, state)
        if tick + LEAST_ANSWER > state.turn_ends:
            return NEVER
        assert state.map is not None
        return state.map.at(tick) - LOOKAHEAD

    def _resumes(self, stage: Stage, state: State) -> int:
        assert state.map is not None
        rest = PHRASE_REST if self.yielded == "overrun" else stage.form.bar
        return next_half_beat(state.map.tick(state.touched) + rest)

    # what is done then

    def _change(self, stage: Stage, state: State) -> Step:
        """The turn is over."""
        ends = turn_after(stage, state.turn_ends, state.bars)
        whose = self.following
        if whose == "you" and state.stretch is not None:
            state = close_stretch(state)  # an answer does not run on into the player's turn
        state = replace(state, playing=Trade(whose=whose, following=_other(whose)))
        return turn_change(state, "machine" if whose == "improv" else "player", ends)

    def _improvs(self, state: State) -> bool:
        return self.whose == "improv" and state.turn != "count-in"

    def _yield(self, state: State, t: int) -> Step:
        """The player has struck a key in improv's turn."""
        assert state.map is not None
        if self.yielded:
            return state, []
        tick = state.map.tick(t)
        went_on = bool(state.keys) or tick - state.map.tick(state.touched) < PHRASE_REST
        state, commands = take_back(state, t)
        yielded = replace(self, yielded="overrun" if went_on else "interrupted")
        state = replace(state, turn="player", playing=yielded)
        return state, [*commands, TurnChange("player", int(tick), state.turn_ends)]

    def _resume(self, stage: Stage, state: State) -> Step:
        begins = self._resumes(stage, state)
        state = replace(state, turn="machine", playing=replace(self, yielded=""))
        opened = open_stretch(stage, state, begins, state.turn_ends)
        opened, ready = stand_by(stage, opened, begins, state.turn_ends)
        return opened, [TurnChange("machine", begins, state.turn_ends), *ready]


def turn_after(stage: Stage, tick: int, bars: int) -> int:
    """The tick at which a turn of so many bars that begins at a tick is over.

    One that begins within a turn of the form's lasts until that is over; if less than half of it is left,
    the next is added.
    """
    form, turn = stage.form, bars * stage.form.bar
    if turn >= form.length:
        return stage.until(tick + turn)
    place = tick % form.length
    chorus = tick - place
    ends = min((place // turn + 1) * turn, form.length)
    if place % turn and 2 * (ends - place) < turn and ends < form.length:
        ends = min(ends + turn, form.length)
    return stage.until(chorus + ends)


def turns_before(stage: Stage, tick: int, bars: int) -> int:
    """How many turns have begun, from the top of the first chorus, before the one that holds a tick."""
    form, turn = stage.form, bars * stage.form.bar
    if turn >= form.length:
        return tick // turn
    chorus, place = divmod(tick, form.length)
    return chorus * -(-form.length // turn) + place // turn


def _other(whose: First) -> First:
    return "improv" if whose == "you" else "you"
