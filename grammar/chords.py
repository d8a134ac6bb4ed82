"""Chord symbols and the pitch classes they allow.

Conventions: pitch class 0 is C. A quality is written as twelve letters over the degrees above the
root, each the terminal that a note on that degree gets: C chord tone, L colour tone, S scale tone,
and a dot for a note outside the chord's scale. Named extensions and alterations (9, b9, #11, 13)
are colour tones; only the third, fifth, sixth and seventh of the symbol are chord tones. A slash
bass is a chord tone. N.C. allows every note as a scale tone: where nothing is stated nothing
clashes.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

QUALITIES: dict[str, str] = {
    #            1 . 2 . 3 4 . 5 . 6 . 7     scale behind it
    "maj": "C.L.CS.C.L.S",  # ionian
    "6": "C.L.CS.C.C.S",  # ionian
    "maj7": "C.L.CS.C.L.C",  # ionian
    "min": "C.LC.S.C.SS.",  # dorian
    "min6": "C.LC.S.C.C.S",  # melodic minor
    "min7": "C.LC.L.C.SC.",  # dorian
    "minmaj7": "C.LC.S.C.S.C",  # melodic minor
    "7": "C.L.CS.C.LC.",  # mixolydian
    "7alt": "CL.LC.L.L.C.",  # altered
    "7sus": "C.L.SC.C.LC.",  # mixolydian
    "sus": "C.L..C.C.SS.",  # mixolydian, no third
    "aug": "C.L.C.S.C.S.",  # whole tone
    "aug7": "C.L.C.L.C.C.",  # whole tone
    "augmaj7": "C.L.C.L.CS.C",  # lydian augmented
    "m7b5": "CS.C.LC.L.C.",  # locrian
    "dim": "C.SC.SC.SS.S",  # whole step, half step
    "dim7": "C.LC.LC.LC.L",  # whole step, half step
    "5": "C.S..S.C.S..",  # fifths alone
    "NC": "SSSSSSSSSSSS",
}
"""Every quality, by name; the order is part of the jazz model's vocabulary."""

ALIASES: dict[str, str] = {
    # spelling: quality[+extensions]; longest match wins, so order does not matter
    "": "maj",
    **dict.fromkeys(("maj", "M", "ma", "major"), "maj"),
    **dict.fromkeys(("6", "maj6", "M6", "ma6", "j6"), "6"),
    **dict.fromkeys(("69", "6/9", "maj69", "M69"), "6+9"),
    **dict.fromkeys(("maj7", "M7", "ma7", "Maj7", "j7", "j", "Δ", "Δ7", "^7", "^"), "maj7"),
    **dict.fromkeys(("maj9", "M9", "ma9", "Δ9", "^9", "j9"), "maj7+9"),
    **dict.fromkeys(("maj13", "M13", "ma13", "Δ13", "^13"), "maj7+9+13"),
    **dict.fromkeys(("m", "-", "min", "mi", "minor"), "min"),
    **dict.fromkeys(("m6", "-6", "min6", "mi6"), "min6"),
    **dict.fromkeys(("m69", "-69", "min69", "m6/9", "-6/9"), "min6+9"),
    **dict.fromkeys(("m7", "-7", "min7", "mi7"), "min7"),
    **dict.fromkeys(("m9", "-9", "min9", "mi9"), "min7+9"),
    **dict.fromkeys(("m11", "-11", "min11", "mi11"), "min7+9+11"),
    **dict.fromkeys(("m13", "-13", "min13", "mi13"), "min7+9+13"),
    **dict.fromkeys(
        ("mM7", "mMaj7", "mmaj7", "-j7", "-maj7", "-M7", "minmaj7", "minMaj7", "mΔ", "-Δ", "mΔ7"),
        "minmaj7",
    ),
    **dict.fromkeys(("-Δ7", "m^7", "-^7", "-^", "mj7", "mma7", "mima7", "mimaj7"), "minmaj7"),
    **dict.fromkeys(("7", "dom7", "dom"), "7"),
    "9": "7+9",
    "11": "7+9+11",
    "13": "7+9+13",
    "7+9": "7+#9",
    "7+11": "7+#11",
    **dict.fromkeys(("7alt", "alt", "alt7"), "7alt"),
    **dict.fromkeys(("7sus", "7sus4", "sus7", "sus47"), "7sus"),
    **dict.fromkeys(("9sus", "9sus4", "sus9"), "7sus+9"),
    **dict.fromkeys(("13sus", "13sus4", "sus13"), "7sus+9+13"),
    **dict.fromkeys(("sus", "sus4", "sus2"), "sus"),
    **dict.fromkeys(("+", "aug", "#5", "+5"), "aug"),
    **dict.fromkeys(("+7", "aug7", "7#5", "7+", "7+5", "7aug"), "aug7"),
    **dict.fromkeys(("+9", "9#5", "9+", "aug9"), "aug7+9"),
    **dict.fromkeys(("+j7", "maj7#5", "j7#5", "M7#5", "+maj7", "+M7", "Δ#5", "Δ7#5", "maj7+"), "augmaj7"),
    **dict.fromkeys(("m7b5", "-7b5", "min7b5", "mi7b5", "ø", "ø7", "h", "h7", "m7-5"), "m7b5"),
    **dict.fromkeys(("m9b5", "-9b5", "min9b5", "ø9"), "m7b5+9"),
    **dict.fromkeys(("dim", "o", "°", "mb5", "-b5"), "dim"),
    **dict.fromkeys(("dim7", "o7", "°7"), "dim7"),
    **dict.fromkeys(("5", "power"), "5"),
}
"""Spellings of the chord qualities, as lead sheets and the Weimar database write them."""

