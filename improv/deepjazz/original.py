"""deepjazz's own rules, flaws and all, over our notes and changes.

Conventions: ticks of 1/24 beat; a measure is a bar of the changes, and onsets within it count from its bar
line. Everything happens measure by measure, and nothing is remembered from one to the next. Facts from
jisungk/deepjazz (grammar.py, qa.py, generator.py, 2016); the code is ours. In his order:

1. `parse_measure`: a note is C where its *name* is a chord tone's, S where its name is in a major scale (a
   Dorian one, unless the chord is major) that fits the chord, A a semitone from a chord tone, X else. It
   lasts as long as it sounds, over the bar line too, and then what follows comes early: measures need not
   add up. The first note of a measure has no bounds.
2. `without_approach`: every A and X becomes C, but for the first terminal's.
3. `prune_grammar`: durations go up or down to a multiple of a quarter beat, by the toss of a coin; up is
   always the next one, from the grid too, and down may give 0.
4. `unparse_grammar`: a note is placed at the *end* of its slot, and judged by the chord there. Among the
   pitches within its bounds that fit, one is drawn that is not the one before; where none fits, a whole tone
   up or down from there. Without bounds it is drawn from chord or scale, in octave 4 or above; with bounds
   it is in octave 3 or above.
5. `prune_notes`: of the first and second element, the third and fourth, and so on, the second goes where
   both are notes of one name and octave; equals that are second and third stay.
6. `clean_up_notes`: what lasts 0 lasts a quarter beat, and of two that start together the first stays.

Where ours differs: chords come from a chart, so their roots and qualities are known and need not be guessed
from how a file spells them; they are voiced in close position above a root in octave 3. N.C. leaves the
chord before it in force (a chart without any chord is taken for C). Bounds with no note before, at which
his program stops, count for nothing. Past the top of MIDI a note moves down by octaves.
"""

import random
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from grammar.changes import Changes
from grammar.notes import TICKS_PER_BEAT, Note
from grammar.prune import monophonic
from grammar.terminals import Kind, Terminal, bounds_around
from improv.deepjazz.spelling import Spelled, scale_names, spell
from improv.deepjazz.struck import (
    OCTAVE,
    Struck,
    blues_scale,
    is_approach_tone,
    is_chord_tone,
    is_scale_tone,
    kind_of,
    last_chord,
    major_scale,
    struck_chords,
)

QUARTER = TICKS_PER_BEAT // 4
"""Ticks of the grid that durations are rounded to."""
VELOCITY = 90
"""He states none: the loudness that music21 writes then."""
FIRST_OCTAVE = 4
"""The lowest octave of a note without."""


@dataclass(frozen=True, slots=True)
class Element:
    """A note or a rest of a measure."""

    onset: int
    """Ticks from the bar line."""
    duration: int
    """Ticks, 0 or more."""
    spelled: Spelled | None
    """None for a rest."""


def as_deepjazz(line: Sequence[Note], changes: Changes, rng: random.Random) -> list[Note]:
    """What deepjazz's rules make of a line: parsed into terminals and played from them, bar by bar.

    Of the line's pitches only kinds and contour are left. Notes may start in the bar after theirs, and
    then sound together with its own: `grammar.prune.monophonic` makes one voice of them. The same `rng`
    state gives the same notes; never raises, whatever the line.
    """
    found: list[Note] = []
    for start, chords, terminals in measures(line, changes, every_bar(line, changes.bar)):
        found += as_notes(play_measure(terminals, chords, rng), start)
    return sorted(found)


