"""Ableton Link: tempo, phase and start shared with whoever is on the network.

Conventions: those of `improv.sync.peer`. Tick 0 is the beginning of a quantum.

Link is everybody's: a tempo that is set here is set for all, and so are start and stop. A start waits for
the next quantum, so that all begin together, without a count-in.
"""

from collections.abc import Sequence

from improv.requests import Adjust, Cue, Request, SetTempo, Start, Stop
from improv.session.events import Followed
from improv.session.session import Asked, SessionEvent
from improv.session.tempo import NS_PER_MINUTE, Anchor, TempoMap
from improv.sync.grid import PER_BEAT
from improv.sync.peer import Peer, Reading

MILLISECOND = 1_000_000
LOOK_EVERY = 4 * MILLISECOND
MET = 2000 * MILLISECOND
"""Nanoseconds in which others are found: a start before that would be lost when we join them."""
LEAD = 50 * MILLISECOND
"""What a bar has to be ahead to come in with it."""
ON_TIME = 0.05
"""Beats after the beginning of a quantum at which a start still means that one."""
AHEAD = 6
"""Ticks from now at which what the session goes by is compared with Link's time."""
WORTH_TELLING = MILLISECOND // 2
TEMPO_STEP = 0.005
"""Beats a minute that a tempo has to differ by to be another."""


class LinkClock:
    """Link, followed: as the engine uses it."""

    def __init__(self, peer: Peer, quantum: float, tempo: float, offset: float = 0.0) -> None:
        """Follow `peer`, `offset` milliseconds later than it; the session's tempo is known to be this."""
        self._peer, self._quantum, self._tempo = peer, quantum, tempo
        self._offset = round(offset * MILLISECOND)
        self._origin: float | None = None  # the beat of tick 0, while Link plays
        self._told: Anchor | None = None
        self._looked = 0
        self._opened: int | None = None
        self._starting = False  # asked for, before we knew whom we play with
        self._session = False
        self._newest: Reading | None = None

    def take(self, t: int, port: int, message: bytes) -> Sequence[SessionEvent]:
        """Link is not heard on a port."""
        return ()

    def asked(self, t: int, request: Request, bar: int) -> tuple[Request | None, str]:
        """What a request comes to; tempo, start and stop are everybody's."""
        match request:
            case Adjust("offset", value):
                self._offset = round(value * MILLISECOND)
            case SetTempo(tempo):
                self._peer.set_tempo(t, tempo)
                return (None if self._session else request), ""
            case Stop():
                self._starting = False
                self._peer.set_playing(t, False)
            case Start() if not self._session:
                return self._start(t, bar), ""
        return request, ""

    def round(self, t: int, session: TempoMap | None) -> Sequence[SessionEvent]:
        """What the session is to know; `session` is its map."""
        self._session = session is not None
        if t - self._looked < LOOK_EVERY:
            return ()
        self._looked = t
        self._newest = reading = self._peer.read(t - self._offset)
        self._opened = t if self._opened is None else self._opened
        if self._starting and (reading.peers or t - self._opened > MET):
            self._starting = False
            self._peer.set_playing(t, True)
        if reading.playing and self._origin is None:
            return self._begin(t, reading)
        if not reading.playing and self._origin is not None:
            self._origin = self._told = None
            return [Asked(t, Stop())] if self._session else ()
        if session is None:
            self._told = None
            return self._set_tempo(t, reading)
        if self._origin is None:
            return ()
        return self._follow(t, (reading.beat - self._origin) * PER_BEAT, reading.tempo)

    def shown(self, t: int) -> str:
        """How it goes, in a few words."""
        if self._newest is None:
            return "Link"
        peers = self._newest.peers
        others = "alone" if not peers else "1 peer" if peers == 1 else f"{peers} peers"
        return f"Link {self._newest.tempo:.1f}, {others}"

    def close(self) -> None:
        """Leave Link."""
        self._peer.close()

    def _start(self, t: int, bar: int) -> Request | None:
        """Start everybody, who then begin with a quantum, or come in with the next bar of those who play."""
        if self._origin is None:
            self._starting = True
            return None
        reading = self._peer.read(t + LEAD - self._offset)
        reached = (reading.beat - self._origin) * PER_BEAT
        tick = -int(-reached // bar) * bar
        return Cue(tick, t + LEAD + round((tick - reached) * _tick_length(reading.tempo)))

    def _begin(self, t: int, reading: Reading) -> Sequence[SessionEvent]:
        """Begin with the quantum that begins at the start, or the next."""
        since = reading.began if reading.began > reading.beat - self._quantum else reading.beat
        self._origin = -int(-(since - ON_TIME) // self._quantum) * self._quantum
        at = t + round((self._origin - reading.beat) * PER_BEAT * _tick_length(reading.tempo))
        events = self._set_tempo(t, reading)
        self._told = Anchor(0, at, reading.tempo)
        return [*events, Asked(t, Cue(0, at))]

    def _set_tempo(self, t: int, reading: Reading) -> list[SessionEvent]:
        """The tempo, where the session has another."""
        if abs(reading.tempo - self._tempo) < TEMPO_STEP:
            return []
        self._tempo = reading.tempo
        return [Asked(t, SetTempo(reading.tempo))]

    def _follow(self, t: int, tick: float, tempo: float) -> Sequence[SessionEvent]:
        told, self._tempo = self._told, tempo
        if told is not None and tick < told.tick and t > told.t:  # Link's beats were laid anew
            there = -int(-tick // 1)
            self._told = Anchor(there, t + round((there - tick) * _tick_length(tempo)), tempo)
            return [Asked(t, Cue(there, self._told.t))]
        if told is not None and tick // PER_BEAT <= told.tick // PER_BEAT:
            expected = told.t + (tick + AHEAD - told.tick) * _tick_length(told.tempo)
            if abs(t + AHEAD * _tick_length(tempo) - expected) < WORTH_TELLING:
                return ()
        self._told = Anchor(tick, t, tempo)
        return [Followed(t, tick, tempo)]


def _tick_length(tempo: float) -> float:
    return NS_PER_MINUTE / (tempo * PER_BEAT)
