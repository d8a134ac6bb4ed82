"""Events: what a MIDI message means, with the time at which it arrived.

Conventions: `t` is nanoseconds on the engine's clock; channels count from 0 to 15; pitches,
velocities, controllers and their values are 0 to 127. A note on with velocity 0 is a note off, so a
`NoteOn` has a velocity of 1 or more. The release velocity of a note off is not kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class NoteOn:
    """A key goes down."""

    t: int
    pitch: int
    velocity: int
    channel: int = 0


@dataclass(frozen=True, slots=True)
class NoteOff:
    """A key comes up."""

    t: int
    pitch: int
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Control:
    """A controller moves: the pedal (64), a wheel, a slider."""

    t: int
    number: int
    value: int
    channel: int = 0

    @property
    def pedal(self) -> bool | None:
        """Whether the sustain pedal is down after it; None where it says nothing of the pedal.

        A half-damper pedal is down from the middle on; all that is reset is up.
        """
        if self.number == SUSTAIN:
            return self.value >= PEDAL_DOWN
        return False if self.number == RESET_ALL else None


@dataclass(frozen=True, slots=True)
class Other:
    """Any other message as it came: pitch bend, pressure, program, clock, start, stop."""

    t: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Tick:
    """Nothing but that time has passed; made by the engine, never by a port."""

    t: int


@dataclass(frozen=True, slots=True)
class Followed:
    """Where another's clock is, as smoothed by `improv.sync`; made by the engine, once a beat or so."""

    t: int
    tick: float
    """The musical time at `t`, offset included."""
    tempo: float
    """Beats a minute from there on."""

    def at(self, t: int) -> "Followed":
        """The same clock at another time."""
        return Followed(t, self.tick + (t - self.t) * self.tempo / _TICK_TEMPO, self.tempo)


@dataclass(frozen=True, slots=True)
class Missed:
    """The model did not come in time: the fallback phrase has sounded from this tick on."""

    t: int
    onset: int
    reached: int = -1
    """The nanosecond up to which the session had done what was due when it heard of it; -1: not known."""


Message = NoteOn | NoteOff | Control | Other
"""What comes from a port."""
Event = Message | Tick | Followed | Missed
"""What a log can hold."""

NOTE_OFF, NOTE_ON, CONTROL = 0x80, 0x90, 0xB0
SUSTAIN, RESET_ALL = 64, 121
"""The controllers that move the dampers."""
PEDAL_DOWN = 64
"""The value from which on a pedal's controller is down."""
RELEASE_VELOCITY = 64
"""The MIDI standard's value for a release velocity that is not measured."""
SYSEX, SYSEX_END = 0xF0, 0xF7
_TICK_TEMPO = 60_000_000_000 // 24
"""Beats a minute at which a tick, 1/24 beat, would last a nanosecond."""

_LENGTHS: Mapping[int, int] = {
    # channel messages, by the upper half of the status byte
    0x80: 3,  # note off
    0x90: 3,  # note on
    0xA0: 3,  # key pressure
    0xB0: 3,  # control change
    0xC0: 2,  # program change
    0xD0: 2,  # channel pressure
    0xE0: 3,  # pitch bend
    # system messages, by the whole status byte
    0xF1: 2,  # time code quarter frame
    0xF2: 3,  # song position
    0xF3: 2,  # song select
    0xF6: 1,  # tune request
    0xF8: 1,  # clock
    0xFA: 1,  # start
    0xFB: 1,  # continue
    0xFC: 1,  # stop
    0xFE: 1,  # active sensing
    0xFF: 1,  # reset
}
"""Bytes of a whole message by its kind; sysex, of any length, is told by its end."""

_NAMES: Mapping[str, Callable[..., Event]] = {
    "note_on": NoteOn,
    "note_off": NoteOff,
    "control": Control,
    "other": Other,
    "tick": Tick,
    "followed": Followed,
    "missed": Missed,
}
_NAME_OF = {made: name for name, made in _NAMES.items()}


def is_whole(message: bytes) -> bool:
    """Whether the bytes are exactly one MIDI message."""
    if not message:
        return False
    status = message[0]
    if status == SYSEX:
        return len(message) >= 2 and message[-1] == SYSEX_END and max(message[1:-1], default=0) < 0x80
    kind = status if status >= SYSEX else status & 0xF0
    return len(message) == _LENGTHS.get(kind) and max(message[1:], default=0) < 0x80


def decode(t: int, message: bytes) -> Message | None:
    """Decode a raw message into its event, or None where the bytes are not one whole message."""
    if not is_whole(message):
        return None
    kind, channel = message[0] & 0xF0, message[0] & 0x0F
    if kind == NOTE_ON and message[2] > 0:
        return NoteOn(t, message[1], message[2], channel)
    if kind in (NOTE_ON, NOTE_OFF):
        return NoteOff(t, message[1], channel)
    if kind == CONTROL:
        return Control(t, message[1], message[2], channel)
    return Other(t, bytes(message))


def encode(event: Message) -> bytes:
    """Encode an event as its raw message; `decode` at the same time gives the event back.

    Raises ValueError for a number out of bounds.
    """
    match event:
        case NoteOn(_, pitch, velocity, channel):
            if velocity == 0:
                raise ValueError("a note on with velocity 0 is a note off")
            message = _channel_message(NOTE_ON, channel, pitch, velocity)
        case NoteOff(_, pitch, channel):
            message = _channel_message(NOTE_OFF, channel, pitch, RELEASE_VELOCITY)
        case Control(_, number, value, channel):
            message = _channel_message(CONTROL, channel, number, value)
        case Other(_, data):
            message = data
    if not is_whole(message):
        raise ValueError(f"not a MIDI message: {event}")
    return message


def _channel_message(kind: int, channel: int, first: int, second: int) -> bytes:
    if not (0 <= channel <= 15 and 0 <= first <= 127 and 0 <= second <= 127):
        raise ValueError(f"out of bounds: channel {channel}, data {first} and {second}")
    return bytes((kind | channel, first, second))


def to_json(event: Event) -> dict[str, Any]:
    """Turn an event into values that JSON knows, for a log of one event a line; bytes become hex."""
    fields: dict[str, Any] = {"event": _NAME_OF[type(event)], **asdict(event)}
    if isinstance(event, Other):
        fields["data"] = event.data.hex()
    return fields


def from_json(fields: Mapping[str, Any]) -> Event:
    """Read back what `to_json` wrote. Raises ValueError for anything else."""
    values = dict(fields)
    try:
        made = _NAMES[values.pop("event")]
        if made is Other:
            values["data"] = bytes.fromhex(values["data"])
        return made(**values)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a logged event: {dict(fields)}") from error
