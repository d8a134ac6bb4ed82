"""What each chord quality looks like under the hand, and how well it explains a set of notes.

Conventions: degrees are semitones above a root; a set of degrees is an int whose bit n stands for degree n.
Chord tones come from `grammar.chords.QUALITIES`; which tensions a quality may carry is said here. A fit is

      what is explained      each degree held: a chord tone 1, a tension what its shape gives it
    - what is foreign        each degree held that is neither
    - what is missing        each chord tone not held, the third and the seventh most, a perfect fifth hardly
                             at all; it tells the more, the more is held: of one key nothing is missing yet
    + the bass               on the root it speaks for the chord, on a tension against it

Where a ninth and the third and seventh are held the ninth stands in for the root: so are the rootless A and B
forms built (3-5-7-9 and 7-9-3-5, a thirteenth for the fifth of a dominant). A natural tension beside its own
alteration is foreign to it, and an alteration says little of a chord whose seventh is not there.

Templates with weights for what is present, absent and foreign are Pardo and Birmingham's ("Algorithms for
Chordal Analysis", Computer Music Journal 26:2, 2002); the parts of voicings and which of their notes may be
missing are Levine's (*The Jazz Piano Book*, Sher 1989: shells, rootless forms, altered dominants). The
numbers were set on the table that `python benchmarks/chord_naming.py` prints.
"""

from dataclasses import dataclass
from functools import lru_cache

from grammar.chords import QUALITIES


@dataclass(frozen=True, slots=True)
class Shape:
    """How a quality is recognised."""

    family: str
    """What it is to a soloist: chords of a family stand in for one another."""
    against: float
    """What speaks against it beforehand: how rare it is."""
    tensions: dict[int, float]
    """What a tension explains, by its degree."""


NATURAL, ALTERED = 0.75, 0.6

SHAPES: dict[str, Shape] = {
    "5": Shape("fifth", -0.5, {}),
    "maj": Shape("major", 0.05, {2: NATURAL, 6: 0.4}),
    "6": Shape("major", 0.3, {2: NATURAL, 6: ALTERED}),
    "maj7": Shape("major", 0.05, {2: NATURAL, 6: ALTERED, 9: NATURAL}),
    "min": Shape("minor", 0.05, {2: NATURAL, 5: 0.4}),
    "min6": Shape("minor", 0.5, {2: NATURAL, 5: 0.5}),
    "min7": Shape("minor", 0.05, {2: NATURAL, 5: NATURAL, 9: 0.6}),
    "minmaj7": Shape("minor", 0.3, {2: NATURAL, 5: 0.5, 9: 0.6}),
    "7": Shape("dominant", 0.0, {1: ALTERED, 2: NATURAL, 3: ALTERED, 6: ALTERED, 8: 0.5, 9: NATURAL}),
    "7alt": Shape("dominant", 0.5, {1: 0.9, 3: 0.9, 6: 0.8, 8: 0.8}),
    "7sus": Shape("dominant", 0.4, {1: 0.5, 2: NATURAL, 9: 0.6}),
    "sus": Shape("suspended", 0.3, {2: NATURAL}),
    "aug": Shape("augmented", 0.3, {2: 0.5}),
    "aug7": Shape("dominant", 0.3, {1: 0.4, 2: 0.6, 3: 0.4, 6: 0.5}),
    "augmaj7": Shape("major", 0.5, {2: 0.6, 6: 0.5}),
    "m7b5": Shape("half diminished", 0.2, {2: 0.5, 5: NATURAL, 8: 0.6}),
    "dim": Shape("diminished", 0.3, {}),
    "dim7": Shape("diminished", 0.3, {2: 0.3, 5: 0.3, 8: 0.3, 11: 0.3}),
}
"""Every quality but N.C.; among equals the first is named."""

DOMINANT = "dominant"
FOREIGN = 1.6
"""What a degree that is neither chord tone nor tension costs."""
MISSING_ROOT, MISSING_THIRD, MISSING_SEVENTH, MISSING_FIFTH = 1.2, 1.4, 1.2, 0.15
"""What a chord tone that is not held costs; an altered fifth and a sixth are as telling as a seventh."""
MISSING_ALTERATION = 0.8
"""What it costs an altered chord to have fewer than two alterations."""
STOOD_FOR = 0.4
"""What a missing root costs where a ninth stands in for it."""
FULL = 4
"""Notes from which on what is missing counts in full."""
ON_THE_ROOT, ON_A_TENSION = 0.7, -0.8
"""What the bass adds."""
UNFOUNDED = -0.3
"""What an alteration explains where the seventh is not held."""
MOST_FOREIGN = 1
"""A reading with more foreign degrees is not looked at."""

