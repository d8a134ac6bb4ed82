"""Clock out: the master on a port.

Conventions: times are nanoseconds on the engine's clock; one thread uses it. Clocks do not go through the
scheduler: a panic empties that, and would take clocks from those who count them.
"""

from collections.abc import Callable

from improv.ports.base import OutPort
from improv.session.tempo import TempoMap
from improv.sync.master import Master


class ClockOut:
    """What the engine asks each round."""

    def __init__(self, port: OutPort, tempo: float, t: int, lost: Callable[[str], None]) -> None:
        """Begin at `t`; `lost` is told, in a line, of a port that takes nothing any more."""
        self._port: OutPort | None = port
        self._lost = lost
        self._master = Master.idle(t, tempo)

    def follow(self, session: TempoMap | None, tempo: float, t: int) -> None:
        """The session's map at `t`, None while it is stopped, and its tempo."""
        self._master = self._master.following(session, tempo, t)

    def next_due(self) -> int | None:
        """When something is to be sent next; None where the port is lost."""
        if self._port is None:
            return None
        return self._master.next_due()

    def serve(self, t: int) -> list[int]:
        """Send what is due, and give back the times that it was due at."""
        self._master, sent = self._master.due(t)
        for _, message in sent:
            self._send(message)
        return [at for at, _ in sent]

    def end(self, t: int) -> None:
        """Stop those who follow."""
        self._master, sent = self._master.following(None, self._master.map.tempo, t).due(t)
        for _, message in sent:
            self._send(message)

    def _send(self, message: bytes) -> None:
        if self._port is None:
            return
        try:
            self._port.send(message)
        except OSError as error:
            name, self._port = self._port.name, None
            self._lost(f"lost the output for the clock {name}: {error}")