def every_bar(line: Iterable[Note], bar: int) -> range:
    """The bar lines around the notes that start in a line, all `bar` ticks; the last one ends it."""
    onsets = [note.onset // bar for note in line]
    return range(min(onsets) * bar, (max(onsets) + 1) * bar + 1, bar) if onsets else range(0)


def measures(
    line: Iterable[Note], changes: Changes, lines: Sequence[int]
) -> Iterator[tuple[int, list[Struck], list[Terminal]]]:
    """Each bar in which a note of the line starts: the tick of its bar line, its chords, its terminals.

    `lines` are the bar lines, ascending, the last one the end; notes that start outside are left out.
    """
    sounded = None
    for bar, grouped in groupby(monophonic(line), key=lambda note: bisect_right(lines, note.onset)):
        if not 0 < bar < len(lines):
            continue
        notes, start = list(grouped), lines[bar - 1]
        chords = struck_chords(changes, start, lines[bar] - start)
        yield start, chords, parse_measure(notes, start, chords, sounded)
        sounded = notes[-1].end


def play_measure(
    terminals: Sequence[Terminal], chords: Sequence[Struck], rng: random.Random
) -> list[Element]:
    """One measure from its terminals: steps 2 to 6."""
    pruned = prune_grammar(without_approach(terminals), rng)
    return clean_up_notes(prune_notes(unparse_grammar(pruned, chords, rng)))


def as_notes(elements: Iterable[Element], start: int) -> list[Note]:
    """The notes of a measure whose bar line is at tick `start`."""
    return [
        Note(start + element.onset, _playable(element.spelled.pitch), element.duration, VELOCITY)
        for element in elements
        if element.spelled is not None
    ]


def parse_measure(
    notes: Sequence[Note], start: int, chords: Sequence[Struck], sounded: int | None = None
) -> list[Terminal]:
    """Step 1: the terminals of a bar's notes, one voice.

    `start` is the tick of its bar line, `sounded` that until which the notes before it sound: the first
    rest begins at the later of them.
    """
    terminals: list[Terminal] = []
    now, previous = start if sounded is None else max(start, sounded), None
    for note in notes:
        if note.onset > now:
            terminals.append(Terminal(Kind.REST, note.onset - now))
        kind = kind_of(note.pitch, last_chord(chords, note.onset - start))
        bounds = None if previous is None else bounds_around(note.pitch - previous)
        terminals.append(Terminal(kind, note.duration, bounds))
        now, previous = note.end, note.pitch
    return terminals


def without_approach(terminals: Sequence[Terminal]) -> list[Terminal]:
    """Step 2: A and X become C, but for the first terminal's."""
    lost = (Kind.APPROACH, Kind.ARBITRARY)
    return [replace(t, kind=Kind.CHORD) if i and t.kind in lost else t for i, t in enumerate(terminals)]


def prune_grammar(terminals: Iterable[Terminal], rng: random.Random) -> list[tuple[Terminal, int]]:
    """Step 3: each terminal with its duration rounded, in ticks, 0 or more."""
    return [(t, t.duration - t.duration % QUARTER + rng.choice((0, QUARTER))) for t in terminals]


def unparse_grammar(
    pruned: Iterable[tuple[Terminal, int]], chords: Sequence[Struck], rng: random.Random
) -> list[Element]:
    """Step 4: notes and rests, each at the end of its slot."""
    elements: list[Element] = []
    now, previous = 0, None
    for terminal, duration in pruned:
        now += duration
        spelled = None
        if terminal.kind is not Kind.REST:
            chord = last_chord(chords, now)
            if terminal.bounds is None or previous is None:
                spelled = _first(terminal.kind, chord, rng).at_least(FIRST_OCTAVE)
            else:
                spelled = _next(terminal, previous, chord, rng).at_least(OCTAVE)
            previous = spelled
        elements.append(Element(now, duration, spelled))
    return elements


def prune_notes(elements: Sequence[Element]) -> list[Element]:
    """Step 5: of disjoint pairs the second note goes where it repeats the first."""
    return [
        element
        for i, element in enumerate(elements)
        if not (i % 2 and element.spelled is not None and element.spelled == elements[i - 1].spelled)
    ]


def clean_up_notes(elements: Sequence[Element]) -> list[Element]:
    """Step 6: nothing lasts 0, and a note that starts with the element before it goes."""
    return [
        replace(element, duration=element.duration or QUARTER)
        for i, element in enumerate(elements)
        if not (i and element.spelled is not None and element.onset == elements[i - 1].onset)
    ]


_FITS = {Kind.CHORD: is_chord_tone, Kind.SCALE: is_scale_tone}
"""Which pitches are drawn from; A and X share a third test."""


def _first(kind: Kind, chord: Struck, rng: random.Random) -> Spelled:
    """A note with nothing to go on from."""
    if kind is Kind.CHORD:
        return spell(rng.choice(chord.pitches))
    scale = scale_names(*major_scale(chord.pitches)) if chord.major else blues_scale(chord.pitches, rng)
    octaves = [pitch // 12 - 1 for pitch in chord.pitches]
    found = Spelled(rng.choice(scale), rng.choice(octaves))
    return found if kind is Kind.SCALE else spell(found.pitch + rng.choice((1, -1)))


def _next(terminal: Terminal, previous: Spelled, chord: Struck, rng: random.Random) -> Spelled:
    """A note within bounds from the one before."""
    assert terminal.bounds is not None
    fits = _FITS.get(terminal.kind, is_approach_tone)
    reach = range(previous.pitch + terminal.bounds.low, previous.pitch + terminal.bounds.high + 1)
    fitting = [spelled for spelled in map(spell, reach) if fits(spelled.name, chord)]
    if len(fitting) > 1:
        return rng.choice([spelled for spelled in fitting if spelled != previous])
    return fitting[0] if fitting else spell(previous.pitch + rng.choice((-2, 2)))


def _playable(pitch: int) -> int:
    return pitch if pitch <= 127 else pitch - -(-(pitch - 127) // 12) * 12
