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

What takes time here is not the work but the calls. So all conditions are tried on all notes at once, on what
was written down when each note came: the intervals and gaps before it packed into two numbers, of which a
mask compares as many as a view asks for.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from improv.jazz.past import (
    FIRST_TRAIT,
    GAP_BITS,
    INTERVAL_BITS,
    MOST,
    NEVER,
    OVER,
    SHAPE_BITS,
    SHAPES_AT,
    TRAITS,
    Ints,
    Mark,
    Past,
    Point,
)

Array = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

FADE = 0.995
"""What a vote's weight is multiplied by with each note since."""
DOUBT = 0.5
"""Votes for what never happened."""
WIDEST = 19
"""Semitones up and down that intervals are told apart in."""
INTERVAL_SLOTS = 2 * WIDEST + 1
RECENT = 16
"""Notes that came lately."""
TICK_SLOTS = 48
"""Ticks, 1 to 48, that gaps and lengths are told apart in."""


_ORDERS = {
    **{f"{k} interval{'s' * (k > 1)}": (0, 0, k * INTERVAL_BITS) for k in (1, 2, 3, 4, 6)},
    "contour of 4": (0, SHAPES_AT, 4 * SHAPE_BITS),
    **{f"{k} gap{'s' * (k > 1)}": (1, 0, k * GAP_BITS) for k in (1, 2, 3, 4)},
}
"""How many of the last intervals, gaps (that to the note itself is the last) or shapes of intervals (none, a
step, a small or a large leap, up or down) are to be the same: which code, from which bit, how many bits."""
EVERYWHERE, LATELY = "everywhere", "lately"
CONDITIONS = (EVERYWHERE, LATELY, *_ORDERS, *TRAITS)
"""What a view may ask of a note; lately is one of the last `RECENT`."""
_MASKS = tuple(
    np.array([[(1 << n) - 1 << first] for code, first, n in _ORDERS.values() if code == wanted], np.int64)
    for wanted in (0, 1)
)


class Alike:
    """Which of the notes 1 to n - 1 are like note n, in each way.

    Raises:
        ValueError: fewer than two notes have sounded.
    """

    def __init__(self, past: Past, at: Point, mark: Mark) -> None:
        if len(past) < 2:
            raise ValueError("two notes are needed to compare with")
        self._past, self._at, self._over = past, at, mark.over
        self.notes = len(past) - 1
        met = np.empty((len(CONDITIONS), self.notes), np.bool_)
        met[0] = True
        met[1] = False
        met[1, -RECENT:] = True
        row = 2
        for code, now, masks in zip(past.codes, (mark.melody, mark.rhythm), _MASKS, strict=True):
            np.equal((code[1:] ^ now) & masks, 0, out=met[row : row + len(masks)])
            row += len(masks)
        # what this note does not have no note has as well
        traits = np.array([NEVER - 1 if t == NEVER else t for t in mark.traits], np.int32)
        np.equal(past.columns[FIRST_TRAIT:, 1:], traits[:, None], out=met[row:])
        self._met = met

    def __getitem__(self, condition: str) -> Flags:
        """The notes that meet a condition."""
        found: Flags = self._met[CONDITIONS.index(condition)]
        return found

    def votes(self, views: "Views") -> Array:
        """(views, notes): the weights of the notes that are alike."""
        flags = np.logical_and.reduce(self._met.take(views.asked, axis=0), axis=0)
        found: Array = np.multiply(flags, _WEIGHTS[MOST - self.notes :], dtype=np.float32)
        return found

    # what a note that is alike says

    def interval(self) -> Ints:
        """The same interval again."""
        pitch = self._past.pitch
        found: Ints = pitch[1:] - pitch[:-1]
        return found

    def again(self) -> Ints:
        """The same pitch again."""
        pitch = self._past.pitch
        found: Ints = pitch[1:] - pitch[-1]
        return found

    def degree_again(self) -> Ints:
        """The same degree over the present root, in the octave nearest to the same interval."""
        return (self._moved() + 6) % 12 - 6 + self.interval()

    def degree_near(self) -> Ints:
        """The same degree over the present root, in the octave nearest to the last note."""
        return (self._moved() + self.interval() + 6) % 12 - 6

    def _moved(self) -> Ints:
        """From the last pitch to each note moved to the present root, less the interval that led to it."""
        found: Ints = self._past.columns[OVER, 1:] - self._over
        return found

    def gap(self) -> Ints:
        """The gap after each note."""
        onset = self._past.onset
        found = np.empty(self.notes, np.int32)
        np.subtract(onset[2:], onset[1:-1], out=found[:-1])
        found[-1] = self._at.onset - onset[-1]
        return found

    def length(self) -> Ints:
        """Its length."""
        found: Ints = self._past.length[1:]
        return found


@dataclass(frozen=True, slots=True)
class View:
    """A row: a way of being alike, which is to meet some of `CONDITIONS`, and what is then said again."""

    name: str
    conditions: tuple[str, ...]
    says: Callable[[Alike], Ints] = Alike.interval


class Views:
    """A table of views, and where its rows find their conditions."""

    def __init__(self, *views: View) -> None:
        self.names = tuple(view.name for view in views)
        most = max(len(view.conditions) for view in views)
        rows = [(*view.conditions, *(EVERYWHERE,) * (most - len(view.conditions))) for view in views]
        self.asked = np.array([[CONDITIONS.index(c) for c in row] for row in rows]).T
        """(conditions, views): rows of `CONDITIONS`."""
        self.says, *others = dict.fromkeys(view.says for view in views)
        """What most rows say; it is worked out for all of them, then the others are put right."""
        self.others = [(says, [i for i, v in enumerate(views) if v.says is says]) for says in others]

    def __len__(self) -> int:
        return len(self.names)


