"""Solos as the columns of ids that training and evaluation read."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from grammar.notes import TICKS_PER_BEAT, Note
from improv.jazz.corpus import UNHEARD, Corpus, Tally, corpus_of
from improv.jazz.encoding import HEADS, INPUTS, Moment, encode, gap_question, length_question
from improv.jazz.manner import manner_of
from improv.jazz.past import Past, point, remembered
from improv.jazz.touch import UNTOUCHED
from improv.jazz.vocabulary import NO_DEGREE, NO_PITCH, gap_id, length_id, pitch_id
from improv.jazz.wjazzd import Solo
from models.dataset import IGNORED, Columns, concatenate
from models.spec import Head

KEYS = range(-6, 6)
"""Semitones by which every solo is transposed in training: all twelve keys."""


def moments(solo: Solo) -> list[Moment]:
    """What was known before each note of a solo."""
    found = []
    whole = _past(solo)
    manner = manner_of(solo.performer, solo.style, solo.instrument, solo.feel)
    touch = UNTOUCHED
    for i, note in enumerate(solo.notes):
        played = solo.played[i] if solo.played else None
        previous, before, earlier = (solo.notes[i - k] if i >= k else None for k in (1, 2, 3))
        found.append(
            Moment(
                onset=note.onset,
                beat=_beat(solo, note),
                changes=solo.changes,
                tempo=solo.tempo,
                previous=previous,
                before=None if before is None else before.pitch,
                earlier=None if earlier is None else earlier.pitch,
                past=whole.before(i),
                manner=manner,
                touch=touch,
                late=None if played is None else played.late,
            )
        )
        if played is None:
            touch = touch.after(None, note.onset, note.duration)
        else:
            touch = touch.after(note.velocity, note.onset + played.late, played.lasted)
    return found


def _beat(solo: Solo, note: Note) -> int:
    # onsets made to ascend can leave the last beat
    return solo.beats[min(note.onset // TICKS_PER_BEAT, len(solo.beats) - 1)]


def _past(solo: Solo) -> Past:
    """All notes of a solo."""
    return remembered(
        [
            (
                point(
                    note.onset, _beat(solo, note), note.onset % TICKS_PER_BEAT, solo.changes.at(note.onset)
                ),
                note.pitch,
                note.duration,
            )
            for note in solo.notes
        ]
    )


def encode_solo(solo: Solo, corpus: Corpus = UNHEARD) -> Columns:
    """A solo's columns, in its own key."""
    rows = []
    dense = []
    advice: dict[str, list[npt.NDArray[np.float32]]] = {head.name: [] for head in HEADS}
    for i, (note, moment) in enumerate(zip(solo.notes, moments(solo), strict=True)):
        last = i + 1 == len(solo.notes)
        gap = None if last else solo.notes[i + 1].onset - note.onset
        encoded = encode(moment, corpus)
        gap_inputs, gap_shifts = gap_question(moment, note.pitch)
        length_inputs, length_shifts = length_question(moment, note.pitch, gap)
        rows.append(
            (
                *encoded.ids,
                *(*encoded.shifts, pitch_id(note.pitch)),
                *(*gap_inputs, *gap_shifts, IGNORED if gap is None else gap_id(gap)),
                *(*length_inputs, *length_shifts, length_id(note.duration)),
            )
        )
        dense.append(encoded.dense)
        for name, given in (*encoded.advice.items(), ("length", encoded.recall.length(gap))):
            advice[name].append(given)
    return Columns.of(
        INPUTS,
        HEADS,
        np.array(rows, dtype=np.int16),
        np.array(dense, dtype=np.float16),
        (len(rows),),
        {name: np.array(given, dtype=np.float16) for name, given in advice.items()},
    )


def transpose(columns: Columns, semitones: int) -> Columns:
    """The same solos in another key: only absolute pitches and roots differ."""
    ids = columns.ids.copy()
    heads = {name: head.copy() for name, head in columns.heads.items()}
    names = [entry.name for entry in INPUTS]
    _move_pitches(ids[:, names.index("pitch")], semitones)
    turn_roots(ids[:, names.index("root")], semitones)
    if "pitch" not in heads:
        return Columns(ids, columns.dense, heads, columns.lengths)
    pitch = heads["pitch"]
    for pitches in (pitch.shifts[:, 1], pitch.shifts[:, 2], pitch.target):
        _move_pitches(pitches, semitones)
    for roots in (pitch.shifts[:, 3], pitch.shifts[:, 4]):
        turn_roots(roots, semitones)
    if pitch.opinion is not None:
        heads["pitch"] = replace(pitch, opinion=_moved(pitch.opinion, semitones))
    return Columns(ids, columns.dense, heads, columns.lengths)


def only(columns: Columns, heads: Sequence[Head]) -> Columns:
    """The columns with some of the heads."""
    return replace(columns, heads={head.name: columns.heads[head.name] for head in heads})


def encode_solos(solos: Sequence[Solo], counted: Tally, among: bool) -> Columns:
    """All solos' columns, one after the other.

    `among`: they are among those counted, and each is told what the others counted.
    """
    known = corpus_of(counted)
    return concatenate(
        [
            encode_solo(solo, corpus_of(counted.without(solo)) if among else known)
            for solo in solos
            if solo.notes
        ]
    )


def _move_pitches(column: npt.NDArray[np.int16], semitones: int) -> None:
    known = column != NO_PITCH
    moved = column[known] + semitones
    moved[moved < 0] += 12
    moved[moved >= NO_PITCH] -= 12
    column[known] = moved


def _moved(opinion: npt.NDArray[np.float16], semitones: int) -> npt.NDArray[np.float16]:
    """What is thought of the pitches, of the same pitches moved, turned in by octaves at the ends."""
    to = np.arange(opinion.shape[1], dtype=np.int16)
    _move_pitches(to, semitones)
    moved = np.zeros_like(opinion)
    for pitch, place in enumerate(to):
        moved[:, place] += opinion[:, pitch]
    return moved


def turn_roots(column: npt.NDArray[np.int16], semitones: int) -> None:
    """Transpose a column of roots in place; chords without one stay so."""
    known = column != NO_DEGREE
    column[known] = (column[known] + semitones) % 12
