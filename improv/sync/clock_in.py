"""Clock in: the follower of one input, as the engine uses it.

Conventions: times are nanoseconds on the engine's clock; one thread uses it, the session's. Which messages
are the clock's is found where they come in (`improv.sync.messages`).

A master may send clocks and never Start, as a modular's does: then Start is ours, and from there on the
place is kept by its clocks. Where a master plays already, Start comes in with its next bar.
"""

from collections.abc import Sequence
from dataclasses import replace

from improv.requests import Adjust, Cue, Request, SetTempo, Start
from improv.session.session import SessionEvent
from improv.session.tempo import TempoMap
from improv.sync.follower import Follower
from improv.sync.messages import STOP

MILLISECOND = 1_000_000
SECOND = 1_000_000_000
LET_GO = 2 * SECOND
"""Silence after which another input may be the master, where any may."""
GIVEN_UP = 30 * SECOND
"""Silence after which we are on our own; a clock that comes then is a new one."""
LEAD = 50 * MILLISECOND
"""What a bar has to be ahead to come in with it."""
NOT_OURS = "the tempo is the clock's: change it there"


class ClockIn:
    """Another's clock, followed."""

    def __init__(self, tempo: float, port: int | None, offset: float = 0.0) -> None:
        """Follow the input with the number `port`, or any where it is None.

        Args:
            tempo: what is played at until the master's tempo is known.
            port: the input's place in the engine's list.
            offset: milliseconds later than the clock that we are.
        """
        self._port, self._any = port, port is None
        self._follower = Follower(tempo, round(offset * MILLISECOND))
        self._joined = self._coasting = False

    def take(self, t: int, port: int, message: bytes) -> Sequence[SessionEvent]:
        """What a message of a clock, that came at `t` on an input, tells the session."""
        if self._any and self._port != port and (self._port is None or self._silence(t) > LET_GO):
            self._port = port
        if port != self._port:
            return ()
        if self._follower.rolling and self._silence(t) > GIVEN_UP:
            self._follower = replace(self._follower.parted(), count=None)
        self._coasting = False
        self._follower, events = self._follower.take(t, message)
        if message[0] == STOP or any(isinstance(getattr(e, "request", None), Cue) for e in events):
            self._joined = False
        return events

    def asked(self, t: int, request: Request, bar: int) -> tuple[Request | None, str]:
        """What a request comes to under another's clock, if anything, and what the player is told.

        Args:
            t: now.
            request: what is asked for.
            bar: ticks of a bar.
        """
        match request:
            case Adjust("offset", value):
                self._follower = self._follower.moved(round(value * MILLISECOND))
            case SetTempo() if self._leads(t):
                return None, NOT_OURS
            case Start() if self._leads(t) and self._follower.rolling:
                reached = self._follower.tick(t + LEAD)
                tick = -int(-reached // bar) * bar
                return Cue(tick, self._follower.at(tick)), ""
        return request, ""

    def round(self, t: int, session: TempoMap | None) -> Sequence[SessionEvent]:
        """What the session is to know though no message has come; `session` is its map."""
        follower = self._follower
        silent = self._silent(t)
        if follower.rolling and silent and not self._coasting:
            self._coasting = True
            self._follower, events = follower.refreshed(t)
            return events
        if session is None:
            if self._joined:
                self._follower, self._joined = follower.parted(), False
        elif not follower.rolling and follower.armed is None and follower.locked and not silent:
            self._follower, self._joined = follower.joined(session.tick(t), t), True
        return ()

    def shown(self, t: int) -> str:
        """How it goes, in a few words."""
        follower, silent = self._follower, self._silent(t)
        count = follower.count
        if count is None or silent > GIVEN_UP or (silent and not follower.rolling):
            return "waiting for a clock"
        if silent:
            return f"coasting {silent // SECOND} s"
        if not count.locked:
            return "hearing a clock"
        tempo, jitter = count.grid.tempo, count.grid.jitter / MILLISECOND
        if not follower.rolling:
            return f"clock {tempo:.1f}, waiting for start"
        return f"following {tempo:.1f}, ±{jitter:.1f} ms"

    def _silent(self, t: int) -> int:
        return self._follower.count.silent(t) if self._follower.count is not None else 0

    def _silence(self, t: int) -> int:
        """Since the newest clock, however short that is."""
        return t - self._follower.count.newest if self._follower.count is not None else 0

    def _leads(self, t: int) -> bool:
        return self._follower.locked and self._silent(t) < GIVEN_UP
