"""What the line did before in moments like this one: a solo's own motifs, as distributions.

Conventions: notes 0 to n - 1 have sounded and note n is wanted. Each row of a table names a way in which
an earlier note j can be like note n: the intervals that led there, the gaps, the place in the bar, the
chord. All notes that are like it in that way vote for what they were, the recent ones louder; their votes
over those of all, half a vote more counted for doubt, are the row's distribution. So a row sums to less
than 1, and to little where little was alike. Intervals are semitones from note n - 1; gaps are ticks to
the next onset.

The idea is the short-term model of Conklin and Witten, "Multiple viewpoint systems for music prediction"
(1995), and Pearce's thesis (2005): a row is a viewpoint and an order. How far each is heeded the network
decides anew for each note (`models.spec.Advice`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from grammar.chords import QUALITIES, Chord
from grammar.notes import TICKS_PER_BEAT

Array = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

MOST = 384
"""Notes that are remembered, about as many as a solo has: what is older weighs 2 % at most."""
FADE = 0.995
"""What a vote's weight is multiplied by with each note since."""
DOUBT = 0.5
"""Votes for what never happened."""
WIDEST = 19
"""Semitones up and down that intervals are told apart in."""
INTERVAL_SLOTS = 2 * WIDEST + 1
LONGEST = 6
"""Intervals or gaps that a view may ask to be the same, at most."""
TICK_SLOTS = 48
"""Ticks, 1 to 48, that gaps and lengths are told apart in."""
ROOTLESS = -1

_QUALITY_IDS = {name: i for i, name in enumerate(QUALITIES)}


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """The notes that have sounded, as columns of one length; values that are never written to."""

    onset: Ints
    pitch: Ints
    length: Ints
    place: Ints
    """Ticks from the start of the bar."""
    root: Ints
    """Of the chord at the onset, or ROOTLESS."""
    quality: Ints

    def __len__(self) -> int:
        return len(self.onset)

    def after(self, point: "Point", pitch: int, length: int) -> "Past":
        """The past with one more note; the oldest goes where there are too many."""
        values = (point.onset, pitch, length, point.place, point.root, point.quality)
        columns = (self.onset, self.pitch, self.length, self.place, self.root, self.quality)
        return Past(
            *(np.append(column[1 - MOST :], np.int32(v)) for column, v in zip(columns, values, strict=True))
        )

    def ended(self, length: int) -> "Past":
        """The past with its newest note lasting `length` ticks."""
        return replace(self, length=np.append(self.length[:-1], np.int32(length)))

    def without_newest(self) -> "Past":
        """The past before its newest note; one that had to make room for it is gone."""
        columns = (self.onset, self.pitch, self.length, self.place, self.root, self.quality)
        return Past(*(column[:-1] for column in columns))

    def moved(self, ticks: int) -> "Past":
        """The past with every onset so much later: the clock has jumped, the music has not."""
        return replace(self, onset=self.onset + np.int32(ticks))

    def before(self, n: int) -> "Past":
        """The notes that note n of a whole line can remember, as views."""
        part = slice(max(0, n - MOST), n)
        return Past(
            self.onset[part],
            self.pitch[part],
            self.length[part],
            self.place[part],
            self.root[part],
            self.quality[part],
        )


_EMPTY = np.zeros(0, np.int32)
NOTHING = Past(_EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY)
"""Before the first note."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where note n falls."""

    onset: int
    place: int
    root: int
    quality: int


def point(onset: int, beat: int, ticks: int, chord: Chord) -> Point:
    """A point at `ticks` after the beat that is the bar's `beat`-th, 0 the first."""
    root = ROOTLESS if chord.root is None else chord.root
    return Point(onset, beat * TICKS_PER_BEAT + ticks, root, _QUALITY_IDS[chord.quality])


