"""Which chord is held: a name for the keys that are down.

Conventions: what counts is which pitch classes sound, which of them is lowest, and how far above it the
lowest root lies; so the order of the keys, or doubling one in a higher octave, changes nothing, and a chord
moved by an interval has its name moved.

Every quality of `grammar.chords` on every root is a reading, and the best one wins. Its score is what its
shape explains of the notes (`grammar.shapes.fit`), and what was to be expected: the chart's chord, the one
that the chart has next, the chord held before if it resolves here, the key.

So a rootless voicing is named where there is a reason to: E A Bb D is C13 when C7 is due, and Gm6/9 when G
minor is. Where nothing is expected a root in the bass is the better reading (E G B D is E-7 then, not a Cmaj9
without its root): the notes alone do not tell, and no scoring can. What is due is heard in what is its own
and its colours; but a whole chord on a root of its own, in the bass, is believed against it.

A slash is written where the bass is foreign to the chord above it, and where an inversion is meant as a bass
line: when the lowest root lies more than an octave above the bass. In close position an inversion is a matter
of voice leading, and gets no slash.

How many are named right (root and family), every quality on every root in every usual position, when nothing
is known, among the two best readings then, when the chart has the chord, and when it has another on another
root (`python benchmarks/chord_naming.py` prints this and more):

    position           alone   in two   chart   against
    root position       100 %    100 %   100 %      94 %
    spread              100 %    100 %   100 %      94 %
    drop 2               66 %     93 %   100 %      61 %
    inversions           57 %     91 %   100 %      50 %
    shells with root     64 %     81 %   100 %      58 %
    rootless A            8 %     42 %   100 %       6 %
    rootless B            0 %     42 %   100 %       0 %
    shells 3 and 7        0 %      0 %   100 %       0 %
    as improv comps      14 %     36 %   100 %      12 %

What falls short alone are notes that are another chord too: C6 and A-7, sus2 and sus4, the roots of o7 and
+, and every rootless form; what was held before tells many of them (`grammar.progression`). With the chart
the name is its very symbol in all of them but the half diminished with a natural ninth, which its scale
does not have. A name takes 0.1 ms, of a set not met before 0.4 ms.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from grammar.chords import Chord
from grammar.keys import Key
from grammar.shapes import (
    DOMINANT,
    MOST_FOREIGN,
    ON_A_TENSION,
    ON_THE_ROOT,
    SHAPES,
    complete,
    fit,
    foreign,
    missing,
    telling,
)
from grammar.symbols import written

SLASH, UNDER_A_TRIAD = 1.5, 0.3
"""What it costs to leave the bass out of the chord above it; major and minor triads are the usual ones."""
THE_CHART, ITS_FAMILY, ITS_ROOT = 2.2, 2.1, 0.3
"""What the chord that is due adds: to itself, to others of its family on its root, to others on its root."""
A_COLOUR = 0.9
"""What a colour tone of the chord that is due explains of it: voicings are made of them."""
COMING = 0.6
"""Of that, what the chord after it adds: players anticipate."""
RESOLVES, STAYS = 0.3, 0.15
"""What the chord before adds: to a root a fifth below a dominant or the chord of a II, and to itself."""
AT_HOME = 0.4
"""What a key adds to its own chords."""
LEAST = 0.5
"""The score for each pitch class below which what is held is no chord."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known besides the keys; every part may be unknown."""

    chart: Chord | None = None
    """The chord that is due where the keys are struck."""
    coming: Chord | None = None
    """The chart's next, where it begins soon enough to be anticipated."""
    before: Chord | None = None
    """The chord that was held before."""
    key: Key | None = None

    def transposed(self, semitones: int) -> "Expected":
        """All of it moved up by so many semitones."""
        chart, coming, before = (
            None if chord is None else chord.transposed(semitones)
            for chord in (self.chart, self.coming, self.before)
        )
        return Expected(chart, coming, before, self.key and self.key.transposed(semitones))


