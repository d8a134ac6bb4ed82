"""What passes between the session's side and the ports' side: orders one way, words the other.

Conventions: small frozen values, sent through the wire (`improv.live.wire`); times are nanoseconds on the
engine's clock, which both sides share. A command of the session's is an order as it is.
"""

from dataclasses import dataclass, field

from grammar.form import Feel
from improv.channels import Part
from improv.controls.table import Now
from improv.live.link import Notice
from improv.requests import Forget, Learn, Request
from improv.session.commands import Deed
from improv.session.events import Message, Missed
from improv.session.tempo import TempoMap
from improv.snapshot import Timing


@dataclass(frozen=True, slots=True)
class Programs:
    """Tell every channel of ours its instrument."""

    feel: Feel


@dataclass(frozen=True, slots=True)
class Struck:
    """Sound a key of the computer's, where keys sound by themselves."""

    at: int
    duration: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Reached:
    """The session has planned all that is due up to a time, and whatever it ordered before."""

    t: int


@dataclass(frozen=True, slots=True)
class Follow:
    """Our clock goes by this map from `t` on, None while the session is stopped, and at this tempo."""

    map: TempoMap | None
    tempo: float
    t: int


@dataclass(frozen=True, slots=True)
class ShowControls:
    """The session is like this now: what a button that turns something over goes by."""

    now: Now


@dataclass(frozen=True, slots=True)
class Leave:
    """Nothing more comes: silence everything, and stop those who follow our clock."""

    again: bool = False
    """Whether to silence again and again: the system has just lost another client, and may lose messages."""


Order = Deed | Programs | Struck | Reached | Follow | ShowControls | Learn | Forget | Leave


@dataclass(frozen=True, slots=True)
class Clocked:
    """A message of the clock that is followed has come."""

    t: int
    port: int
    """The input's place in the list."""
    message: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """A control asks for something."""

    request: Request


Word = Message | Missed | Clocked | Wanted | Notice


@dataclass(frozen=True, slots=True)
class Place:
    """Where the notes of a part go."""

    part: Part
    channel: int
    """From 0 to 15."""
    ports: str
    lost: bool
    """Whether all of its outputs are lost, and waited for."""


@dataclass(frozen=True, slots=True)
class FrontShown:
    """The visible state of the ports' side."""

    in_port: str = ""
    out_port: str = ""
    lost: tuple[str, ...] = ()
    """The ports, of either kind, that are lost and waited for."""
    places: tuple[Place, ...] = ()
    learning: str = ""
    """The control that waits to be moved, or empty."""
    timing: Timing = field(default_factory=Timing)


@dataclass(frozen=True, slots=True)
class Opened:
    """The ports are open."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    notices: tuple[str, ...]
    """What the player should know of the set-up, a line each."""
    troubles: tuple[str, ...]
    """What is not as it should be, a line each."""
    clock_in: int | None
    """The place, among the inputs, of the one that was named for a clock."""
