"""Rhythms as one can read them: a letter a step.

Conventions: `x` strikes, `X` strikes harder, `o` strikes softly (a ghost note), `=` holds what was struck,
`.` is silence. Steps are even: of two a beat each is an eighth, of three a triplet, of four a sixteenth.
"""

from functools import lru_cache
from typing import NamedTuple

from grammar.notes import TICKS_PER_BEAT


class Stroke(NamedTuple):
    """A letter that strikes."""

    place: int
    """Ticks from where the tab begins."""
    length: int
    """Ticks, its holds included."""
    mark: str
    """x, X or o."""


@lru_cache(maxsize=1024)
def strokes(tab: str, steps: int) -> tuple[Stroke, ...]:
    """The strokes of a tab with `steps` a beat, in order; blanks are only for the eye.

    Raises:
        ValueError: the beat does not divide so, or a letter is none of a tab's.
    """
    if TICKS_PER_BEAT % steps:
        raise ValueError(f"a beat of {TICKS_PER_BEAT} ticks has no {steps} even steps")
    step = TICKS_PER_BEAT // steps
    letters = tab.replace(" ", "")
    found: list[Stroke] = []
    for i, letter in enumerate(letters):
        if letter in "xXo":
            held = len(letters[i + 1 :]) - len(letters[i + 1 :].lstrip("="))
            found.append(Stroke(i * step, (1 + held) * step, letter))
        elif letter not in "=.":
            raise ValueError(f"{letter!r} in the tab {tab!r}: x, X, o, = or .")
    return tuple(found)


def beats(tab: str, steps: int) -> int:
    """How many beats a tab lasts."""
    return len(tab.replace(" ", "")) // steps
