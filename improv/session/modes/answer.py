"""Answer: free time, no chart; a phrase of the player's ends with a silence, and is answered in kind.

Conventions: those of `improv.session.modes.base`; what a phrase was and when it is over is
`improv.listening`'s. There is no beat but the player's: when a phrase is over, the tempo map is anchored to
its pulse, so that the phrase begins where a bar does. Musical time never goes back by that; it may jump ahead
by a bar.

The phrase then enters the mind, a note each `LESSON`, and is answered from the next beat on: in its tempo,
its register and about its length, as loud as it was, and over its chords, which come where they came in it.
Who plays on takes the word back at once.
"""

from dataclasses import dataclass, replace

from grammar.changes import Changes
from grammar.chart import MAXIMUM_TEMPO, MINIMUM_TEMPO
from grammar.notes import TICKS_PER_BEAT, Note
from improv.jazz.vocabulary import HIGHEST, LOWEST
from improv.listening.free import Listener, close, due, released, struck
from improv.listening.free import pedal as tread
from improv.listening.phrase import Phrase
from improv.modes import Mode
from improv.session.commands import LOOKAHEAD, Heard, Thru, TurnChange
from improv.session.events import NoteOff, NoteOn
from improv.session.modes.base import turn_change
from improv.session.planning import close_stretch, open_stretch, plan, planning_due, take_back
from improv.session.stage import Stage, beat_from
from improv.session.standby import stand_by
from improv.session.state import KEYS_SOUND, NEVER, THE_BAND, Company, State, Step

