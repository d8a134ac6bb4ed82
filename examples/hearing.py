"""What a listener hears who knows the bass but no chord symbols: notes as rows of numbers.

Conventions: a note's degree is its semitones above the bass's root, so that a phrase is the same in every
key. A row is ones and zeros: one for the degree (none over N.C.), one for the step from the note before,
one for its place in the beat, one for its length, and one for how far the bass has moved since the note
before.
"""

from collections.abc import Sequence

import numpy as np

from grammar.notes import TICKS_PER_BEAT, Note
from models.numeric import Array

WIDEST = 12
"""Semitones; a wider step counts as this."""
LENGTHS = (TICKS_PER_BEAT * 3 // 8, TICKS_PER_BEAT * 3 // 4)
"""Ticks from which a note is an eighth, a quarter or longer; what is shorter is a sixteenth."""
NO_DEGREE = 12
SIZES = (13, 2 * WIDEST + 2, 3, 3, 13)
WIDTH = sum(SIZES)


def heard(notes: Sequence[Note], roots: Sequence[int | None]) -> Array:
    """Rows (T, WIDTH) of notes over the roots that the bass plays, None where it plays none."""
    x = np.zeros((len(notes), WIDTH), np.float32)
    starts = np.cumsum((0, *SIZES[:-1]))
    for t, (note, root) in enumerate(zip(notes, roots, strict=True)):
        before, bass = (notes[t - 1].pitch, roots[t - 1]) if t else (None, root)
        step = 2 * WIDEST + 1 if before is None else max(-WIDEST, min(WIDEST, note.pitch - before)) + WIDEST
        place = 0 if note.onset % TICKS_PER_BEAT == 0 else 1 if note.onset % TICKS_PER_BEAT == 12 else 2
        length = sum(note.duration >= least for least in LENGTHS)
        entries = degree(note.pitch, root), step, place, length, _above(root, bass)
        x[t, starts + np.array(entries)] = 1
    return x


def degree(pitch: int, root: int | None) -> int:
    """Semitones above the root, 0 to 11, or NO_DEGREE."""
    return _above(pitch, root)


def _above(pitch: int | None, root: int | None) -> int:
    return NO_DEGREE if pitch is None or root is None else (pitch - root) % 12


def ahead(notes: Sequence[Note], roots: Sequence[int | None], count: int) -> Array:
    """For each note which degrees, over its own root, the next `count` notes are: (T, 12), shares."""
    x = np.zeros((len(notes), 12), np.float32)
    for t, root in enumerate(roots):
        if root is not None:
            for note in notes[t + 1 : t + 1 + count]:
                x[t, degree(note.pitch, root)] += 1 / count
    return x
