"""What an improviser remembers, and what it chooses.

Conventions: ticks from the top of the first chorus. A `Mind` is a value, so a phrase can be tried and taken
back by keeping the mind before it.
"""

from dataclasses import dataclass, replace
from typing import Literal

from grammar.notes import Note
from grammar.terminals import Terminal
from improv.chance import Chance
from improv.jazz.encoding import Encoded
from improv.jazz.past import NOTHING, Past
from improv.jazz.theme import Theme
from improv.jazz.touch import UNTOUCHED, Touch
from improv.swing import STANDARD_VELOCITY
from models.network import Memory

Source = Literal["model", "grammar"]
"""Who chose a pitch: the model, or the model again after the grammar refused its first proposal."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A note and how it came about."""

    note: Note
    terminal: Terminal
    source: Source
    refused: str = ""
    """The rule that refused the model's first proposal, if one did."""


@dataclass(frozen=True, slots=True, eq=False)
class Mind:
    """All that the improviser remembers."""

    chance: Chance
    memory: Memory | None = None
    """The network's state; None before the first note."""
    line: tuple[Note, ...] = ()
    """The last notes heard or played, the newest last; its length is what is known so far."""
    past: Past = NOTHING
    """More of them, as what comes is compared with them."""
    touch: Touch = UNTOUCHED
    """How they were played, as far as that is known: what the improviser plays has not sounded yet."""
    encoded: Encoded | None = None
    """What was known before the newest note, as the network read it."""
    behind: bool = False
    """Whether only the network of pitches has read the newest note: `catch_up` has the others read it."""
    theme: Theme | None = None
    """The earlier passage that is being taken up again."""
    next_onset: int | None = None
    """Where the improviser means to play on; None: not decided."""


def moved(mind: Mind, ticks: int) -> Mind:
    """The mind with all that it remembers so much later: the clock has jumped, the music has not."""
    line = tuple(replace(note, onset=note.onset + ticks) for note in mind.line)
    past, touch = mind.past.moved(ticks), mind.touch.moved(ticks)
    return replace(mind, line=line, past=past, touch=touch, next_onset=None)


def loudness(mind: Mind) -> float:
    """How loud the line is lately: what the player strikes counts, and is answered in kind."""
    if not mind.line:
        return STANDARD_VELOCITY
    return sum(note.velocity for note in mind.line) / len(mind.line)
