"""Piano voicings: which tones of a chord sound together, how they are spread, and which follows which.

Conventions: a voicing is MIDI pitches, ascending. Its form is written from the bottom up in the tones'
names, each the next pitch above the one before: `3 5 7 9` over C is E G B D. The bass has the root, so most
forms leave it out. The forms are the common ones of jazz piano (rootless A and B forms, fourths, drop 2,
shells, upper structures), as Levine teaches them in "The Jazz Piano Book" (1989).

A tone is played that is a chord or colour tone of the symbol, or one of its scale that is no avoid note, a
semitone above a chord tone. So an alteration in the symbol finds its way into every form.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from grammar.chords import QUALITIES, Chord

TONES: dict[str, tuple[int, ...]] = {
    # name: semitones above the root, the first that the chord has
    "1": (0,),
    "3": (4, 3),
    "4": (5,),
    "5": (7, 6, 8),
    "6": (9,),
    "7": (11, 10, 9),
    "9": (2, 1, 3),
    "b9": (1,),
    "#9": (3,),
    "11": (5,),
    "#11": (6,),
    "13": (9, 8),
    "b13": (8,),
}
"""The tones of forms."""
_CHORD_TONES = frozenset(("1", "3", "4", "5", "6", "7"))


def _spread(form: str) -> tuple[str, ...]:
    """A form of four tones, the one from its third tone on (A and B), and drop 2 of each inversion."""
    tones = form.split()
    turned = [tones[i:] + tones[:i] for i in range(4)]
    dropped = [[third, first, second, top] for first, second, third, top in turned]
    return tuple(" ".join(tones) for tones in (turned[0], turned[2], *dropped))


_SIXTHS, _SEVENTHS = _spread("3 5 6 9"), _spread("3 5 7 9")
FORMS: dict[str, tuple[str, ...]] = {
    "maj": _SIXTHS,
    "6": _SIXTHS,
    "maj7": (*_SEVENTHS, "3 6 7 9", "7 3 6 9"),  # the last in fourths
    "min": _spread("3 5 1 9"),
    "min6": _SIXTHS,
    "min7": (*_SEVENTHS, "11 7 3 5", "7 3 5 11"),  # the first of these in fourths
    "minmaj7": _SEVENTHS,
    "7": (
        *_spread("3 13 7 9"),
        "7 3 5 9",
        "3 7 9 #11 13",  # upper structures: the triad on 9 above third and seventh
        "7 3 13 b9",  # and the triad on 13
        *_SEVENTHS,
    ),
    "7alt": (
        *_spread("3 b13 7 #9"),
        *_spread("3 b13 7 b9"),
        "7 3 b13 1 #9",  # the triad on b13
        "7 3 #11 b9",  # the triad on b5
    ),
    "7sus": (*_spread("4 13 7 9"), *_spread("4 5 7 9")),
    "sus": _spread("4 5 1 9"),
    "aug": _spread("3 5 1 9"),
    "aug7": _SEVENTHS,
    "augmaj7": _SEVENTHS,
    "m7b5": (*_spread("3 5 7 1"), "11 7 3 5"),
    "dim": ("1 3 5", "3 5 1", "5 1 3", "1 5 3"),
    "dim7": (*_spread("3 5 7 1"), "5 7 1 3", "1 3 5 7"),
    "5": ("1 5", "5 1"),
    "NC": (),
}
"""The forms of each quality, the plainest first."""
SHELLS: dict[str, tuple[str, ...]] = {
    "6": ("3 6", "6 3", "6 9 3"),
    "maj": ("3 6", "6 3", "6 9 3"),
    "min": ("3 5", "5 3"),
    "min6": ("3 6", "6 3"),
    "sus": ("4 1", "1 4"),
    "7sus": ("4 7", "7 4"),
    "aug": ("3 5", "5 3"),
    "dim": ("3 5", "5 3"),
    "5": ("1 5", "5 1"),
    "NC": (),
}
"""What is left at fast tempi; of a quality that is not named, third and seventh."""
_SHELLS = ("3 7", "7 3", "7 9 3", "3 7 9")
SLASHES = ("1 3 5", "3 5 1", "5 1 3", "1 5 3")
SEVENTH_SLASHES = ("1 3 5 7", "3 5 7 1", "5 7 1 3", "7 1 3 5", "7 3 5 1")
"""Over a bass that the chord above it has not: the plain chord, whose meaning the bass makes."""

LOW, HIGH = 49, 79
"""The pitches of voicings: C sharp below middle C to the G of the staff's top."""
HOME, TOP_HOME = 61.0, 69.0
"""Where the middle of a voicing, and its top note, are drawn to."""
LOWEST_OF_INTERVAL = {1: 52, 2: 50, 3: 48, 4: 46, 5: 46, 6: 46}
"""The lowest pitch that an interval may stand on before it gets muddy; wider ones may stand anywhere here."""
BACKWARDS = 6
"""What it costs a melody not to go where it should."""
NEAREST, WIDEST = 12, 24
"""Neighbours in a voicing are less than this apart, its ends less than that."""

Voicing = tuple[int, ...]


