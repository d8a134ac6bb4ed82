"""The scheduler: what is to be sent and when, and every note that sounds.

Conventions: times are integers in nanoseconds, given by the caller: the scheduler has no clock, no
thread and no port. One thread at a time may use it. A key is a channel and a pitch; at most one note
sounds on a key, and its owner alone ends it: an off that comes from a former owner is swallowed.

The laws: every on that is given out is followed by exactly one off on its key, before any other on
of that key; at equal times offs come before everything else and ons last; an on may be dropped, with
its off, but never an off; after `silence` nothing sounds and nothing waits.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from improv.channels import Role
from improv.live.events import NoteOff, NoteOn, Other, decode, encode, is_whole
from improv.ports.base import ALL_CHANNELS, panic_messages

LATE = 100_000_000
"""Nanoseconds past its place at which an on is dropped: by then it would disturb more than its lack."""

_OFF, _MESSAGE, _ON = range(3)  # the order at equal times
_SYSTEM = 0xF0


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose time has come."""

    planned_at: int
    """The nanosecond it was meant for."""
    message: bytes
    role: Role


@dataclass(frozen=True, slots=True)
class _Note:
    pitch: int
    velocity: int
    channel: int
    off_at: int

    @property
    def key(self) -> tuple[int, int]:
        return self.channel, self.pitch


@dataclass(frozen=True, slots=True, order=True)
class _Waiting:
    """What waits in the heap: an on, the off of a sounding note, or any other message."""

    at: int
    rank: int
    order: int
    role: Role = field(compare=False)
    what: _Note | bytes = field(compare=False)


class Scheduler:
    """The heap of what waits and the table of what sounds."""

    def __init__(self, late: int | None = LATE) -> None:
        """Drop ons that come more than `late` nanoseconds past their place; None drops none."""
        self._late = late
        self._heap: list[_Waiting] = []
        self._sounding: dict[tuple[int, int], _Waiting | None] = {}  # the off that waits; None: a key held
        self._count = 0
        self.dropped = 0
        """Ons dropped so far for coming too late."""

    @property
    def sounding(self) -> frozenset[tuple[int, int]]:
        """The keys that sound, as (channel, pitch)."""
        return frozenset(self._sounding)

    @property
    def pending(self) -> int:
        """How many messages wait, the offs of sounding notes among them."""
        return len(self._heap)

    def next_due(self) -> int | None:
        """Tell the time of the next message, or None when nothing waits."""
        return self._heap[0].at if self._heap else None

    def schedule_note(
        self, at: int, duration: int, pitch: int, velocity: int, channel: int = 0, role: Role = "improv"
    ) -> None:
        """Plan a note from `at` for `duration` nanoseconds, 1 or more.

        Raises ValueError for a number out of bounds.
        """
        if duration < 1:
            raise ValueError(f"a note lasts 1 ns or more, not {duration}")
        encode(NoteOn(at, pitch, velocity, channel))  # raises now rather than in the timing thread
        self._push(at, _ON, role, _Note(pitch, velocity, channel, at + duration))

    def schedule(self, at: int, message: bytes, role: Role = "improv") -> None:
        """Plan any message but a note. Raises ValueError for a note and for what is no message."""
        if not is_whole(message):
            raise ValueError(f"not a MIDI message: {message.hex()}")
        if isinstance(decode(at, message), NoteOn | NoteOff):
            raise ValueError("notes go through schedule_note, so that each has its off")
        self._push(at, _MESSAGE, role, message)

    def due(self, now: int) -> list[Due]:
        """Take out everything planned up to `now`, in order."""
        out: list[Due] = []
        while self._heap and self._heap[0].at <= now:
            waiting = heappop(self._heap)
            what = waiting.what
            if isinstance(what, bytes):
                out.append(Due(waiting.at, what, waiting.role))
            elif waiting.rank == _OFF:
                del self._sounding[what.key]
                out.append(Due(waiting.at, _off(what.key), waiting.role))
            elif self._late is not None and now - waiting.at > self._late:
                self.dropped += 1
            else:
                out += (Due(waiting.at, off, waiting.role) for off in self._end(what.key))
                on = NoteOn(waiting.at, what.pitch, what.velocity, what.channel)
                out.append(Due(waiting.at, encode(on), waiting.role))
                self._sounding[what.key] = self._push(what.off_at, _OFF, waiting.role, what)
        return out

    def thru(self, message: bytes) -> list[bytes]:
        """Own what the player plays, and give back what to send at once, in order.

        Every channel message passes. A held key that the machine has struck again is the machine's:
        its release is swallowed. System messages are not passed on.
        """
        event = decode(0, message)
        if event is None or (isinstance(event, Other) and event.data[0] >= _SYSTEM):
            return []
        if isinstance(event, NoteOn):
            key = event.channel, event.pitch
            ended = self._end(key)
            self._sounding[key] = None
            return [*ended, message]
        if isinstance(event, NoteOff):
            key = event.channel, event.pitch
            if self._sounding.get(key) is not None:
                return []
            self._sounding.pop(key, None)
        return [message]

    def cancel_pending(self, channel: int | None = None, role: Role | None = None) -> int:
        """Drop the notes that do not sound yet, of one channel and one role or of all; tell how many."""
        kept = [waiting for waiting in self._heap if not _matches(waiting, channel, role)]
        cancelled = len(self._heap) - len(kept)
        heapify(kept)
        self._heap = kept
        return cancelled

    def silence(self, channels: Iterable[int] = ALL_CHANNELS) -> list[bytes]:
        """Forget everything that waits, and give back what ends all sound: own offs, then panic."""
        offs = [_off(key) for key in sorted(self._sounding)]
        self._heap.clear()
        self._sounding.clear()
        return [*offs, *panic_messages(channels)]

    def _push(self, at: int, rank: int, role: Role, what: _Note | bytes) -> _Waiting:
        self._count += 1
        waiting = _Waiting(at, rank, self._count, role, what)
        heappush(self._heap, waiting)
        return waiting

    def _end(self, key: tuple[int, int]) -> list[bytes]:
        """End the note on a key, if one sounds, before another is struck."""
        if key not in self._sounding:
            return []
        waiting = self._sounding.pop(key)
        if waiting is not None:
            self._heap.remove(waiting)
            heapify(self._heap)
        return [_off(key)]


def _off(key: tuple[int, int]) -> bytes:
    channel, pitch = key
    return encode(NoteOff(0, pitch, channel))


def _matches(waiting: _Waiting, channel: int | None, role: Role | None) -> bool:
    return (
        waiting.rank == _ON
        and isinstance(waiting.what, _Note)
        and channel in (None, waiting.what.channel)
        and role in (None, waiting.role)
    )
