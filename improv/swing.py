"""Swing: from grid time to performed time and back.

Conventions: ticks of 1/24 beat; on the grid an eighth pair is 0 and 12, whatever the feel, and
sixteenths and triplets stand where they are written. Performed ticks are floats of the same beat. A
ratio is long to short of an eighth pair as heard against the band's beat: 2 is a triplet's 2:1. Beats
are fixed points: swing moves what lies between them, and only `delay` moves the beats themselves.

A beat whose notes stand only on 0 and 12 is swung. A beat that holds anything else (triplets on 8 and
16, sixteenths on 6 and 18) is played straight, as soloists do: measured, they play sixteenths even.

The figures, from the training solos of the Weimar Jazz Database marked SWING, over beats that hold one
note on 0 and one on 12 (`python -m benchmarks.fit_swing DATA` prints them; medians, in beats after the
band's beat as annotated; the ratio is off / (1 - off)):

    tempo    pairs   downbeat   off-beat   ratio   short note
    100-120    313      0.119      0.624    1.66       197 ms
    120-140    809      0.095      0.618    1.62       174 ms
    140-160    765      0.099      0.623    1.65       150 ms
    160-180   1029      0.105      0.631    1.71       130 ms
    180-200   1262      0.095      0.623    1.65       119 ms
    200-220   1275      0.085      0.611    1.57       111 ms
    220-250   2860      0.064      0.589    1.43       104 ms
    250-280   3014      0.046      0.570    1.33        97 ms
    280-320   4337      0.021      0.543    1.19        92 ms
    320-400    771     -0.005      0.511    1.05        87 ms

Drawn with their quartiles, and the loudness by place, in docs/swing.svg.

So the off-beat stands at 0.624 of the beat up to 190 bpm and moves 0.00075 earlier for each bpm above.
The downbeat is late by 0.102 of a beat, less 0.00076 for each bpm above 190; from note to note
soloists therefore play no more than 1.2:1, and it is the late downbeat against on-time off-beats that
swings. Below 110 bpm the pairs still written as eighths are nearly even (0.521 at 40 to 80 bpm, 86
pairs; 0.566 at 80 to 100), because the annotators wrote the swung ones as triplets: so would the model
that learned from them. The last of those triplets stands at 0.70 and 0.69 (83 and 91 beats), which is where
a band that accompanies at such tempi has its off-beats (`band_ratio`): 2.3 to 1. Friberg and Sundström
("Swing Ratios and Ensemble Timing in Jazz Performance", 2002) found as much: drummers' ratios rise as the
tempo falls, and soloists' off-beats fall together with the drummer's, whose downbeats they follow late.
Latin and funk solos are late as a whole (0.059 and 0.575, 0.075 and 0.580) and ballads have hardly a pair
(21, 0.110 and 0.541): there eighths are even.

Heard from their performed onsets at these ratios, 66 % of the notes of those solos get the place that
the annotators wrote and 91 % one within a sixth of a beat, a mean error of 1.2 ticks; note by note,
without what follows, 63 %.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

from grammar.chart import Feel
from grammar.notes import TICKS_PER_BEAT, Note

SWUNG_FEELS: frozenset[Feel] = frozenset(("swing", "waltz"))
OFF_BEAT = 0.624
"""Where the off-beat stands in the beat between the slow end and the knee."""
KNEE = 190.0
"""Beats a minute above which swing flattens."""
OFF_BEAT_FALL = 0.00075
"""How much earlier, in beats a bpm, the off-beat stands above the knee."""
SLOW, SLOW_OFF_BEAT, SLOW_END = 60.0, 0.52, 110.0
"""At `SLOW` bpm written eighths are nearly even; from there to `SLOW_END` they reach `OFF_BEAT`."""
SLOW_BAND_OFF_BEAT = 0.7
"""Where the last of a beat's triplets stands, and so a slow band's off-beat."""
LATEST_OFF_BEAT = 0.75
"""However much it is swung, the off-beat stands no later in the beat: 3 to 1."""
DOWNBEAT_DELAY, DELAY_FALL = 0.102, 0.00076
"""How late, in beats, a soloist's downbeat is, and how much less a bpm above the knee."""

EARLY = 3.0
"""Ticks before a beat from which on a heard note counts towards that beat."""
HALF = TICKS_PER_BEAT // 2
EIGHTHS = (0, HALF)
DIVISIONS: tuple[tuple[tuple[int, ...], float], ...] = (
    # places in the beat, and how much squared error (ticks) a finer division must save to be heard
    (EIGHTHS, 0.0),
    ((0, 8, 16), 0.6),
    ((0, 6, 12, 18), 1.0),
    ((0, 4, 8, 12, 16, 20), 9.0),
    ((0, 3, 6, 9, 12, 15, 18, 21), 12.0),
)
PLACE_PENALTY = {0: 0.0, 6: 6.0, 8: 3.0, 12: 0.0, 16: 0.9, 18: 0.5}
"""The same for a note heard alone, by place."""

