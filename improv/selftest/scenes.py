"""What is played in a self-test: scenes in every mode that has a limit, and the player's part in them.

Conventions: ticks of 1/24 beat from the top of the first chorus. Messages are told apart by their last
byte, which counts from 1 to 127, so that each can be found again at the other end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Literal

from grammar.notes import TICKS_PER_BEAT

CHART = """title: Self-test
feel: straight
| F7 | Bb7 | F7 | C-7 F7 | Bb7 | Bb7 | F7 | D7 | G-7 | C7 | F7 | C7 |
"""
"""A blues, straight, so that a note's place in ticks is its place in time."""
BAR = 4 * TICKS_PER_BEAT
SPLIT = 60
LINE = (65, 69, 72, 75, 74, 72, 69, 66)
"""The player's eighths; the last is played a sixteenth later, the last moment of the turn."""
CHORD = (53, 57, 60, 63)
"""Struck together at the turn's first beat."""
HELD: tuple[tuple[int, ...], ...] = ((48, 52, 55, 58), (41, 45, 48, 51), (50, 53, 57, 48), (43, 47, 50, 53))
"""Chords of the left hand, each below the split point; all keys within a few milliseconds."""
ROLLED = 2_000_000
"""Nanoseconds between the keys of such a chord."""
PEDAL, WHEEL = 64, 1
NOTE_ON, NOTE_OFF, CONTROL, BEND = 0x90, 0x80, 0xB0, 0xE0

Ending = Literal["stop", "panic key", "panic control"]


@dataclass(frozen=True, slots=True)
class Scene:
    """So many bars in one mode at one tempo, and how they end."""

    mode: str
    tempo: float
    bars: int
    """From the top; the count-in of a bar comes before."""
    turn: int = 1
    """Bars of a turn."""
    ending: Ending = "stop"

    def seconds(self) -> float:
        """How long it takes, the count-in with it."""
        return (self.bars + 1) * 4 * 60 / self.tempo


SCENES: tuple[Scene, ...] = (
    Scene("trade", 320.0, 4, ending="panic key"),
    Scene("rhythm", 200.0, 3),
    Scene("lead", 160.0, 4, ending="panic control"),
    Scene("trade", 120.0, 4, ending="panic control"),
    Scene("solo", 240.0, 6, ending="panic key"),
    Scene("trade", 60.0, 2),
    Scene("trade", 180.0, 8, turn=2, ending="panic key"),
    Scene("comp", 280.0, 8, ending="panic control"),
    Scene("trade", 90.0, 2),
    Scene("trade", 260.0, 8, ending="panic key"),
)
"""The first ones so that a few seconds try as much as can be."""
PAUSE = 0.6
"""Seconds between two scenes, for what still comes."""


def programme(seconds: float) -> Iterator[Scene]:
    """Scenes for so long: whole ones, over and over, shorter ones where little time is left; at least one."""
    left, first = seconds, True
    for scene in cycle(SCENES):
        if left < min(each.seconds() + PAUSE for each in SCENES) and not first:
            return
        if scene.seconds() + PAUSE <= left or first:
            yield scene
            left -= scene.seconds() + PAUSE
            first = False


@dataclass(frozen=True, slots=True)
class Played:
    """A message of the player's."""

    tick: float
    """Its place; `later` nanoseconds are added."""
    message: bytes
    later: int = 0
    sounds: bool = True
    """Whether it is to come out at the other end as it went in."""
    melody: bool = False
    """Whether the session is to hear it as a note of the player's line."""
    last_of_chord: bool = False


class Counter:
    """The last byte of a message: 1 to 127 and again."""

    def __init__(self) -> None:
        self._next = 0

    def __call__(self) -> int:
        """The next."""
        self._next = self._next % 127 + 1
        return self._next


def player(scene: Scene, count: Counter) -> list[Played]:
    """All that the player does in a scene, in order of time."""
    match scene.mode:
        case "trade":
            turns = range(0, scene.bars, 2 * scene.turn)
            bars = [bar for turn in turns for bar in range(turn, min(turn + scene.turn, scene.bars))]
            played = [one for bar in bars for one in _phrase(bar * BAR, count, sounds=True)]
        case "rhythm":
            played = [one for bar in range(scene.bars) for one in _keys(bar * BAR, count)]
        case "lead":
            played = [one for bar in range(scene.bars) for one in _left_hand(bar * BAR, bar, count)]
        case _:
            played = [
                one for bar in range(1, scene.bars, 2) for one in _phrase(bar * BAR, count, sounds=True)
            ]
    return sorted(played, key=lambda one: (one.tick, one.later))


def _phrase(top: int, count: Counter, sounds: bool) -> Iterator[Played]:
    """A bar: a chord, a line up to its last sixteenth, the pedal, the wheel and a bend."""
    yield Played(top, _control(PEDAL, 127))
    for pitch in CHORD:
        yield Played(top, _on(pitch, count()), sounds=sounds)
        yield Played(top + 8, _off(pitch, count()), sounds=sounds)
    for place, pitch in enumerate(LINE):
        tick = top + place * 12 + (6 if place == len(LINE) - 1 else 0)
        if place:  # the first is the chord's highest
            yield Played(tick, _on(pitch + 12, count()), sounds=sounds, melody=True)
            yield Played(tick + 5, _off(pitch + 12, count()), sounds=sounds)
        yield Played(tick + 3, _control(WHEEL, count()))
        yield Played(tick + 4, bytes((BEND, 0, count())))
    yield Played(top + BAR - 7, _control(PEDAL, 0))


def _keys(top: int, count: Counter) -> Iterator[Played]:
    """A bar of eighths on any keys, whose pitches improv chooses."""
    for place in range(8):
        pitch = 60 + place
        yield Played(top + place * 12, _on(pitch, count()), sounds=False)
        yield Played(top + place * 12 + 8, _off(pitch, count()), sounds=False)


def _left_hand(top: int, number: int, count: Counter) -> Iterator[Played]:
    """A bar of two chords below the split point, and a line above it."""
    for half in range(2):
        chord = HELD[(2 * number + half) % len(HELD)]
        tick = top + half * 48
        for key, pitch in enumerate(chord):
            last = key == len(chord) - 1
            yield Played(tick, _on(pitch, count()), key * ROLLED, sounds=False, last_of_chord=last)
            yield Played(tick + 40, _off(pitch, count()), sounds=False)
        for place in range(3):
            yield Played(tick + 12 + place * 12, _on(72 + place, count()), sounds=False)
            yield Played(tick + 12 + place * 12 + 6, _off(72 + place, count()), sounds=False)


def _on(pitch: int, number: int) -> bytes:
    return bytes((NOTE_ON, pitch, number))


def _off(pitch: int, number: int) -> bytes:
    return bytes((NOTE_OFF, pitch, number))


def _control(controller: int, value: int) -> bytes:
    return bytes((CONTROL, controller, value))
