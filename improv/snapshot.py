"""What the engine shows a view: one frozen value, sent some thirty times a second.

Conventions: `tick` counts from the top of the first chorus (negative in the count-in), so
`tick % form_ticks` is the place in the form. Times in the report are microseconds.
"""

from dataclasses import dataclass, field
from typing import Literal

Turn = Literal["stopped", "count-in", "player", "machine", "both"]
"""Whose turn it is; `both` where nobody waits for the other."""
Player = Literal["you", "improv"]
Source = Literal["player", "model", "grammar", "fallback"]


@dataclass(frozen=True, slots=True)
class RollNote:
    """A note of the piano roll."""

    player: Player
    onset: int
    """Ticks from the top of the first chorus."""
    duration: int | None
    """Ticks, or None while the note still sounds."""
    pitch: int
    source: Source = "player"
    """Who chose it: the player, the model, the grammar (redrawn), or a fallback phrase."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Figures of the running session, microseconds."""

    latency_p99: int = 0
    """From a key's arrival to its thru."""
    late_p99: int = 0
    """From a note's place to its sending."""
    late_max: int = 0
    missed: int = 0
    """Notes that were not ready in time."""
    fallback: int = 0
    """Notes of a fallback phrase that sounded in such notes' place."""
    realtime: bool = False
    """Whether SCHED_FIFO was granted."""


@dataclass(frozen=True, slots=True)
class PartShown:
    """What the machine plays, as the mixer shows it."""

    name: str
    """One of `improv.channels.PARTS`."""
    muted: bool = False
    resting: bool = False
    """Whether it has no part in the mode, muted or not."""
    channel: int = 0
    """From 1 to 16, as synths count; 0 where it is not known."""
    ports: str = ""
    """The outputs that it goes to; empty where there is none."""
    lost: bool = False
    """Whether all of them are lost, and waited for."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole visible state of a session."""

    turn: Turn = "stopped"
    tick: int = 0
    tempo: float = 120.0
    mode: str = "trade"
    """One of `improv.modes.MODES`."""
    coming: str = ""
    """The mode that begins at the next bar, or empty."""
    bars: int = 4
    chorus: int = 0
    """Choruses completed."""
    turn_ends: int = 0
    """The tick at which the present turn ends."""
    in_port: str = ""
    out_port: str = ""
    lost: tuple[str, ...] = ()
    """The ports, of either kind, that are lost and waited for."""
    roll: tuple[RollNote, ...] = ()
    """The notes of the last sixteen bars, both players."""
    terminals: tuple[str, ...] = ()
    """The present or last answer in deepjazz's text form, one terminal a note."""
    parts: tuple[PartShown, ...] = ()
    chord: str = ""
    """The chord that the player holds, as it was named; empty where none is."""
    chosen: tuple[tuple[str, int], ...] = ()
    """How many notes of the machine's the model, the grammar and a fallback phrase chose, by source."""
    adjusted: tuple[tuple[str, float], ...] = ()
    """What is adjusted and how, by the names of `improv.modes.ADJUSTMENTS`; as usual where it is missing."""
    sync: str = ""
    """Whose clock is followed and how that goes, in a few words; empty: our own."""
    learning: str = ""
    """The control that waits to be moved, or empty."""
    message: str = ""
    """The last thing worth telling the player, or empty."""
    timing: Timing = field(default_factory=Timing)
