"""Ports without a machine behind them: one records, one plays a script.

Conventions: times are nanoseconds on the clock whose `now` is given.
"""

from collections import deque
from collections.abc import Callable, Iterable


class Recorder:
    """An output that keeps what is sent, with the time it was sent at."""

    __slots__ = ("_now", "closed", "messages", "name")

    def __init__(self, now: Callable[[], int], name: str = "recorder") -> None:
        """Record with the times that `now` tells."""
        self._now = now
        self.name = name
        self.messages: list[tuple[int, bytes]] = []
        """What was sent, oldest first, as (nanoseconds, message)."""
        self.closed = False

    def send(self, message: bytes) -> None:
        """Keep the message. Raises OSError once closed, as a real port does."""
        if self.closed:
            raise OSError(f"the MIDI output {self.name!r} is closed")
        self.messages.append((self._now(), bytes(message)))

    def close(self) -> None:
        """Refuse any further message."""
        self.closed = True


class Script:
    """An input that plays messages at their times."""

    __slots__ = ("_now", "_waiting", "name")

    def __init__(
        self, messages: Iterable[tuple[int, bytes]], now: Callable[[], int], name: str = "script"
    ) -> None:
        """Play `messages`, given as (nanoseconds, message) in any order; those of equal times in order."""
        self._now = now
        self.name = name
        self._waiting = deque(sorted(messages, key=lambda timed: timed[0]))

    @property
    def remaining(self) -> int:
        """How many messages are still to come."""
        return len(self._waiting)

    def poll(self) -> list[bytes]:
        """Every message whose time has come, oldest first."""
        now = self._now()
        messages: list[bytes] = []
        while self._waiting and self._waiting[0][0] <= now:
            messages.append(self._waiting.popleft()[1])
        return messages

    def close(self) -> None:
        """Drop what is still to come."""
        self._waiting.clear()
