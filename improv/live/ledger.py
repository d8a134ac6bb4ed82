"""An output that holds what is sent to it against the laws: for tests, and for a soak of many hours.

Conventions: a key is (channel, pitch). It keeps what sounds, not what has sounded, so that it can listen for
days. The laws: no on for a key that sounds; no off for one that does not, but where the player let go of it
once more; no note on for an output that is known to be lost.
"""

from collections import Counter
from collections.abc import Callable

from improv.session.events import Control, NoteOff, NoteOn, decode

Key = tuple[int, int]
FAULTS = 20
"""Faults that are kept; more are counted."""


class Ledger:
    """A listening output; it can be lost, and come back."""

    def __init__(self, now: Callable[[], int], name: str = "ledger") -> None:
        """Listen, with the times that `now` tells, in nanoseconds."""
        self.name = name
        self.sounding: dict[Key, int] = {}
        """When the note began on each key that sounds."""
        self.pedals: set[int] = set()
        """The channels whose sustain pedal is down."""
        self.ons = self.messages = self.broken = 0
        """Counted: notes begun, messages of any kind, and laws broken."""
        self.faults: list[str] = []
        """The first laws that were broken, a line each."""
        self.heard: Callable[[int, bytes], None] = lambda t, message: None
        """Told of every message, with its time."""
        self.lost = False
        self._told = False
        """Whether a message has been refused: the engine knows."""
        self._now = now
        self._spare: Counter[Key] = Counter()

    def send(self, message: bytes) -> None:
        """Take a message. Raises OSError while lost."""
        event = decode(self._now(), message)
        if self.lost:
            if self._told and isinstance(event, NoteOn):
                self._fault(f"{message.hex(' ')} for an output that is known to be lost")
            self._told = True
            raise OSError(f"the MIDI output {self.name!r} is gone")
        self.messages += 1
        if event is None:
            self._fault(f"no whole message: {message.hex(' ')}")
        elif isinstance(event, NoteOn):
            self.ons += 1
            if (event.channel, event.pitch) in self.sounding:
                self._fault(f"{message.hex(' ')}: struck again without an off")
            self.sounding[event.channel, event.pitch] = event.t
        elif isinstance(event, NoteOff):
            key = event.channel, event.pitch
            if self.sounding.pop(key, None) is None:
                if self._spare[key] <= 0:
                    self._fault(f"{message.hex(' ')}: an off for what does not sound")
                self._spare[key] -= 1
        elif isinstance(event, Control) and event.pedal is not None:
            (self.pedals.add if event.pedal else self.pedals.discard)(event.channel)
        self.heard(self._now(), message)

    def let_go(self, channel: int, pitch: int) -> None:
        """The player sends an off, which passes even where nothing sounds."""
        self._spare[channel, pitch] += 1

    def lose(self) -> None:
        """Take nothing any more, and forget what sounds: a cable is pulled."""
        self.lost, self._told = True, False
        self._spare.update(self.sounding.keys())  # whoever ends them when it comes back does no harm
        self.sounding.clear()
        self.pedals.clear()

    def come_back(self) -> None:
        """Take messages again; nothing sounds."""
        self.lost = False

    def close(self) -> None:
        """Nothing is held."""

    def _fault(self, text: str) -> None:
        self.broken += 1
        if len(self.faults) < FAULTS:
            self.faults.append(f"{self.name} at {self._now()} ns: {text}")