PITCH_VIEWS = Views(
    View("any interval", (EVERYWHERE,)),
    View("1 interval", ("1 interval",)),
    View("2 intervals", ("2 intervals",)),
    View("3 intervals", ("3 intervals",)),
    View("4 intervals", ("4 intervals",)),
    View("6 intervals", ("6 intervals",)),
    View("1 pitch", ("last pitch",)),
    View("2 pitches", ("last pitch", "1 interval")),
    View("3 pitches", ("last pitch", "2 intervals")),
    View("1 pitch over the chord", ("last pitch", "chord")),
    View("1 interval, 2 gaps", ("1 interval", "2 gaps")),
    View("contour of 4, 2 gaps", ("contour of 4", "2 gaps")),
    View("pitch class in the bar", ("place", "last class")),
    View("3 gaps in the bar", ("3 gaps", "place")),
    View("degree over the quality", ("quality", "last degree"), Alike.degree_again),
    View("quality", ("quality",), Alike.degree_near),
    View("chord, place and gap", ("chord", "place", "1 gap"), Alike.again),
    View("any pitch", (EVERYWHERE,), Alike.again),
    View("any pitch lately", (LATELY,), Alike.again),
    View("any interval lately", (LATELY,)),
)
"""Of note n's pitch, its onset being known."""

GAP_VIEWS = Views(
    View("any", (EVERYWHERE,), Alike.gap),
    View("place in the beat", ("tick",), Alike.gap),
    View("place in the bar", ("place",), Alike.gap),
    View("1 gap", ("1 gap",), Alike.gap),
    View("2 gaps", ("2 gaps",), Alike.gap),
    View("3 gaps", ("3 gaps",), Alike.gap),
    View("4 gaps", ("4 gaps",), Alike.gap),
    View("1 gap in the bar", ("1 gap", "place"), Alike.gap),
    View("2 gaps, 1 interval", ("2 gaps", "1 interval"), Alike.gap),
)
"""Of the gap after note n, its own onset being known."""

LENGTH_VIEWS = Views(
    View("any", (EVERYWHERE,), Alike.length),
    View("the gap after", (EVERYWHERE,), Alike.length),
    View("1 gap", ("1 gap",), Alike.length),
    View("place in the beat", ("tick",), Alike.length),
    View("place in the bar", ("place",), Alike.length),
    View("the length before", ("last length",), Alike.length),
)
"""Of note n's length, the gap after it being known; all but the first ask for the same gap after, too."""


class Recall:
    """What the past says of note n, which falls at a point; empty while fewer than two notes have sounded."""

    def __init__(self, past: Past, at: Point) -> None:
        self.mark = past.mark(at)
        self._alike = Alike(past, at, self.mark) if len(past) > 1 else None

    def pitch(self) -> Array:
        """(PITCH_VIEWS, INTERVAL_SLOTS): the interval from the last note, -WIDEST first."""
        if self._alike is None:
            return np.zeros((len(PITCH_VIEWS), INTERVAL_SLOTS), np.float32)
        votes = self._alike.votes(PITCH_VIEWS)
        counted = votes @ _indicators(PITCH_VIEWS.says(self._alike) + WIDEST, _INTERVALS)
        for says, rows in PITCH_VIEWS.others:
            counted[rows] = votes[rows] @ _indicators(says(self._alike) + WIDEST, _INTERVALS)
        return _shares(counted)

    def gap(self) -> Array:
        """(GAP_VIEWS, TICK_SLOTS): the gap from note n to the next, 1 tick first."""
        if self._alike is None:
            return np.zeros((len(GAP_VIEWS), TICK_SLOTS), np.float32)
        votes = self._alike.votes(GAP_VIEWS)
        return _shares(votes @ _indicators(GAP_VIEWS.says(self._alike) - 1, _TICKS))

    def length(self, gap: int | None) -> Array:
        """(LENGTH_VIEWS, TICK_SLOTS): note n's length, 1 tick first; `gap` None where the line ends."""
        if self._alike is None:
            return np.zeros((len(LENGTH_VIEWS), TICK_SLOTS), np.float32)
        votes = self._alike.votes(LENGTH_VIEWS)
        votes[1:] *= self._alike.gap() == gap if gap is not None else False
        return _shares(votes @ _indicators(LENGTH_VIEWS.says(self._alike) - 1, _TICKS))


def _table(slots: int) -> Array:
    """A row of zeros and a one for each slot, and rows of zeros for what lies below and above; then a one."""
    return np.pad(
        np.pad(np.eye(slots, dtype=np.float32), ((1, 1), (0, 0))), ((0, 0), (0, 1)), constant_values=1
    )


_INTERVALS, _TICKS = _table(INTERVAL_SLOTS), _table(TICK_SLOTS)
_WEIGHTS = (FADE ** np.arange(MOST)[::-1]).astype(np.float32)


def _indicators(slots: Ints, table: Array) -> Array:
    """(notes, slots + 1): 1 at each note's slot, none where that lies outside; and a 1 to sum votes by."""
    found: Array = table.take(slots + 1, axis=0, mode="clip")
    return found


def _shares(counted: Array) -> Array:
    """(views, slots): the votes for each slot over all votes, those of doubt included."""
    counted[:, -1] += DOUBT
    found: Array = counted[:, :-1] / counted[:, -1:]
    return found
