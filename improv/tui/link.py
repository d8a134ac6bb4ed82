"""What the UI needs of the engine: requests go out, snapshots come in."""

from typing import Protocol

from improv.requests import Request
from improv.snapshot import Snapshot


class EngineLink(Protocol):
    """One end of the pipe to an engine."""

    def send(self, request: Request) -> None:
        """Hand a request over; nothing happens when the engine is gone."""
        ...

    def poll(self) -> Snapshot | None:
        """The newest snapshot since the last poll, else None; never blocks."""
        ...

    @property
    def alive(self) -> bool:
        """Whether the engine still runs."""
        ...

    def resume(self) -> str:
        """Start another engine in place of one that has ended, in a second or two; what to tell of it.

        Raises UserError where it does not start.
        """
        ...
