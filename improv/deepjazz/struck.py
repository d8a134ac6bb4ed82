"""The chords of a measure as deepjazz knows them, and which notes it finds among their tones and scales.

Conventions: ticks of 1/24 beat from the measure's bar line. A chord is voiced in close position above a root
in octave `OCTAVE`. Notes are judged by their *names*, as those of a MIDI file are spelled
(`improv.deepjazz.spelling`).
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from grammar.changes import Changes
from grammar.chords import Chord, parse_chord
from grammar.terminals import Kind
from improv.deepjazz.spelling import BLUE_NOTE, BLUES, DORIAN, MAJOR, Steps, derive, scale_names, spell

OCTAVE = 3
"""The lowest octave of a note with bounds; and where a chord's root is put."""


@dataclass(frozen=True, slots=True)
class Struck:
    """A chord of a measure, as it is played."""

    onset: int
    """Ticks from the bar line."""
    pitches: tuple[int, ...]
    """MIDI, ascending."""
    major: bool
    """Whether it has a major third, and no fifth but a perfect one."""


def struck_chords(changes: Changes, start: int, ticks: int) -> list[Struck]:
    """The chords of a bar of so many ticks that begins at `start`, one on its bar line; never empty."""
    chords, onset = [], 0
    while onset < ticks:
        chords.append((onset, changes.at(start + onset)))
        onset += changes.after(start + onset)[0]
    sounding = [_strike(onset, chord) for onset, chord in chords if chord.root is not None]
    if not sounding or sounding[0].onset:
        sounding.insert(0, _strike(0, _before(changes, start)))
    return sounding


def last_chord(chords: Sequence[Struck], onset: int) -> Struck:
    """The last chord struck at or before a place of the measure; else its first."""
    return next((chord for chord in reversed(chords) if chord.onset <= onset), chords[0])


def kind_of(pitch: int, chord: Struck) -> Kind:
    """C, S, A or X, by the name that the pitch has in a MIDI file."""
    name = spell(pitch).name
    if is_chord_tone(name, chord):
        return Kind.CHORD
    if is_scale_tone(name, chord):
        return Kind.SCALE
    return Kind.APPROACH if is_approach_tone(name, chord) else Kind.ARBITRARY


def is_chord_tone(name: str, chord: Struck) -> bool:
    """Whether a chord's note is called so."""
    return name in {spell(pitch).name for pitch in chord.pitches}


def is_scale_tone(name: str, chord: Struck) -> bool:
    """Whether a note of the scale derived from the chord is called so."""
    return name in _derived(chord.pitches, chord.major)


def is_approach_tone(name: str, chord: Struck) -> bool:
    """Whether a note called so is a semitone from a chord tone."""
    return name in {spell(pitch + step).name for pitch in chord.pitches for step in (-1, 1)}


@lru_cache(maxsize=1024)
def _derived(pitches: tuple[int, ...], major: bool) -> tuple[str, ...]:
    steps = MAJOR if major else DORIAN
    return scale_names(derive((pitch % 12 for pitch in pitches), [steps] * 12), steps)


def major_scale(pitches: tuple[int, ...]) -> tuple[int, Steps]:
    """The tonic, a pitch class, and the steps of the major scale that fits best."""
    return derive((pitch % 12 for pitch in pitches), [MAJOR] * 12), MAJOR


def blues_scale(pitches: tuple[int, ...], rng: random.Random) -> tuple[str, ...]:
    """A minor pentatonic that fits, with a blue note or not, each time it is looked at."""
    scales = [rng.choice((BLUES, (*BLUES, BLUE_NOTE))) for _ in range(12)]
    tonic = derive((pitch % 12 for pitch in pitches), scales)
    return scale_names(tonic, rng.choice((BLUES, (*BLUES, BLUE_NOTE))))


def _strike(onset: int, chord: Chord) -> Struck:
    root = chord.root or 0
    low = 12 * (OCTAVE + 1) + root
    degrees = [degree for degree, letter in enumerate(chord.degrees) if letter == "C"]
    fifths = {degree for degree in (6, 8) if degree in degrees and 7 not in degrees}
    major = 4 in degrees and 3 not in degrees and not fifths
    return Struck(onset, tuple(low + degree for degree in degrees), major)


def _before(changes: Changes, start: int) -> Chord:
    """The last chord that sounds before a tick, from the form's end where there is none; C without any."""
    place = start % changes.length
    order = [(onset - place) % changes.length for onset in changes.onsets]
    latest = sorted(zip(order, range(len(order)), strict=True), reverse=True)
    found = [changes.chords[i] for _, i in latest if changes.chords[i].root is not None]
    return found[0] if found else parse_chord("C")
