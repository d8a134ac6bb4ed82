"""The ids that the jazz model reads and predicts.

Conventions: a pitch id is the MIDI number less 21 (the piano's 88 keys); a gap is the time from one
onset to the next, a length the time a note sounds, both in ticks of 1/24 beat, exact where music is
dense and coarser beyond; None has the last id of its alphabet.
"""

from bisect import bisect_left
from itertools import chain

from grammar.chords import QUALITIES
from grammar.notes import TICKS_PER_BEAT

LOWEST, HIGHEST = 21, 108
"""MIDI numbers of the outer keys of a piano, both inclusive."""
PITCHES = HIGHEST - LOWEST + 1
NO_PITCH = PITCHES
WIDEST = 30
"""Semitones; wider intervals count as this."""
INTERVALS = 2 * WIDEST + 1
NO_INTERVAL = INTERVALS
NO_DEGREE = 12
"""The degree above a chord without a root."""
GAPS = tuple(chain(range(1, 97), range(102, 193, 6), range(216, 385, 24)))
"""Ticks: exact for a bar of 4/4, then sixteenths for another, then beats for two more."""
LENGTHS = tuple(chain(range(1, 49), range(52, 97, 4), range(108, 193, 12), range(240, 385, 48)))
"""Ticks: exact for two beats, then sixths, halves and double beats."""
QUALITY_IDS = {name: i for i, name in enumerate(QUALITIES)}
METERS = tuple(range(2, 8))
"""Beats in a bar that the model knows; others count as four."""
LONGEST_WAIT = 8
"""Beats until the next chord beyond which the model does not count."""
TEMPOS = (60, 80, 100, 120, 140, 160, 180, 200, 225, 250, 280)
"""Beats a minute at which the next tempo class begins."""


def pitch_id(pitch: int) -> int:
    """Id of a MIDI number; one beyond the piano is brought in by octaves."""
    while pitch < LOWEST:
        pitch += 12
    while pitch > HIGHEST:
        pitch -= 12
    return pitch - LOWEST


def interval_id(pitch: int | None, previous: int | None) -> int:
    """Id of the step from `previous` to `pitch`, in semitones."""
    if pitch is None or previous is None:
        return NO_INTERVAL
    return max(-WIDEST, min(WIDEST, pitch - previous)) + WIDEST


def degree_id(pitch: int | None, root: int | None) -> int:
    """Semitones of the pitch class above a root, 0 to 11."""
    return NO_DEGREE if pitch is None or root is None else (pitch - root) % 12


def gap_id(ticks: int) -> int:
    """Id of the nearest gap."""
    return _nearest(GAPS, ticks)


def length_id(ticks: int) -> int:
    """Id of the nearest length."""
    return _nearest(LENGTHS, ticks)


def meter_id(meter: int) -> int:
    """Id of a bar's beats."""
    return METERS.index(meter if meter in METERS else 4)


def tempo_id(tempo: float) -> int:
    """Id of the tempo class of beats a minute."""
    return sum(tempo >= edge for edge in TEMPOS)


def _nearest(values: tuple[int, ...], ticks: int) -> int:
    above = min(bisect_left(values, ticks), len(values) - 1)
    below = max(above - 1, 0)
    return below if ticks - values[below] < values[above] - ticks else above


TABLES = (
    LOWEST,
    HIGHEST,
    WIDEST,
    GAPS,
    LENGTHS,
    list(QUALITIES.items()),
    METERS,
    LONGEST_WAIT,
    TEMPOS,
    TICKS_PER_BEAT,
)
"""Everything above."""
