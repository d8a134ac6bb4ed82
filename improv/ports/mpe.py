"""MPE input merged: the notes of a zone's member channels become one player's, on one channel.

Conventions: raw messages; channels count from 0 to 15. A lower zone has master channel 0 and members from 1
upwards, an upper zone 15 and members from 14 downwards (MIDI Polyphonic Expression, MMA 2018). Bends are 14
bits, 8192 in the middle.

MPE is flattened because its member channels are where the machine's parts play: a synth of one channel a part
hears one part. What a channel can bear only once (bend, pressure, timbre) follows the note that was struck
last; a note's bend and its zone's add, within the bend range that the master channel's synth has (2 semitones
unless the controller says otherwise). Two notes of one pitch cannot sound twice on one channel: the second
ends the first, whose own off then is left out. A controller that speaks no MPE is passed on as it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from improv.errors import UserError

NOTE_OFF, NOTE_ON, CONTROL, PRESSURE, BEND, SYSTEM = 0x80, 0x90, 0xB0, 0xD0, 0xE0, 0xF0
DATA, DATA_FINE, TIMBRE, INCREMENT, DECREMENT, PARAMETER_FINE, PARAMETER = 6, 38, 74, 96, 97, 100, 101
BEND_RANGE, CONFIGURATION = 0, 6
"""The registered parameters."""
MIDDLE = 8192
MASTER_RANGE, MEMBER_RANGE = 2.0, 48.0
"""Semitones, before a controller says otherwise."""
LOWER, UPPER = 0, 15
RELEASE = 64

Note = tuple[int, int]
"""Channel and pitch."""


@dataclass(frozen=True, slots=True)
class Expression:
    """What bends and colours a channel."""

    bend: float = 0.0
    """Semitones."""
    pressure: int = 0
    timbre: int = 64


PLAIN = Expression()


@dataclass(frozen=True)
class Mpe:
    """The zones, and what has to be remembered of each channel."""

    zones: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """By master channel, the members."""
    follows: bool = True
    """Whether the controller's own configuration messages set the zones."""
    notes: tuple[Note, ...] = ()
    """The members' notes that sound, the newest last."""
    ended: frozenset[Note] = frozenset()
    """Notes whose off is to come, but was given out already."""
    expressions: Mapping[int, Expression] = field(default_factory=dict)
    """By channel, as its controller set it."""
    told: Mapping[int, Expression] = field(default_factory=dict)
    """By master channel, as the synth was told."""
    ranges: Mapping[int, float] = field(default_factory=dict)
    """By channel, the semitones of a full bend."""
    parameters: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    """By channel, the registered parameter that is chosen, coarse and fine."""

    def update(self, message: bytes) -> tuple["Mpe", tuple[bytes, ...]]:
        """After a message; and what it is for a synth of one channel."""
        if message[0] >= SYSTEM:
            return self, (message,)
        kind, channel = message[0] & 0xF0, message[0] & 0x0F
        if kind in (NOTE_OFF, NOTE_ON):
            return self._note(message)
        if kind == CONTROL and message[1] in (PARAMETER, PARAMETER_FINE):
            return self._choose(message)
        if kind == CONTROL and message[1] in (DATA, DATA_FINE, INCREMENT, DECREMENT):
            return self._set(message)
        master = self._master(channel)
        if master is None:
            return self, (message,)
        before = self.expressions.get(channel, PLAIN)
        match kind:
            case 0xE0:
                bend = (message[1] + 128 * message[2] - MIDDLE) / MIDDLE * self._range(channel)
                return self._express(master, channel, replace(before, bend=bend))
            case 0xD0:
                return self._express(master, channel, replace(before, pressure=message[1]))
            case 0xB0 if message[1] == TIMBRE:
                return self._express(master, channel, replace(before, timbre=message[2]))
        return self, (bytes((kind | master, *message[1:])),)

    def _master(self, channel: int) -> int | None:
        for master, members in self.zones.items():
            if channel == master or channel in members:
                return master
        return None

    def _range(self, channel: int) -> float:
        return self.ranges.get(channel, MASTER_RANGE if channel in self.zones else MEMBER_RANGE)

    # notes

    def _note(self, message: bytes) -> tuple["Mpe", tuple[bytes, ...]]:
        note = message[0] & 0x0F, message[1]
        master = self._master(note[0])
        if message[0] & 0xF0 == NOTE_ON and message[2]:
            return (self, (message,)) if master is None else self._strike(master, note, message[2])
        if note in self.ended:
            return replace(self, ended=self.ended - {note}), ()
        if master is None or note not in self.notes:  # struck before there was a zone
            return self, (message,)
        left = replace(self, notes=tuple(other for other in self.notes if other != note))
        off = bytes((message[0] & 0xF0 | master, *message[1:]))
        if not any(left._master(channel) == master for channel, _ in left.notes):
            return left, (off,)  # the bend stays while it dies away
        told, messages = left._tell(master)
        return told, (off, *messages)

    def _strike(self, master: int, note: Note, velocity: int) -> tuple["Mpe", tuple[bytes, ...]]:
        same = [other for other in self.notes if other[1] == note[1] and self._master(other[0]) == master]
        kept = tuple(other for other in self.notes if other not in same)
        ended = self.ended.union(same) - {note}
        struck, told = replace(self, notes=(*kept, note), ended=ended)._tell(master)
        offs = tuple(_off(master, pitch) for _, pitch in same)
        return struck, (*offs, *told, bytes((NOTE_ON | master, note[1], velocity)))

    # expression

    def _express(self, master: int, channel: int, expression: Expression) -> tuple["Mpe", tuple[bytes, ...]]:
        return replace(self, expressions={**self.expressions, channel: expression})._tell(master)

    def _tell(self, master: int) -> tuple["Mpe", tuple[bytes, ...]]:
        """Tell the synth the expression of the newest note, as far as it does not know."""
        newest = next((c for c, _ in reversed(self.notes) if self._master(c) == master), None)
        zone = self.expressions.get(master, PLAIN)
        own = zone if newest is None else self.expressions.get(newest, PLAIN)
        wanted = Expression(
            zone.bend + (own.bend if newest is not None else 0.0),
            max(zone.pressure, own.pressure),
            own.timbre,
        )
        before = self.told.get(master, PLAIN)
        messages = []
        bends = [_bend(one.bend, self._range(master)) for one in (before, wanted)]
        if bends[0] != bends[1]:
            messages.append(bytes((BEND | master, bends[1] & 127, bends[1] >> 7)))
        if before.pressure != wanted.pressure:
            messages.append(bytes((PRESSURE | master, wanted.pressure)))
        if before.timbre != wanted.timbre:
            messages.append(bytes((CONTROL | master, TIMBRE, wanted.timbre)))
        return replace(self, told={**self.told, master: wanted}), tuple(messages)

    # registered parameters

    def _choose(self, message: bytes) -> tuple["Mpe", tuple[bytes, ...]]:
        """Keep the choice of a parameter to ourselves until it is set, where it may be of MPE's."""
        channel = message[0] & 0x0F
        if not self._concerned(channel):
            return self, (message,)
        coarse, fine = self.parameters.get(channel, (127, 127))
        chosen = (message[2], fine) if message[1] == PARAMETER else (coarse, message[2])
        return replace(self, parameters={**self.parameters, channel: chosen}), ()

    def _set(self, message: bytes) -> tuple["Mpe", tuple[bytes, ...]]:
        channel, value = message[0] & 0x0F, message[2]
        chosen = self.parameters.get(channel)
        if chosen is None or not self._concerned(channel):
            return self, (message,)
        if chosen == (0, CONFIGURATION) and channel in (LOWER, UPPER):
            return self._configure(channel, value) if message[1] == DATA and self.follows else (self, ())
        after = self
        if chosen == (0, BEND_RANGE) and message[1] == DATA:
            after = replace(self, ranges={**self.ranges, channel: float(value)})
        if self._master(channel) not in (None, channel):
            return after, ()
        status = CONTROL | channel
        coarse, fine = chosen
        return after, (bytes((status, PARAMETER, coarse)), bytes((status, PARAMETER_FINE, fine)), message)

    def _concerned(self, channel: int) -> bool:
        return self._master(channel) is not None or channel in (LOWER, UPPER)

    def _configure(self, master: int, members: int) -> tuple["Mpe", tuple[bytes, ...]]:
        """A controller sets a zone's size; 0 ends it. What sounds in any zone is ended."""
        offs = tuple(
            _off(owner, pitch)
            for channel, pitch in self.notes
            if (owner := self._master(channel)) is not None
        )
        zones = with_zone(self.zones, master, min(members, 15))
        ranges = {c: r for c, r in self.ranges.items() if c not in (master, *zones.get(master, ()))}
        ended = self.ended.union(self.notes)
        cleared = replace(self, zones=zones, notes=(), ended=ended, expressions={}, ranges=ranges)
        messages: list[bytes] = []
        for owner in self.zones:
            cleared, told = cleared._tell(owner)
            messages += told
        return cleared, (*offs, *messages)


