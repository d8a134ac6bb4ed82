"""The improviser: where the network's opinion and the grammar's verdict become notes.

Conventions: ticks count from the top of the first chorus and the changes repeat; a `Mind` is a value,
so a phrase can be tried and taken back by keeping the mind before it. Both players' notes enter the
same memory: the answer goes on from what was heard, and takes up its motifs (`improv.jazz.recall`).

For every note the LSTM is asked three questions: the gap from the last onset, which gives this
note's onset; the pitch at that onset; how long it sounds. It proposes and the grammar disposes: what
`grammar.rules` refuses is drawn again from the LSTM's own probabilities among what is allowed.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from grammar.changes import Changes
from grammar.notes import TICKS_PER_BEAT, Note
from grammar.parse import parse_note
from grammar.rules import HISTORY, Verdict, longest_gap, permitted
from improv.chance import Chance
from improv.foresight import Answer, Foresight, Question
from improv.jazz.corpus import UNHEARD, Corpus
from improv.jazz.encoding import Encoded, Moment, encode, gap_question, length_question
from improv.jazz.manner import UNTOLD, Manner
from improv.jazz.theme import LEAN, take_up
from improv.jazz.touch import Touch
from improv.jazz.vocabulary import GAPS, HIGHEST, LENGTHS, LOWEST, gap_id, pitch_id
from improv.mind import Choice, Mind, Source, loudness
from improv.swing import STANDARD_VELOCITY
from improv.wish import Wish
from models.network import Predictor
from models.numeric import Array
from models.sampling import probabilities, sample

WARMTH = 1.18
"""The temperature of pitches that a `Taste.temperature` of 1 stands for: without it lines keep more than
soloists do to what all play (`benchmarks/music_table.py`)."""
KEPT = 0.8
"""The share of its difference from the standard that a line's loudness keeps with each note."""
COARSE = 96
"""Ticks: a gap above this is only meant to the sixteenth, so its end is put on one."""
SIXTEENTH = TICKS_PER_BEAT // 4
OPENINGS = (0, 0, 12, 12, 24, 24, 36, 48)
"""Ticks into its turn at which a line opens that has nothing to go on from."""
FITTING = "CLS"
"""The letters of pitches that a passage taken up again is leant towards: outside the chord it is not."""
SHORTEST = 2
"""Ticks: nothing shorter is played."""
THINNING = 0.4
"""What a `Taste.density` of 0 adds to the score of a gap for each doubling of it."""

_GAPS = np.array(GAPS)
_LENGTHS = np.array(LENGTHS)
_OCTAVES_OF_GAPS = np.log2(_GAPS).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Taste:
    """How to improvise."""

    temperature: float = 1.0
    """Of pitches; 1 as soloists play (`WARMTH`), below 1 safer, above 1 wilder."""
    top_p: float = 0.985
    """Of pitches: the likeliest that together reach it may be played."""
    rhythm_temperature: float = 1.1
    """Below 1 the rests go first: lines are denser than soloists' are (`benchmarks/music_table.py`)."""
    rhythm_top_p: float = 0.99
    low: int = 50
    """The lowest note, MIDI."""
    high: int = 86
    """The highest."""
    density: float = 1.0
    """Above 1 notes follow sooner than the model would have them, below 1 later."""
    restate: float = 0.2
    """The chance, a note, of taking up a passage of before."""
    grammar: bool = True
    """Whether the grammar's rules are heeded."""
    manner: Manner = UNTOLD
    """Whose solos, or which style's, to play like."""


