"""A row of held chords without a chart, each read in the light of those before it.

Conventions: a progression is a value; `follow` gives the next one, with the newest chord named at once. It
keeps the best readings of that chord, each with the score of the best way to have come there, and nothing of
what was before: so it stays as large however long one plays.

The notes alone do not tell a rootless voicing: E G B D is E-7 as well as Cmaj9. Two things do, after a chord
or two, and both go from one chord to the next:

    motion     D-7 G7 Cmaj7 is far likelier than Fmaj7 Fmaj7(#11) E-7, which has the same keys
    manner     who leaves out the root goes on to, and who plays it goes on to

A reading's score is what `grammar.naming` gives it, and for the best reading before it `MOTIONS` and what it
costs to change the manner: the Viterbi algorithm over a beam of readings. Chords as hidden states with
learned motions are usual where chords are read from audio (Sheh and Ellis, "Chord segmentation and
recognition using EM-trained hidden Markov models", ISMIR 2003). The first chord is named as it is alone.

How many are named right (root and family) in rows of chords, each held near the one before, by themselves
and in a row (`python benchmarks/chord_naming.py` prints this and more):

                        II-V-I           in minor         charts           by lot
    root position       100 %  100 %     100 %  100 %     100 %  100 %     100 %   99 %
    close                87 %   90 %      58 %   81 %      82 %   90 %      75 %   76 %
    shells with root     85 %   97 %      52 %   61 %      81 %   87 %      76 %   73 %
    shells 3 and 7        0 %   63 %       0 %   63 %       0 %   65 %       8 %   21 %
    rootless             14 %   85 %       0 %   96 %      18 %   70 %       3 %    9 %
    drop 2               94 %   95 %      53 %   85 %      86 %   93 %      75 %   75 %
    spread              100 %  100 %     100 %  100 %     100 %  100 %     100 %   99 %

A first cadence without roots is hardly understood, for little tells it from another; the second as a rule
is. With more weight on motion more would be, and less of chords that follow no rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log

from grammar.chords import Chord
from grammar.naming import NOTHING, Expected, Reading, read_chord
from grammar.shapes import SHAPES

MOTIONS: dict[str, dict[tuple[int, str], float]] = {
    # from a family: by how many semitones the root goes up, to which family, in so many of all changes
    "major": {
        (9, "dominant"): 0.09,
        (2, "minor"): 0.08,
        (9, "minor"): 0.08,
        (0, "minor"): 0.07,
        (0, "dominant"): 0.06,
        (5, "dominant"): 0.04,
        (7, "dominant"): 0.04,
        (11, "dominant"): 0.04,
        (11, "minor"): 0.04,
        (1, "diminished"): 0.035,
        (5, "major"): 0.03,
        (4, "minor"): 0.03,
    },
    "minor": {
        (5, "dominant"): 0.54,
        (5, "minor"): 0.07,
        (7, "dominant"): 0.035,
        (2, "half diminished"): 0.025,
    },
    "dominant": {
        (5, "major"): 0.24,
        (5, "minor"): 0.17,
        (5, "dominant"): 0.17,
        (11, "dominant"): 0.09,
        (7, "dominant"): 0.04,
        (0, "minor"): 0.035,
        (1, "dominant"): 0.03,
    },
    "half diminished": {(5, "dominant"): 0.84, (11, "minor"): 0.04, (11, "dominant"): 0.03},
    "diminished": {(1, "minor"): 0.23, (11, "minor"): 0.2, (6, "major"): 0.09, (0, "major"): 0.05},
}
"""Counted in the lead sheets of 302 tunes that the Weimar Jazz Database has (ODbL); others are rarer."""
OTHERWISE = 0.004
"""The share of a motion that is not in the table."""
REVOICED = 0.02
"""The share of another voicing of the same chord."""
MOTION = 0.22
"""What a motion e times as likely adds."""
CHANGED = 3.0
"""What it costs to play the root where it was left out, or the other way round."""
LEFT_OUT = 0.9
"""What is given back, from the second chord on, of what a missing root costs: the manner has paid for it."""
BEAM = 24
"""Readings that are kept."""


State = tuple[int, str, bool]
"""Root, family, and whether the root is left out."""


@dataclass(frozen=True, slots=True)
class Way:
    """A reading of the newest chord, and the best way to have come to it."""

    root: int
    quality: str
    rootless: bool
    score: float
    """The best one's is 0."""


@dataclass(frozen=True, slots=True)
class Progression:
    """What was held so far."""

    chord: Chord | None = None
    """The newest chord; None before the first."""
    held: frozenset[int] = frozenset()
    """Its pitches."""
    ways: tuple[Way, ...] = ()
    """How it may be read, at most `BEAM`."""


NOTHING_HELD = Progression()


def follow(before: Progression, pitches: Iterable[int], expected: Expected = NOTHING) -> Progression | None:
    """Go on to the next chord.

    What is held again is the same chord. Where the chart has a chord its word counts, and nothing before it.

    Args:
        before: what was held so far.
        pitches: MIDI pitches, in any order.
        expected: what is known besides; its `before` is left aside where there is no chart.

    Returns:
        The progression with this chord; None where what is held is none.
    """
    held = frozenset(pitches)
    if held == before.held and expected.chart is None:
        return before
    charted = expected.chart is not None
    known = expected if charted else replace(expected, before=None)
    readings = read_chord(held, known, count=1 if charted else BEAM)
    if not readings:
        return None
    states = {} if charted else _states(before.ways)
    ways = [(_way(reading, held, states), reading) for reading in readings]
    ways.sort(key=lambda entry: -entry[0].score)  # stable: among equals the better reading first
    best = ways[0][0].score
    kept = tuple(replace(way, score=way.score - best) for way, _ in ways)
    return Progression(ways[0][1].chord, held, kept)


def _way(reading: Reading, held: frozenset[int], before: Mapping[State, float]) -> Way:
    chord = reading.chord
    assert chord.root is not None
    rootless = len(held) > 1 and all(pitch % 12 != chord.root for pitch in held)
    family = SHAPES[chord.quality].family
    came = (
        gone + _motion(was, (chord.root - root) % 12, family) - CHANGED * (rootless != before_rootless)
        for (root, was, before_rootless), gone in before.items()
    )
    come = max(came, default=0.0) + LEFT_OUT * (rootless and bool(before))
    return Way(chord.root, chord.quality, rootless, reading.score + come)


def _states(ways: Iterable[Way]) -> dict[State, float]:
    """All that the next chord asks of these, with the best score of each."""
    best: dict[State, float] = {}
    for way in ways:
        state = way.root, SHAPES[way.quality].family, way.rootless
        best[state] = max(way.score, best.get(state, way.score))
    return best


@lru_cache(maxsize=1 << 10)
def _motion(was: str, up: int, family: str) -> float:
    """What it adds that a chord of one family is followed by one of another, so many semitones higher."""
    share = REVOICED if not up and family == was else MOTIONS.get(was, {}).get((up, family), OTHERWISE)
    return MOTION * log(share / OTHERWISE)
