"""What was played, as it is written: notes on the grid, in bars, with the figures of notation.

Conventions: ticks of 1/24 beat from a take's first bar line; a beat is a quarter note. Each beat of a part
has one division (eighths, triplets, sixteenths, or finer), chosen as `improv.swing` hears them. A part is
one voice: notes struck together are a chord, and each lasts until the next at most.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from grammar.notes import TICKS_PER_BEAT
from improv.swing import DIVISIONS, quantise, swing_ratio, to_grid
from improv.takes.take import IMPROV, Note, Take

TOGETHER = 30_000_000
"""Nanoseconds within which keys are one chord."""
JOINED = 6
"""Ticks: a rest no longer than this before the next note is not written."""
CROWDED = 100.0
"""What it costs a division to put two notes on one place."""

FIGURES: dict[int, tuple[str, int]] = {
    96: ("whole", 0), 72: ("half", 1), 48: ("half", 0), 24: ("quarter", 0), 18: ("eighth", 1),
    12: ("eighth", 0), 9: ("16th", 1), 6: ("16th", 0), 3: ("32nd", 0),
}  # fmt: skip
"""Ticks to a note's figure and dots."""
TRIPLETS: dict[int, tuple[str, int]] = {
    16: ("quarter", 0), 12: ("eighth", 1), 8: ("eighth", 0), 4: ("16th", 0),
}  # fmt: skip
"""The same in a beat of threes, each lasting two thirds of its figure."""


@dataclass(frozen=True, slots=True)
class Written:
    """A note or chord on the grid."""

    onset: int
    end: int
    """After `onset`, at most the next one's onset."""
    pitches: tuple[int, ...]
    """Ascending."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of notation: a note, a chord, a rest, or a part of one."""

    onset: int
    ticks: int
    pitches: tuple[int, ...]
    """Empty for a rest."""
    shape: str
    """whole, half, quarter, eighth, 16th, 32nd."""
    dots: int
    triplet: bool
    tied_from: bool = False
    """Whether it goes on from the figure before."""
    tied_to: bool = False


def write_down(take: Take, part: str) -> tuple[tuple[Written, ...], dict[int, tuple[int, ...]]]:
    """A part's notes on the grid, and the division of each beat in which some begin.

    Improv's are written as it meant them, the player's as they are heard.
    """
    notes = take.of(part)
    ratio = swing_ratio(take.tempo, take.setting.chart.feel)
    struck = _struck(notes)
    if part == IMPROV:
        places = [
            group[0].onset if group[0].onset is not None else round(take.clock.tick(group[0].at))
            for group in struck
        ]
    else:
        places = quantise([take.clock.tick(group[0].at) for group in struck], ratio)
    divisions = divisions_of([place - take.first for place in places])
    found: dict[int, tuple[float, set[int]]] = {}
    for place, group in zip(places, struck, strict=True):
        onset = max(0, snapped(place - take.first, divisions))
        ends = [_end(take, note, ratio) - take.first for note in group]
        end, pitches = found.get(onset, (0.0, set()))
        found[onset] = (max(end, *ends), pitches | {note.pitch for note in group})
    limit = take.bars * take.bar
    onsets = [*sorted(onset for onset in found if onset < limit), limit]
    written = []
    for onset, following in pairwise(onsets):
        heard, pitches = found[onset]
        end = max(snapped(heard, divisions), onset + _step(onset, divisions))
        if following - end <= JOINED:
            end = following
        written.append(Written(onset, end, tuple(sorted(pitches))))
    return tuple(written), divisions