EXTENSIONS: dict[str, tuple[int, tuple[int, ...]]] = {
    # spelling: (degree in semitones that becomes a colour tone, degrees that leave the scale)
    "b9": (1, (2,)),
    "9": (2, ()),
    "#9": (3, (2,)),
    "11": (5, ()),
    "#11": (6, (5,)),
    "b13": (8, (9,)),
    "13": (9, ()),
}
"""What follows the quality in a symbol, and what it does to the twelve letters."""

ROOTS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
"""A name for each pitch class."""

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NO_CHORD = ("NC", "N.C.", "N.C", "nc", "n.c.", "NoChord")
_UNICODE = str.maketrans({"♭": "b", "♯": "#", "−": "-", "–": "-", "△": "Δ", "∆": "Δ", "º": "°"})
_SYMBOL = re.compile(r"([A-G])(bb|##|b|#)?(.*?)(?:/([A-G])(bb|##|b|#)?)?$")
_PREFIX = re.compile(r"(add|no|omit|alt|b|#|\+|-)?(13|11|9|7|6|5|4|3|2)?")
_POSTFIX = re.compile(r"(13|11|9)(b|#)?")
_IMPLIED_SEVENTH = re.compile(r"(13|11|9)[b#]")  # iRb's E9b is E7b9; tried last, for E9b5 is E9 with b5
_SPELLED_OUT = {"6": "13", "4": "11", "2": "9", "b6": "b13", "#": "#5"}


class ChordError(ValueError):
    """A chord symbol that is not understood; the message names the symbol."""


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord symbol, understood."""

    symbol: str
    """As it was written."""
    root: int | None
    """Pitch class, or None for N.C."""
    quality: str
    """A name in `QUALITIES`."""
    degrees: str
    """Twelve letters C, L, S or dot above the root (above C for N.C.), extensions included."""
    bass: int | None
    """Pitch class of the lowest note: the slash bass, else the root."""

    def transposed(self, semitones: int) -> "Chord":
        """The chord moved up by `semitones`, spelled with flats."""
        if self.root is None or self.bass is None:
            return self
        match = _SYMBOL.fullmatch(self.symbol.translate(_UNICODE).strip())
        assert match is not None, "a chord's symbol has been read before"
        suffix = f"({match[3]})" if match[3][:1] in ("#", "b") else match[3]  # Db#5 is C(#5), not C#5
        slash = "" if match[4] is None else "/" + ROOTS[(self.bass + semitones) % 12]
        return parse_chord(ROOTS[(self.root + semitones) % 12] + suffix + slash)

    def letter(self, pitch: int) -> str:
        """C, L, S or '.' for the pitch over this chord."""
        return self.degrees[(pitch - (self.root or 0)) % 12]

    def classes(self, letters: str) -> frozenset[int]:
        """The pitch classes whose letter is among `letters`."""
        root = self.root or 0
        return frozenset((root + d) % 12 for d, found in enumerate(self.degrees) if found in letters)

    @property
    def tones(self) -> frozenset[int]:
        """Chord tones, as pitch classes; empty for N.C."""
        return self.classes("C")

    @property
    def colours(self) -> frozenset[int]:
        """Colour tones, as pitch classes."""
        return self.classes("L")

    @property
    def scale(self) -> frozenset[int]:
        """Every pitch class of the chord's scale: chord, colour and scale tones."""
        return self.classes("CLS")