NOTHING = Expected()


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand what is held."""

    chord: Chord
    score: float


def name_chord(pitches: Iterable[int], prior: Chord | None = None) -> Chord | None:
    """The chord that the pitches are, or None where no key is down or no chord explains them.

    Args:
        pitches: MIDI pitches, in any order.
        prior: the chord that the chart has there; returned as it is where its chord and colour tones explain
            all that is held better than any other chord does.
    """
    found = read_chord(pitches, Expected(prior), count=1)
    return found[0].chord if found else None


def read_chord(pitches: Iterable[int], expected: Expected = NOTHING, count: int = 2) -> tuple[Reading, ...]:
    """The best readings of what is held, the best first, each of another root or quality.

    Args:
        pitches: MIDI pitches, in any order.
        expected: what is known besides.
        count: how many at most; empty where the best is no chord (below `LEAST`).
    """
    low: dict[int, int] = {}  # the lowest pitch of every pitch class
    for pitch in sorted(pitches):
        low.setdefault(pitch % 12, pitch)
    if not low:
        return ()
    bass = min(low.values()) % 12
    readings = [
        (
            score + _expected((bass + root) % 12, quality, expected, len(low)),
            (bass + root) % 12,
            quality,
            slash,
        )
        for score, root, quality, slash in _readings(sum(1 << (held - bass) % 12 for held in low))
    ]
    # a stable sort: what is due goes before its equals, then the order of `_readings`
    ranked = sorted([*_due_itself(low, bass, expected), *readings], key=lambda entry: -entry[0])
    if not ranked or ranked[0][0] < LEAST * len(low):
        return ()
    found: dict[tuple[int, str], Reading] = {}
    for score, root, quality, how in ranked:
        if (root, quality) not in found:
            chord = how if isinstance(how, Chord) else _write(low, root, quality, bass, how)
            found[root, quality] = Reading(chord, score)
            if len(found) == count:
                break
    return tuple(found.values())


def _write(low: dict[int, int], root: int, quality: str, bass: int, foreign_bass: bool) -> Chord:
    """The chord of a reading, with a slash where the module's rule wants one."""
    held = frozenset((found - root) % 12 for found in low if not (foreign_bass and found == bass))
    apart = root in low and low[root] - low[bass] > 12
    return written(root, quality, held, bass if foreign_bass or apart else None)


@lru_cache(maxsize=1 << 11)
def _readings(held: int) -> tuple[tuple[float, int, str, bool], ...]:
    """Score, root, quality, and whether the bass is foreign, of every reading, best first.

    Args:
        held: the pitch classes, as bits of the semitones above the bass; roots are counted from it too.
    """
    found: list[tuple[float, int, str, bool]] = []
    for root in range(12):
        degrees = (held >> root | held << 12 - root) & 0xFFF
        low = -root % 12
        above = degrees & ~(1 << low)
        for quality in SHAPES:
            if foreign(quality, degrees) <= MOST_FOREIGN:
                found.append((fit(quality, degrees, low), root, quality, False))
            if root and above.bit_count() > 2 and complete(quality, above):
                cost = UNDER_A_TRIAD if quality in ("maj", "min") else SLASH
                found.append((fit(quality, above, None) - cost, root, quality, True))
    return tuple(sorted(found, key=lambda entry: -entry[0]))


def _expected(root: int, quality: str, expected: Expected, held: int) -> float:
    """What is known besides the keys adds to a reading; of few keys it says nothing that they do not."""
    score = telling(held) * (
        _due(root, quality, expected.chart) + COMING * _due(root, quality, expected.coming)
    )
    before, key = expected.before, expected.key
    if before is not None and before.root is not None:
        shape = SHAPES[before.quality]
        if root == before.root and quality == before.quality:
            score += STAYS
        elif (before.root - root) % 12 == 7 and (
            shape.family == DOMINANT or before.quality in ("min7", "m7b5")
        ):
            score += RESOLVES
    if key is not None and key.at_home(root, quality):
        score += AT_HOME
    return score


def _due(root: int, quality: str, due: Chord | None) -> float:
    """What a chord that is due adds to a reading."""
    if due is None or due.root != root:
        return 0.0
    return ITS_FAMILY if SHAPES[quality].family == SHAPES[due.quality].family else ITS_ROOT


def _due_itself(
    low: dict[int, int], bass: int, expected: Expected
) -> list[tuple[float, int, str, bool | Chord]]:
    """The chords that are due as readings, where their chord and colour tones explain all that is held."""
    found: list[tuple[float, int, str, bool | Chord]] = []
    besides = Expected(before=expected.before, key=expected.key)
    for weight, chord in ((1.0, expected.chart), (COMING, expected.coming)):
        if chord is None or chord.root is None or any(chord.letter(held) not in "CL" for held in low):
            continue
        degrees = 1 | sum(1 << (held - chord.root) % 12 for held in low)  # its root need not be held
        score = sum(1.0 if chord.letter(held) == "C" else A_COLOUR for held in low)
        score -= telling(len(low)) * missing(chord.quality, degrees)
        score += weight * THE_CHART + _expected(chord.root, chord.quality, besides, len(low))
        if bass in (chord.bass, chord.root):
            score += ON_THE_ROOT
        elif chord.letter(bass) != "C":
            score += ON_A_TENSION
        found.append((score, chord.root, chord.quality, chord))
    return found
