"""How a pitch is spelled over a chord, and what a chord is called in MusicXML.

Conventions: an alteration is semitones, sharp above 0; octave 4 begins at middle C. A note is spelled as
the degree that it is of the chord, so that the third of D7 is F sharp and that of Ab-7 C flat.
"""

import re
from dataclasses import dataclass

from grammar.chords import QUALITIES, Chord

LETTERS = "CDEFGAB"
NATURALS = (0, 2, 4, 5, 7, 9, 11)
FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")

KINDS: dict[str, str] = {
    "maj": "major",
    "6": "major-sixth",
    "maj7": "major-seventh",
    "min": "minor",
    "min6": "minor-sixth",
    "min7": "minor-seventh",
    "minmaj7": "major-minor",
    "7": "dominant",
    "7alt": "dominant",
    "7sus": "suspended-fourth",
    "sus": "suspended-fourth",
    "aug": "augmented",
    "aug7": "augmented-seventh",
    "augmaj7": "major-seventh",
    "m7b5": "half-diminished",
    "dim": "diminished",
    "dim7": "diminished-seventh",
    "5": "power",
    "NC": "none",
}
"""MusicXML's kind of each quality; what it does not know is added by degrees."""
ADDED: dict[int, tuple[int, int]] = {1: (9, -1), 3: (9, 1), 6: (11, 1), 8: (13, -1)}
"""Semitones above the root of a tension, to its degree and alteration."""

_STEPS = (0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6)
"""Letters above the root's, by semitones."""
_ACCIDENTAL = "(bb|##|[b#♭♯])?"
_SYMBOL = re.compile(rf"([A-G]){_ACCIDENTAL}(.*?)(?:/([A-G]){_ACCIDENTAL})?$")
_KEY = re.compile(r"([A-G])([b#♭♯]?)\s*(minor|min|m|-)?(?![A-Za-z])", re.IGNORECASE)
_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}


@dataclass(frozen=True, slots=True)
class Spelled:
    """A note's name."""

    letter: str
    alter: int
    octave: int

    @property
    def pitch(self) -> int:
        """Its MIDI number."""
        return 12 * (self.octave + 1) + NATURALS[LETTERS.index(self.letter)] + self.alter


@dataclass(frozen=True, slots=True)
class Harmony:
    """A chord symbol in MusicXML's terms."""

    root: tuple[str, int] | None
    """Letter and alteration; None for N.C."""
    kind: str
    suffix: str
    """What is written behind the root."""
    bass: tuple[str, int] | None
    degrees: tuple[tuple[int, int, str], ...]
    """Degree, alteration, and `add` or `alter`."""


def spell(pitch: int, chord: Chord) -> Spelled:
    """The note's name over a chord; with flats where its degree would need two accidentals."""
    harmony = harmony_of(chord)
    if harmony.root is not None and chord.root is not None:
        degree = (pitch - chord.root) % 12
        letter = LETTERS[(LETTERS.index(harmony.root[0]) + _steps(degree, chord)) % 7]
        alter = (pitch - NATURALS[LETTERS.index(letter)] + 6) % 12 - 6
        if abs(alter) <= 1:
            return Spelled(letter, alter, (pitch - alter) // 12 - 1)
    name = FLATS[pitch % 12]
    alter = -1 if name.endswith("b") else 0
    return Spelled(name[0], alter, (pitch - alter) // 12 - 1)


def harmony_of(chord: Chord) -> Harmony:
    """A chord's parts."""
    match = _SYMBOL.match(chord.symbol.strip())
    if chord.root is None or match is None:
        return Harmony(None, "none", "N.C.", None, ())
    letter, accidental, suffix, bass_letter, bass_accidental = match.groups()
    bass = None if bass_letter is None else (bass_letter, _alter(bass_accidental))
    return Harmony((letter, _alter(accidental)), KINDS[chord.quality], suffix, bass, _degrees(chord))


def fifths(key: str) -> int:
    """A chart's key as the number of its sharps, flats below 0; 0 where it is not understood."""
    match = _KEY.match(key.strip())
    if match is None:
        return 0
    found = _FIFTHS[match[1].upper()] + 7 * _alter(match[2]) - (3 if match[3] else 0)
    return found if abs(found) <= 7 else 0


def _steps(degree: int, chord: Chord) -> int:
    if degree == 6 and chord.degrees[6] == "L":  # a sharp eleventh, not a flat fifth
        return 3
    if degree == 8 and chord.degrees[8] == "C" and chord.degrees[7] == ".":  # a sharp fifth
        return 4
    if degree == 9 and chord.quality == "dim7":
        return 6
    return _STEPS[degree]


def _degrees(chord: Chord) -> tuple[tuple[int, int, str], ...]:
    """What the symbol says beyond its kind."""
    base = QUALITIES["7" if chord.quality == "7alt" else chord.quality]
    if chord.quality == "augmaj7":
        return ((5, 1, "alter"),)
    found = [
        (*ADDED[degree], "add") for degree in ADDED if chord.degrees[degree] == "L" and base[degree] != "L"
    ]
    if base[7] == "C" and chord.degrees[7] == ".":
        found += [(5, alter, "alter") for degree, alter in ((6, -1), (8, 1)) if chord.degrees[degree] == "C"]
    return tuple(found)


def _alter(accidental: str | None) -> int:
    signs = accidental or ""
    return sum(signs.count(sign) for sign in "#♯") - sum(signs.count(sign) for sign in "b♭")