def sounds(chord: Chord, degree: int) -> bool:
    """Whether a degree (semitones above the root) may be played over the chord by who accompanies."""
    letter = chord.degrees[degree % 12]
    avoided = chord.degrees[(degree - 1) % 12] == "C"
    return letter in "CL" or (letter == "S" and not avoided)


def spelled(chord: Chord, form: str) -> tuple[int, ...]:
    """The form's degrees over the chord, from the bottom up in semitones above the root; empty: it has none.

    A form fits when the chord has each of its tones, no two of them the same.
    """
    found: list[int] = []
    foreign = _foreign_bass(chord)
    for name in form.split():
        letters = "C" if name in _CHORD_TONES else "CLS"
        fitting = (
            d for d in TONES[name] if chord.degrees[d] in letters and d != foreign and sounds(chord, d)
        )
        degree = next(fitting, None)
        if degree is None and name in ("6", "7") and form in FORMS[chord.quality]:
            degree = next((d for d in TONES[name] if sounds(chord, d)), None)  # a colour, as 6 in a maj7
        if degree is None or degree % 12 in (d % 12 for d in found):
            return ()
        while found and degree <= found[-1]:
            degree += 12
        found.append(degree)
    return tuple(found)


@lru_cache(maxsize=1024)
def voicings(chord: Chord, shell: bool = False) -> tuple[Voicing, ...]:
    """Every voicing of the chord within the register, the plainest forms first; none for N.C.

    Args:
        chord: any chord.
        shell: two or three notes only, as at fast tempi.
    """
    if chord.root is None:
        return ()
    found = dict.fromkeys(
        voicing
        for form in _forms(chord, shell)
        if (degrees := spelled(chord, form))
        for voicing in _placed(chord.root, degrees)
    )
    return tuple(found)


def movement(before: Sequence[int], after: Sequence[int]) -> int:
    """Semitones that the voices move in all, each to the nearest, there or back, whichever is more."""
    if not before or not after:
        return 0
    there = sum(min(abs(pitch - other) for other in after) for pitch in before)
    back = sum(min(abs(pitch - other) for other in before) for pitch in after)
    return max(there, back)


def lead(chord: Chord, before: Voicing = (), shell: bool = False, rise: int = 0) -> Voicing:
    """The voicing that follows `before` best: little movement, a top line that sings, near home.

    Args:
        chord: what sounds; nothing does on N.C.
        before: the voicing to go on from, or none.
        shell: as for `voicings`.
        rise: 1 or -1 where the top note should step up or down, as when a chord stays; 0 leaves it free.
    """
    choices = voicings(chord, shell)
    return min(choices, key=lambda voicing: _cost(voicing, before, rise), default=())


def _cost(voicing: Voicing, before: Voicing, rise: int) -> float:
    middle = sum(voicing) / len(voicing)
    cost = abs(middle - HOME) / 3 + abs(voicing[-1] - TOP_HOME) / 4
    if not before:
        return cost
    step = voicing[-1] - before[-1]  # a melody on top: steps, now and then a third
    moved = movement(before, voicing)
    if rise:
        return cost + moved / 3 + abs(step - 2 * rise) + (BACKWARDS if step * rise <= 0 else 0)
    return cost + moved + (0.5 if step == 0 else max(abs(step) - 2, 0))


def _foreign_bass(chord: Chord) -> int | None:
    """The degree of a slash bass that the chord above it has not, as A in G/A; None: it has none such."""
    degree = ((chord.bass or 0) - (chord.root or 0)) % 12
    return None if QUALITIES[chord.quality][degree] == "C" else degree


def _forms(chord: Chord, shell: bool) -> Sequence[str]:
    if _foreign_bass(chord) is not None:
        forms: tuple[str, ...] = SEVENTH_SLASHES if spelled(chord, "7") else SLASHES
        if not spelled(chord, "3"):
            forms = tuple(form.replace("3", "4") for form in forms)
    else:
        forms = SHELLS.get(chord.quality, _SHELLS) if shell else FORMS[chord.quality]
    fitting = [form for form in forms if spelled(chord, form)]
    return fitting or [" ".join(name for name in ("3", "4", "5", "7", "1") if spelled(chord, name))]


def _placed(root: int, degrees: Sequence[int]) -> Iterator[Voicing]:
    """The degrees in each octave where they lie in the register and none is muddy."""
    for octave in range(0, HIGH + 1, 12):
        voicing = tuple(octave + root + degree for degree in degrees)
        if voicing[0] >= LOW and voicing[-1] <= HIGH and clear(voicing):
            yield voicing


def clear(voicing: Sequence[int]) -> bool:
    """Whether no interval is muddy where it lies, none is too wide, and no semitone rubs at the top."""
    gaps = [above - below for below, above in pairwise(voicing)]
    return (
        all(below >= LOWEST_OF_INTERVAL.get(gap, 0) for below, gap in zip(voicing, gaps, strict=False))
        and all(gap < NEAREST for gap in gaps)
        and (len(gaps) < 2 or gaps[-1] > 1)
        and (not voicing or voicing[-1] - voicing[0] < WIDEST)
    )
