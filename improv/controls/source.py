"""Sources: the controller, note, program change or machine control command that a control answers to.

Conventions: channels count from 0 to 15 here and from 1 to 16 in the text form, as synths show them. The
text form of a source is its kind and number, and its channel where it is bound to one: `CC20`, `CC20@3`,
`NOTE36@10`, `PC5`, `MMC2`.
"""

import re
from dataclasses import dataclass
from typing import Literal

from improv.errors import UserError

Kind = Literal["CC", "NOTE", "PC", "MMC"]

NOTE_OFF, NOTE_ON, CONTROL_CHANGE, PROGRAM_CHANGE = 0x80, 0x90, 0xB0, 0xC0
_KINDS: dict[int, Kind] = {NOTE_OFF: "NOTE", NOTE_ON: "NOTE", CONTROL_CHANGE: "CC", PROGRAM_CHANGE: "PC"}
_MMC = re.compile(rb"\xf0\x7f.\x06([\x00-\x7f])\xf7", re.DOTALL)
_TEXT = re.compile(r"(CC|NOTE|PC|MMC)\s*(\d{1,3})(?:@(\d{1,2}))?", re.IGNORECASE)
PRESSED = 127
"""The value of a message that has none of its own."""


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A kind of message with one number, of one channel or of any."""

    kind: Kind
    number: int
    """0 to 127."""
    channel: int | None = None
    """None: any; a machine control command has none."""

    def __str__(self) -> str:
        """The text form."""
        return f"{self.kind}{self.number}" + ("" if self.channel is None else f"@{self.channel + 1}")

    def overlaps(self, other: "Source") -> bool:
        """Whether one message can mean both."""
        return (self.kind, self.number) == (other.kind, other.number) and (
            self.channel == other.channel or None in (self.channel, other.channel)
        )


@dataclass(frozen=True, slots=True)
class Touch:
    """What a message says of its source: how far it is turned, or whether it is down."""

    source: Source
    """With the channel that the message came on."""
    value: int
    """0 to 127; 0 where a key is let go."""


def touch_of(message: bytes) -> Touch | None:
    """What a whole message says, or None where no control could answer to it."""
    kind = _KINDS.get(message[0] & 0xF0)
    if kind is not None:
        value = PRESSED if kind == "PC" else 0 if message[0] & 0xF0 == NOTE_OFF else message[2]
        return Touch(Source(kind, message[1], message[0] & 0x0F), value)
    command = _MMC.fullmatch(message) if message[0] == 0xF0 else None
    return Touch(Source("MMC", command[1][0]), PRESSED) if command is not None else None


def parse_source(text: str) -> Source:
    """Read a source's text form, in any case. Raises UserError for anything else."""
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise UserError(f"{text!r} is no message: write CC20, NOTE36, PC5 or MMC2, with @3 for channel 3")
    kind, number, channel = found[1].upper(), int(found[2]), found[3]
    if number > 127:
        raise UserError(f"{text}: a number from 0 to 127")
    if channel is not None and (kind == "MMC" or not 1 <= int(channel) <= 16):
        raise UserError(f"{text}: " + ("MMC has no channel" if kind == "MMC" else "a channel from 1 to 16"))
    return Source(kind, number, None if channel is None else int(channel) - 1)  # type: ignore[arg-type]
