"""Bass lines of transcribed solos as the columns of ids that training and evaluation read.

Conventions: one step a beat of the whole solo. A solo without an annotated bass has no columns. The
database's bass pitches were found by a program and not by ear (Abesser, Balke, Frieler, Pfleiderer and
Mueller, "Deep Learning for Jazz Walking Bass Transcription", AES 2017): in old recordings they are
often wrong. How far a line agrees with its chords tells it from the others, and the model is told.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from grammar.notes import TICKS_PER_BEAT
from improv.band.encoding import INPUTS, PITCH, Beat, Manner, begins, encode
from improv.band.vocabulary import AGREEMENT, MOTION, NO_PITCH, PITCHES, class_id, pitch_id
from improv.jazz.dataset import turn_roots
from improv.jazz.wjazzd import Solo
from models.dataset import IGNORED, Columns, concatenate

LEAST = 8
"""Chord changes, or beats, without which nothing is said of what a line is like."""


def has_bass(solo: Solo) -> bool:
    """Whether a solo's bass is annotated."""
    return any(pitch is not None for pitch in solo.bass)


def agreement(solo: Solo) -> float | None:
    """The share of a line's chord changes on which it has the chord's bass note."""
    found = []
    for i, pitch in enumerate(solo.bass):
        tick = i * TICKS_PER_BEAT
        low = solo.changes.at(tick).bass
        if pitch is not None and low is not None and begins(solo.changes, tick):
            found.append((pitch - low) % 12 == 0)
    return _share(found)


def motion(solo: Solo) -> float | None:
    """The share of a line's beats that bring another pitch than the beat before."""
    return _share([a != b for a, b in pairwise(solo.bass) if a is not None and b is not None])


def manner_of(solo: Solo) -> Manner:
    """What a solo's bass line is like."""
    return Manner(solo.tempo, solo.feel, class_id(agreement(solo), AGREEMENT), class_id(motion(solo), MOTION))


def bars_of(solo: Solo) -> list[int | None]:
    """For every beat the bars since its chorus began; None before the first."""
    found: list[int | None] = []
    bar: int | None = None
    for i, place in enumerate(solo.beats):
        chorus = solo.choruses[i] if i < len(solo.choruses) else 0
        if not chorus:
            bar = None
        elif not i or chorus != solo.choruses[i - 1]:
            bar = 0
        elif place == 0 and bar is not None:
            bar += 1
        found.append(bar)
    return found


def beats_of(solo: Solo, manner: Manner) -> Iterable[Beat]:
    """What was known before the bass's pitch, beat by beat."""
    for i, (place, bar) in enumerate(zip(solo.beats, bars_of(solo), strict=True)):
        yield Beat(i * TICKS_PER_BEAT, place, bar, solo.changes, manner, solo.bass[max(0, i - 3) : i])


def encode_solo(solo: Solo, manner: Manner | None = None) -> Columns:
    """A line's columns, in its own key; `manner` what is told of it, None: what it is like."""
    rows, dense = [], []
    told = manner_of(solo) if manner is None else manner
    for pitch, beat in zip(solo.bass, beats_of(solo, told), strict=True):
        encoded = encode(beat)
        rows.append((*encoded.ids, *encoded.shifts, IGNORED if pitch is None else pitch_id(pitch)))
        dense.append(encoded.dense)
    return Columns.of(
        INPUTS, (PITCH,), np.array(rows, dtype=np.int16), np.array(dense, dtype=np.uint8), (len(rows),)
    )


def encode_solos(solos: Sequence[Solo], told: bool = True) -> Columns:
    """All lines' columns, one after the other; `told`: whether with what each line is like."""
    return concatenate(
        [
            encode_solo(solo, None if told else Manner(solo.tempo, solo.feel))
            for solo in solos
            if has_bass(solo)
        ]
    )


def transpose(columns: Columns, semitones: int) -> Columns:
    """The same lines in another key.

    What leaves the register comes back an octave on; no such note is learned from, nor the next,
    for nobody leapt there.
    """
    ids = columns.ids.copy()
    head = columns.heads[PITCH.name].copy()
    names = [entry.name for entry in INPUTS]
    leapt = _move_pitches(ids[:, names.index("pitch")], semitones)
    turn_roots(ids[:, names.index("root")], semitones)
    ids[:, names.index("shift")] += semitones
    _move_pitches(head.shifts[:, 1], semitones)
    leapt_before = _move_pitches(head.shifts[:, 2], semitones)
    for roots in (head.shifts[:, 3], head.shifts[:, 4]):
        turn_roots(roots, semitones)
    left = leapt | leapt_before | _move_pitches(head.target, semitones)
    head.target[left] = IGNORED
    return Columns(ids, columns.dense, {PITCH.name: head}, columns.lengths)


def _share(found: Sequence[bool]) -> float | None:
    return sum(found) / len(found) if len(found) >= LEAST else None


def _move_pitches(column: npt.NDArray[np.int16], semitones: int) -> npt.NDArray[np.bool_]:
    """Move a column of pitch ids in place; which of them changed octave."""
    known = (column != NO_PITCH) & (column != IGNORED)
    moved = column + semitones
    low, high = known & (moved < 0), known & (moved >= PITCHES)
    moved[low] += 12
    moved[high] -= 12
    column[known] = moved[known]
    left: npt.NDArray[np.bool_] = low | high
    return left