def divisions_of(onsets: Sequence[float]) -> dict[int, tuple[int, ...]]:
    """Beat by beat, the places that explain its onsets best; a beat without onsets is not in it."""
    beats: dict[int, list[float]] = {}
    for onset in onsets:
        beat = int((onset + 1) // TICKS_PER_BEAT)
        beats.setdefault(beat, []).append(onset - beat * TICKS_PER_BEAT)
    return {
        beat: min(DIVISIONS, key=lambda division: _misfit(places, *division))[0]
        for beat, places in beats.items()
    }


def _misfit(places: Sequence[float], division: tuple[int, ...], penalty: float) -> float:
    nearest = [min(division, key=lambda known: abs(known - place)) for place in places]
    crowded = len(nearest) - len(set(nearest))
    error = sum((a - b) ** 2 for a, b in zip(nearest, places, strict=True))
    return error + penalty + CROWDED * crowded


def snapped(tick: float, divisions: dict[int, tuple[int, ...]]) -> int:
    """The nearest place of its beat's division."""
    beat = int((tick + 1) // TICKS_PER_BEAT)
    places = (*divisions.get(beat, DIVISIONS[0][0]), TICKS_PER_BEAT)
    return beat * TICKS_PER_BEAT + min(places, key=lambda known: abs(known + beat * TICKS_PER_BEAT - tick))


def figures(
    written: Sequence[Written], divisions: dict[int, tuple[int, ...]], bars: int, bar: int
) -> Iterator[list[Figure]]:
    """The figures of each bar; they fill it, rests included."""
    limit = bars * bar
    line: list[tuple[int, int, tuple[int, ...]]] = []
    now = 0
    for note in written:
        if note.onset > now:
            line.append((now, note.onset, ()))
        line.append((note.onset, note.end, note.pitches))
        now = note.end
    if now < limit:
        line.append((now, limit, ()))
    found: list[list[Figure]] = [[] for _ in range(bars)]
    for onset, end, pitches in line:
        pieces = list(_pieces(onset, end, divisions, bar))
        for number, (start, ticks) in enumerate(pieces):
            beat, place = divmod(start, TICKS_PER_BEAT)
            triplet = _threes(divisions.get(beat)) and place + ticks <= TICKS_PER_BEAT > ticks
            shape, dots = (TRIPLETS if triplet else FIGURES)[ticks]
            tied = bool(pitches)
            found[start // bar].append(
                Figure(
                    onset=start,
                    ticks=ticks,
                    pitches=pitches,
                    shape=shape,
                    dots=dots,
                    triplet=triplet,
                    tied_from=tied and number > 0,
                    tied_to=tied and number < len(pieces) - 1,
                )
            )
    yield from found


def _pieces(
    onset: int, end: int, divisions: dict[int, tuple[int, ...]], bar: int
) -> Iterator[tuple[int, int]]:
    """A length cut at bars and beats into those that have a figure."""
    while onset < end:
        place = onset % TICKS_PER_BEAT
        if place == 0 and end - onset >= TICKS_PER_BEAT:
            room = min(end, (onset // bar + 1) * bar) - onset
            known: Sequence[int] = [ticks for ticks in FIGURES if ticks % TICKS_PER_BEAT == 0]
        else:
            room = min(end - onset, TICKS_PER_BEAT - place)
            threes = _threes(divisions.get(onset // TICKS_PER_BEAT))
            known = list(TRIPLETS if threes else FIGURES)
        ticks = next(ticks for ticks in known if ticks <= room)
        yield onset, ticks
        onset += ticks


def _threes(division: tuple[int, ...] | None) -> bool:
    return division is not None and 8 in division


def _step(onset: int, divisions: dict[int, tuple[int, ...]]) -> int:
    division = divisions.get(onset // TICKS_PER_BEAT, DIVISIONS[0][0])
    return division[1] - division[0]


def _struck(notes: Sequence[Note]) -> list[list[Note]]:
    """The notes in groups that are struck together."""
    groups: list[list[Note]] = []
    for note in notes:
        if groups and note.at - groups[-1][0].at < TOGETHER:
            groups[-1].append(note)
        else:
            groups.append([note])
    return groups


def _end(take: Take, note: Note, ratio: float) -> float:
    if note.onset is not None and note.ticks is not None:
        return note.onset + note.ticks
    return to_grid(take.clock.tick(note.end), ratio)
