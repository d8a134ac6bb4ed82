"""What a MIDI port is, whatever is behind it.

Conventions: a message is one complete raw MIDI message, status byte first (no running status);
channels count from 0 to 15.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

Direction = Literal["input", "output"]
"""What a port is for us."""
ALL_CHANNELS = range(16)

CONTROL_CHANGE = 0xB0
SUSTAIN = 64
ALL_SOUND_OFF = 120
ALL_NOTES_OFF = 123

AGAIN = (*(0.02,) * 7, 0.2)
"""Seconds before each time that a silence is sent again where a client of the MIDI system has died.

JACK loses whole cycles while it buries one.
"""


class InPort(Protocol):
    """Where messages come from; read by one thread only."""

    @property
    def name(self) -> str:
        """The port's stable name."""
        ...

    def poll(self) -> list[bytes]:
        """Every message that waits, oldest first; empty when none does. Never blocks."""
        ...

    def close(self) -> None:
        """Give the port back; again is harmless."""
        ...


class OutPort(Protocol):
    """Where messages go."""

    @property
    def name(self) -> str:
        """The port's stable name."""
        ...

    def send(self, message: bytes) -> None:
        """Send one message at once. Raises OSError when the port is lost."""
        ...

    def close(self) -> None:
        """Give the port back; again is harmless. Sends nothing: who opened it silences it first."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports there are, by stable name, our own left out."""

    api: str
    """The MIDI system they belong to: alsa, jack, core or winmm; empty where there is none."""
    inputs: tuple[str, ...] = ()
    """What we can hear: keyboards."""
    outputs: tuple[str, ...] = ()
    """What we can play: synths."""


def panic_messages(channels: Iterable[int] = ALL_CHANNELS) -> Iterator[bytes]:
    """Pedal up, all notes off, all sound off, for each channel in turn.

    In that order because some synths ignore all notes off while the pedal is down. A synth may
    ignore all three: send the offs of the notes you own first (`Scheduler.silence` does).
    """
    for channel in channels:
        for controller in (SUSTAIN, ALL_NOTES_OFF, ALL_SOUND_OFF):
            yield bytes((CONTROL_CHANGE | channel, controller, 0))