class Alike:
    """Which of the notes 1 to n - 1 are like note n, in each way; what several views ask is worked out once.

    Raises:
        ValueError: fewer than two notes have sounded.
    """

    def __init__(self, past: Past, at: Point) -> None:
        if len(past) < 2:
            raise ValueError("two notes are needed to compare with")
        self._past, self._at = past, at
        self._pitch = past.pitch
        self._intervals = past.pitch[1:] - past.pitch[:-1]
        """Of note k + 1 from note k."""
        self._gaps = past.onset[1:] - past.onset[:-1]
        self._gap = at.onset - past.onset[-1]

    def intervals(self, order: int) -> Flags:
        """The `order` intervals before the note are the same."""
        found: Flags = self._orders[0, order - 1]
        return found

    def contour(self, order: int) -> Flags:
        """The `order` intervals before are as large: none, steps, small or large leaps, up or down."""
        found: Flags = self._orders[1, order - 1]
        return found

    def gaps(self, order: int) -> Flags:
        """The gap that leads to the note is the same, and the order - 1 gaps before it."""
        found: Flags = self._orders[2, order - 1]
        return found

    def pitches(self, order: int) -> Flags:
        """The `order` pitches before are the same: the last, and the intervals that led to it."""
        return self._last_pitch & self.intervals(order - 1) if order > 1 else self._last_pitch

    @cached_property
    def _last_pitch(self) -> Flags:
        found: Flags = self._pitch[:-1] == self._pitch[-1]
        return found

    @cached_property
    def _orders(self) -> Flags:
        """Whether the last k intervals, shapes and gaps are as before note j: (3, k from 1, j from 1).

        All in one comparison of strided views, since what takes time here is not the work but the calls.
        """
        m = len(self._intervals)
        rows = np.full((3, LONGEST + m), _NEVER, np.int32)
        rows[0, LONGEST:] = self._intervals
        rows[1, LONGEST:] = _SHAPES.take(self._intervals + WIDEST, mode="clip")
        rows[2, LONGEST - 1 : -1] = self._gaps  # the gap to a note is known with the note's onset
        rows[2, -1] = self._gap
        step = rows.itemsize
        shape, strides = (3, LONGEST, m), (rows.strides[0], -step, step)
        before = np.ndarray(shape, np.int32, rows, (LONGEST - 1) * step, strides)
        found: Flags = before == rows[:, : -LONGEST - 1 : -1, None]
        found[:, m:] = False  # longer than all that there was
        for k in range(1, LONGEST):
            found[:, k] &= found[:, k - 1]
        return found

    @property
    def everywhere(self) -> Flags:
        """Every note."""
        return np.ones(len(self._intervals), np.bool_)

    @cached_property
    def lately(self) -> Flags:
        """The last 16 notes."""
        found = np.zeros(len(self._intervals), np.bool_)
        found[-16:] = True
        return found

    @cached_property
    def place(self) -> Flags:
        """The same place in the bar."""
        found: Flags = self._past.place[1:] == self._at.place
        return found

    @cached_property
    def tick(self) -> Flags:
        """The same place in the beat."""
        found: Flags = (self._past.place[1:] - self._at.place) % TICKS_PER_BEAT == 0
        return found

    @cached_property
    def chord(self) -> Flags:
        """The same chord, by root and quality."""
        found: Flags = (self._past.quality[1:] == self._at.quality) & (self._past.root[1:] == self._at.root)
        return found

    @cached_property
    def quality(self) -> Flags:
        """A chord of the same quality, and both have a root."""
        if self._at.root == ROOTLESS:
            return np.zeros(len(self._intervals), np.bool_)
        found: Flags = (self._past.quality[1:] == self._at.quality) & (self._past.root[1:] != ROOTLESS)
        return found

    @property
    def last_class(self) -> Flags:
        """The note before is of the same pitch class."""
        found: Flags = (self._pitch[:-1] - self._pitch[-1]) % 12 == 0
        return found

    @property
    def last_degree(self) -> Flags:
        """The note before stands as far above the root of the chord at the note."""
        found: Flags = self._moved % 12 == 0
        return found

    @cached_property
    def _moved(self) -> Ints:
        """From the last pitch to each note moved to the present root, less the interval that led to it."""
        roots = self._past.root[1:] - self._at.root
        found: Ints = self._pitch[:-1] - self._pitch[-1] - roots
        return found

    # what a note that is alike says

    def interval(self) -> Ints:
        """The same interval again."""
        return self._intervals

    def again(self) -> Ints:
        """The same pitch again."""
        found: Ints = self._pitch[1:] - self._pitch[-1]
        return found

    def degree_again(self) -> Ints:
        """The same degree over the present root, in the octave nearest to the same interval."""
        return (self._moved + 6) % 12 - 6 + self._intervals

    def degree_near(self) -> Ints:
        """The same degree over the present root, in the octave nearest to the last note."""
        return (self._moved + self._intervals + 6) % 12 - 6

    @property
    def last_length(self) -> Flags:
        """The note before is as long."""
        found: Flags = self._past.length[:-1] == self._past.length[-1]
        return found

    def followed(self) -> Ints:
        """The gap after each note."""
        return np.append(self._gaps[1:], self._gap)


@dataclass(frozen=True, slots=True)
class View:
    """A row: a way of being alike, and what is then said again."""

    name: str
    alike: Callable[[Alike], Flags]
    says: Callable[[Alike], Ints] = Alike.interval


PITCH_VIEWS = (
    View("any interval", lambda a: a.everywhere),
    View("1 interval", lambda a: a.intervals(1)),
    View("2 intervals", lambda a: a.intervals(2)),
    View("3 intervals", lambda a: a.intervals(3)),
    View("4 intervals", lambda a: a.intervals(4)),
    View("6 intervals", lambda a: a.intervals(6)),
    View("1 pitch", lambda a: a.pitches(1)),
    View("2 pitches", lambda a: a.pitches(2)),
    View("3 pitches", lambda a: a.pitches(3)),
    View("1 pitch over the chord", lambda a: a.pitches(1) & a.chord),
    View("1 interval, 2 gaps", lambda a: a.intervals(1) & a.gaps(2)),
    View("contour of 4, 2 gaps", lambda a: a.contour(4) & a.gaps(2)),
    View("pitch class in the bar", lambda a: a.place & a.last_class),
    View("3 gaps in the bar", lambda a: a.gaps(3) & a.place),
    View("degree over the quality", lambda a: a.quality & a.last_degree, Alike.degree_again),
    View("quality", lambda a: a.quality, Alike.degree_near),
    View("chord, place and gap", lambda a: a.chord & a.place & a.gaps(1), Alike.again),
    View("any pitch", lambda a: a.everywhere, Alike.again),
    View("any pitch lately", lambda a: a.lately, Alike.again),
    View("any interval lately", lambda a: a.lately),
)
"""Of note n's pitch, its onset being known."""