NO_CHORD = Chord("N.C.", None, "NC", QUALITIES["NC"], None)


@lru_cache(maxsize=4096)
def parse_chord(symbol: str) -> Chord:
    """The chord that a symbol names, in the common spellings of `ALIASES`.

    Raises:
        ChordError: the symbol is not understood.
    """
    if symbol in _NO_CHORD:
        return NO_CHORD
    match = _SYMBOL.fullmatch(symbol.translate(_UNICODE).strip())
    if match is None:
        raise ChordError(f"unknown chord {symbol!r}: a chord starts with a note name, A to G")
    letter, accidental, suffix, bass_letter, bass_accidental = match.groups()
    root = _pitch_class(letter, accidental)
    suffix = suffix.replace("(", "").replace(")", "").replace(",", "")
    try:
        quality, degrees = _read_suffix(suffix, symbol)
    except ChordError:
        if not _IMPLIED_SEVENTH.match(suffix):
            raise
        quality, degrees = _read_suffix("7" + suffix, symbol)
    bass = root
    if bass_letter is not None:
        bass = _pitch_class(bass_letter, bass_accidental)
        degrees = _with(degrees, (bass - root) % 12, "C")
    return Chord(symbol, root, quality, degrees, bass)


def _pitch_class(letter: str, accidental: str | None) -> int:
    signs = accidental or ""
    return (_LETTERS[letter] + signs.count("#") - signs.count("b")) % 12


def _with(degrees: str, degree: int, letter: str) -> str:
    return degrees[:degree] + letter + degrees[degree + 1 :]


def _read_suffix(suffix: str, symbol: str) -> tuple[str, str]:
    """The quality's name and its letters with all extensions applied."""
    for size in range(len(suffix), -1, -1):
        if suffix[:size] in ALIASES:
            quality, *extensions = ALIASES[suffix[:size]].split("+")
            extensions += _read_extensions(suffix[size:], symbol, after_digit=suffix[:size][-1:].isdigit())
            degrees = QUALITIES[quality]
            for extension in extensions:
                degrees = _extend(degrees, extension)
            return quality, degrees
    raise AssertionError("the empty suffix is an alias")


def _extend(degrees: str, extension: str) -> str:
    if extension in ("b5", "#5"):  # a moved fifth stays a chord tone
        degrees = _with(degrees, 7, ".")
        return _with(degrees, 6 if extension == "b5" else 8, "C")
    if extension == "add3":
        return _with(degrees, 4, "C")
    if extension == "sus4":
        return _with(_with(degrees, 4, "S"), 5, "C")
    degree, leaving = EXTENSIONS[extension]
    for left in leaving:
        if degrees[left] != "C":
            degrees = _with(degrees, left, ".")
    return degrees if degrees[degree] == "C" else _with(degrees, degree, "L")


def _read_extensions(rest: str, symbol: str, after_digit: bool) -> list[str]:
    """Split what follows the quality: `b9#11` as most write it, `9b11#` as the Weimar database does.

    The second form is only read directly behind a digit (`C79b13` is 7, b9, 13), where the first
    would need an accidental.
    """
    found: list[str] = []
    if after_digit and rest[:1].isdigit():
        while (match := _POSTFIX.match(rest)) and (name := (match[2] or "") + match[1]) in EXTENSIONS:
            found.append(name)
            rest = rest[match.end() :]
    while rest:
        match = _PREFIX.match(rest)
        spelled = match[0] if match else ""
        name = spelled.replace("add", "").replace("+", "#").replace("-", "b")
        if rest.startswith("sus"):
            spelled = "sus4" if rest.startswith("sus4") else "sus"
            found.append("sus4")
        elif spelled in ("no3", "no5", "omit3", "omit5", "alt"):
            found += ["b9", "#9", "#11", "b13"] if spelled == "alt" else []
        elif spelled == "add3":
            found.append(spelled)
        elif name in _SPELLED_OUT and (name != "#" or spelled == rest == "+"):
            found.append(_SPELLED_OUT[name])
        elif name in EXTENSIONS or name in ("b5", "#5"):
            found.append(name)
        else:
            raise ChordError(f"unknown chord {symbol!r}: cannot read {rest!r}")
        rest = rest[len(spelled) :]
    return found
