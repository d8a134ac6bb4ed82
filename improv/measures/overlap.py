"""How far the features of two sets of solos agree.

Conventions: every feature is an array a piece; pieces compare by Euclidean distance. The distances of the
real pieces among themselves (each from all others) and from the generated ones are taken for samples of two
densities; their overlap area and divergence are what is reported. Counts and transitions are not
normalised, so that pieces ought to be of one length in bars.

Source: MGEval, Yang and Lerch, "On the evaluation of generative models in music", Neural Computing and
Applications 32, 2020.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from grammar.notes import pitch_class
from improv.measures.density import agreement
from improv.measures.piece import Piece, intervals

LENGTH_CLASSES = (96, 48, 24, 12, 6, 72, 36, 18, 9, 32, 16, 8)
"""Ticks: whole to sixteenth, dotted half to dotted sixteenth, half to eighth triplets."""

Numbers = npt.NDArray[np.float64]


def pitch_count(piece: Piece) -> Numbers:
    """Different pitches."""
    return np.array([float(len({note.pitch for note in piece.notes}))])


def note_count(piece: Piece) -> Numbers:
    """Notes."""
    return np.array([float(len(piece.notes))])


def class_histogram(piece: Piece) -> Numbers:
    """The share of the sounding time of each pitch class, (12,)."""
    found = np.zeros(12)
    for note in piece.notes:
        found[pitch_class(note.pitch)] += note.duration
    return shares(found)


def class_transitions(piece: Piece) -> Numbers:
    """How often a pitch class follows another, (144,)."""
    found = np.zeros((12, 12))
    for before, after in pairwise(piece.notes):
        found[pitch_class(before.pitch), pitch_class(after.pitch)] += 1
    return found.ravel()


def pitch_range(piece: Piece) -> Numbers:
    """Semitones from the lowest note to the highest."""
    pitches = [note.pitch for note in piece.notes]
    return np.array([float(max(pitches, default=0) - min(pitches, default=0))])


def mean_interval(piece: Piece) -> Numbers:
    """The mean size of the steps from note to note, semitones."""
    return np.array([_mean([abs(interval) for interval in intervals(piece)])])


def mean_gap(piece: Piece) -> Numbers:
    """The mean time from onset to onset, seconds."""
    gaps = [after.onset - before.onset for before, after in pairwise(piece.notes)]
    return np.array([_mean(gaps) * piece.seconds_per_tick])


def length_histogram(piece: Piece) -> Numbers:
    """The share of notes of each of `LENGTH_CLASSES`, (12,)."""
    found = np.zeros(len(LENGTH_CLASSES))
    for found_class in _length_classes(piece):
        found[found_class] += 1
    return shares(found)


def length_transitions(piece: Piece) -> Numbers:
    """How often a length follows another, (144,)."""
    found = np.zeros((len(LENGTH_CLASSES),) * 2)
    for before, after in pairwise(_length_classes(piece)):
        found[before, after] += 1
    return found.ravel()


FEATURES: dict[str, tuple[str, Callable[[Piece], Numbers]]] = {
    "used_pitch": ("different pitches", pitch_count),
    "used_note": ("notes", note_count),
    "pitch_class_histogram": ("pitch classes", class_histogram),
    "pitch_class_transition_matrix": ("pitch-class transitions", class_transitions),
    "pitch_range": ("pitch range", pitch_range),
    "pitch_interval": ("mean interval", mean_interval),
    "inter_onset_interval": ("mean time between onsets", mean_gap),
    "note_length_histogram": ("note lengths", length_histogram),
    "note_length_transition_matrix": ("note-length transitions", length_transitions),
}
"""Name to what it is called and how it is computed."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far a feature of two sets agrees."""

    area: float
    """Of the two densities, 0 to 1."""
    divergence: float
    """Of the distances between the sets from those within the real one, nats."""
    within: Numbers
    """The distances among the real pieces."""
    between: Numbers
    """The distances from the generated to the real."""


def overlaps(generated: Sequence[Piece], real: Sequence[Piece]) -> Mapping[str, Overlap]:
    """For every feature how the generated pieces agree with the real ones.

    Raises ValueError for less than one generated and two real pieces.
    """
    if not generated or len(real) < 2:
        raise ValueError("an overlap takes one generated piece and two real ones")
    found = {}
    for name, (_, feature) in FEATURES.items():
        g, r = (np.array([feature(piece) for piece in pieces]) for pieces in (generated, real))
        within = distances(r, r)[~np.eye(len(r), dtype=bool)]
        between = distances(g, r).ravel()
        found[name] = Overlap(*agreement(within, between), within, between)
    return found


def shares(counts: Numbers) -> Numbers:
    """Counts over their sum; zeros where there are none."""
    found: Numbers = counts / max(counts.sum(), 1)
    return found


def distances(a: Numbers, b: Numbers) -> Numbers:
    """Euclidean distances of the rows of a (n, d) from those of b (m, d), (n, m)."""
    return np.array([np.linalg.norm(b - row, axis=1) for row in a])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _length_classes(piece: Piece) -> list[int]:
    nearest = {
        ticks: min(range(len(LENGTH_CLASSES)), key=lambda i: abs(LENGTH_CLASSES[i] - ticks))
        for ticks in {note.duration for note in piece.notes}
    }
    return [nearest[note.duration] for note in piece.notes]
