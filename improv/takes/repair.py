"""A log that was cut off, made whole: all lines up to the first that is damaged, and a line that says so.

Conventions: bytes in, bytes out. A crash of the program cuts the last line; a loss of power may also leave
bytes behind it that were never written.
"""

import json
from dataclasses import dataclass

CLOSED = ("end", "recovered", "later")
"""Kinds of line with which a log that is whole can end."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What can be had back."""

    data: bytes
    """The log, whole; empty where not even its head can be read."""
    dropped: int
    """Bytes at the end that cannot."""
    lines: int
    """Lines that can, the head among them."""


def is_closed(data: bytes) -> bool:
    """Whether a log was written to its end."""
    if not data.endswith(b"\n"):
        return False
    line = _line(data[data.rfind(b"\n", 0, len(data) - 1) + 1 :])
    return line is not None and line.get("kind") in CLOSED


def repaired(data: bytes) -> Repaired:
    """The log up to its last line in order, closed; of a log that is whole, the same bytes."""
    good = lines = 0
    while (end := data.find(b"\n", good)) >= 0 and _line(data[good : end + 1]) is not None:
        good, lines = end + 1, lines + 1
    if lines == 0:
        return Repaired(b"", len(data), 0)
    if good == len(data) and is_closed(data):
        return Repaired(data, 0, lines)
    closing = json.dumps({"kind": "recovered", "dropped": len(data) - good}, separators=(",", ":"))
    return Repaired(data[:good] + closing.encode("ascii") + b"\n", len(data) - good, lines)


def _line(line: bytes) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
