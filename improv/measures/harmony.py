"""How the notes agree with the chords.

Conventions: pitch classes, each note counted once, by the chord at its onset; notes over N.C. are left
out. A chord tone is one of the symbol's root, third, fifth, sixth or seventh, or its slash bass, an
altered fifth in the place of the plain one; extensions (9, 11, 13) are none. The scale is the ionian of a
major chord, the mixolydian of a dominant, suspended or augmented one, the dorian of a minor or diminished
one, and the chord's own tones.

So measured, 49.5 and 77.4 % of the training solos' notes are chord and scale tones, 49.2 and 78.5 % of the
validation solos'.

Source: the harmonic coherence of BebopNet (Haviv Hakimi, Bhonker and El-Yaniv, ISMIR 2020) and MINGUS
(Madaghiele, Lisena and Troncy, ISMIR 2021), by pitch class where they compare spellings.
"""

from functools import lru_cache

from grammar.chords import Chord
from grammar.notes import pitch_class
from improv.measures.piece import Piece

IONIAN = frozenset((0, 2, 4, 5, 7, 9, 11))
MIXOLYDIAN = frozenset((0, 2, 4, 5, 7, 9, 10))
DORIAN = frozenset((0, 2, 3, 5, 7, 9, 10))

SCALES = {
    **dict.fromkeys(("maj", "6", "maj7", "augmaj7", "5"), IONIAN),
    **dict.fromkeys(("7", "7alt", "7sus", "sus", "aug", "aug7"), MIXOLYDIAN),
    **dict.fromkeys(("min", "min6", "min7", "minmaj7", "m7b5", "dim", "dim7"), DORIAN),
}
"""The scale over each quality of `grammar.chords.QUALITIES` but N.C., in semitones above the root."""


@lru_cache(maxsize=4096)
def scale_of(chord: Chord) -> frozenset[int]:
    """The pitch classes of a chord's scale and of the chord; empty for N.C."""
    if chord.root is None:
        return frozenset()
    return frozenset((chord.root + degree) % 12 for degree in SCALES[chord.quality]) | chord.tones


def chord_tones(piece: Piece) -> float | None:
    """The share of notes that are tones of their chord, 0 to 1; None without a note over a chord."""
    return _share(piece, tones=True)


def scale_tones(piece: Piece) -> float | None:
    """The share of notes in the scale of their chord, 0 to 1; None without a note over a chord."""
    return _share(piece, tones=False)


def _share(piece: Piece, tones: bool) -> float | None:
    counted = within = 0
    for note in piece.notes:
        chord = piece.changes.at(note.onset)
        if chord.root is None:
            continue
        counted += 1
        within += pitch_class(note.pitch) in (chord.tones if tones else scale_of(chord))
    return within / counted if counted else None