LESSON = 2_000_000
"""Nanoseconds between two notes of a phrase that enter the mind: nothing else has to wait for long."""
AROUND = 5
"""Semitones that an answer may go beyond the phrase's lowest and highest note."""
NARROWEST = 14
"""Semitones that it has at least."""
SHORTEST_ANSWER, LONGEST_ANSWER = 2 * TICKS_PER_BEAT, 32 * TICKS_PER_BEAT
NO_PHRASE = Listener()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is being played, what has still to enter the mind, and what is to be answered."""

    name: Mode = "answer"
    free: bool = True
    thru: Thru = KEYS_SOUND
    company: Company = THE_BAND
    listener: Listener = NO_PHRASE
    closes: int = NEVER
    """When the present phrase is over if nothing more is played."""
    lesson: tuple[Note, ...] = ()
    """The notes of the last phrase that have not entered the mind."""
    learns: int = NEVER
    """When the next of them does."""
    length: int | None = None
    """Ticks of the answer to come; None: nothing is to be answered."""

    def begin(self, stage: Stage, state: State, t: int) -> Step:
        """The player has the word, for as long as there is something to say."""
        assert state.map is not None
        heard = Listener(tempo=state.map.tempo, pedal=bool(state.pedals))
        return turn_change(replace(state, playing=Answer(listener=heard)), "player", state.turn_ends)

    def due(self, stage: Stage, state: State) -> int:
        """A phrase that is over, a note of it, a note of the answer, or the answer's end."""
        if state.map is None:
            return NEVER
        over = state.map.at(state.turn_ends) if state.turn == "machine" else NEVER
        return min(self.closes, self.learns, planning_due(state), over)

    def act(self, stage: Stage, state: State, now: int) -> Step:
        """Do the one that is due."""
        if self.learns <= now:
            return self._learn(stage, state, now)
        if self.closes <= now:
            return self._understand(stage, state, now)
        if planning_due(state) <= now:
            return plan(stage, state)
        return turn_change(close_stretch(state), "player", state.turn_ends)

    def strike(self, stage: Stage, state: State, event: NoteOn) -> Step:
        """Listen; an answer breaks off."""
        assert state.map is not None
        tick = int(state.map.tick(event.t))
        listener = struck(self.listener, event.t, event.pitch, event.velocity)
        state = replace(state, playing=replace(self, listener=listener, closes=NEVER, length=None))
        if state.turn != "machine":
            return state, []
        state, commands = take_back(state, event.t)
        return replace(state, turn="player", turn_ends=tick), [*commands, TurnChange("player", tick, tick)]

    def release(self, stage: Stage, state: State, event: NoteOff) -> Step:
        """Listen: when no key is down, the phrase may be over."""
        return self._listen(state, released(self.listener, event.t, event.pitch))

    def pedal(self, stage: Stage, state: State, t: int, down: bool) -> Step:
        """Listen: it keeps the phrase going while its last notes ring."""
        return self._listen(state, tread(self.listener, t, down))

    def _listen(self, state: State, listener: Listener) -> Step:
        closes = due(listener)
        now = replace(self, listener=listener, closes=NEVER if closes is None else closes)
        return replace(state, playing=now), []

    def _understand(self, stage: Stage, state: State, now: int) -> Step:
        """The phrase is over: its pulse is the time from now on."""
        assert state.map is not None
        listener, phrase = close(self.listener, now)
        after = replace(self, listener=listener, closes=NEVER)
        if phrase is None:
            return replace(state, playing=after), []
        line = phrase.line()
        begins = self._where(stage, state, phrase, line[0].onset, now)
        tempo = max(MINIMUM_TEMPO, min(MAXIMUM_TEMPO, phrase.pulse.tempo))
        lesson = tuple(replace(note, onset=note.onset + begins) for note in line)
        ticks = round(phrase.beats) * TICKS_PER_BEAT
        length = max(SHORTEST_ANSWER, min(LONGEST_ANSWER, ticks))
        after = replace(after, lesson=(*self.lesson, *lesson), learns=now, length=length)
        understood = replace(
            state,
            playing=after,
            tempo=tempo,
            map=state.map.followed(now, begins + phrase.tick(now), tempo),
            harmony=shifted(phrase.harmony(), begins),
            register=register(phrase),
        )
        return understood, []

    def _where(self, stage: Stage, state: State, phrase: Phrase, first: int, now: int) -> int:
        """The bar line on which the phrase's own tick 0 falls: late enough for time not to go back."""
        assert state.map is not None
        known = [*state.mind.line, *self.lesson]
        newest = known[-1].end if known else 0
        least = max(state.map.tick(now) - phrase.tick(now), newest - first)
        return int(-(-least // stage.form.bar)) * stage.form.bar

    def _learn(self, stage: Stage, state: State, now: int) -> Step:
        """A note enters the mind; after the last one, the answer is begun."""
        assert state.map is not None
        if self.lesson:
            note, *rest = self.lesson
            soloist = stage.soloist(state)
            mind = soloist.hear(state.mind, note.onset, note.pitch, note.velocity, state.map.tempo)
            mind = soloist.release(mind, note.end)
            taught = replace(self, lesson=tuple(rest), learns=now + LESSON)
            heard = Heard(note.onset, note.pitch, note.velocity)
            return replace(state, mind=mind, playing=taught), [heard]
        state = replace(state, playing=replace(self, learns=NEVER, length=None))
        return (state, []) if self.length is None else self._answer(stage, state, now, self.length)

    def _answer(self, stage: Stage, state: State, now: int, length: int) -> Step:
        assert state.map is not None
        begins = beat_from(state.map.tick(now + LOOKAHEAD))
        ends = begins + length
        state = replace(state, turn="machine", turn_ends=ends)
        state, ready = stand_by(stage, state, begins, ends)
        return open_stretch(stage, state, begins, ends), [TurnChange("machine", begins, ends), *ready]


def register(phrase: Phrase) -> tuple[int, int]:
    """The lowest and the highest pitch of an answer."""
    low, high = phrase.low - AROUND, phrase.high + AROUND
    missing = max(0, NARROWEST - (high - low))
    low = max(LOWEST, min(HIGHEST - NARROWEST, low - missing // 2))
    return low, min(HIGHEST, max(low + NARROWEST, high))


def shifted(changes: Changes, by: int) -> Changes:
    """The changes so much later; they go on before their first as they do after their last."""
    places = {
        (onset + by) % changes.length: chord
        for onset, chord in zip(changes.onsets, changes.chords, strict=True)
    }
    places.setdefault(0, changes.at(-by))
    onsets = tuple(sorted(places))
    return replace(changes, onsets=onsets, chords=tuple(places[onset] for onset in onsets))
