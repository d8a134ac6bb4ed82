"""The feedback guard: what we sent and hear again is not the player's.

It comes back where a DAW passes its input on to its output, or where input and output are one device; passed
on once more it would go round for ever.

Conventions: raw messages, times in nanoseconds. The rule:

- A note that is heard within `WINDOW` after one of the same key and velocity was sent, on whatever channel,
  is its echo. Each note that was sent explains one that is heard, of each input.
- An off belongs to the on before it: the off of an echo is swallowed, that of a played note never is. Where a
  key is both played and echoed, an off that follows one of ours within `WINDOW` is the echo's.
- Any other message that equals one sent within `WINDOW` is swallowed while notes have come back in the last
  `TRUST`, or once it has come `ROUNDS` times within `WINDOW`s of one another, which no hand does.

So a player who doubles a note of ours loses it only where key, velocity (one of 127) and time (60 ms) agree,
and loses that note alone. An echo whose velocity was changed on its way is not known as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

WINDOW = 60_000_000
"""Nanoseconds: more than a DAW's longest usual buffer, in and out."""
TRUST = 10_000_000_000
ROUNDS = 16

NOTE_OFF, NOTE_ON, SYSTEM = 0x80, 0x90, 0xF0

What = tuple[int, ...]
"""A message without its channel; of an off, only its key."""


def what(message: bytes) -> What:
    """What a channel message says, whatever its channel and, of an off, its velocity."""
    kind = message[0] & 0xF0
    if kind == NOTE_OFF or (kind == NOTE_ON and not message[2]):
        return NOTE_OFF, message[1]
    return kind, *message[1:]


@dataclass(frozen=True, slots=True)
class Echoes:
    """What one input may still send back, and which of its keys are down."""

    sent: tuple[tuple[int, What], ...] = ()
    """Times and messages, oldest first, none older than `WINDOW`."""
    played: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """Of each channel and key, how many ons passed whose offs are to come."""
    echoed: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """And how many were swallowed."""
    came_back: int = -TRUST
    """When a note last came back."""
    rounds: Mapping[bytes, tuple[int, int]] = field(default_factory=dict)
    """Of other messages: when they last came, and how many times without a pause."""

    def sending(self, t: int, message: bytes) -> "Echoes":
        """After a message was sent at `t`."""
        if message[0] >= SYSTEM:
            return self
        return replace(self, sent=(*self._fresh(t), (t, what(message))))

    def hear(self, t: int, message: bytes) -> tuple["Echoes", bool]:
        """After a message was heard at `t`; and whether it is the player's."""
        if message[0] >= SYSTEM:
            return self, True
        said, fresh = what(message), self._fresh(t)
        index = next((i for i, (_, other) in enumerate(fresh) if other == said), None)
        without = fresh if index is None else fresh[:index] + fresh[index + 1 :]
        if said[0] == NOTE_ON:
            after = self._on(message, index is not None)
            return replace(after, sent=without, came_back=t if index is not None else self.came_back), (
                index is None
            )
        if said[0] == NOTE_OFF:
            after, passes = self._off(message, index is not None)
            return replace(after, sent=fresh if passes else without), passes
        return self._other(t, message, index is not None, without)

    def _on(self, message: bytes, echo: bool) -> "Echoes":
        key = message[0] & 0x0F, message[1]
        if echo:
            return replace(self, echoed={**self.echoed, key: self.echoed.get(key, 0) + 1})
        return replace(self, played={**self.played, key: self.played.get(key, 0) + 1})

    def _off(self, message: bytes, ours: bool) -> tuple["Echoes", bool]:
        key = message[0] & 0x0F, message[1]
        played, echoed = self.played.get(key, 0), self.echoed.get(key, 0)
        if (ours and (echoed or not played)) or (echoed and not played):
            return replace(self, echoed=_less(self.echoed, key)), False
        return replace(self, played=_less(self.played, key)), True

    def _other(
        self, t: int, message: bytes, ours: bool, without: tuple[tuple[int, What], ...]
    ) -> tuple["Echoes", bool]:
        last, count = self.rounds.get(message, (t, 0))
        count = count + 1 if t - last <= WINDOW else 1
        rounds = {m: (at, n) for m, (at, n) in self.rounds.items() if t - at <= WINDOW}
        after = replace(self, rounds={**rounds, message: (t, count)})
        if ours and (t - self.came_back <= TRUST or count >= ROUNDS):
            return replace(after, sent=without), False
        return after, True

    def _fresh(self, t: int) -> tuple[tuple[int, What], ...]:
        if not self.sent or t - self.sent[0][0] <= WINDOW:
            return self.sent
        return tuple(one for one in self.sent if t - one[0] <= WINDOW)


def _less(counts: Mapping[tuple[int, int], int], key: tuple[int, int]) -> Mapping[tuple[int, int], int]:
    """One less of a key, and nothing where none is left."""
    left = counts.get(key, 0) - 1
    others = {other: count for other, count in counts.items() if other != key}
    return {**others, key: left} if left > 0 else others