NINTH, ALTERED_NINTHS = 0b100, 0b1010
THIRDS, SEVENTHS, SEVENTH = 0b111000, 0b111000000000, 0b10000000000
"""Thirds and a suspended fourth; sixth and sevenths; the minor seventh alone."""
ALTERATIONS = 0b101001010
"""b9, #9, #11, b13."""


def telling(held: int) -> float:
    """How much what is missing tells, 0 to 1, from how many notes are held."""
    return min(1.0, (held - 1) / (FULL - 1))


def foreign(quality: str, held: int) -> int:
    """How many of the degrees held are neither chord tones nor tensions."""
    return (held & ~_known(quality)).bit_count()


def complete(quality: str, held: int) -> bool:
    """Whether every chord tone but a perfect fifth is held, and nothing foreign."""
    return not foreign(quality, held) and not any(
        cost > MISSING_FIFTH and not held >> degree & 1 for degree, cost in costs(quality)
    )


@lru_cache(maxsize=1 << 16)
def fit(quality: str, held: int, bass: int | None) -> float:
    """How well a quality explains degrees; `bass` is the lowest one, None where the bass does not count."""
    shape, letters = SHAPES[quality], QUALITIES[quality]
    founded = bool(held & SEVENTH) or shape.family != DOMINANT
    score = -shape.against
    for degree in range(12):
        if held >> degree & 1:
            if letters[degree] == "C":
                score += 1.0
            elif degree not in shape.tensions or _beside_its_alteration(degree, held, shape):
                score -= FOREIGN
            elif founded or not ALTERATIONS >> degree & 1:
                score += shape.tensions[degree]
            else:
                score += UNFOUNDED
    score -= telling(held.bit_count()) * missing(quality, held)
    if bass == 0:
        score += ON_THE_ROOT
    elif bass is not None and letters[bass] != "C":
        score += ON_A_TENSION
    return score


def missing(quality: str, held: int) -> float:
    """What it costs in full that chord tones are not among the degrees held."""
    cost = sum(cost for degree, cost in costs(quality) if not held >> degree & 1)
    if quality == "7alt" and (held & ALTERATIONS).bit_count() < 2:
        return cost + MISSING_ALTERATION
    sounding = held & _tones(quality)
    ninth = held & (ALTERED_NINTHS if quality == "7alt" else NINTH)
    if not held & 1 and ninth and sounding & THIRDS and sounding & SEVENTHS:
        cost -= MISSING_ROOT - STOOD_FOR
    return cost


@lru_cache(maxsize=32)
def costs(quality: str) -> tuple[tuple[int, float], ...]:
    """What it costs that a chord tone is not held, by degree."""
    letters = QUALITIES[quality]
    thirds = (3, 4) if "C" in letters[3:5] else (5,)  # a suspended fourth is as telling
    by_degree = {0: MISSING_ROOT, 7: MISSING_FIFTH, **dict.fromkeys(thirds, MISSING_THIRD)}
    tones = [degree for degree, letter in enumerate(letters) if letter == "C"]
    return tuple((degree, by_degree.get(degree, MISSING_SEVENTH)) for degree in tones)


def _beside_its_alteration(degree: int, held: int, shape: Shape) -> bool:
    """Whether a natural ninth or thirteenth is held together with its own alteration."""
    beside = {2: 0b1010, 9: 0b100000000}.get(degree, 0)
    altered = sum(1 << tension for tension in shape.tensions) & ALTERATIONS
    return bool(held & beside & altered)


@lru_cache(maxsize=32)
def _tones(quality: str) -> int:
    return sum(1 << degree for degree, letter in enumerate(QUALITIES[quality]) if letter == "C")


@lru_cache(maxsize=32)
def _known(quality: str) -> int:
    return _tones(quality) | sum(1 << degree for degree in SHAPES[quality].tensions)
