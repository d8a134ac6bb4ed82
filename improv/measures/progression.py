"""Chord progression irregularity: how seldom the harmony repeats itself.

Source: CPI of Wu and Yang, "The Jazz Transformer on the Front Line", ISMIR 2020: of all chord trigrams of a
piece the share that are different ones. A chord is counted where it begins and again after every four
beats that it is held, as in the token sequences there; N.C. is no chord. A figure of the chart, not of
the notes: solos over the same bars of a chart have the same.
"""

from grammar.chords import Chord
from grammar.notes import TICKS_PER_BEAT
from improv.measures.piece import Piece

HELD = 4 * TICKS_PER_BEAT
"""Ticks after which a chord that is held counts again."""
TRIGRAM = 3


def chord_sequence(piece: Piece) -> list[tuple[int, str, int | None]]:
    """The chords of a piece as root, twelve letters of degrees, and bass."""
    found = []
    held: Chord | None = None
    since = 0
    for tick in range(0, piece.ticks, TICKS_PER_BEAT):
        chord = piece.changes.at(tick)
        if held is not None and chord.symbol == held.symbol and tick - since < HELD:
            continue
        held, since = chord, tick
        if chord.root is not None:
            found.append((chord.root, chord.degrees, chord.bass))
    return found


def chord_irregularity(piece: Piece) -> float | None:
    """Different chord trigrams over all of them, above 0 to 1; None for less than three chords."""
    chords = chord_sequence(piece)
    trigrams = [tuple(chords[i : i + TRIGRAM]) for i in range(len(chords) - TRIGRAM + 1)]
    return len(set(trigrams)) / len(trigrams) if trigrams else None