def with_zone(zones: Mapping[int, tuple[int, ...]], master: int, count: int) -> dict[int, tuple[int, ...]]:
    """Zones after one was given so many members: it comes before the other, which keeps what is left."""
    members = tuple(range(1, count + 1)) if master == LOWER else tuple(range(14, 14 - count, -1))
    taken = {master, *members} if members else set()
    others = {
        other: tuple(channel for channel in their if channel not in taken)
        for other, their in zones.items()
        if other != master and other not in taken
    }
    return {m: their for m, their in {**others, master: members}.items() if their}


def parse_mpe(text: str) -> Mpe | None:
    """Read `auto`, `off`, `lower`, `upper`, `lower:7`; None: no MPE. Raises UserError for anything else."""
    if text in ("off", "auto"):
        return Mpe() if text == "auto" else None
    found = re.fullmatch(r"(lower|upper)(?::(\d{1,2}))?", text)
    if found is None or not 1 <= int(found[2] or 15) <= 15:
        raise UserError(f"--mpe {text}: auto, off, lower or upper, with its members as in lower:7")
    master = LOWER if found[1] == "lower" else UPPER
    return Mpe(with_zone({}, master, int(found[2] or 15)), follows=False)


def _off(channel: int, pitch: int) -> bytes:
    return bytes((NOTE_OFF | channel, pitch, RELEASE))


def _bend(semitones: float, full: float) -> int:
    share = semitones / full if full else 0.0
    return max(0, min(2 * MIDDLE - 1, round(MIDDLE + share * MIDDLE)))
