"""The scheduler: what is to be sent and when, and every note that sounds.

Conventions: times are integers in nanoseconds, given by the caller: the scheduler has no clock, no
thread and no port. One thread at a time may use it. A key is an output (a number that the caller
understands), a channel and a pitch; at most one note sounds on a key, and its owner alone ends it: an
off that comes from a former owner is swallowed. A note ends when its time is over or, where it is held,
when its owner releases it.

The laws: every on that is given out is followed by exactly one off on its key, before any other on
of that key; at equal times offs come before everything else and ons last; an on may be dropped, with
its off, but never an off; after `silence` nothing sounds and nothing waits.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from improv.channels import Role
from improv.ports.base import ALL_CHANNELS, panic_messages
from improv.session.events import NoteOff, NoteOn, Other, decode, encode, is_whole

LATE = 100_000_000
"""Nanoseconds past its place at which an on is dropped: by then it would disturb more than its lack."""

Key = tuple[int, int, int]
"""Output, channel, pitch."""

_OFF, _MESSAGE, _ON = range(3)  # the order at equal times
_SYSTEM = 0xF0


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose time has come."""

    planned_at: int
    """The nanosecond it was meant for."""
    message: bytes
    role: Role
    output: int = 0


@dataclass(frozen=True, slots=True)
class _Note:
    key: Key
    velocity: int
    off_at: int


@dataclass(frozen=True, slots=True)
class _Owner:
    """Who sounds a key, and the off that waits for it; without one the note is held."""

    role: Role
    off: "_Waiting | None" = None


@dataclass(frozen=True, slots=True, order=True)
class _Waiting:
    """What waits in the heap: an on, the off of a sounding note, or any other message."""

    at: int
    rank: int
    order: int
    role: Role = field(compare=False)
    output: int = field(compare=False)
    what: _Note | bytes = field(compare=False)


