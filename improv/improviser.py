"""The improviser: where the network's opinion and the grammar's verdict become notes.

Conventions: ticks count from the top of the first chorus and the changes repeat; a `Mind` is a value,
so a phrase can be tried and taken back by keeping the mind before it. Both players' notes enter the
same memory: the answer goes on from what was heard.

For every note the LSTM is asked three questions: the gap from the last onset, which gives this
note's onset; the pitch at that onset; how long it sounds. It proposes and the grammar disposes: what
`grammar.rules` refuses is drawn again from the LSTM's own probabilities among what is allowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from grammar.changes import Changes
from grammar.notes import TICKS_PER_BEAT, Note
from grammar.parse import parse_note
from grammar.rules import HISTORY, longest_gap, permitted
from grammar.terminals import Terminal
from improv.chance import Chance
from improv.jazz.encoding import Encoded, Moment, encode, gap_question, length_question
from improv.jazz.vocabulary import GAPS, HIGHEST, LENGTHS, LOWEST
from models.network import Memory, Network
from models.numeric import Array
from models.sampling import probabilities, sample

Source = Literal["model", "grammar"]
"""Who chose a pitch: the model, or the model again after the grammar refused its first proposal."""

COARSE = 96
"""Ticks: a gap above this is only meant to the sixteenth, so its end is put on one."""
SIXTEENTH = TICKS_PER_BEAT // 4
OPENINGS = (0, 0, 12, 12, 24, 24, 36, 48)
"""Ticks into its turn at which a line opens that has nothing to go on from."""
SHORTEST = 2
"""Ticks: nothing shorter is played."""

_GAPS = np.array(GAPS)
_LENGTHS = np.array(LENGTHS)


@dataclass(frozen=True, slots=True)
class Taste:
    """How to improvise."""

    temperature: float = 1.0
    """Of pitches; below 1 safer, above 1 wilder."""
    top_p: float = 0.97
    """Of pitches: the likeliest that together reach it may be played."""
    rhythm_temperature: float = 1.0
    """Below 1 the rests go first: at 0.9 a third of what soloists leave is left."""
    rhythm_top_p: float = 0.99
    low: int = 50
    """The lowest note, MIDI."""
    high: int = 86
    """The highest."""
    grammar: bool = True
    """Whether the grammar's rules are heeded."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A note and how it came about."""

    note: Note
    terminal: Terminal
    source: Source
    refused: str = ""
    """The rule that refused the model's first proposal, if one did."""


@dataclass(frozen=True, slots=True, eq=False)
class Mind:
    """All that the improviser remembers."""

    chance: Chance
    memory: Memory | None = None
    """The network's state; None before the first note."""
    line: tuple[Note, ...] = ()
    """The last notes heard or played, the newest last; its length is what is known so far."""
    moment: Moment | None = None
    """What was known before the newest note."""
    next_onset: int | None = None
    """Where the improviser means to play on; None: not decided."""


