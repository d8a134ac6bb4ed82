"""The ways to play together, and what can be adjusted, in one table each."""

from dataclasses import dataclass
from typing import Literal, get_args

Mode = Literal["trade", "answer", "solo", "layout", "rhythm", "comp", "lead"]
First = Literal["you", "improv"]
"""Who begins where turns are taken."""
FIRSTS: tuple[First, ...] = get_args(First)


@dataclass(frozen=True, slots=True)
class ModeShown:
    """A mode as a player reads of it."""

    name: Mode
    title: str
    """In a word or three, for the screen."""
    help: str
    """What happens in it, in a line."""


MODES: tuple[ModeShown, ...] = (
    ModeShown("trade", "trade", "take turns of 1, 2, 4, 8 or 12 bars, over the form"),
    ModeShown("answer", "answer", "free time: your phrase ends with a silence, and is answered in kind"),
    ModeShown("solo", "solo", "improv solos, and leaves room when you play"),
    ModeShown("layout", "lay out", "no solo and no chords, improv listens; bass and drums play on"),
    ModeShown("rhythm", "your rhythm", "you strike any key, improv chooses the note"),
    ModeShown("comp", "comp", "chords and bass behind your solo, that answer it"),
    ModeShown("lead", "left hand leads", "chords below the split point are the harmony, above it you solo"),
)
"""In the order in which a key steps through them."""
BARS: tuple[int, ...] = (1, 2, 4, 8, 12)
"""Bars of a turn that a key steps through; any number can be asked for by name."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A number that a player sets while playing."""

    name: str
    low: float
    high: float
    usual: float
    step: float
    """What a key moves it by."""
    help: str


ADJUSTMENTS: dict[str, Adjustment] = {
    a.name: a
    for a in (
        Adjustment("swing", 0.0, 2.0, 1.0, 0.1, "eighths: 0 even, 1 as soloists play them at the tempo"),
        Adjustment("behind", 0.0, 2.0, 0.0, 0.1, "how far improv lays back: 1 as soloists do"),
        Adjustment("dynamics", 0.0, 2.0, 1.0, 0.1, "accents: 0 none, 1 as soloists play them"),
        Adjustment("temperature", 0.2, 3.0, 1.0, 0.1, "below 1 safer, above 1 wilder"),
        Adjustment("density", 0.0, 2.0, 1.0, 0.1, "how much improv and the band play"),
        Adjustment("split", 0.0, 127.0, 60.0, 1.0, "the lowest key of the right hand, where the left leads"),
        Adjustment("offset", -100.0, 100.0, 0.0, 1.0, "milliseconds later than the clock that is followed"),
    )
}
