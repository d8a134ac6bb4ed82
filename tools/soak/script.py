"""What happens in a soak, by seed: what the player plays, what is asked, and when cables are pulled.

Conventions: times are nanoseconds from the start of the soak.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random
from typing import Literal

from improv.channels import PARTS
from improv.modes import ADJUSTMENTS, BARS, MODES
from improv.requests import Adjust, Keep, Mark, Mute, Panic, Request, SetMode, SetTempo, Start, Stop
from improv.session.events import Control, NoteOff, NoteOn, encode

SECOND = 1_000_000_000
OUTPUTS = 2
SLOWEST, FASTEST = 80, 280


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happens: a message that the player plays, a request, or a cable."""

    message: bytes = b""
    request: Request | None = None
    cable: Literal["", "pulled", "back"] = ""
    output: int = 0


def script(seed: int) -> Iterator[tuple[int, Happening]]:
    """All that happens, in order of time, without end."""
    random = Random(seed)
    waiting: list[tuple[int, int, str]] = []
    number = 0
    voices = ("phrase", "mode", "tempo", "adjust", "mute", "mark", "panic", "stop", "cable", "gesture")
    for place, voice in enumerate(voices):
        heappush(waiting, (place * SECOND // 7 + SECOND, place, voice))
    yield 0, Happening(request=Start())
    pending: list[tuple[int, int, Happening]] = []
    while True:
        t, _, voice = heappop(waiting)
        while pending and pending[0][0] <= t:
            at, _, happening = heappop(pending)
            yield at, happening
        happenings, following = _VOICES[voice](random, t)
        for at, happening in happenings:
            number += 1
            heappush(pending, (at, number, happening))
        number += 1
        heappush(waiting, (following, number, voice))


Step = tuple[list[tuple[int, Happening]], int]
"""What happens, and when the voice comes again."""


def _phrase(random: Random, t: int) -> Step:
    """Four to sixteen notes, some of them chords, then a rest."""
    found: list[tuple[int, Happening]] = []
    pitch = random.randint(55, 75)
    for _ in range(random.randint(4, 16)):
        pitch = max(48, min(84, pitch + random.choice((-4, -3, -2, -1, 1, 2, 3, 5))))
        length = random.choice((12, 18, 18, 36)) * SECOND // 100
        for key in (pitch, pitch - 4) if random.random() < 0.1 else (pitch,):
            found.append((t, Happening(encode(NoteOn(0, key, random.randint(40, 110))))))
            found.append((t + random.randint(3, 20) * length // 16, Happening(encode(NoteOff(0, key)))))
        t += length
    return found, t + random.randint(1, 6) * SECOND


def _gesture(random: Random, t: int) -> Step:
    """The pedal, or the wheel."""
    if random.random() < 0.5:
        down, up = (encode(Control(0, 64, value)) for value in (127, 0))
        return [(t, Happening(down)), (t + 2 * SECOND, Happening(up))], t + random.randint(5, 30) * SECOND
    bend = [(t + i * SECOND // 100, Happening(bytes((0xE0, 0, 64 + i)))) for i in range(20)]
    return [*bend, (t + SECOND, Happening(bytes((0xE0, 0, 64))))], t + random.randint(5, 30) * SECOND


def _mode(random: Random, t: int) -> Step:
    asked = SetMode(random.choice(MODES).name, random.choice((0, *BARS)), random.randint(0, 1))
    return [(t, Happening(request=asked))], t + random.randint(40, 160) * SECOND


def _tempo(random: Random, t: int) -> Step:
    asked = SetTempo(float(random.randint(SLOWEST, FASTEST)))
    return [(t, Happening(request=asked))], t + random.randint(100, 500) * SECOND


def _adjust(random: Random, t: int) -> Step:
    adjustment = ADJUSTMENTS[random.choice(sorted(ADJUSTMENTS))]
    asked = Adjust(adjustment.name, random.uniform(adjustment.low, adjustment.high))
    return [(t, Happening(request=asked))], t + random.randint(30, 120) * SECOND


def _mute(random: Random, t: int) -> Step:
    """Any part but the click, which is what is measured."""
    part = random.choice([part for part in PARTS if part != "click"])
    off = (t + random.randint(5, 60) * SECOND, Happening(request=Mute(part, 0)))
    return [(t, Happening(request=Mute(part))), off], t + random.randint(60, 200) * SECOND


def _mark(random: Random, t: int) -> Step:
    asked = random.choice((Mark(), Keep(8)))
    return [(t, Happening(request=asked))], t + random.randint(200, 600) * SECOND


def _panic(random: Random, t: int) -> Step:
    return [(t + 60 * SECOND, Happening(request=Panic()))], t + random.randint(400, 1200) * SECOND


def _stop(random: Random, t: int) -> Step:
    t += 300 * SECOND
    again = (t + random.randint(2, 8) * SECOND, Happening(request=Start()))
    return [(t, Happening(request=Stop())), again], t + random.randint(300, 1500) * SECOND


def _cable(random: Random, t: int) -> Step:
    t += 200 * SECOND
    output = random.randrange(OUTPUTS)
    back = (t + random.randint(3, 20) * SECOND, Happening(cable="back", output=output))
    return [(t, Happening(cable="pulled", output=output)), back], t + random.randint(120, 600) * SECOND


_VOICES = {
    "phrase": _phrase,
    "gesture": _gesture,
    "mode": _mode,
    "tempo": _tempo,
    "adjust": _adjust,
    "mute": _mute,
    "mark": _mark,
    "panic": _panic,
    "stop": _stop,
    "cable": _cable,
}
