"""Which chord's keys are held, and when that is decided.

Conventions: times are nanoseconds on the engine's clock. A `Held` is a value; each function gives the next
one. The caller passes on the keys that count (those below a split, say), and asks `due` when to `decide`:

    held = press(held, t, pitch)                # and release, pedal
    if (at := due(held)) is not None and at <= t:
        held, pitches = decide(held, at)        # None: as before; empty: nothing is held any more
        chord = name_chord(pitches, chart)      # grammar.naming

As everything here falls due at times that follow from the value alone, how time is cut up does not matter.

Keys that follow one another within `TOGETHER` are one stroke, however many; the chord is decided that long
after its last key. (The keys of a chord meant as one go down within some 30 ms: Goebl, "Melody lead in piano
performance", JASA 110, 2001.) A chord rolled more slowly is named as it grows.

A stroke of `CHORD` keys or more is a chord by itself: of what was struck before it only a bass counts, a
stroke of one or two notes that is still down, or that the pedal holds, below it. Other keys of the chord
before are only late in coming up, as in legato playing; one that is still down after `LEGATO` does belong to
the chord, and it is decided again. A smaller stroke changes a voice of the chord that is held; when the old
voice's key comes up within `LEGATO` the chord is decided again without it.

Keys that come up otherwise change nothing: a chord that is played short is the chord all the same. When
nothing sounds any more, `REST` later nothing is held.

The pedal holds what sounds when its key comes up, until the pedal does; it cannot catch what had ended before
it went down. A chord so held is held, and a smaller stroke changes or adds a voice of it. But where the pedal
stays down through a change of harmony, the new chord is heard and not the blur of both: of what only the
pedal holds, a chord struck later leaves its bass.
"""

from dataclasses import dataclass, replace

TOGETHER = 25_000_000
"""Nanoseconds: the widest gap between two keys of a stroke, and how long after the last one it is decided."""
LEGATO = 150_000_000
"""Nanoseconds that keys of one chord may overlap the next."""
REST = 100_000_000
"""Nanoseconds without a key after which nothing is held."""
CHORD = 3
"""Keys from which on a stroke is a chord by itself."""


@dataclass(frozen=True, slots=True)
class Held:
    """What sounds, and what was decided of it; sets are of pitches."""

    newest: frozenset[int] = frozenset()
    """The newest stroke, keys that have come up again included."""
    small: frozenset[int] = frozenset()
    """What counts on of earlier strokes of fewer than `CHORD` keys."""
    large: frozenset[int] = frozenset()
    """What counts on of earlier chords."""
    down: frozenset[int] = frozenset()
    """The keys that are down."""
    ringing: frozenset[int] = frozenset()
    """Those that have come up, and that the pedal holds."""
    pedal: bool = False
    struck: int = 0
    """When the last key went down."""
    lifted: int = 0
    """When the last key, or the pedal, came up."""
    at: int | None = None
    """When to decide next."""
    chord: frozenset[int] = frozenset()
    """As last decided."""

    @property
    def silent(self) -> bool:
        """Whether no key is down, and none is held by the pedal."""
        return not self.down and not self.ringing


def due(held: Held) -> int | None:
    """When to decide next, or None: not before another key."""
    return held.at


def press(held: Held, t: int, pitch: int) -> Held:
    """A key goes down."""
    ringing = held.ringing - {pitch}
    now = replace(held, down=held.down | {pitch}, ringing=ringing, struck=t, at=t + TOGETHER)
    if held.newest and t - held.struck <= TOGETHER:
        return replace(now, newest=held.newest | {pitch})
    sounding = held.newest & (held.down | held.ringing)
    small, large = held.small, held.large
    if len(held.newest) < CHORD:
        small |= sounding
    else:
        large |= sounding
    return replace(now, newest=frozenset({pitch}), small=small - {pitch}, large=large - {pitch})


def release(held: Held, t: int, pitch: int) -> Held:
    """A key comes up; one that was not down changes nothing."""
    if pitch not in held.down:
        return held
    after = replace(held, down=held.down - {pitch}, lifted=t)
    if held.pedal:
        return replace(after, ringing=held.ringing | {pitch})
    older = pitch in held.small or pitch in held.large
    after = replace(after, small=held.small - {pitch}, large=held.large - {pitch})
    return _lifted(after, t, older)


def pedal(held: Held, t: int, down: bool) -> Held:
    """The sustain pedal goes down or up."""
    if down or not held.pedal:
        return replace(held, pedal=down)
    after = replace(held, small=held.small & held.down, large=held.large & held.down)
    return _lifted(replace(after, pedal=False, ringing=frozenset(), lifted=t), t, older=False)


def decide(held: Held, t: int) -> tuple[Held, frozenset[int] | None]:
    """What is held at `t`: the pitches, or None where they are what they were, or nothing is due.

    Args:
        held: with `due(held)` at or before `t`; asked sooner it decides nothing.
        t: nanoseconds.
    """
    if held.at is None or t < held.at:
        return held, None
    again: int | None = None
    if held.silent and t >= held.lifted + REST:
        counted, held = (
            frozenset[int](),
            replace(held, newest=frozenset(), small=frozenset(), large=frozenset()),
        )
    else:
        late = t >= held.struck + LEGATO
        counted = _counted(held, late)
        if len(held.newest) >= CHORD:  # what only the pedal holds is of another harmony, but for the bass
            small = frozenset(pitch for pitch in held.small if pitch in held.down or pitch in counted)
            held = replace(held, small=small, large=held.large & held.down)
        if held.silent:
            again = held.lifted + REST
        elif not late and not held.large & held.down <= counted:
            again = held.struck + LEGATO
    return replace(held, at=again, chord=counted), None if counted == held.chord else counted


def _counted(held: Held, late: bool) -> frozenset[int]:
    """The pitches of the chord."""
    if len(held.newest) < CHORD:
        return held.newest | held.small | held.large
    lowest = min(held.newest)
    below = frozenset(pitch for pitch in held.small if pitch < lowest)
    return held.newest | below | (((held.small | held.large) & held.down) if late else frozenset())


def _lifted(held: Held, t: int, older: bool) -> Held:
    """After a key or the pedal came up: when that is to be decided, if at all."""
    if held.silent:
        return replace(held, at=t + REST if held.at is None else min(held.at, t + REST))
    if older and t - held.struck < LEGATO:
        return replace(held, at=t if held.at is None else max(t, min(held.at, held.struck + TOGETHER)))
    return held