class Improviser:
    """A network, its changes and a taste."""

    def __init__(self, network: Network, changes: Changes, taste: Taste) -> None:
        self.network = network
        self.changes = changes
        self.taste = taste

    def hear(self, mind: Mind, onset: int, pitch: int, velocity: int, tempo: float) -> Mind:
        """Take in a note that the player strikes at `onset`, after the newest one."""
        shortened = self._end_last(mind.line, onset)
        moment = self._moment(shortened, onset, tempo)
        memory = self._step(mind.memory, encode(moment))
        note = Note(onset, pitch, TICKS_PER_BEAT // 2, velocity)
        return replace(
            mind, memory=memory, line=(*shortened, note)[-HISTORY - 2 :], moment=moment, next_onset=None
        )

    def release(self, mind: Mind, tick: int) -> Mind:
        """The newest note ends at `tick`."""
        if not mind.line:
            return mind
        last = mind.line[-1]
        ended = replace(last, duration=max(1, tick - last.onset))
        return replace(mind, line=(*mind.line[:-1], ended))

    def intend(self, mind: Mind, earliest: int, latest: int, tempo: float) -> Mind:
        """Decide where the next note falls: at or after `earliest`, before `latest` where that can be."""
        if mind.memory is None or mind.moment is None or earliest - mind.line[-1].onset > GAPS[-1]:
            number, chance = mind.chance.draw()
            offset = OPENINGS[int(number * len(OPENINGS))]
            return replace(mind, chance=chance, next_onset=min(earliest + offset, latest - 1))
        last = mind.line[-1]
        onsets = _onsets(last.onset)
        allowed = (onsets >= earliest) & (onsets < latest)
        if not allowed.any():
            return replace(mind, next_onset=max(earliest, last.onset + 1))
        self.network.memory = mind.memory
        onset, chance = self._draw_gap(mind, last, allowed)
        return replace(mind, chance=chance, next_onset=onset)

    def play(self, mind: Mind, latest: int, tempo: float) -> tuple[Mind, Choice]:
        """Play the note at `next_onset` and decide where the one after it falls.

        The note ends by `latest`. Call `intend` first: without an intention there is nothing to play.
        """
        if mind.next_onset is None:
            raise ValueError("no intention: call intend before play")
        onset = mind.next_onset
        line = self._end_last(mind.line, onset)
        moment = self._moment(line, onset, tempo)
        encoded = encode(moment)
        memory = self._step(mind.memory, encoded)
        pitch, source, refused, chance = self._draw_pitch(line, onset, encoded, latest, mind.chance)
        note = Note(onset, pitch, 1, 80)
        mind = Mind(chance, memory, (*line, note)[-HISTORY - 2 :], moment)
        following, chance = self._draw_gap(mind, note, None)
        duration, chance = self._draw_length(
            moment, note, following, min(following, max(latest, onset + 1)), chance
        )
        previous = line[-1].pitch if line else None
        note = replace(note, duration=duration)
        mind = replace(mind, chance=chance, line=(*mind.line[:-1], note), next_onset=following)
        return mind, Choice(note, parse_note(note, self.changes, previous), source, refused)

    def _moment(self, line: Sequence[Note], onset: int, tempo: float) -> Moment:
        last, before, earlier = (line[-k] if len(line) >= k else None for k in (1, 2, 3))
        return Moment(
            onset=onset,
            beat=onset // TICKS_PER_BEAT % self.changes.meter,
            changes=self.changes,
            tempo=tempo,
            previous=last,
            before=None if before is None else before.pitch,
            earlier=None if earlier is None else earlier.pitch,
        )

    def _step(self, memory: Memory | None, encoded: Encoded) -> Memory:
        if memory is None:
            self.network.forget()
        else:
            self.network.memory = memory
        self.network.step(encoded.ids, encoded.dense)
        return self.network.memory

    def _draw_pitch(
        self, line: Sequence[Note], onset: int, encoded: Encoded, ends: int, chance: Chance
    ) -> tuple[int, Source, str, Chance]:
        """The network has just stepped: the pitch at this moment, of a line that ends at `ends`."""
        taste = self.taste
        logits = self.network.logits("pitch", (), encoded.shifts)
        number, chance = chance.draw()
        proposed = LOWEST + sample(probabilities(logits, taste.temperature, taste.top_p), number)
        if not taste.grammar:
            return proposed, "model", "", chance
        verdict = permitted(line, onset, self.changes, taste.low, taste.high, ends)
        reason = verdict.reason(proposed)
        if not reason:
            return proposed, "model", "", chance
        allowed = np.array(verdict.allowed[LOWEST : HIGHEST + 1])
        number, chance = chance.draw()
        chosen = sample(probabilities(logits, taste.temperature, taste.top_p, allowed), number)
        return LOWEST + chosen, "grammar", reason, chance

    def _draw_gap(self, mind: Mind, last: Note, allowed: npt.NDArray[np.bool_] | None) -> tuple[int, Chance]:
        """The onset after `last`; the network's state is the one after it."""
        assert mind.moment is not None
        logits = self.network.logits("gap", *gap_question(mind.moment, last.pitch))
        onsets = _onsets(last.onset)
        fitting = onsets >= last.onset + SHORTEST if allowed is None else allowed
        limit = longest_gap(mind.line, self.changes) if self.taste.grammar else None
        if limit is not None and (fitting & (onsets <= last.onset + limit)).any():
            fitting = fitting & (onsets <= last.onset + limit)
        number, chance = mind.chance.draw()
        taste = self.taste
        # an explicit window (the answer's first bar) may hold only unlikely gaps: keep all of them
        top_p = taste.rhythm_top_p if allowed is None else 1.0
        chosen = sample(probabilities(logits, taste.rhythm_temperature, top_p, fitting), number)
        return int(onsets[chosen]), chance

    def _draw_length(
        self, moment: Moment, note: Note, following: int, latest: int, chance: Chance
    ) -> tuple[int, Chance]:
        room = latest - note.onset
        question = length_question(moment, note.pitch, following - note.onset)
        logits: Array = self.network.logits("length", *question)
        fitting = (room >= _LENGTHS) & (min(SHORTEST, room) <= _LENGTHS)
        number, chance = chance.draw()
        distribution = probabilities(logits, self.taste.rhythm_temperature, self.taste.rhythm_top_p, fitting)
        return int(_LENGTHS[sample(distribution, number)]), chance

    def _end_last(self, line: tuple[Note, ...], onset: int) -> tuple[Note, ...]:
        """The line with its newest note over by `onset`: it is one voice."""
        if not line or line[-1].end <= onset:
            return line
        last = line[-1]
        return (*line[:-1], replace(last, duration=max(1, onset - last.onset)))


def _onsets(last: int) -> npt.NDArray[np.int_]:
    """Where each gap after an onset leads; far ones fall on a sixteenth."""
    onsets = last + _GAPS
    far = _GAPS > COARSE
    onsets[far] = np.round(onsets[far] / SIXTEENTH).astype(int) * SIXTEENTH
    found: npt.NDArray[np.int_] = onsets
    return found
