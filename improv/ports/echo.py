"""The feedback guard: what we sent and hear again is not the player's.

It comes back where a DAW passes its input on to its output, or where input and output are one device; passed
on once more it would go round for ever.

Conventions: raw messages, times in nanoseconds. What is *ours* of the messages that were sent is all but what
this very input played and was passed on. The rule:

- A note that is heard within `WINDOW` after one of ours with the same key, velocity and channel is its echo.
  On another channel it is if notes have come back in the last `TRUST`, or once another has agreed so within
  `DOUBLED`: before that it may be the player's, who has a channel of his own and may double one of ours. Each
  note that was sent explains one that is heard, of each input.
- A note that is heard within `WINDOW` after the same input's own was passed on is its echo if notes have come
  back in the last `TRUST`, or once it has come `REPEATS` times so: before that it may be a key struck again.
- An off belongs to the on before it: the off of an echo is swallowed, that of a played note never is. Where a
  key is both played and echoed, an off that follows a sent one within `WINDOW` is the echo's.
- Any other message that equals one sent within `WINDOW` is swallowed while notes come back, or once it has
  come `ROUNDS` times within `WINDOW`s of one another, which no hand does.

So a player who doubles a note of ours loses it only where key, velocity (one of 127) and time (60 ms) agree,
and on a channel of his own only where they do so twice in ten seconds; one who repeats a key loses nothing
below sixteen strokes a second of one velocity. Of echoes that come on another channel the first is heard. An
echo whose velocity was changed on its way is not known as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

WINDOW = 60_000_000
"""Nanoseconds: more than a DAW's longest usual buffer, in and out."""
THRU = 5_000_000
"""Nanoseconds in which what was played is passed on."""
TRUST = 60_000_000_000
DOUBLED = 10_000_000_000
REPEATS, ROUNDS = 4, 16

NOTE_OFF, NOTE_ON, SYSTEM = 0x80, 0x90, 0xF0

What = tuple[int, ...]
"""A message without its channel; of an off, only its key."""
Key = tuple[int, int]
"""Channel and pitch."""


def what(message: bytes) -> What:
    """What a channel message says, whatever its channel and, of an off, its velocity."""
    kind = message[0] & 0xF0
    if kind == NOTE_OFF or (kind == NOTE_ON and not message[2]):
        return NOTE_OFF, message[1]
    return kind, *message[1:]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that may still come back."""

    t: int
    what: What
    channel: int
    ours: bool


@dataclass(frozen=True, slots=True)
class Echoes:
    """What one input may still send back, and which of its keys are down."""

    sent: tuple[Sent, ...] = ()
    """Oldest first, none older than `WINDOW`."""
    passed: tuple[tuple[int, What], ...] = ()
    """What was played within `THRU`."""
    played: Mapping[Key, int] = field(default_factory=dict)
    """Of each key, how many ons passed whose offs are to come."""
    echoed: Mapping[Key, int] = field(default_factory=dict)
    """And how many were swallowed."""
    came_back: int = -TRUST - 1
    """When a note last came back."""
    doubled: int = -DOUBLED - 1
    """When a note last agreed with one of ours on another channel, and was let through."""
    rounds: Mapping[bytes, tuple[int, int]] = field(default_factory=dict)
    """Of messages that may be echoes: when they last came, and how many times without a pause."""

    def sending(self, t: int, message: bytes) -> "Echoes":
        """After a message was sent at `t`."""
        if message[0] >= SYSTEM:
            return self
        said = what(message)
        passed = tuple(one for one in self.passed if t - one[0] <= THRU)
        index = next((i for i, (_, other) in enumerate(passed) if other == said), None)
        if index is not None:  # one that was passed on explains one that is sent
            passed = passed[:index] + passed[index + 1 :]
        newest = Sent(t, said, message[0] & 0x0F, index is None)
        return replace(self, sent=(*self._fresh(t), newest), passed=passed)

    def hear(self, t: int, message: bytes) -> tuple["Echoes", bool]:
        """After a message was heard at `t`; and whether it is the player's."""
        if message[0] >= SYSTEM:
            return self, True
        said, fresh = what(message), self._fresh(t)
        found = next((one for one in fresh if one.what == said), None)
        heard = replace(self, sent=fresh)
        match said[0]:
            case 0x90:
                after, passes = heard._on(t, message, found)
            case 0x80:
                after, passes = heard._off(message, found is not None)
            case _:
                after, passes = heard._other(t, message, found is not None)
        if passes:
            passed = (*(one for one in after.passed if t - one[0] <= THRU), (t, said))
            return replace(after, passed=passed), True
        return replace(after, sent=tuple(one for one in fresh if one is not found)), False

    def _on(self, t: int, message: bytes, found: Sent | None) -> tuple["Echoes", bool]:
        key = message[0] & 0x0F, message[1]
        after, count = self._counted(t, message) if found is not None else (self, 0)
        if found is not None and (self._is_echo(t, key[0], found) or count >= REPEATS):
            return replace(after, echoed=_more(self.echoed, key), came_back=t), False
        doubled = t if found is not None and found.ours else self.doubled
        return replace(after, played=_more(self.played, key), doubled=doubled), True

    def _is_echo(self, t: int, channel: int, found: Sent) -> bool:
        """Whether a note on a channel, that agrees with one that was sent, is known to be that one."""
        if t - self.came_back <= TRUST:
            return True
        return found.ours and (channel == found.channel or t - self.doubled <= DOUBLED)

    def _off(self, message: bytes, found: bool) -> tuple["Echoes", bool]:
        key = message[0] & 0x0F, message[1]
        played, echoed = self.played.get(key, 0), self.echoed.get(key, 0)
        if (found and (echoed or not played)) or (echoed and not played):
            return replace(self, echoed=_less(self.echoed, key)), False
        return replace(self, played=_less(self.played, key)), True

    def _other(self, t: int, message: bytes, found: bool) -> tuple["Echoes", bool]:
        if not found:
            return self, True
        after, count = self._counted(t, message)
        return after, count < ROUNDS and t - self.came_back > TRUST

    def _counted(self, t: int, message: bytes) -> tuple["Echoes", int]:
        last, count = self.rounds.get(message, (t, 0))
        count = count + 1 if t - last <= WINDOW else 1
        rounds = {other: (at, n) for other, (at, n) in self.rounds.items() if t - at <= WINDOW}
        return replace(self, rounds={**rounds, message: (t, count)}), count

    def _fresh(self, t: int) -> tuple[Sent, ...]:
        old = next((i for i, one in enumerate(self.sent) if t - one.t <= WINDOW), len(self.sent))
        return self.sent[old:]


def _more(counts: Mapping[Key, int], key: Key) -> Mapping[Key, int]:
    return {**counts, key: counts.get(key, 0) + 1}


def _less(counts: Mapping[Key, int], key: Key) -> Mapping[Key, int]:
    """One less of a key, and nothing where none is left."""
    left = counts.get(key, 0) - 1
    others = {other: count for other, count in counts.items() if other != key}
    return {**others, key: left} if left > 0 else others
