"""What a session wants done: small frozen values that the engine carries out.

Conventions: times are nanoseconds on the engine's clock, ticks count from the top of the first chorus.
"""

from dataclasses import dataclass

from improv.channels import Role
from improv.snapshot import Source, Turn


@dataclass(frozen=True, slots=True)
class Play:
    """Sound a note."""

    at: int
    duration: int
    """Nanoseconds."""
    pitch: int
    velocity: int
    channel: int
    role: Role
    onset: int
    """Ticks, on the grid."""
    ticks: int
    """Ticks that it is written to last."""
    source: Source = "model"
    terminal: str = ""
    """The note in deepjazz's text form."""
    refused: str = ""
    """The grammar's rule that refused the model's first proposal, if one did."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The player's note was understood so."""

    onset: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Cancel the improviser's notes that do not sound yet: the player has played on."""


@dataclass(frozen=True, slots=True)
class TurnChange:
    """Someone's turn begins."""

    turn: Turn
    onset: int
    ends: int


@dataclass(frozen=True, slots=True)
class Silence:
    """End all sound and forget what waits."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The last chorus is over."""


Command = Play | Heard | TakeBack | TurnChange | Silence | Finished
