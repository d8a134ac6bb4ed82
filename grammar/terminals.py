"""Terminals: what a note is over its chord, for how long, and how far from the note before.

Conventions: the kinds are those of Keller's and Gillick's jazz grammars as deepjazz abbreviates them.
Durations are ticks of 1/24 beat, 1 or more; bounds are semitones from the pitched note before, rests
skipped. The text form is deepjazz's, `TYPE,duration[,<up,down>]`: the duration in quarter notes with
three decimals, the bounds as directed intervals (`m3`, `P-4`; a number after the minus sign goes down).
Three decimals tell all ticks apart, so what is written here reads back as it was.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from grammar.notes import TICKS_PER_BEAT


class Kind(Enum):
    """What a terminal is over its chord, in the order in which a note is tested."""

    REST = ("R", "rest", "silence")
    CHORD = ("C", "chord tone", "a note the chord's symbol spells, a slash bass included")
    COLOUR = ("L", "colour tone", "an extension or alteration that sounds well held over the chord")
    SCALE = ("S", "scale tone", "a note of the scale behind the chord, for passing")
    APPROACH = ("A", "approach tone", "outside the scale, a semitone from a chord tone")
    ARBITRARY = ("X", "arbitrary tone", "outside the scale, no semitone from a chord tone")

    def __init__(self, letter: str, title: str, meaning: str) -> None:
        self.letter = letter
        self.title = title
        self.meaning = meaning


KIND_OF_LETTER: dict[str, Kind] = {kind.letter: kind for kind in Kind}
"""The kind that a letter of the text form stands for."""

TOLERANCE = 3
"""A note's bounds reach a minor third, in semitones, to either side of its interval."""

_SIMPLE_NAMES = ("P1", "m2", "M2", "m3", "M3", "P4", "d5", "P5", "m6", "M6", "m7", "M7")
_MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
_PERFECT = (0, 3, 4)
_INTERVAL = re.compile(r"(P|M|m|A+|d+)(-?)([1-9]\d*)")
_TERMINAL = re.compile(r"([A-Z]),(\d+(?:\.\d*)?|\.\d+)(?:,?<([^<>,]+),([^<>,]+)>)?")


class TerminalError(ValueError):
    """A terminal's text that is not understood; the message quotes it."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a note may lie from the pitched note before it."""

    low: int
    """Semitones, negative downwards, included."""
    high: int
    """Semitones, `low` or more, included."""

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"bounds from {self.low} to {self.high} are upside down")

    def allow(self, interval: int) -> bool:
        """Whether an interval, in semitones, lies within."""
        return self.low <= interval <= self.high

    def __str__(self) -> str:
        return f"<{interval_name(self.high)},{interval_name(self.low)}>"


def bounds_around(interval: int) -> Bounds:
    """The bounds that deepjazz gives a note at this interval, in semitones, from the one before."""
    return Bounds(interval - TOLERANCE, interval + TOLERANCE)


@dataclass(frozen=True, slots=True)
class Terminal:
    """One symbol of a melody's grammar."""

    kind: Kind
    duration: int
    """Ticks, 1 or more."""
    bounds: Bounds | None = None
    """None for a rest, and for a note with none before it."""

    def __post_init__(self) -> None:
        if self.duration < 1:
            raise ValueError(f"a terminal lasts 1 tick or more, not {self.duration}")
        if self.kind is Kind.REST and self.bounds is not None:
            raise ValueError("a rest has no bounds")

    def __str__(self) -> str:
        """The terminal in deepjazz's text form."""
        text = f"{self.kind.letter},{self.duration / TICKS_PER_BEAT:.3f}"
        return text if self.bounds is None else f"{text},{self.bounds}"


def parse_terminal(text: str) -> Terminal:
    """The terminal that deepjazz's text form describes, the bounds in either order.

    A duration is rounded to the nearest tick, and to one tick at least (deepjazz writes zeros).

    Raises:
        TerminalError: the text is no terminal.
    """
    match = _TERMINAL.fullmatch(text)
    if match is None or match[1] not in KIND_OF_LETTER:
        raise TerminalError(f"unknown terminal {text!r}: write it as in R,0.500 or C,0.500,<M3,m-2>")
    kind = KIND_OF_LETTER[match[1]]
    duration = max(1, round(float(match[2]) * TICKS_PER_BEAT))
    if match[3] is None:
        return Terminal(kind, duration)
    if kind is Kind.REST:
        raise TerminalError(f"unknown terminal {text!r}: a rest has no bounds")
    low, high = sorted((parse_interval(match[3].strip()), parse_interval(match[4].strip())))
    return Terminal(kind, duration, Bounds(low, high))


def format_line(terminals: Iterable[Terminal]) -> str:
    """The terminals of a measure, or of any stretch, as deepjazz writes them: joined by spaces."""
    return " ".join(map(str, terminals))


def parse_text(text: str) -> list[Terminal]:
    """The terminals of a text as `format_line` or deepjazz wrote it.

    Raises:
        TerminalError: a word of the text is no terminal.
    """
    return [parse_terminal(word) for word in re.sub(r",\s+", ",", text).split()]


def interval_name(semitones: int) -> str:
    """The directed name of an interval: 3 is m3, -1 is m-2, 6 is d5, 16 is M10."""
    octaves, within = divmod(abs(semitones), 12)
    quality, number = _SIMPLE_NAMES[within][0], int(_SIMPLE_NAMES[within][1]) + 7 * octaves
    return f"{quality}{'-' if semitones < 0 else ''}{number}"


def parse_interval(name: str) -> int:
    """The semitones of a directed interval name, in any spelling (A4 and d5 are 6, d-5 is -6).

    Raises:
        TerminalError: the name is no interval.
    """
    match = _INTERVAL.fullmatch(name)
    if match is None:
        raise TerminalError(f"unknown interval {name!r}: write a quality and a number, as in m3, P-4, A4")
    quality, minus, number = match[1], match[2], int(match[3])
    octaves, step = divmod(number - 1, 7)
    perfect = step in _PERFECT
    if quality in ("M", "m") if perfect else quality == "P":
        raise TerminalError(
            f"unknown interval {name!r}: that number is {'perfect' if perfect else 'major or minor'}"
        )
    if quality[0] == "A":
        change = len(quality)
    elif quality[0] == "d":
        change = -len(quality) - (not perfect)
    else:
        change = -1 if quality == "m" else 0
    size = 12 * octaves + _MAJOR_SCALE[step] + change
    return -size if minus else size