STANDARD_VELOCITY = 80
PLACE_LOUDNESS = {0: 0.14, 4: 0.15, 6: 0.0, 8: -0.37, 12: 0.0, 16: -0.29, 18: -0.06, 20: -0.15}
BEAT_LOUDNESS = (-0.04, -0.09, 0.25, -0.1)
"""Decibels against a solo's median, by place in the beat and by beat of a 4/4 bar (measured as above)."""


class Performed(NamedTuple):
    """A note with the time it is played at."""

    onset: float
    """Performed ticks."""
    duration: float
    """Performed ticks, more than 0."""
    note: Note
    """As written."""


def swing_ratio(tempo: float, feel: Feel, amount: float = 1.0) -> float:
    """Long to short of an eighth pair at a tempo in beats a minute: 1 is even.

    See the module for where the figures come from. 1.66 from 110 to 190 bpm, 1 from 355 on; always 1
    for feels that are not swung.

    Args:
        tempo: beats a minute.
        feel: the chart's.
        amount: how far the off-beat is moved, as a share of what soloists do: 0 is even, 1 as measured,
            at 2 twice as far from the middle of the beat, but no later than `LATEST_OFF_BEAT`.
    """
    if feel not in SWUNG_FEELS:
        return 1.0
    rise = min(max((tempo - SLOW) / (SLOW_END - SLOW), 0.0), 1.0)
    place = SLOW_OFF_BEAT + rise * (OFF_BEAT - SLOW_OFF_BEAT) - OFF_BEAT_FALL * max(tempo - KNEE, 0.0)
    place = min(0.5 + amount * max(place - 0.5, 0.0), LATEST_OFF_BEAT)
    return place / (1.0 - place)


def band_ratio(tempo: float, feel: Feel, amount: float = 1.0) -> float:
    """The same for a band: its off-beats are the soloists', which fall together with the drummer's.

    At slow tempi, where soloists' written eighths are even because the swung ones are written as triplets,
    a band swings as those triplets do: from 2.3 at `SLOW` bpm to a soloist's ratio at `SLOW_END`.
    """
    if feel not in SWUNG_FEELS or tempo >= SLOW_END:
        return swing_ratio(tempo, feel, amount)
    rise = min(max((tempo - SLOW) / (SLOW_END - SLOW), 0.0), 1.0)
    place = SLOW_BAND_OFF_BEAT + rise * (OFF_BEAT - SLOW_BAND_OFF_BEAT)
    place = min(0.5 + amount * (place - 0.5), LATEST_OFF_BEAT)
    return place / (1.0 - place)


def downbeat_delay(tempo: float, feel: Feel, amount: float = 1.0) -> float:
    """How many ticks behind the band's beat soloists put their downbeats: 0 to 2.45 times `amount`."""
    if feel not in SWUNG_FEELS:
        return 0.0
    return amount * TICKS_PER_BEAT * max(DOWNBEAT_DELAY - DELAY_FALL * max(tempo - KNEE, 0.0), 0.0)


def swung_half(ratio: float) -> float:
    """Where in the beat, in ticks, the second eighth of a pair is played."""
    return TICKS_PER_BEAT * ratio / (1.0 + ratio)


def to_performed(tick: float, ratio: float, delay: float = 0.0) -> float:
    """The performed tick of a grid tick: linear from the beat to its half and from there to the next.

    With a `delay` (ticks, less than the swung half) each beat is played that much late, its half is not.
    """
    beat, place = divmod(tick, TICKS_PER_BEAT)
    half = swung_half(ratio)
    if place <= HALF:
        inside = delay + place * (half - delay) / HALF
    else:
        inside = half + (place - HALF) * (TICKS_PER_BEAT + delay - half) / HALF
    return beat * TICKS_PER_BEAT + inside


def to_grid(tick: float, ratio: float, delay: float = 0.0) -> float:
    """The grid tick of a performed tick: the inverse of `to_performed`."""
    beat, place = divmod(tick - delay, TICKS_PER_BEAT)
    place += delay
    half = swung_half(ratio)
    if place <= half:
        inside = (place - delay) * HALF / (half - delay)
    else:
        inside = HALF + (place - half) * HALF / (TICKS_PER_BEAT + delay - half)
    return beat * TICKS_PER_BEAT + inside


def straight_beats(line: Iterable[Note]) -> frozenset[int]:
    """The beats (by number) that hold a note off the eighths, and so are not swung."""
    return frozenset(
        note.onset // TICKS_PER_BEAT for note in line if note.onset % TICKS_PER_BEAT not in EIGHTHS
    )


