"""Left hand leads: chords held below the split are the harmony; above it the player solos, and improv beside.

Conventions: those of `improv.session.modes.base`; which keys are one chord, and when that is decided, are
those of `improv.listening.held`. A chord is named with the chart's as what is to be expected, and where it
has none with those held before (`grammar.progression`). It holds from then on, for improv and for the band,
until another is held. Where the chart has no chords improv waits for one.

Above the split everything is as in solo: who plays is heard and gets room.
"""

from dataclasses import dataclass, replace

from grammar.changes import Changes
from grammar.chords import NO_CHORD, Chord
from grammar.naming import Expected
from grammar.notes import TICKS_PER_BEAT
from grammar.progression import NOTHING_HELD, Progression, follow
from improv.listening.held import Held, decide, due, press
from improv.listening.held import pedal as tread
from improv.listening.held import release as lift
from improv.modes import Mode
from improv.session.commands import Named
from improv.session.events import NoteOff, NoteOn
from improv.session.modes.solo import Solo
from improv.session.planning import next_half_beat
from improv.session.stage import Stage
from improv.session.state import NEVER, State, Step

ANTICIPATED = TICKS_PER_BEAT // 2
"""Ticks before its place at which the chart's next chord may be meant."""
NO_KEYS = Held()


@dataclass(frozen=True, slots=True)
class Lead(Solo):
    """The left hand's keys, beside what a solo remembers."""

    name: Mode = "lead"
    held: Held = NO_KEYS
    named: Progression = NOTHING_HELD
    """The chords that were named, the newest last."""
    earlier: Progression = NOTHING_HELD
    """Those before the newest stroke, which may be decided again."""
    stroke: int = 0
    """When that was struck."""

    def begin(self, stage: Stage, state: State, t: int) -> Step:
        """Over the chart, until a chord is held."""
        state, commands = Solo.begin(self, stage, state, t)
        resumes = state.turn_ends if _has_chords(stage.form) else None
        held = Held(pedal=bool(state.pedals))
        return replace(state, playing=Lead(resumes=resumes, held=held)), commands

    def due(self, stage: Stage, state: State) -> int:
        """As in a solo; or a chord is to be named."""
        naming = due(self.held)
        return min(Solo.due(self, stage, state), NEVER if naming is None else naming)

    def act(self, stage: Stage, state: State, now: int) -> Step:
        """Do the one that is due; a chord goes before a note over it."""
        naming = due(self.held)
        if naming is not None and naming <= now:
            return self._decide(stage, state, now)
        return Solo.act(self, stage, state, now)

    def strike(self, stage: Stage, state: State, event: NoteOn) -> Step:
        """Below the split a key of a chord, above it a note of the melody."""
        if event.pitch < state.adjusted.split:
            held = press(self.held, event.t, event.pitch)
            return replace(state, playing=replace(self, held=held)), []
        return Solo.strike(self, stage, state, event)

    def release(self, stage: Stage, state: State, event: NoteOff) -> Step:
        """Of either hand."""
        if event.pitch in self.held.down:
            held = lift(self.held, event.t, event.pitch)
            return replace(state, playing=replace(self, held=held)), []
        return Solo.release(self, stage, state, event)

    def pedal(self, stage: Stage, state: State, t: int, down: bool) -> Step:
        """It holds the chord when its keys have come up."""
        return replace(state, playing=replace(self, held=tread(self.held, t, down))), []

    def _decide(self, stage: Stage, state: State, now: int) -> Step:
        """Name what is held."""
        assert state.map is not None
        struck = state.map.tick(self.held.struck)
        held, pitches = decide(self.held, now)
        after = replace(self, held=held)
        if pitches is None:
            return replace(state, playing=after), []
        if not pitches:
            lifted = int(state.map.tick(held.lifted))
            return replace(state, playing=after, named=""), [Named(lifted, "")]
        earlier = self.earlier if self.held.struck == self.stroke else self.named
        found = follow(earlier, pitches, self._expected(stage, struck, earlier.chord))
        if found is None or found.chord is None:
            return replace(state, playing=after), []
        chord = found.chord
        after = replace(after, named=found, earlier=earlier, stroke=self.held.struck)
        if state.stretch is None and self.resumes is None:  # there was nothing to play over until now
            after = replace(after, resumes=next_half_beat(state.map.tick(now)))
        state = replace(state, playing=after, named=chord.symbol)
        harmony = Changes((0,), (chord,), stage.form.bar, stage.form.meter)
        return replace(state, harmony=harmony), [Named(int(struck), chord.symbol)]

    def _expected(self, stage: Stage, struck: float, before: Chord | None) -> Expected:
        """What the chart has there, and what was held before."""
        tick = int(struck // 1)
        wait, following = stage.form.after(tick)
        return Expected(
            chart=_named(stage.form.at(tick)),
            coming=_named(following) if wait <= ANTICIPATED else None,
            before=before,
        )


def _named(chord: Chord) -> Chord | None:
    return None if chord == NO_CHORD else chord


def _has_chords(changes: Changes) -> bool:
    return any(chord.root is not None for chord in changes.chords)
