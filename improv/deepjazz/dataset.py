"""A corpus as the windows that a model learns from, and measures as they are read from music.

Conventions: ticks of 1/24 beat. As in deepjazz a window is `WINDOW` terminals, read from an empty state, of
which only the terminal after it is foretold; one begins at every third terminal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grammar.changes import Changes
from grammar.notes import TICKS_PER_BEAT, Note
from grammar.prune import monophonic
from improv.deepjazz.model import WINDOW
from improv.deepjazz.original import measures
from improv.deepjazz.vocabulary import Ids, Measure
from models.dataset import IGNORED, Columns, HeadColumns
from models.language import CHARACTER

STEP = 3
"""Terminals from the start of a window to that of the next."""
PLACES = (0, 6, 8, 12, 16, 18, 24)
"""Ticks of a beat that music is put on before it is read: sixteenths and triplets, as music21 does."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a model is to learn from."""

    title: str
    """What it is, for the model card."""
    measures: tuple[Measure, ...]
    """One or more terminals in each."""
    credit: str = ""
    """Whom to cite."""


def read_measures(line: Iterable[Note], changes: Changes, lines: Sequence[int]) -> tuple[Measure, ...]:
    """The measures of a line by deepjazz's rules, its notes put on `PLACES`.

    `lines` are the ticks of the bar lines, the last one the end.
    """
    on_grid = monophonic(map(quantised, line))
    return tuple(tuple(terminals) for _, _, terminals in measures(on_grid, changes, lines))


def quantised(note: Note) -> Note:
    """The note from the nearest place to the nearest, a sixteenth or longer."""
    onset, end = _nearest(note.onset), _nearest(note.end)
    return replace(note, onset=onset, duration=max(end - onset, TICKS_PER_BEAT // 4))


def training_windows(corpus: Ids) -> Columns:
    """Windows of a corpus, (N,) ids, one at every `STEP`."""
    return _windows(corpus, range(WINDOW, len(corpus), STEP))


def validation_windows(corpus: Ids, first: int) -> Columns:
    """A window for every terminal from `first` on."""
    return _windows(corpus, range(max(first, WINDOW), len(corpus)))


def _windows(corpus: Ids, asked: Sequence[int]) -> Columns:
    """For each place of the corpus the terminals before it, and the one there as the last one's target."""
    read = np.array([corpus[place - WINDOW : place] for place in asked], np.int16).reshape(-1, WINDOW)
    target = np.full(read.shape, IGNORED, np.int16)
    target[:, -1] = corpus[list(asked)]
    steps = read.size
    head = HeadColumns(np.zeros((steps, 0), np.int16), np.zeros((steps, 1), np.int16), target.ravel())
    return Columns(
        read.reshape(-1, 1), np.zeros((steps, 0), np.uint8), {CHARACTER: head}, (WINDOW,) * len(read)
    )


def _nearest(tick: int) -> int:
    beat, place = divmod(tick, TICKS_PER_BEAT)
    return beat * TICKS_PER_BEAT + min(PLACES, key=lambda known: abs(known - place))
