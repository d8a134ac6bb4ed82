"""All that is known of a self-test when it is over.

Conventions: times are nanoseconds on `time.perf_counter_ns`, which all processes of a machine share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from improv.selftest.scenes import Played, Scene
from improv.session.commands import Command
from improv.session.tempo import TempoMap
from improv.snapshot import Timing


@dataclass(frozen=True, slots=True)
class Told:
    """What the engine told its view, or the figures it showed, at a time."""

    t: int
    news: Command | Timing


@dataclass(frozen=True, slots=True)
class Performed:
    """All that the player played and heard."""

    sent: Sequence[tuple[int, int, bytes]] = ()
    """(planned, sent, message)."""
    heard: Sequence[tuple[int, bytes]] = ()
    """Of the engine: (time of arrival, message)."""
    bare: Sequence[tuple[int, bytes]] = ()
    """Of the bare loop."""


@dataclass(frozen=True, slots=True)
class Acted:
    """A scene, and when its parts were."""

    scene: Scene
    clock: TempoMap
    played: Sequence[tuple[int, Played]]
    """(nanoseconds, what)."""
    ends: int
    """When it was ended."""
    panic: int | None
    """When panic was asked for."""
    quiet: tuple[int, ...]
    """When nothing was to sound any more, after panic and after the stop."""


@dataclass(frozen=True, slots=True)
class Recording:
    """All of a self-test."""

    acted: Sequence[Acted]
    performed: Performed
    told: Sequence[Told]
    lines: Sequence[dict[str, Any]]
    """The log's."""
    begins: int
    """The bare loop's first mark."""
    ended: int
    """When everything had ended."""
    drawn: int = 0
    """Bytes that the stage drew."""
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def realtime(self) -> bool:
        """Whether the engine was granted SCHED_FIFO, as it says itself."""
        return any(isinstance(told.news, Timing) and told.news.realtime for told in self.told)

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is wrong with the set-up, as the log's head has it."""
        return tuple(text for line in self.lines[:1] for text in line.get("troubles", ()))
