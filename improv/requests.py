"""What a view asks of the engine: small frozen values, sent through the pipe."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Start:
    """Count in and begin at the top of the form."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop at once, nothing left sounding."""


@dataclass(frozen=True, slots=True)
class Panic:
    """Silence everything that sounds, now; the session goes on."""


@dataclass(frozen=True, slots=True)
class SetTempo:
    """Change the tempo from the next beat on."""

    tempo: float
    """Beats a minute, 30 to 400."""


@dataclass(frozen=True, slots=True)
class Strike:
    """A note of fixed length from the computer keyboard."""

    pitch: int
    velocity: int = 80


@dataclass(frozen=True, slots=True)
class Mark:
    """Remember this place."""

    label: str = ""


@dataclass(frozen=True, slots=True)
class Keep:
    """Make a take of its own of the last bars, whatever was played in them."""

    bars: int = 32
    """1 or more; the bar that is not over yet comes with them."""
    name: str = ""
    """Empty: one is made."""


@dataclass(frozen=True, slots=True)
class UndoTake:
    """Mark the newest take as undone, or, where it is, bring it back; nothing is ever deleted."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Begin at a place of the form, at a time, without a count-in: another's transport has started."""

    tick: int
    """From the top of the first chorus."""
    at: int
    """The nanosecond of that tick."""


@dataclass(frozen=True, slots=True)
class SetMode:
    """Play in another mode, from the next bar on or at once."""

    mode: str
    """One of `improv.modes.MODES`."""
    bars: int = 0
    """Bars of a turn; 0 leaves them as they are."""
    now: int = 0
    """1: at once, in the middle of the bar."""


@dataclass(frozen=True, slots=True)
class Mute:
    """Let a part of the machine rest, or play again."""

    part: str
    """One of `improv.channels.PARTS`."""
    muted: int = 1


@dataclass(frozen=True, slots=True)
class Adjust:
    """Set one of `improv.modes.ADJUSTMENTS`, clipped to its bounds."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Learn:
    """The next controller, note or program change that comes in is to mean this control from now on."""

    control: str
    """The name of a control (`improv.controls`); empty: learn nothing after all."""


@dataclass(frozen=True, slots=True)
class Forget:
    """A control is to have no controller of its own, not even the usual one."""

    control: str


@dataclass(frozen=True, slots=True)
class Quit:
    """Stop, silence, and end the engine."""


Request = (
    Start
    | Stop
    | Cue
    | Panic
    | SetTempo
    | Strike
    | Mark
    | Keep
    | UndoTake
    | SetMode
    | Mute
    | Adjust
    | Learn
    | Forget
    | Quit
)
