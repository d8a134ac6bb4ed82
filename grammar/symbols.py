"""A chord's symbol, written from its quality and the notes that sound.

Conventions: the inverse of `grammar.chords.parse_chord`, and it holds to it: what is written here parses to
the same quality, and every tension named is then a colour tone. Degrees are semitones above the root. Roots
and basses are written with flats (`grammar.chords.ROOTS`). A symbol says no more than what is held: a
thirteenth without a ninth is `C13`, as players write it, but a plain triad is never called a seventh chord.

The stem of a symbol takes as many of the tensions as it can (9, 13, 6/9), the rest follow in parentheses.
"""

from collections.abc import Set
from functools import lru_cache

from grammar.chords import QUALITIES, ROOTS, Chord, parse_chord

STEMS: dict[str, tuple[tuple[int, str, tuple[int, ...]], ...]] = {
    # quality: the degree that a stem is written for, the stem, and what it says besides; the first whose
    # degree is held is written, and the root is always held
    "maj": ((2, "add9", ()), (0, "", ())),
    "6": ((2, "6/9", ()), (0, "6", ())),
    "maj7": ((9, "maj13", (2,)), (2, "maj9", ()), (0, "maj7", ())),
    "min": ((2, "-add9", ()), (5, "-add11", ()), (0, "-", ())),
    "min6": ((2, "-6/9", ()), (0, "-6", ())),
    "min7": ((9, "-13", (2, 5)), (5, "-11", (2,)), (2, "-9", ()), (0, "-7", ())),
    "minmaj7": ((0, "-maj7", ()),),
    "7": ((9, "13", (2,)), (2, "9", ()), (0, "7", ())),
    "7alt": ((0, "7alt", (1, 3, 6, 8)),),
    "7sus": ((9, "13sus", (2,)), (2, "9sus", ()), (0, "7sus", ())),
    "sus": ((5, "sus", ()), (2, "sus2", ()), (0, "sus", ())),
    "aug": ((0, "+", ()),),
    "aug7": ((2, "+9", ()), (0, "+7", ())),
    "augmaj7": ((0, "maj7#5", ()),),
    "m7b5": ((2, "-9b5", ()), (0, "-7b5", ())),
    "dim": ((0, "o", ()),),
    "dim7": ((0, "o7", ()),),
    "5": ((0, "5", ()),),
}
"""How the symbol of each quality begins, fullest first."""

TENSIONS: dict[int, str] = {1: "b9", 3: "#9", 6: "#11", 8: "b13", 2: "9", 5: "11", 9: "13"}
"""How a tension is written in parentheses, by its degree, in that order: before a natural one an accidental
would be read as belonging to it, as the Weimar database writes it (`9b11#`)."""


def symbol(root: int, quality: str, held: Set[int], bass: int | None = None) -> str:
    """The symbol of a chord.

    Args:
        root: pitch class.
        quality: a name in `QUALITIES` other than NC.
        held: the degrees above the root that sound; those that the quality does not know are not named.
        bass: the pitch class below a slash, if there is to be one.
    """
    suffix = _suffix(quality, frozenset(held))
    return ROOTS[root % 12] + suffix + ("" if bass is None else "/" + ROOTS[bass % 12])


def written(root: int, quality: str, held: Set[int], bass: int | None = None) -> Chord:
    """The chord whose symbol that is; see `symbol`."""
    return parse_chord(symbol(root, quality, held, bass))


@lru_cache(maxsize=4096)
def _suffix(quality: str, held: frozenset[int]) -> str:
    _, stem, besides = next(stem for stem in STEMS[quality] if stem[0] in held | {0})
    said = {degree for degree, written, _ in STEMS[quality] if written == stem} | set(besides)
    letters = QUALITIES[quality]
    rest = [
        name if stem not in ("", "+", "sus") or name[0] in "b#" else f"add{name}"
        for degree, name in TENSIONS.items()
        if degree in held and degree not in said and letters[degree] != "C"
    ]
    return f"{stem}({','.join(rest)})" if rest else stem