class Improviser:
    """A network, its changes and a taste; and the corpus that advises the network."""

    def __init__(self, network: Predictor, changes: Changes, taste: Taste, corpus: Corpus = UNHEARD) -> None:
        self.network, self.corpus = network, corpus
        self.changes, self.taste = changes, taste
        self._foresight = Foresight()

    def over(self, changes: Changes, taste: Taste) -> "Improviser":
        """The same, over other changes and of another taste; what one foresees the other knows."""
        other = Improviser(self.network, changes, taste, self.corpus)
        other._foresight = self._foresight
        return other

    def hear(
        self, mind: Mind, onset: int, pitch: int, velocity: int, tempo: float, late: float | None = None
    ) -> Mind:
        """Take in a note that the player strikes, `late` ticks behind `onset`, after the newest one."""
        mind, _ = self._step(mind, onset, tempo, late=late)
        return self._sounded(mind, Note(onset, pitch, TICKS_PER_BEAT // 2, velocity), velocity)

    def release(self, mind: Mind, tick: float) -> Mind:
        """The newest note ends at `tick`, which need not be on the grid."""
        if not mind.line:
            return mind
        return self._lasting(mind, max(1, round(tick) - mind.line[-1].onset), mind.touch.ended(tick))

    def catch_up(self, mind: Mind) -> Mind:
        """Have the newest note read by those networks that no key was waiting for."""
        if not mind.behind:
            return mind
        assert mind.memory is not None
        assert mind.encoded is not None
        self.network.memory = mind.memory
        read = mind.encoded
        self.network.step_apart("pitch", read.ids, read.dense, read.advice)
        return replace(mind, memory=self.network.memory, behind=False)

    def intend(self, mind: Mind, earliest: int, latest: int, tempo: float) -> Mind:
        """Decide where the next note falls: at or after `earliest`, before `latest` where that can be."""
        if mind.memory is None or earliest - mind.line[-1].onset > GAPS[-1]:
            number, chance = mind.chance.draw()
            offset = OPENINGS[int(number * len(OPENINGS))]
            return replace(mind, chance=chance, next_onset=min(earliest + offset, latest - 1))
        mind = self.catch_up(mind)
        last = mind.line[-1]
        onsets = _onsets(last.onset)
        allowed = (onsets >= earliest) & (onsets < latest)
        if not allowed.any():
            return replace(mind, next_onset=max(earliest, last.onset + 1), theme=None)
        assert mind.memory is not None
        self.network.memory = mind.memory
        mind = replace(mind, theme=None)  # a window of its own opens a line of its own
        onset, chance = self._draw_gap(mind, last, allowed)
        return replace(mind, chance=chance, next_onset=onset)

    def play(self, mind: Mind, latest: int, tempo: float) -> tuple[Mind, Choice]:
        """Play the note at `next_onset` and decide where the one after it falls.

        The note ends by `latest`. Call `intend` first: without an intention there is nothing to play.
        """
        if mind.next_onset is None:
            raise ValueError("no intention: call intend before play")
        onset = mind.next_onset
        mind, encoded = self._step(mind, onset, tempo)
        previous = mind.line[-1].pitch if mind.line else None
        theme = mind.theme
        pitch, source, refused, chance = self._draw_pitch(mind, onset, encoded, latest)
        if theme is not None:
            theme = theme.onward() if pitch == theme.pitch(mind.past) else None
        velocity = round(STANDARD_VELOCITY + KEPT * (loudness(mind) - STANDARD_VELOCITY))
        mind = self._sounded(replace(mind, chance=chance), Note(onset, pitch, 1, velocity))
        mind = self._taking_up(replace(mind, theme=theme))
        note = mind.line[-1]
        following, chance = self._draw_gap(mind, note, None)
        kept = mind.theme is not None and following - onset == mind.theme.gap(mind.past)
        mind = replace(mind, chance=chance, next_onset=following, theme=mind.theme if kept else None)
        duration, chance = self._draw_length(mind, note, following, min(following, max(latest, onset + 1)))
        mind = self._lasting(replace(mind, chance=chance), duration, mind.touch.ended(onset + duration))
        note = mind.line[-1]
        return mind, Choice(note, parse_note(note, self.changes, previous), source, refused)

    def strike(self, mind: Mind, onset: int, velocity: int, tempo: float, wish: Wish) -> tuple[Mind, Choice]:
        """Choose the pitch of a note that the player strikes at `onset`, after the newest one.

        One step of the network of pitches, and no question but the pitch: the key waits for it. The others
        read the note when they `catch_up`.
        """
        found = self._answered(mind, onset, tempo)
        mind = found.mind
        previous = mind.line[-1].pitch if mind.line else None
        pitch, source, refused, chance = self._choose(mind, found.logits, found.verdict, wish)
        note = Note(onset, pitch, TICKS_PER_BEAT // 2, velocity)
        mind = self._sounded(replace(mind, chance=chance), note, velocity)
        return mind, Choice(note, parse_note(note, self.changes, previous), source, refused)

    def foresee(self, mind: Mind, onset: int, tempo: float) -> None:
        """Work out ahead what a key struck at `onset` would wait for. It changes no note."""
        self._answered(mind, onset, tempo)

    def _answered(self, mind: Mind, onset: int, tempo: float) -> Answer:
        """What a key struck at `onset` waits for."""
        return self._foresight.answer(Question(mind, onset, tempo, self.changes, self.taste), self._answer)

    def _answer(self, question: Question) -> Answer:
        mind, encoded = self._step(question.mind, question.onset, question.tempo, waiting=True)
        logits = self._opinion(mind, question.onset, encoded).copy()
        return Answer(mind, logits, self._verdict(mind, question.onset, LOWEST, HIGHEST, None))

    def beside(self, mind: Mind, velocity: int, wish: Wish) -> tuple[Mind, Choice]:
        """Choose another pitch for the moment of the newest note; the higher of the two is the line's.

        The model does not step. Raises ValueError where there is no newest note.
        """
        if mind.encoded is None or mind.memory is None:
            raise ValueError("nothing has been struck that this could stand beside")
        self.network.memory = mind.memory
        newest, point = mind.line[-1], mind.encoded.moment.point
        past = mind.line[:-1]
        pitch, source, refused, chance = self._draw_pitch(
            replace(mind, line=past), newest.onset, mind.encoded, None, wish
        )
        mind = replace(mind, chance=chance)
        note = Note(newest.onset, pitch, newest.duration, velocity)
        terminal = parse_note(note, self.changes, past[-1].pitch if past else None)
        if pitch > newest.pitch:
            sounded = mind.past.without_newest().after(point, pitch, note.duration)
            mind = replace(mind, line=(*past, note), past=sounded)
        return mind, Choice(note, terminal, source, refused)

    def _step(
        self, mind: Mind, onset: int, tempo: float, waiting: bool = False, late: float | None = None
    ) -> tuple[Mind, Encoded]:
        """A note begins at `onset`: the one before is over by then, and the network steps.

        Where a key is `waiting`, only as far as the pitch needs it.
        """
        mind = self.catch_up(mind)
        if mind.line and mind.line[-1].end > onset:  # it is one voice
            touch = mind.touch.cut(onset + (late or 0.0))
            mind = self._lasting(mind, max(1, onset - mind.line[-1].onset), touch)
        last, before, earlier = (mind.line[-k] if len(mind.line) >= k else None for k in (1, 2, 3))
        moment = Moment(
            onset=onset,
            beat=onset // TICKS_PER_BEAT % self.changes.meter,
            changes=self.changes,
            tempo=tempo,
            previous=last,
            before=None if before is None else before.pitch,
            earlier=None if earlier is None else earlier.pitch,
            past=mind.past,
            manner=self.taste.manner,
            touch=mind.touch,
            late=late,
        )
        encoded = encode(moment, self.corpus)
        if mind.memory is None:
            self.network.forget()
        else:
            self.network.memory = mind.memory
        if waiting:
            self.network.step_for("pitch", encoded.ids, encoded.dense, encoded.advice)
        else:
            self.network.step(encoded.ids, encoded.dense, encoded.advice)
        return replace(mind, memory=self.network.memory, encoded=encoded, behind=waiting), encoded

    def _sounded(self, mind: Mind, note: Note, velocity: int | None = None) -> Mind:
        """The mind after a note that falls where the network has stepped; a player's has a `velocity`."""
        assert mind.encoded is not None
        moment = mind.encoded.moment
        past = mind.past.after(moment.point, note.pitch, note.duration)
        touch = mind.touch.after(velocity, note.onset + (moment.late or 0.0), note.duration)
        line = (*mind.line, note)[-HISTORY - 2 :]
        return replace(mind, line=line, past=past, touch=touch, next_onset=None, theme=None)

    def _lasting(self, mind: Mind, duration: int, touch: Touch) -> Mind:
        """The mind with its newest note lasting so long, and played so."""
        last = replace(mind.line[-1], duration=duration)
        return replace(mind, line=(*mind.line[:-1], last), past=mind.past.ended(duration), touch=touch)

    def _taking_up(self, mind: Mind) -> Mind:
        """The mind at its newest note: perhaps with a passage to take up, if it is at none."""
        restate = self.taste.restate
        if mind.theme is not None or not restate:
            return mind
        number, chance = mind.chance.draw()
        if number >= restate:
            return replace(mind, chance=chance)
        length, chance = chance.draw()
        return replace(mind, chance=chance, theme=take_up(mind.past, number / restate, length))

    def _draw_pitch(
        self, mind: Mind, onset: int, encoded: Encoded, ends: int | None, wish: Wish | None = None
    ) -> tuple[int, Source, str, Chance]:
        """The network has just stepped: the pitch at this moment, of a line that ends at `ends`."""
        low, high = (self.taste.low, self.taste.high) if wish is None else (LOWEST, HIGHEST)
        logits, verdict = self._opinion(mind, onset, encoded), self._verdict(mind, onset, low, high, ends)
        return self._choose(mind, logits, verdict, wish)

    def _opinion(self, mind: Mind, onset: int, encoded: Encoded) -> Array:
        """The logits of the pitches, leant towards what is being taken up again."""
        logits = self.network.logits("pitch", (), encoded.shifts, encoded.advice["pitch"])
        if mind.theme is not None:
            next_step = mind.theme.pitch(mind.past)
            if self.changes.at(onset).letter(next_step) in FITTING:
                logits[pitch_id(next_step)] += WARMTH * LEAN
        return logits

    def _verdict(self, mind: Mind, onset: int, low: int, high: int, ends: int | None) -> Verdict | None:
        return permitted(mind.line, onset, self.changes, low, high, ends) if self.taste.grammar else None

    def _choose(
        self, mind: Mind, logits: Array, verdict: Verdict | None, wish: Wish | None
    ) -> tuple[int, Source, str, Chance]:
        """A pitch by the network's opinion and the grammar's verdict.

        A wish's bounds go before the grammar's rules, and the rules before its bounds only where there is
        no pitch left within them.
        """
        taste = self.taste
        asked = None
        if wish is not None:
            logits, asked = wish.leaning(logits), wish.asked()
        number, chance = mind.chance.draw()
        proposed = LOWEST + sample(
            probabilities(logits, WARMTH * taste.temperature, taste.top_p, asked), number
        )
        reason = verdict.reason(proposed) if verdict is not None else ""
        if verdict is None or not reason:
            return proposed, "model", "", chance
        allowed = np.array(verdict.allowed[LOWEST : HIGHEST + 1])
        if asked is not None:
            if not (allowed & asked).any():
                return proposed, "model", "", chance
            allowed = allowed & asked
        number, chance = chance.draw()
        chosen = sample(probabilities(logits, WARMTH * taste.temperature, taste.top_p, allowed), number)
        return LOWEST + chosen, "grammar", reason, chance

    def _draw_gap(self, mind: Mind, last: Note, allowed: npt.NDArray[np.bool_] | None) -> tuple[int, Chance]:
        """The onset after `last`; the network's state is the one after it."""
        assert mind.encoded is not None
        question = gap_question(mind.encoded.moment, last.pitch)
        logits = self.network.logits("gap", *question, mind.encoded.advice["gap"])
        if mind.theme is not None:
            logits[gap_id(mind.theme.gap(mind.past))] += LEAN
        onsets = _onsets(last.onset)
        fitting = onsets >= last.onset + SHORTEST if allowed is None else allowed
        limit = longest_gap(mind.line, self.changes) if self.taste.grammar else None
        if limit is not None and (fitting & (onsets <= last.onset + limit)).any():
            fitting = fitting & (onsets <= last.onset + limit)
        number, chance = mind.chance.draw()
        taste = self.taste
        if taste.density != 1.0:
            logits = logits + np.float32((1.0 - taste.density) * THINNING) * _OCTAVES_OF_GAPS
        # an explicit window (the answer's first bar) may hold only unlikely gaps: keep all of them
        top_p = taste.rhythm_top_p if allowed is None else 1.0
        chosen = sample(probabilities(logits, taste.rhythm_temperature, top_p, fitting), number)
        return int(onsets[chosen]), chance

    def _draw_length(self, mind: Mind, note: Note, following: int, latest: int) -> tuple[int, Chance]:
        assert mind.encoded is not None
        room, gap = latest - note.onset, following - note.onset
        question = length_question(mind.encoded.moment, note.pitch, gap)
        logits: Array = self.network.logits("length", *question, mind.encoded.recall.length(gap))
        fitting = (room >= _LENGTHS) & (min(SHORTEST, room) <= _LENGTHS)
        number, chance = mind.chance.draw()
        distribution = probabilities(logits, self.taste.rhythm_temperature, self.taste.rhythm_top_p, fitting)
        return int(_LENGTHS[sample(distribution, number)]), chance


def _onsets(last: int) -> npt.NDArray[np.int_]:
    """Where each gap after an onset leads; far ones fall on a sixteenth."""
    onsets = last + _GAPS
    far = _GAPS > COARSE
    onsets[far] = np.round(onsets[far] / SIXTEENTH).astype(int) * SIXTEENTH
    found: npt.NDArray[np.int_] = onsets
    return found
