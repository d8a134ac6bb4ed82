"""A bass that walks: where the network's opinion and the bass's grammar become a line.

Conventions: ticks of 1/24 beat from the top of the first chorus, the changes repeat, and a pitch is
chosen on a beat. A `Line` is a value, so beats can be tried and taken back by keeping the line before
them, and however many are asked for at once the line is the same. Nothing sounds on N.C. The LSTM
proposes and `grammar.bass_rules` disposes, as in `improv.improviser`.

A bass in two strikes where half a bar or a chord begins and lets the note ring: to the network, which
hears a pitch a beat, it is played again, as in the database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Literal

import numpy as np

from grammar.bass_rules import HISTORY, BassPlace, permitted_bass
from grammar.changes import Changes
from grammar.chart import Feel
from grammar.meter import GROUPS
from grammar.notes import TICKS_PER_BEAT, Note
from improv.band.encoding import PITCH, Beat, Encoded, Manner, begins, encode
from improv.band.vocabulary import AGREEMENT, HIGHEST, LOWEST, MOTION
from improv.chance import Chance
from models.network import Memory, Network
from models.sampling import probabilities, sample

Source = Literal["model", "grammar"]
"""Who chose a pitch: the model, or the model again after the grammar refused its first proposal."""
Style = Literal["walk", "two"]
"""A note a beat, or a note where half a bar or a chord begins."""

FEELS: dict[Feel, tuple[str, Style]] = {
    # as the database names it, and how it is played
    "swing": ("SWING", "walk"),
    "waltz": ("SWING", "walk"),
    "straight": ("SWING", "walk"),
    "ballad": ("BALLAD", "two"),
}
"""The feels that the model plays; the bossa's roots and fifths are for rules (`improv.band.roots`)."""
VELOCITY = 76
"""Of every note; the band follows the soloist from here."""


@dataclass(frozen=True, slots=True)
class BassTaste:
    """How to play."""

    temperature: float = 1.0
    """Below 1 safer, above 1 wilder."""
    top_p: float = 0.97
    """The likeliest pitches that together reach it may be played."""
    agreement: int = len(AGREEMENT) + 1
    """What the model is told of how the line agrees with its chords: as the best do."""
    motion: int = len(MOTION) + 1
    """What it is told of how a line that walks moves: as the liveliest do."""
    grammar: bool = True
    """Whether the grammar's rules are heeded."""


@dataclass(frozen=True, slots=True)
class BassNote:
    """A note and how it came about."""

    note: Note
    source: Source
    refused: str = ""
    """The rule that refused the model's first proposal, if one did."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """All that the bassist remembers."""

    chance: Chance
    memory: Memory | None = None
    """The network's state; None before the first note."""
    previous: tuple[int, ...] = ()
    """The pitches of the last beats, the newest last, back to the last silence."""


class Bassist:
    """A network, its changes and a style.

    Raises:
        ValueError: a feel that the model does not play.
    """

    def __init__(
        self,
        network: Network,
        changes: Changes,
        tempo: float,
        feel: Feel = "swing",
        style: Style | None = None,
        taste: BassTaste | None = None,
    ) -> None:
        if feel not in FEELS:
            raise ValueError(f"the bass model does not play {feel}")
        self.network, self.changes = network, changes
        self.taste = taste or BassTaste()
        name, usual = FEELS[feel]
        self.style = style or usual
        two = self.style == "two"
        self.manner = Manner(
            tempo,
            "TWOBEAT" if two and name == "SWING" else name,
            self.taste.agreement,
            1 if two else self.taste.motion,
        )

    def strikes(self, tick: int) -> bool:
        """Whether a note begins on the beat at a tick."""
        if self.style == "walk" or begins(self.changes, tick):
            return True
        place = tick % self.changes.length % self.changes.bar // TICKS_PER_BEAT
        return place in accumulate((0, *GROUPS[self.changes.meter]))

    def play(self, line: Line, tick: int) -> tuple[Line, BassNote | None]:
        """The line after the beat at a tick, and the note that begins there, a beat long; None: none does."""
        if self.changes.at(tick).root is None:
            return replace(line, previous=()), None
        encoded = self._hear(line, tick)
        memory = self.network.memory
        if line.previous and not self.strikes(tick):
            held = (*line.previous, line.previous[-1])[-HISTORY:]
            return replace(line, memory=memory, previous=held), None
        pitch, refused, chance = self._choose(line, tick, encoded.shifts)
        note = Note(tick, pitch, TICKS_PER_BEAT, VELOCITY)
        previous = (*line.previous, pitch)[-HISTORY:]
        return Line(chance, memory, previous), BassNote(note, "grammar" if refused else "model", refused)

    def _hear(self, line: Line, tick: int) -> Encoded:
        """Take the network to where it is asked about a beat."""
        if line.memory is None:
            self.network.forget()
        else:
            self.network.memory = line.memory
        bar, rest = divmod(tick % self.changes.length, self.changes.bar)
        beat = Beat(tick, rest // TICKS_PER_BEAT, bar, self.changes, self.manner, line.previous)
        encoded = encode(beat)
        self.network.step(encoded.ids, encoded.dense)
        return encoded

    def _choose(self, line: Line, tick: int, shifts: Sequence[int]) -> tuple[int, str, Chance]:
        """A pitch, the rule that refused the first proposal, and the chance after it."""
        taste = self.taste
        logits = self.network.logits(PITCH.name, (), shifts)
        number, chance = line.chance.draw()
        pitch = LOWEST + sample(probabilities(logits, taste.temperature, taste.top_p), number)
        if not taste.grammar:
            return pitch, "", chance
        verdict = permitted_bass(BassPlace(line.previous, tick, self.changes))
        refused = verdict.reason(pitch)
        if not refused:
            return pitch, "", chance
        allowed = np.array(verdict.allowed[LOWEST : HIGHEST + 1])
        number, chance = chance.draw()
        again = probabilities(logits, taste.temperature, taste.top_p, allowed)
        return LOWEST + sample(again, number), refused, chance


def choices(bassist: Bassist, start: int, ticks: int, seed: int) -> Iterator[BassNote]:
    """What is played from tick `start`, a bar line, for `ticks`; the same seed plays the same line."""
    line = Line(Chance(seed))
    for tick in range(start, start + ticks, TICKS_PER_BEAT):
        line, choice = bassist.play(line, tick)
        if choice is not None:
            yield choice


def walk(bassist: Bassist, start: int, ticks: int, seed: int) -> list[Note]:
    """A bass line from tick `start` for `ticks`, one voice: each note rings until just before the next.

    None rings into N.C. or beyond the end.
    """
    notes = [choice.note for choice in choices(bassist, start, ticks, seed)]
    gap = 2 if bassist.style == "two" else 1
    ends = [after.onset for _, after in pairwise(notes)] + [start + ticks]
    return [
        replace(note, duration=min(end, _silence(bassist.changes, note.onset, end)) - note.onset - gap)
        for note, end in zip(notes, ends, strict=False)
    ]


def _silence(changes: Changes, onset: int, end: int) -> int:
    """The first beat after an onset that has no chord, `end` at the latest."""
    beats = range(onset + TICKS_PER_BEAT, end, TICKS_PER_BEAT)
    return next((tick for tick in beats if changes.at(tick).root is None), end)