class Scheduler:
    """The heap of what waits and the table of what sounds."""

    def __init__(self, late: int | None = LATE) -> None:
        """Drop ons that come more than `late` nanoseconds past their place; None drops none."""
        self._late = late
        self._heap: list[_Waiting] = []
        self._sounding: dict[Key, _Owner] = {}
        self._count = 0
        self.dropped = 0
        """Ons dropped so far for coming too late."""

    @property
    def sounding(self) -> frozenset[Key]:
        """The keys that sound."""
        return frozenset(self._sounding)

    @property
    def pending(self) -> int:
        """How many messages wait, the offs of sounding notes among them."""
        return len(self._heap)

    def next_due(self) -> int | None:
        """Tell the time of the next message, or None when nothing waits."""
        return self._heap[0].at if self._heap else None

    def schedule_note(
        self,
        at: int,
        duration: int,
        pitch: int,
        velocity: int,
        channel: int = 0,
        role: Role = "improv",
        output: int = 0,
    ) -> None:
        """Plan a note from `at` for `duration` nanoseconds, 1 or more.

        Raises ValueError for a number out of bounds.
        """
        if duration < 1:
            raise ValueError(f"a note lasts 1 ns or more, not {duration}")
        encode(NoteOn(at, pitch, velocity, channel))  # raises now rather than when it is due
        self._push(at, _ON, role, output, _Note((output, channel, pitch), velocity, at + duration))

    def schedule(self, at: int, message: bytes, role: Role = "improv", output: int = 0) -> None:
        """Plan any message but a note. Raises ValueError for a note and for what is no message."""
        if not is_whole(message):
            raise ValueError(f"not a MIDI message: {message.hex()}")
        if isinstance(decode(at, message), NoteOn | NoteOff):
            raise ValueError("notes go through schedule_note, so that each has its off")
        self._push(at, _MESSAGE, role, output, message)

    def due(self, now: int) -> list[Due]:
        """Take out everything planned up to `now`, in order."""
        out: list[Due] = []
        while self._heap and self._heap[0].at <= now:
            waiting = heappop(self._heap)
            what, role, output = waiting.what, waiting.role, waiting.output
            if isinstance(what, bytes):
                out.append(Due(waiting.at, what, role, output))
            elif waiting.rank == _OFF:
                del self._sounding[what.key]
                out.append(Due(waiting.at, _off(what.key), role, output))
            elif self._late is not None and now - waiting.at > self._late:
                self.dropped += 1
            else:
                out += (Due(waiting.at, off, role, output) for off in self._end(what.key))
                out.append(Due(waiting.at, _on(what.key, what.velocity), role, output))
                off = self._push(what.off_at, _OFF, role, output, what)
                self._sounding[what.key] = _Owner(role, off)
        return out

    def hold(self, pitch: int, velocity: int, channel: int, role: Role, output: int = 0) -> list[bytes]:
        """Own a note until `release`, and give back what to send at once. Raises as `schedule_note`."""
        message = _on((output, channel, pitch), velocity)
        ended = self._end((output, channel, pitch))
        self._sounding[output, channel, pitch] = _Owner(role)
        return [*ended, message]

    def release(self, pitch: int, channel: int, role: Role, output: int = 0) -> list[bytes]:
        """End a note that the role holds, and give back what to send; nothing where it holds none."""
        key = output, channel, pitch
        if self._sounding.get(key) != _Owner(role):
            return []
        del self._sounding[key]
        return [_off(key)]

    def thru(self, message: bytes, output: int = 0, sounds: bool = True) -> list[bytes]:
        """Own what the player plays, and give back what to send at once, in order.

        Every channel message passes, but where the key itself is not to sound a note on does not, and no
        note off but that of a key that sounds from before. A held key that the machine has struck again is
        the machine's: its release is swallowed. System messages are not passed on.
        """
        event = decode(0, message)
        if event is None or (isinstance(event, Other) and event.data[0] >= _SYSTEM):
            return []
        if isinstance(event, NoteOn):
            if not sounds:
                return []
            key = output, event.channel, event.pitch
            ended = self._end(key)
            self._sounding[key] = _Owner("player")
            return [*ended, message]
        if isinstance(event, NoteOff):
            key = output, event.channel, event.pitch
            owner = self._sounding.get(key)
            if owner is None:
                return [message] if sounds else []
            if owner != _Owner("player"):
                return []
            del self._sounding[key]
        return [message]

    def cancel_pending(self, channel: int | None = None, role: Role | None = None) -> int:
        """Drop the notes that do not sound yet, of one channel and one role or of all; tell how many."""
        kept = [waiting for waiting in self._heap if not _matches(waiting, channel, role)]
        cancelled = len(self._heap) - len(kept)
        heapify(kept)
        self._heap = kept
        return cancelled

    def silence(
        self, outputs: Iterable[int] = (0,), channels: Iterable[int] = ALL_CHANNELS
    ) -> list[tuple[int, bytes]]:
        """Forget everything that waits, and give back what ends all sound, as (output, message).

        Own offs come first, then panic on every output.
        """
        offs = [(key[0], _off(key)) for key in sorted(self._sounding)]
        self._heap.clear()
        self._sounding.clear()
        panic = list(panic_messages(channels))
        return [*offs, *((output, message) for output in outputs for message in panic)]

    def forget(self, output: int) -> None:
        """An output is lost, and with it what sounds there: its notes need no off any more."""
        for key, owner in list(self._sounding.items()):
            if key[0] == output:
                del self._sounding[key]
                if owner.off is not None:
                    self._remove(owner.off)

    def _push(self, at: int, rank: int, role: Role, output: int, what: _Note | bytes) -> _Waiting:
        self._count += 1
        waiting = _Waiting(at, rank, self._count, role, output, what)
        heappush(self._heap, waiting)
        return waiting

    def _end(self, key: Key) -> list[bytes]:
        """End the note on a key, if one sounds, before another is struck."""
        owner = self._sounding.pop(key, None)
        if owner is None:
            return []
        if owner.off is not None:
            self._remove(owner.off)
        return [_off(key)]

    def _remove(self, waiting: _Waiting) -> None:
        self._heap.remove(waiting)
        heapify(self._heap)


def _on(key: Key, velocity: int) -> bytes:
    _, channel, pitch = key
    return encode(NoteOn(0, pitch, velocity, channel))


def _off(key: Key) -> bytes:
    _, channel, pitch = key
    return encode(NoteOff(0, pitch, channel))


def _matches(waiting: _Waiting, channel: int | None, role: Role | None) -> bool:
    return (
        waiting.rank == _ON
        and isinstance(waiting.what, _Note)
        and channel in (None, waiting.what.key[1])
        and role in (None, waiting.role)
    )
