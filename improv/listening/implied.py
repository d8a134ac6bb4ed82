"""The harmony of a phrase: the chords that were struck in it, or the one that its line implies.

Conventions: pitch class 0 is C. Keys struck together are named as a held chord is (`grammar.naming`), with
the one before and the phrase's key as what is to be expected. A single line is told by how long each pitch
class sounds: its key by Temperley's profiles (`grammar.keys`), its chord by the letters of
`grammar.chords`, each chord of `CANDIDATES` on every root weighed by `COUNTS`; chords at home in the key
are preferred, and what the line ends on. Of the phrase that follows 73 % are then in the chord's scale, and
45 % in that of the chord a tritone away (`python benchmarks/free_time.py DATA`).
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from grammar.chords import ROOTS, Chord, parse_chord
from grammar.keys import Key, find_key
from grammar.naming import Expected, read_chord

CANDIDATES: dict[str, float] = {
    # suffix: what speaks against it beforehand, in shares of the phrase
    "maj7": 0.0,
    "7": 0.0,
    "-7": 0.0,
    "-7b5": 0.06,
    "-6": 0.05,
    "7alt": 0.08,
    "o7": 0.1,
}
COUNTS: dict[str, float] = {"C": 1.0, "L": 0.5, "S": 0.2, ".": -1.0}
"""What a pitch class counts, by its letter over the chord."""
AT_HOME, ON_THE_ROOT, ENDS_ON = 0.1, 0.15, 0.06
"""What being at home in the key adds, the share of the root itself, and a chord tone at the end."""


def profile(notes: Iterable[tuple[int, int]]) -> tuple[float, ...]:
    """How much of the time each pitch class has, from pitches and lengths; the sum is 1, or 0 of nothing."""
    sums = [0.0] * 12
    for pitch, length in notes:
        sums[pitch % 12] += length
    whole = sum(sums)
    return tuple(value / whole if whole else 0.0 for value in sums)


def implied_chord(weights: Sequence[float], last: int, key: Key | None) -> Chord:
    """The chord that a line implies.

    Args:
        weights: a `profile`.
        last: the pitch that the line ends on.
        key: the key it is in, where one was found.
    """

    def score(chord: Chord) -> float:
        assert chord.root is not None
        fits = sum(weight * COUNTS[chord.letter(pitch_class)] for pitch_class, weight in enumerate(weights))
        home = key is not None and key.at_home(chord.root, chord.quality)
        ends = chord.letter(last) == "C"
        return fits + ON_THE_ROOT * weights[chord.root] + AT_HOME * home + ENDS_ON * ends - _against(chord)

    return max(_candidates(), key=score)


def struck_chord(pitches: Iterable[int], before: Chord | None, key: Key | None) -> Chord | None:
    """The chord of keys struck together; None where they are none."""
    found = read_chord(pitches, Expected(before=before, key=key), count=1)
    return found[0].chord if found else None


def key_of(weights: Sequence[float]) -> Key | None:
    """The key of a profile, where there is evidence of one."""
    found = find_key(weights)
    return found[0] if found else None


@lru_cache(maxsize=1)
def _candidates() -> tuple[Chord, ...]:
    return tuple(parse_chord(root + suffix) for suffix in CANDIDATES for root in ROOTS)


def _against(chord: Chord) -> float:
    return CANDIDATES[chord.symbol[len(ROOTS[chord.root or 0]) :]]
