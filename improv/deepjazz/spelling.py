"""Note names, and scales by name: what deepjazz's rules compare where ours compare pitch classes.

Conventions: a name is a letter with `#` or `-` (flat), as in music21; octave 4 begins at middle C, MIDI 60.
A MIDI file knows no names, so its notes are spelled as music21 spells them, `MIDI_NAMES`. A scale is spelled
from its tonic, one letter a step. So C#, as a file's note is
called, is no scale tone of A flat major, which has a D-: that is how deepjazz misses scale tones.

The facts are those of music21 (its scale.derive, Pitch and WeightedHexatonicBlues), in our own code.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

MIDI_NAMES = ("C", "C#", "D", "E-", "E", "F", "F#", "G", "G#", "A", "B-", "B")
"""How the note of a MIDI file is called, by pitch class."""
TONICS = ("C", "D-", "D", "E-", "E", "F", "F#", "G", "G#", "A", "B-", "B")
"""The scales that are tried on a chord, by the pitch class of their tonic."""

Steps = tuple[tuple[int, int], ...]
"""A scale above its tonic: letters and semitones."""

MAJOR: Steps = ((0, 0), (1, 2), (2, 4), (3, 5), (4, 7), (5, 9), (6, 11))
DORIAN: Steps = ((0, 0), (1, 2), (2, 3), (3, 5), (4, 7), (5, 9), (6, 10))
BLUES: Steps = ((0, 0), (2, 3), (3, 5), (4, 7), (6, 10))
"""Minor pentatonic; every other time `BLUE_NOTE` is in it."""
BLUE_NOTE = (3, 6)

_LETTERS = "CDEFGAB"
_NATURALS = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True, slots=True)
class Spelled:
    """A pitch by its name."""

    name: str
    octave: int

    @property
    def pitch(self) -> int:
        """Its MIDI number; B#3 is 60, as C4 is."""
        return 12 * (self.octave + 1) + _semitones(self.name)

    def at_least(self, octave: int) -> "Spelled":
        """The same name, no lower than in this octave."""
        return self if self.octave >= octave else Spelled(self.name, octave)


def spell(pitch: int) -> Spelled:
    """A MIDI number as the note of a file is called."""
    return Spelled(MIDI_NAMES[pitch % 12], pitch // 12 - 1)


@lru_cache(maxsize=256)
def scale_names(tonic: int, steps: Steps) -> tuple[str, ...]:
    """The names of a scale's notes, the tonic's pitch class given."""
    first = TONICS[tonic]
    names = []
    for letters, semitones in steps:
        letter = _LETTERS[(_LETTERS.index(first[0]) + letters) % 7]
        wanted = (tonic + semitones) % 12
        sharps = (wanted - _semitones(letter) + 6) % 12 - 6
        names.append(letter + "#" * sharps + "-" * -sharps)
    return tuple(names)


def derive(classes: Iterable[int], scales: Iterable[Steps]) -> int:
    """The tonic, a pitch class, whose scale holds most of a chord's pitch classes; of equals the highest.

    `scales` has a scale for each tonic, from C. A triad on C is so taken for the fourth degree of G major.
    """
    chord = frozenset(classes)
    held = [
        len(chord & {(tonic + semitones) % 12 for _, semitones in steps})
        for tonic, steps in enumerate(scales)
    ]
    return max(range(12), key=lambda tonic: (held[tonic], tonic))


def _semitones(name: str) -> int:
    return _NATURALS[_LETTERS.index(name[0])] + name.count("#") - name.count("-")
