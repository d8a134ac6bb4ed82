"""Your rhythm, its notes: each key struck sounds at once, at a pitch that model and grammar choose.

Conventions: those of `improv.session.modes.base`. No key sounds by itself. The note has the player's velocity
and channel, so that the pedal acts on it, and lasts as long as the key is down.

Pitches are drawn near the keys, and follow the hand: a key above the one before gives a higher note, a key
below a lower one. Keys struck together are one moment to the model: it is asked for each of their notes, but
steps once.
"""

from dataclasses import dataclass, replace

from improv.modes import Mode
from improv.session.commands import Hold, Release, Thru
from improv.session.events import NoteOff, NoteOn
from improv.session.hearing import place_of, release
from improv.session.modes.base import turn_change
from improv.session.stage import Stage
from improv.session.state import CHORD, KEYS_ARE_SILENT, NEVER, THE_BAND, Company, Melody, State, Step
from improv.wish import Wish

CATCH_UP = 5_000_000
"""Nanoseconds after a key at which the networks that it did not wait for read its note."""
SOON = 2_000_000
"""Nanoseconds ahead of a new tick at which keys on it are thought of as well."""
PHRASE_PAUSE = 2_000_000_000
"""Nanoseconds of silence after which the hand may begin anywhere."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """The newest key, and what became of it."""

    key: int
    pitch: int
    struck: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The hand's last move."""

    name: Mode = "rhythm"
    free: bool = False
    thru: Thru = KEYS_ARE_SILENT
    company: Company = THE_BAND
    gesture: Gesture | None = None

    def begin(self, stage: Stage, state: State, t: int) -> Step:
        """From here on keys are silent."""
        return replace(state, playing=Rhythm()), []

    def due(self, stage: Stage, state: State) -> int:
        """At the top of each chorus, and when the key's note has long been sent."""
        if state.map is None:
            return NEVER
        return min(state.map.at(state.turn_ends), self._catching_up(state))

    def act(self, stage: Stage, state: State, now: int) -> Step:
        """Another chorus of both, or the rest of what there is to do about a key."""
        if self._catching_up(state) <= now:
            return replace(state, mind=stage.improviser.catch_up(state.mind)), []
        return turn_change(state, "both", stage.until(stage.chorus_after(state.turn_ends)))

    def strike(self, stage: Stage, state: State, event: NoteOn) -> Step:
        """Choose the note of a key, and sound it."""
        if state.map is None or "improv" in state.muted:
            return state, []
        tempo = state.map.tempo
        state, commands = release_key(state, event.channel, event.pitch)
        melody, wish = state.melody, self._wish(state, event)
        soloist = stage.soloist(state)
        together = melody is not None and event.t - melody.struck < CHORD
        if together and melody is not None:
            onset = melody.note.onset
            mind, choice = soloist.beside(state.mind, event.velocity, wish)
        else:
            onset = place_of(stage, state, event.t)
            mind, choice = soloist.strike(state.mind, onset, event.velocity, tempo, wish)
        hold = Hold(
            choice.note.pitch,
            event.velocity,
            event.channel,
            "improv",
            onset,
            event.pitch,
            choice.source,
            str(choice.terminal),
            choice.refused,
        )
        gesture = Gesture(event.pitch, choice.note.pitch, event.t)
        newest = mind.line[-1]
        if not together or melody is None or newest.pitch == choice.note.pitch:
            struck = event.t if not together or melody is None else melody.struck
            melody = Melody(newest, struck, before=state.mind)
        after = replace(
            state,
            mind=mind,
            melody=melody,
            holds=(*state.holds, hold),
            chosen=state.chosen.more(choice.source),
            playing=replace(self, gesture=gesture),
        )
        return after, [*commands, hold]

    def release(self, stage: Stage, state: State, event: NoteOff) -> Step:
        """The key's note ends with it."""
        held = next((h for h in state.holds if (h.channel, h.key) == (event.channel, event.pitch)), None)
        if held is not None:  # the mind knows the note by its pitch, not by its key
            state = release(stage, state, replace(event, pitch=held.pitch))
        state, commands = release_key(state, event.channel, event.pitch)
        return state, list(commands)

    def foresee(self, stage: Stage, state: State, t: int) -> None:
        """Work out ahead what a key at `t` would wait for: its tick is known, so all but its pitch."""
        if state.map is None or "improv" in state.muted or state.mind.behind:
            return
        soloist = stage.soloist(state)
        for at in (t, t + SOON):
            soloist.foresee(state.mind, place_of(stage, state, at), state.map.tempo)

    def pedal(self, stage: Stage, state: State, t: int, down: bool) -> Step:
        """It passes to where the notes sound."""
        return state, []

    def _catching_up(self, state: State) -> int:
        return self.gesture.struck + CATCH_UP if state.mind.behind and self.gesture is not None else NEVER

    def _wish(self, state: State, event: NoteOn) -> Wish:
        """Near the key, and where the hand has moved since the key before."""
        taken = frozenset(hold.pitch for hold in state.holds)
        gesture = self.gesture
        if gesture is None or event.t - gesture.struck > PHRASE_PAUSE or event.pitch == gesture.key:
            return Wish(event.pitch, taken=taken)
        if event.pitch > gesture.key:
            return Wish(event.pitch, low=gesture.pitch + 1, taken=taken)
        return Wish(event.pitch, high=gesture.pitch - 1, taken=taken)


def release_key(state: State, channel: int, key: int) -> tuple[State, list[Release]]:
    """The note of a key ends, if it has one."""
    ended = [hold for hold in state.holds if (hold.channel, hold.key) == (channel, key)]
    if not ended:
        return state, []
    kept = tuple(hold for hold in state.holds if hold not in ended)
    return replace(state, holds=kept), [Release(h.pitch, h.channel, h.role) for h in ended]
