"""From notes and chords to terminals.

Conventions: a note is judged by its pitch class over the chord that sounds at its onset, never by
its spelling. A note's terminal lasts as long as the note sounds, up to the next onset at most, and an R
fills the rest of the time until then, so durations add up: a terminal starts where those before it
end. Bounds reach across rests and bar lines.
"""

from collections.abc import Iterable
from functools import lru_cache

from grammar.changes import Changes
from grammar.chords import Chord
from grammar.notes import Note
from grammar.pitches import of_classes
from grammar.prune import monophonic
from grammar.terminals import KIND_OF_LETTER, Kind, Terminal, bounds_around


@lru_cache(maxsize=4096)
def kinds_over(chord: Chord) -> tuple[Kind, ...]:
    """The kind of each pitch class over a chord, C first; never a rest."""
    tones = chord.tones
    kinds = []
    for note in range(12):
        letter = chord.letter(note)
        if letter == ".":
            letter = "A" if {(note - 1) % 12, (note + 1) % 12} & tones else "X"
        kinds.append(KIND_OF_LETTER[letter])
    return tuple(kinds)


@lru_cache(maxsize=16384)
def pitches_of(chord: Chord, letters: str) -> int:
    """The set (see `grammar.pitches`) of all pitches whose kind over the chord is among `letters`."""
    return of_classes(note for note, kind in enumerate(kinds_over(chord)) if kind.letter in letters)


def classify(pitch: int, chord: Chord) -> Kind:
    """What a pitch is over a chord: chord, colour, scale, approach or arbitrary tone."""
    return kinds_over(chord)[pitch % 12]


def parse_note(note: Note, changes: Changes, previous: int | None = None) -> Terminal:
    """The terminal of one note, given the pitch before it (None where there is none)."""
    bounds = None if previous is None else bounds_around(note.pitch - previous)
    return Terminal(classify(note.pitch, changes.at(note.onset)), note.duration, bounds)


def parse_line(
    line: Iterable[Note], changes: Changes, start: int | None = None, previous: int | None = None
) -> list[Terminal]:
    """The terminals of a line over its changes, rests included.

    Args:
        line: notes; what is not one voice is first made so by `grammar.prune.monophonic`.
        changes: the chords; onsets of the line count from their top.
        start: the tick at which the first terminal starts, not after the first note: an R leads up
            to the note. None starts with the note.
        previous: the pitch before the line; with None the first note has no bounds.

    Raises:
        ValueError: a note starts before `start`.
    """
    terminals: list[Terminal] = []
    for note in monophonic(line):
        start = note.onset if start is None else start
        if note.onset < start:
            raise ValueError(f"the line starts at tick {note.onset}, before {start}")
        if note.onset > start:
            terminals.append(Terminal(Kind.REST, note.onset - start))
        terminals.append(parse_note(note, changes, previous))
        start, previous = note.end, note.pitch
    return terminals