def perform(
    line: Sequence[Note], tempo: float, feel: Feel, behind: float = 0.0, swing: float = 1.0
) -> list[Performed]:
    """The line with the times it is played at, in the line's order.

    Args:
        line: notes on the grid; what did not overlap does not overlap when played.
        tempo: beats a minute.
        feel: the chart's.
        behind: how far to lay back, as a share of what soloists do (`downbeat_delay`). At 0 each beat
            is exactly on its place; at 1 beats are as late as measured. Off-beats stay with the band.
        swing: how much to swing, as a share of what soloists do (`swing_ratio`).
    """
    ratio = swing_ratio(tempo, feel, swing)
    delay = downbeat_delay(tempo, feel, behind)
    straight = straight_beats(line)

    def played(tick: int) -> float:
        return to_performed(tick, 1.0 if tick // TICKS_PER_BEAT in straight else ratio, delay)

    return [Performed(played(n.onset), played(n.end) - played(n.onset), n) for n in line]


def quantise(performed_ticks: Sequence[float], ratio: float) -> list[int]:
    """The grid ticks of a heard line, strictly ascending, one a note.

    Beat by beat the division is chosen (eighths swung by `ratio`, triplets, sixteenths, finer only
    where the beat holds more notes) that explains the onsets with the least squared error; rarer ones
    must explain them better by a margin. What `perform` plays is heard as it was written, except that
    triplets without their middle are heard as eighths where the ratio is close to 2:1.

    Args:
        performed_ticks: ascending; a note up to `EARLY` ticks before a beat counts towards that beat.
        ratio: what the player is taken to swing by, as of `swing_ratio`.
    """
    beats: dict[int, list[float]] = {}
    for tick in performed_ticks:
        beat = int((tick + EARLY) // TICKS_PER_BEAT)
        beats.setdefault(beat, []).append(tick - beat * TICKS_PER_BEAT)
    found: list[int] = []
    for beat, places in beats.items():
        for place in _quantise_beat(places, swung_half(ratio)):
            tick = beat * TICKS_PER_BEAT + place
            found.append(tick if not found else max(tick, found[-1] + 1))
    return found


def quantise_one(performed: float, ratio: float, previous: int | None) -> int:
    """The grid tick of one note, at once, without what follows it; strictly after `previous`.

    Places are the eighths swung by `ratio`, triplets and sixteenths; the rarer need to fit better
    (`PLACE_PENALTY`). A place that `previous` holds or has passed is not taken.
    """
    beat = int((performed + EARLY) // TICKS_PER_BEAT)
    base = beat * TICKS_PER_BEAT
    half = swung_half(ratio)
    choices = [
        ((performed - base - (half if place == HALF else place)) ** 2 + penalty, base + place)
        for place, penalty in PLACE_PENALTY.items()
    ]
    choices.append(((performed - base - TICKS_PER_BEAT) ** 2, base + TICKS_PER_BEAT))
    later = [choice for choice in choices if previous is None or choice[1] > previous]
    if not later:
        assert previous is not None
        return previous + 1
    return min(later)[1]


def accent(tick: int, amount: float = 1.0, meter: int = len(BEAT_LOUDNESS)) -> int:
    """A velocity for a note on a grid tick: 77 to 82 where `amount` is 1.

    Soloists hardly accent by place: medians differ by half a decibel (off-beat triplets softest, the
    third beat loudest). A decibel is a fortieth of a decade of velocity, synths squaring it.

    Args:
        tick: from a bar line.
        amount: of the accents, in decibels, as a share of what soloists do: 0 is `STANDARD_VELOCITY`.
        meter: beats in a bar; those of other bars than 4/4 are not told apart.
    """
    beat, place = divmod(tick, TICKS_PER_BEAT)
    loudness = PLACE_LOUDNESS.get(place, -0.15)
    if meter == len(BEAT_LOUDNESS):
        loudness += BEAT_LOUDNESS[beat % meter]
    return round(STANDARD_VELOCITY * 10 ** (amount * loudness / 40))


def _quantise_beat(places: Sequence[float], half: float) -> Sequence[int]:
    """The places in one beat that explain the heard ones best, ascending."""
    best: tuple[float, Sequence[int]] | None = None
    for division, penalty in DIVISIONS:
        if len(places) > len(division) or (best is not None and best[0] <= penalty):
            continue
        for chosen in combinations(division, len(places)):
            expected = (half if p == HALF and division is EIGHTHS else p for p in chosen)
            error = penalty + sum((a - b) ** 2 for a, b in zip(places, expected, strict=True))
            if best is None or error < best[0]:
                best = (error, chosen)
    if best is not None:
        return best[1]
    return [round(place) for place in places]  # denser than any division: to the nearest tick
