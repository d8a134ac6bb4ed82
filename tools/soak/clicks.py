"""The click against the ideal one: each beat's length is added up, from the tempo alone."""

from grammar.notes import TICKS_PER_BEAT
from improv.channels import CLICK, CLICK_BEAT, CLICK_DOWNBEAT
from improv.session.events import NoteOn, decode

MINUTE = 60_000_000_000


def is_click(message: bytes) -> bool:
    """Whether a message is the beginning of a click."""
    event = decode(0, message)
    return (
        isinstance(event, NoteOn) and event.channel == CLICK and event.pitch in (CLICK_DOWNBEAT, CLICK_BEAT)
    )


class Clicks:
    """Listens to a click whose tempo and place are known."""

    def __init__(self) -> None:
        self.count = 0
        self.worst = 0.0
        """Nanoseconds, in either direction."""
        self._ideal = 0.0
        self._tick: int | None = None

    def heard(self, t: int, tick: int, tempo: float) -> None:
        """A click at `t` for a tick, from which on the tempo is `tempo`; of two at once, one is heard.

        Where the click pauses or the form begins anew, the ideal one begins anew with it.
        """
        if tick == self._tick:
            return
        self.count += 1
        if self._tick is None or tick != self._tick + TICKS_PER_BEAT:
            self._ideal = float(t)
        self.worst = max(self.worst, abs(t - self._ideal))
        self._ideal += MINUTE / tempo
        self._tick = tick
