"""The intake: what a message that comes in is, the player's, a clock's or a control's.

Conventions: times are nanoseconds on the engine's clock; one thread uses it, the one that keeps time, and
each stage costs microseconds. The stages, in order: a clock that is followed, whose messages are its own;
the player's filter (echoes, MPE), which may drop or change what came; controls, which may take it; the
player's channel and keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from improv.requests import Request
from improv.session.events import is_whole
from improv.sync.messages import ClockMessages


class PlayerFilter(Protocol):
    """What of an input is the player's."""

    def take(self, t: int, port: int, message: bytes) -> Sequence[bytes]:
        """The messages that remain of one; nothing of an echo."""
        ...

    def passes(self, message: bytes) -> bool:
        """Whether a message that no control has taken is within the player's channel and keys."""
        ...


class Controller(Protocol):
    """Which messages mean a control."""

    def take(self, t: int, message: bytes) -> tuple[Sequence[Request], bool]:
        """What a message asks for, and whether it is used up by it."""
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one message."""

    played: Sequence[bytes] = ()
    """To be passed on and heard."""
    requests: Sequence[Request] = ()
    clocked: bool = False
    """Whether it is the clock's that is followed."""


@dataclass
class Intake:
    """The stages; each may be left out."""

    player: PlayerFilter | None = None
    controls: Controller | None = None
    clock: ClockMessages | None = None

    def take(self, t: int, port: int, message: bytes) -> Taken:
        """Sort what came at `t` on the input with the number `port`; what is no message is dropped."""
        if not is_whole(message):
            return Taken()
        if self.clock is not None:
            meant = self.clock.sort(port, message)
            if meant != "pass":
                return Taken(clocked=meant == "clock")
        messages = (message,) if self.player is None else self.player.take(t, port, message)
        played: list[bytes] = []
        requests: list[Request] = []
        for one in messages:
            asked, used = self.controls.take(t, one) if self.controls is not None else ((), False)
            requests += asked
            if not used and (self.player is None or self.player.passes(one)):
                played.append(one)
        return Taken(played, requests)
