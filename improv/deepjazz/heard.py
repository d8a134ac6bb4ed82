"""What is heard of an accompaniment in every slot of time: how much of each pitch class, and the bass.

Conventions: ticks of 1/24 beat; pitch class 0 is C. Notes struck together in the second half of a slot count
for the next: they anticipate.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grammar.notes import TICKS_PER_BEAT
from improv.midifile import FileNote

BASS_BELOW = 55
"""Bass notes are the lowest that sound, and lower than this."""
ANTICIPATED = 3
"""Notes struck together off the beat that make an anticipated chord."""
NEARLY = 2.0
"""Ticks that a note may stand off its place."""
LEAST_SHARE = 0.25
"""Of a slot: a note that is shorter counts as much."""


@dataclass(frozen=True, slots=True)
class Slots:
    """Where chords may change."""

    edges: tuple[int, ...]
    """Ticks, ascending; the last one ends the last slot."""
    levels: tuple[int, ...]
    """For every slot how a chord may change there: 0 a bar line, 1 the middle of a bar, 2 elsewhere."""


def profiles(notes: Sequence[FileNote], slots: Slots) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int_]]:
    """How much of each slot each pitch class sounds, (N, 12), 0 to 1; the bass's pitch class, (N,), or -1."""
    edges = np.array(slots.edges, float)
    count = len(slots.levels)
    heard, low, lowest = np.zeros((count, 12)), np.full(count, -1), np.full(count, 128)
    together = Counter(_moment(note) for note in notes)
    for note, is_lowest in zip(notes, _lowest(notes), strict=True):
        slot = int(np.searchsorted(edges, note.onset + NEARLY, side="right")) - 1
        if not 0 <= slot < count:
            continue
        onset, late = note.onset, note.onset + NEARLY >= (edges[slot] + edges[slot + 1]) / 2
        if is_lowest and note.pitch < BASS_BELOW:
            if not late and note.pitch < lowest[slot]:
                lowest[slot], low[slot] = note.pitch, note.pitch % 12
            continue
        if late and together[_moment(note)] >= ANTICIPATED:
            onset = edges[slot + 1]
        end = max(note.onset + note.duration, onset + min(note.duration, TICKS_PER_BEAT // 2))
        first, last = np.searchsorted(edges, (onset + NEARLY, end - NEARLY), side="right") - 1
        for at in range(max(int(first), 0), min(int(last), count - 1) + 1):
            share = (min(end, edges[at + 1]) - max(onset, edges[at])) / (edges[at + 1] - edges[at])
            heard[at, note.pitch % 12] = min(1.0, heard[at, note.pitch % 12] + max(share, LEAST_SHARE))
    return heard, low


def _moment(note: FileNote) -> int:
    return round(note.onset / NEARLY / 2)


def _lowest(notes: Sequence[FileNote]) -> list[bool]:
    """For each note, in order of onset, whether no lower one sounds as it starts."""
    found: list[bool] = []
    sounding: list[FileNote] = []
    following = 0
    for note in notes:
        while following < len(notes) and notes[following].onset <= note.onset + NEARLY:
            sounding.append(notes[following])
            following += 1
        sounding = [other for other in sounding if other.onset + other.duration > note.onset + NEARLY]
        found.append(all(other.pitch >= note.pitch for other in sounding))
    return found
