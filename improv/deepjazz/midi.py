"""Any MIDI file with a melody and chords as a lesson.

Conventions: ticks of 1/24 beat from the file's start, a beat being a quarter note whatever the tempo; bars
are those of the file's time signatures, each of which begins one (4/4 where it has none), so a pickup is a
bar of its own or the end of one. Chords are sought beat by beat within the bars.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from grammar.changes import Changes
from grammar.chords import Chord
from grammar.notes import TICKS_PER_BEAT, Note
from improv.deepjazz.dataset import Lesson, read_measures
from improv.deepjazz.harmonise import harmonise
from improv.deepjazz.heard import Slots
from improv.deepjazz.parts import part_out
from improv.errors import UserError
from improv.midifile import FileNote, read_midi

LONGEST = 20_000
"""Beats of a piece, at most."""
SHORTEST_BAR = TICKS_PER_BEAT // 2


def midi_lesson(path: Path, melody_track: str | None = None) -> tuple[Lesson, str]:
    """What is to be learned from a MIDI file, and a line that says which parts were taken for what.

    Raises:
        UserError: the file cannot be read, has no melody with chords, or no part `melody_track`.
    """
    contents = read_midi(path)
    parting = part_out(contents.tracks, melody_track, str(path))
    notes = (*parting.melody, *parting.chords)
    end = max(note.onset + note.duration for note in notes)
    if end > LONGEST * TICKS_PER_BEAT:
        raise UserError(f"{path}: {end / TICKS_PER_BEAT:.0f} beats are more than {LONGEST}")
    lines = bar_lines(contents.signatures, end)
    changes = changes_of(parting.chords, lines)
    melody = [
        Note(round(note.onset), note.pitch, max(1, round(note.duration)), note.velocity)
        for note in parting.melody
    ]
    title = f"{path.name}{f' ({contents.title})' if contents.title.strip() else ''}"
    return Lesson(title, read_measures(melody, changes, lines)), parting.told


def bar_lines(signatures: Iterable[tuple[float, int, int]], end: float) -> list[int]:
    """The ticks of the bar lines from 0 until `end` is within a bar, and that bar's end.

    `signatures` are (tick, beats, of which note: 4 a quarter), ascending.
    """
    found = [0]
    spans = [(0.0, 4, 4), *((max(tick, 0.0), upper, lower) for tick, upper, lower in signatures)]
    for (_, upper, lower), following in pairwise([*spans, (end + 1, 0, 0)]):
        bar = max(4 * TICKS_PER_BEAT * upper // max(lower, 1), SHORTEST_BAR)
        until = round(min(following[0], end + 1))
        while found[-1] < until:
            found.append(found[-1] + bar)
        if following[2] and found[-1] > until:  # a new signature begins a bar, and ends the one before
            found[-1] = until
    return found


def changes_of(chords: Iterable[FileNote], lines: Sequence[int]) -> Changes:
    """The changes that an accompaniment plays, from the first bar line to the last."""
    slots = slots_of(lines)
    found: list[tuple[int, Chord]] = []
    for edge, chord in zip(slots.edges[:-1], harmonise(chords, slots), strict=True):
        if not found or found[-1][1].symbol != chord.symbol:
            found.append((edge, chord))
    bar, _ = Counter(after - before for before, after in pairwise(lines)).most_common(1)[0]
    return Changes(
        tuple(edge for edge, _ in found),
        tuple(chord for _, chord in found),
        lines[-1],
        max(1, round(bar / TICKS_PER_BEAT)),
    )


def slots_of(lines: Sequence[int]) -> Slots:
    """A slot a beat of every bar; what is left of a bar at its end is one too."""
    edges: list[int] = []
    levels: list[int] = []
    for line, following in pairwise(lines):
        beats = range(line, following, TICKS_PER_BEAT)
        edges += beats
        middle = len(beats) // 2 if len(beats) % 2 == 0 else 0
        levels += [0 if beat == 0 else 1 if beat == middle else 2 for beat in range(len(beats))]
    return Slots((*edges, lines[-1]), tuple(levels))
