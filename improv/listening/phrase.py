"""A phrase played in free time, understood: its notes, pulse, register, loudness and chords.

Conventions: times are nanoseconds on the engine's clock; ticks, 1/24 of the beat of the phrase's own pulse,
count from the beat that its first note is nearest to, so that the phrase is a line as any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from grammar.changes import Changes
from grammar.chords import Chord
from grammar.keys import Key
from grammar.notes import TICKS_PER_BEAT, Note
from improv.listening.implied import implied_chord, key_of, profile, struck_chord
from improv.listening.pulse import Pulse
from improv.swing import quantise_one

TOGETHER = 30_000_000
"""Nanoseconds within which keys are struck together."""
CHORD = 3
"""Keys struck together from which on they are a chord."""
METER = 4
"""Beats of a bar of the harmony, where no bar was heard."""


@dataclass(frozen=True, slots=True)
class Struck:
    """A key that was played."""

    t: int
    pitch: int
    velocity: int
    end: int | None = None
    """When it came up; None while it is down."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What was played between two silences."""

    notes: tuple[Struck, ...]
    """By time; one at least, and every key has come up."""
    pulse: Pulse
    key: Key | None
    chords: tuple[tuple[int, Chord], ...]
    """Times and the chords from then on; one at least, from the first note on."""

    @property
    def begins(self) -> int:
        """When the first key was struck."""
        return self.notes[0].t

    @property
    def ends(self) -> int:
        """When the last key came up."""
        return max(_end(note) for note in self.notes)

    @property
    def low(self) -> int:
        """The lowest pitch."""
        return min(note.pitch for note in self.melody)

    @property
    def high(self) -> int:
        """The highest pitch."""
        return max(note.pitch for note in self.melody)

    @property
    def middle(self) -> float:
        """The median pitch of the melody."""
        return median(note.pitch for note in self.melody)

    @property
    def velocity(self) -> float:
        """The mean velocity."""
        return fmean(note.velocity for note in self.notes)

    @property
    def beats(self) -> float:
        """How long it was, in beats."""
        return (self.ends - self.begins) / self.pulse.period

    @property
    def melody(self) -> tuple[Struck, ...]:
        """The highest key of every stroke."""
        return tuple(max(stroke, key=lambda note: note.pitch) for stroke in strokes(self.notes))

    @property
    def first_beat(self) -> int:
        """The time of tick 0: the beat that the first note is nearest to."""
        return self.pulse.beat + round(round(self.pulse.beats(self.begins)) * self.pulse.period)

    def tick(self, t: int) -> float:
        """The tick, whole or not, of a time."""
        return (t - self.first_beat) / self.pulse.period * TICKS_PER_BEAT

    def line(self, ratio: float = 1.0) -> tuple[Note, ...]:
        """The melody on the grid, one voice.

        Args:
            ratio: how the eighths are swung, long to short (`improv.swing.swing_ratio`).
        """
        melody, onsets = self.melody, list[int]()
        for note in melody:
            previous = onsets[-1] if onsets else None
            onset = quantise_one(self.tick(note.t), ratio, previous)
            onsets.append(onset if previous is None else max(onset, previous + 1))
        ends = [*onsets[1:], None]
        return tuple(
            Note(
                onset,
                note.pitch,
                max(1, min(round(self.tick(_end(note))), onset + 10**6 if end is None else end) - onset),
                note.velocity,
            )
            for note, onset, end in zip(melody, onsets, ends, strict=True)
        )

    def harmony(self) -> Changes:
        """The chords as changes in bars of `METER` beats, from tick 0 on, as long as the phrase."""
        bar = METER * TICKS_PER_BEAT
        places: dict[int, Chord] = {}
        for t, chord in self.chords:  # of two on a beat the later counts
            places[max(0, round(self.tick(t) / TICKS_PER_BEAT)) * TICKS_PER_BEAT if places else 0] = chord
        length = max(1, -(-round(self.tick(self.ends)) // bar)) * bar
        kept = [(onset, chord) for onset, chord in sorted(places.items()) if onset < length]
        kept = kept[:1] + [b for a, b in pairwise(kept) if a[1].symbol != b[1].symbol]
        return Changes(tuple(o for o, _ in kept), tuple(c for _, c in kept), length, METER)


def strokes(notes: Sequence[Struck]) -> list[list[Struck]]:
    """The notes in groups struck together, each within `TOGETHER` of the one before."""
    found: list[list[Struck]] = []
    for note in notes:
        if found and note.t - found[-1][-1].t <= TOGETHER:
            found[-1].append(note)
        else:
            found.append([note])
    return found


def understood(notes: tuple[Struck, ...], pulse: Pulse) -> Phrase:
    """The phrase that notes are, every key of which has come up."""
    weights = profile((note.pitch, _end(note) - note.t) for note in notes)
    key = key_of(weights)
    chords: list[tuple[int, Chord]] = []
    for stroke in strokes(notes):
        if len(stroke) >= CHORD:
            before = chords[-1][1] if chords else None
            chord = struck_chord([note.pitch for note in stroke], before, key)
            if chord is not None and (before is None or chord.symbol != before.symbol):
                chords.append((stroke[0].t, chord))
    if not chords:
        chords.append((notes[0].t, implied_chord(weights, notes[-1].pitch, key)))
    return Phrase(notes, pulse, key, tuple(chords))


def _end(note: Struck) -> int:
    return note.t if note.end is None else note.end