GAP_VIEWS: Mapping[str, Callable[[Alike], Flags]] = {
    "any": lambda a: a.everywhere,
    "place in the beat": lambda a: a.tick,
    "place in the bar": lambda a: a.place,
    "1 gap": lambda a: a.gaps(1),
    "2 gaps": lambda a: a.gaps(2),
    "3 gaps": lambda a: a.gaps(3),
    "4 gaps": lambda a: a.gaps(4),
    "1 gap in the bar": lambda a: a.gaps(1) & a.place,
    "2 gaps, 1 interval": lambda a: a.gaps(2) & a.intervals(1),
}
"""Of the gap after note n, its own onset being known."""

LENGTH_VIEWS: Mapping[str, Callable[[Alike], Flags]] = {
    "any": lambda a: a.everywhere,
    "the gap after": lambda a: a.everywhere,
    "1 gap": lambda a: a.gaps(1),
    "place in the beat": lambda a: a.tick,
    "place in the bar": lambda a: a.place,
    "the length before": lambda a: a.last_length,
}
"""Of note n's length, the gap after it being known; all but the first ask for the same gap after, too."""


class Recall:
    """What the past says of note n, which falls at a point; empty while fewer than two notes have sounded."""

    def __init__(self, past: Past, at: Point) -> None:
        self._past = past
        self._alike = Alike(past, at) if len(past) > 1 else None

    def pitch(self) -> Array:
        """(PITCH_VIEWS, INTERVAL_SLOTS): the interval from the last note, -WIDEST first."""
        found = np.zeros((len(PITCH_VIEWS), INTERVAL_SLOTS), np.float32)
        if self._alike is None:
            return found
        votes, sums = _votes([view.alike(self._alike) for view in PITCH_VIEWS])
        votes /= sums
        for says, rows in _SAID:
            found[rows] = votes[rows] @ _indicators(says(self._alike) + WIDEST, _INTERVALS)
        return found

    def gap(self) -> Array:
        """(GAP_VIEWS, TICK_SLOTS): the gap from note n to the next, 1 tick first."""
        if self._alike is None:
            return np.zeros((len(GAP_VIEWS), TICK_SLOTS), np.float32)
        votes, sums = _votes([view(self._alike) for view in GAP_VIEWS.values()])
        found: Array = votes @ _indicators(self._alike.followed() - 1, _TICKS) / sums
        return found

    def length(self, gap: int | None) -> Array:
        """(LENGTH_VIEWS, TICK_SLOTS): note n's length, 1 tick first; `gap` None where the line ends."""
        if self._alike is None:
            return np.zeros((len(LENGTH_VIEWS), TICK_SLOTS), np.float32)
        same = self._alike.followed() == (-1 if gap is None else gap)
        votes, sums = _votes(
            [view(self._alike) & (same | (i == 0)) for i, view in enumerate(LENGTH_VIEWS.values())]
        )
        found: Array = votes @ _indicators(self._past.length[1:] - 1, _TICKS) / sums
        return found


_SAID = tuple(
    (says, [i for i, view in enumerate(PITCH_VIEWS) if view.says is says])
    for says in dict.fromkeys(view.says for view in PITCH_VIEWS)
)
_SHAPES = np.array(
    [np.sign(i) * (1 + (abs(i) > 2) + (abs(i) > 5)) for i in range(-WIDEST, WIDEST + 1)], np.int32
)
"""The size of each interval, -WIDEST first: none, a step, a small or a large leap, up or down."""
_NEVER = np.iinfo(np.int32).min
"""Before the first note."""
_INTERVALS = np.pad(np.eye(INTERVAL_SLOTS, dtype=np.float32), ((1, 1), (0, 0)))
_TICKS = np.pad(np.eye(TICK_SLOTS, dtype=np.float32), ((1, 1), (0, 0)))
"""A row for each slot, and rows of zeros for what lies below and above."""
_WEIGHTS = (FADE ** np.arange(MOST)[::-1]).astype(np.float32)


def _votes(flags: Sequence[Flags]) -> tuple[Array, Array]:
    """The weights of the notes that are alike, row by row, and what each row is divided by, (rows, 1)."""
    votes: Array = np.array(flags) * _WEIGHTS[MOST - len(flags[0]) :]
    return votes, votes.sum(axis=1, keepdims=True) + np.float32(DOUBT)


def _indicators(slots: Ints, table: Array) -> Array:
    """(notes, size): 1 at each note's slot; a row of zeros where that lies outside."""
    found: Array = table.take(slots + 1, axis=0, mode="clip")
    return found
