"""The past of a line: what `improv.jazz.recall` compares a coming note with, written down as each note came.

Conventions: notes 0 to n - 1 have sounded; intervals are semitones from the note before, gaps ticks to the
next onset. A `Past` is a value of columns, one a note. The intervals and gaps before a note are packed into
two numbers, of which a mask compares as many as are asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grammar.chords import QUALITIES, Chord
from grammar.notes import TICKS_PER_BEAT

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

MOST = 384
"""Notes that are remembered, about as many as a solo has."""
ROOTLESS = -1

_QUALITY_IDS = {name: i for i, name in enumerate(QUALITIES)}


@dataclass(frozen=True, slots=True)
class Point:
    """Where note n falls."""

    onset: int
    place: int
    """Ticks from the start of the bar."""
    root: int
    """Of the chord there, or ROOTLESS."""
    quality: int


def point(onset: int, beat: int, ticks: int, chord: Chord) -> Point:
    """A point at `ticks` after the beat that is the bar's `beat`-th, 0 the first."""
    root = ROOTLESS if chord.root is None else chord.root
    return Point(onset, beat * TICKS_PER_BEAT + ticks, root, _QUALITY_IDS[chord.quality])


INTERVAL_BITS, INTERVALS_KEPT = 8, 6
SHAPE_BITS, SHAPES_KEPT = 3, 4
GAP_BITS, GAPS_KEPT = 15, 4
SHAPES_AT = INTERVAL_BITS * INTERVALS_KEPT
NO_MELODY = (1 << SHAPES_AT + SHAPE_BITS * SHAPES_KEPT) - 1
_NO_RHYTHM = (1 << GAP_BITS * GAPS_KEPT) - 1
_INTERVAL_LIMIT = (1 << INTERVAL_BITS) - 2
_GAP_LIMIT = (1 << GAP_BITS) - 2
"""All ones are what no interval, shape or gap is: before the first note."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a note is compared by: all of it is known before its pitch."""

    melody: int
    """The intervals before it, the last one in the lowest bits, and above them their shapes."""
    rhythm: int
    """The gaps before it, that which leads to it in the lowest bits."""
    over: int
    """Semitones from the root at the note up to the pitch before it; over no root of no meaning."""
    traits: tuple[int, ...]
    """In the order of `TRAITS`."""


TRAITS = (
    "place",
    "tick",
    "chord",
    "quality",
    "last pitch",
    "last class",
    "last degree",
    "last length",
)
"""The same place in the bar; in the beat; chord, by root and quality; quality of a chord that has a root. The
note before of the same pitch; pitch class; as far above the root of the chord at the note; as long."""
ONSET, PITCH, LENGTH, OVER, FIRST_TRAIT = range(5)


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """The notes that have sounded; a value that is never written to."""

    columns: Ints
    """(4 + TRAITS, notes): onset, pitch, length, and of each note's `Mark` what it is over and its traits."""
    codes: Longs
    """(2, notes): melody and rhythm of each note's `Mark`."""

    def __len__(self) -> int:
        return len(self.onset)

    @property
    def onset(self) -> Ints:
        """(notes,), ticks."""
        found: Ints = self.columns[ONSET]
        return found

    @property
    def pitch(self) -> Ints:
        """(notes,), MIDI."""
        found: Ints = self.columns[PITCH]
        return found

    @property
    def length(self) -> Ints:
        """(notes,), ticks."""
        found: Ints = self.columns[LENGTH]
        return found

    @property
    def tick(self) -> Ints:
        """(notes,), ticks from the beat."""
        found: Ints = self.columns[FIRST_TRAIT + TRAITS.index("tick")]
        return found

    def after(self, at: Point, pitch: int, length: int) -> "Past":
        """The past with one more note; the oldest goes where there are too many."""
        mark = self.mark(at)
        column = np.array((at.onset, pitch, length, mark.over, *mark.traits), np.int32)
        codes = np.array((mark.melody, mark.rhythm), np.int64)
        return Past(
            np.concatenate([self.columns[:, 1 - MOST :], column[:, None]], axis=1),
            np.concatenate([self.codes[:, 1 - MOST :], codes[:, None]], axis=1),
        )

    def ended(self, length: int) -> "Past":
        """The past with its newest note lasting `length` ticks."""
        columns = self.columns.copy()
        columns[LENGTH, -1] = length
        return Past(columns, self.codes)

    def without_newest(self) -> "Past":
        """The past before its newest note; one that had to make room for it is gone."""
        return Past(self.columns[:, :-1], self.codes[:, :-1])

    def moved(self, ticks: int) -> "Past":
        """The past with every onset so much later: the clock has jumped, the music has not."""
        columns = self.columns.copy()
        columns[ONSET] += ticks
        return Past(columns, self.codes)

    def before(self, n: int) -> "Past":
        """The notes that note n of a whole line can remember, as views."""
        part = slice(max(0, n - MOST), n)
        return Past(self.columns[:, part], self.codes[:, part])

    def mark(self, at: Point) -> Mark:
        """What a note at a point, after all these, is compared by."""
        rootless = at.root == ROOTLESS
        traits = (
            at.place,
            at.place % TICKS_PER_BEAT,
            (at.root + 1) * len(QUALITIES) + at.quality,
            NEVER if rootless else at.quality,
        )
        if not len(self):
            return Mark(NO_MELODY, _NO_RHYTHM, 0, (*traits, *(NEVER,) * (len(TRAITS) - len(traits))))
        # one reading of the newest columns: NumPy gives up numbers singly at a high price
        newest = self.columns[:FIRST_TRAIT, -2:].T.tolist()
        onset, pitch, length, _ = newest[-1]
        melody, rhythm = self.codes[:, -1].tolist()
        if len(newest) > 1:
            melody = pushed(melody, pitch - newest[0][PITCH])
        gap = min(at.onset - onset, _GAP_LIMIT)
        rhythm = (rhythm << GAP_BITS | gap) & _NO_RHYTHM
        over = pitch - at.root
        return Mark(melody, rhythm, over, (*traits, pitch, pitch % 12, over % 12, length))


NEVER = -2
"""A trait that a note does not have; two that have it not are not alike: see `Alike`."""
NOTHING = Past(np.zeros((FIRST_TRAIT + len(TRAITS), 0), np.int32), np.zeros((2, 0), np.int64))
"""Before the first note."""


def remembered(notes: Sequence[tuple[Point, int, int]]) -> Past:
    """A whole line, however long, of (point, pitch, length)."""
    past, whole = NOTHING, []
    for at, pitch, length in notes:
        past = Past(past.columns[:, -2:], past.codes[:, -2:]).after(at, pitch, length)
        whole.append(past.before(len(past)))
    if not whole:
        return NOTHING
    newest = [(each.columns[:, -1:], each.codes[:, -1:]) for each in whole]
    columns, codes = zip(*newest, strict=True)
    return Past(np.concatenate(columns, axis=1), np.concatenate(codes, axis=1))


def pushed(melody: int, interval: int) -> int:
    """A `Mark.melody` with one more interval."""
    size = abs(interval)
    shape = (1 + (size > 2) + (size > 5)) * ((interval > 0) - (interval < 0)) + 3
    intervals = (melody << INTERVAL_BITS | (interval + 127) % _INTERVAL_LIMIT) & ((1 << SHAPES_AT) - 1)
    shapes = (melody >> SHAPES_AT) << SHAPE_BITS | shape
    return (shapes << SHAPES_AT | intervals) & NO_MELODY
