"""Cleaning a finished line.

Conventions: a line is notes in order of onset; durations and distances are ticks of 1/24 beat.
deepjazz prunes by comparing the first note with the second, the third with the fourth, and so on,
and rounds durations up or down at random; here every pair of neighbours is compared, and no note is
moved.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from grammar.notes import Note

SHORTEST = 2
"""Ticks a note lasts at least: 42 ms at 120 bpm. 1.2 % of the training notes are shorter."""
CLOSEST_REPEAT = 3
"""Ticks from a note's onset within which the same pitch again is a stutter, not a repetition."""


def monophonic(notes: Iterable[Note]) -> list[Note]:
    """The notes as one voice: of those that start together the highest, each ending where the next starts.

    Pure, idempotent; no onset changes, and nothing is lengthened.
    """
    highest: dict[int, Note] = {}
    for note in sorted(notes, key=lambda note: (note.onset, note.pitch, note.duration)):
        highest[note.onset] = note
    line = list(highest.values())
    for index, (note, following) in enumerate(pairwise(line)):
        if note.end > following.onset:
            line[index] = replace(note, duration=following.onset - note.onset)
    return line


def prune(
    notes: Iterable[Note],
    low: int = 0,
    high: int = 127,
    shortest: int = SHORTEST,
    closest_repeat: int = CLOSEST_REPEAT,
) -> list[Note]:
    """The line made playable, in four steps.

    1. A note outside `low` to `high` moves by octaves to the nearest place inside; where the register
       is too narrow to hold its pitch class, the note goes.
    2. Of notes that start together the highest stays.
    3. The same pitch again less than `closest_repeat` ticks after the onset before it is merged into it.
    4. A note that ends after the next starts is shortened to it; one under `shortest` ticks is
       lengthened to that, or as far as the next note leaves room.

    Pure and idempotent; no onset changes.
    """
    line: list[Note] = []
    for note in monophonic(_inside(note, low, high) for note in notes if _fits(note, low, high)):
        before = line[-1] if line else None
        if before and note.pitch == before.pitch and note.onset - before.onset < closest_repeat:
            line[-1] = replace(before, duration=max(before.end, note.end) - before.onset)
        else:
            line.append(note)
    for index, note in enumerate(line):
        room = line[index + 1].onset - note.onset if index + 1 < len(line) else max(shortest, note.duration)
        line[index] = replace(note, duration=min(max(note.duration, shortest), room))
    return line


def _fits(note: Note, low: int, high: int) -> bool:
    return low <= _octave_inside(note.pitch, low, high) <= high


def _inside(note: Note, low: int, high: int) -> Note:
    pitch = _octave_inside(note.pitch, low, high)
    return note if pitch == note.pitch else replace(note, pitch=pitch)


def _octave_inside(pitch: int, low: int, high: int) -> int:
    """The pitch moved by the fewest octaves that bring it past the border it was outside of."""
    if pitch < low:
        return pitch + -(-(low - pitch) // 12) * 12
    if pitch > high:
        return pitch - -(-(pitch - high) // 12) * 12
    return pitch
