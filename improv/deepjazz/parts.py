"""Which part of a MIDI file has the melody, and which have the chords.

Conventions: a part is the notes of one track on one channel, numbered from 1 as the file has them. The rule:
of the parts that are no drums and have notes enough, the melody is the one with the highest `score`, that is
the sum of

    what its name or its sound says      1 for a melody, a lead, a voice or a horn, -1 for bass or chords
    how much it is one voice             0 to 1: the share of its notes that start when no other sounds
    how high it lies                     0 at C2, 1 at C6

A file with one part alone, a piano's say, has its melody on top: the notes of the upper half of its
range above which nothing sounds. The chords come from all the rest but the drums.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from improv.errors import UserError, suggest
from improv.midifile import FileNote, Track

DRUMS = 9
"""The channel of the drums."""
NOTES_ENOUGH = 16
"""A part with fewer notes is no melody, where another has as many."""
ONE_VOICE = 0.9
"""From this share on a part counts as one voice."""
AT_ONCE = 2.0
"""Ticks by which notes of one voice may overlap."""

_MELODY = re.compile(
    r"melod|lead|solo|theme|vocal|voice|sing|sax|trumpet|cornet|flute|clarinet|trombone|horn|violin|improv"
)
_REST = re.compile(r"bass|chord|comp|pad|string|rhythm|drum|perc|back|accomp|left|harmon")
_BASSES, _HORNS, _LEADS = range(32, 40), range(56, 80), range(80, 88)
"""Sounds of General MIDI, from 0."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file."""

    number: int
    """From 1."""
    track: Track

    @property
    def notes(self) -> tuple[FileNote, ...]:
        """In order of onset."""
        return self.track.notes

    @property
    def label(self) -> str:
        """How it is called: its number, and its name if it has one."""
        name = self.track.name.strip()
        return f"{self.number} {name!r}" if name else f"{self.number} (channel {self.track.channel + 1})"

    @property
    def one_voice(self) -> float:
        """The share of its notes that start when no other of them sounds."""
        alone, until = 0, float("-inf")
        for place, note in enumerate(self.notes):
            following = self.notes[place + 1].onset if place + 1 < len(self.notes) else float("inf")
            alone += until <= note.onset + AT_ONCE and following > note.onset + AT_ONCE
            until = max(until, note.onset + note.duration)
        return alone / len(self.notes)

    @property
    def height(self) -> float:
        """Its mean pitch, MIDI."""
        return sum(note.pitch for note in self.notes) / len(self.notes)

    @property
    def score(self) -> float:
        """How much it is like a melody; see the module."""
        name = self.track.name.casefold()
        program = self.track.program if self.track.program is not None else 0
        for_it = bool(_MELODY.search(name) or program in _HORNS or program in _LEADS)
        against = bool(_REST.search(name) or program in _BASSES)
        return for_it - against + self.one_voice + min(max((self.height - 36) / 48, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Parting:
    """A file's notes by what they do."""

    melody: tuple[FileNote, ...]
    chords: tuple[FileNote, ...]
    """In order of onset."""
    told: str
    """Which parts they are, for the user."""


def part_out(tracks: Sequence[Track], wanted: str | None, source: str) -> Parting:
    """The melody and the rest, by the rule or as `wanted` says: a part's number or its name.

    Raises:
        UserError: there are no notes, nothing but drums, no chords, or no part as wanted; with `source`.
    """
    parts = [Part(number, track) for number, track in enumerate(tracks, 1)]
    pitched = [part for part in parts if part.track.channel != DRUMS]
    if not pitched:
        raise UserError(
            f"{source}: {'nothing but drums' if parts else 'no notes'}; a melody and chords are needed"
        )
    melody = _wanted(pitched, wanted, source) if wanted is not None else _likeliest(pitched)
    others = [part for part in pitched if part is not melody]
    if others:
        rest = tuple(sorted(note for part in others for note in part.notes))
        told = f"the melody is part {melody.label}, the chords come from {_listed(others)}"
        return Parting(melody.notes, rest, f"{source}: {told} (--melody-track takes another)")
    if melody.one_voice >= ONE_VOICE:
        raise UserError(f"{source}: part {melody.label} is one voice alone; chords are needed beside it")
    top = _top_line(melody.notes)
    rest = tuple(note for note in melody.notes if note not in set(top))
    if not top or not rest:
        raise UserError(f"{source}: part {melody.label} alone, and no melody above chords in it")
    told = f"{source}: the melody is the top line of part {melody.label}, the chords come from the rest of it"
    return Parting(top, rest, told)


def _likeliest(parts: Sequence[Part]) -> Part:
    enough = [part for part in parts if len(part.notes) >= NOTES_ENOUGH]
    return max(enough or parts, key=lambda part: part.score)


def _wanted(parts: Sequence[Part], wanted: str, source: str) -> Part:
    """The part of a number, of a name, or of the only name that begins so."""
    if wanted.strip().isdecimal():
        found = [part for part in parts if part.number == int(wanted)]
    else:
        word = wanted.strip().casefold()
        found = [part for part in parts if part.track.name.strip().casefold() == word]
        found = found or [part for part in parts if word and part.track.name.casefold().startswith(word)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(f"{source}: several parts are called so: {_listed(found)}; give the number")
    hint = suggest(wanted, [part.track.name.strip() for part in parts if part.track.name.strip()])
    raise UserError(f"{source}: no part {wanted!r}{hint}; it has {_listed(parts)}")


def _listed(parts: Sequence[Part], most: int = 8) -> str:
    shown = ", ".join(part.label for part in parts[:most])
    return shown if len(parts) <= most else f"{shown} and {len(parts) - most} more"


def _top_line(notes: Sequence[FileNote]) -> tuple[FileNote, ...]:
    """Those of the upper half of its range above which no note sounds when they start."""
    pitches = [note.pitch for note in notes]
    middle = (min(pitches) + max(pitches)) / 2
    found: list[FileNote] = []
    sounding: list[FileNote] = []
    for place, note in enumerate(notes):
        sounding = [other for other in sounding if other.onset + other.duration > note.onset + AT_ONCE]
        together = []
        for other in notes[place + 1 :]:
            if other.onset > note.onset + AT_ONCE:
                break
            together.append(other)
        if note.pitch >= middle and all(other.pitch <= note.pitch for other in (*sounding, *together)):
            found.append(note)
        sounding.append(note)
    return tuple(found)
