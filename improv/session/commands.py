"""What a session wants done: small frozen values that the engine carries out.

Conventions: times are nanoseconds on the engine's clock, ticks count from the top of the first chorus.
"""

from dataclasses import dataclass

from improv.channels import Role
from improv.snapshot import Source, Turn

LOOKAHEAD = 40_000_000
"""Nanoseconds before its place at which a note is planned: some twenty times what drawing it takes."""


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
class Hold:
    """Sound a note at once, until `Release`: the player holds the key that asked for it."""

    pitch: int
    velocity: int
    channel: int
    role: Role
    onset: int
    """Ticks, on the grid."""
    key: int
    """The key that the player struck."""
    source: Source = "model"
    terminal: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """End a held note; nothing where it does not sound any more."""

    pitch: int
    channel: int
    role: Role


@dataclass(frozen=True, slots=True)
class Damp:
    """The dampers fall on what the machine's held notes have left ringing under the player's pedal.

    It stays the player's: if it is down it is down again at once, for what he plays next.
    """

    channel: int
    """The player's."""


@dataclass(frozen=True, slots=True)
class Thru:
    """Which of the player's keys sound by themselves from now on: those from `low` to `high`.

    Pedal and everything else that is no note always passes; `low` above `high`: no key sounds. A key that
    sounds when this comes keeps its note until it is released.
    """

    low: int = 0
    high: int = 127


@dataclass(frozen=True, slots=True)
class Standby:
    """A grammar phrase for the coming answer; the engine plays of it what the model leaves unplanned.

    It replaces any standby before it; none of it sounds where the model comes in time.
    """

    notes: tuple[Play, ...]
    """In order of time, each with the source `fallback`."""


@dataclass(frozen=True, slots=True)
class ModeChange:
    """Another mode begins, or is to begin at a tick."""

    mode: str
    onset: int
    bars: int
    coming: int = 0
    """1: it begins at `onset`, which is still ahead."""


@dataclass(frozen=True, slots=True)
class Named:
    """The player holds this chord."""

    onset: int
    chord: str
    """As the grammar writes it; empty: nothing is held any more."""


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


Deed = Play | Hold | Release | Damp | Thru | Standby | TakeBack | Silence
"""What is to be done where the ports are."""
Told = ModeChange | Named | Heard | TurnChange | Finished
"""What only tells how the session goes."""
Command = Deed | Told
