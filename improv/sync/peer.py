"""A participant of Ableton Link: what we ask of one, and the library's own behind it.

Conventions: times are nanoseconds on the engine's clock, a beat is Link's, counted from wherever; a quantum
is the beats of a bar that all agree on. Nothing of the library is loaded, and no socket is open, before
`open_peer` is called.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from improv.errors import UserError

STEADY = 20_000
"""Nanoseconds within which both clocks have to be read for their difference to be known."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Link at a time."""

    tempo: float
    beat: float
    playing: bool
    began: float
    """The beat of the newest start or stop."""
    peers: int


class Peer(Protocol):
    """One participant."""

    def read(self, t: int) -> Reading:
        """How things are at `t`."""
        ...

    def set_tempo(self, t: int, tempo: float) -> None:
        """Set everybody's tempo from `t` on."""
        ...

    def set_playing(self, t: int, playing: bool) -> None:
        """Start or stop everybody at `t`."""
        ...

    def close(self) -> None:
        """Leave; again is harmless."""
        ...


class _LinkPeer:
    """The library's participant."""

    def __init__(self, library: Any, tempo: float, quantum: float, now: Callable[[], int]) -> None:
        self._link = library.Link(tempo)
        self._clock = self._link.clock()
        self._quantum, self._now = quantum, now
        self._ahead: int | None = None
        self._link.startStopSyncEnabled = True
        self._link.enabled = True

    def read(self, t: int) -> Reading:
        state, micros = self._link.captureAppSessionState(), self._micros(t)
        return Reading(
            tempo=state.tempo(),
            beat=state.beatAtTime(micros, self._quantum),
            playing=state.isPlaying(),
            began=state.beatAtTime(state.timeForIsPlaying(), self._quantum),
            peers=self._link.numPeers(),
        )

    def set_tempo(self, t: int, tempo: float) -> None:
        state = self._link.captureAppSessionState()
        state.setTempo(tempo, self._micros(t))
        self._link.commitAppSessionState(state)

    def set_playing(self, t: int, playing: bool) -> None:
        state = self._link.captureAppSessionState()
        state.setIsPlaying(playing, self._micros(t))
        self._link.commitAppSessionState(state)

    def close(self) -> None:
        self._link.enabled = False

    def _micros(self, t: int) -> int:
        """Link's time, of a clock that drifts from ours: both are read anew each time."""
        before = self._now()
        micros = self._clock.micros()
        after = self._now()
        if self._ahead is None or after - before < STEADY:
            self._ahead = micros * 1000 - (before + after) // 2
        return (t + self._ahead) // 1000


def open_peer(tempo: float, quantum: float, now: Callable[[], int]) -> Peer:
    """Join Link. Raises UserError where the library is not installed."""
    try:
        import link
    except ImportError:
        raise UserError("--link needs an extra: pip install 'jazz-improv[link]'") from None
    return _LinkPeer(link, tempo, quantum, now)
