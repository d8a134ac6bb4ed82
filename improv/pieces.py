"""Pieces to measure, from solos of the database and from MIDI files.

Conventions: a file's melody is the track on the channel that this program improvises on
(`improv.channels.IMPROV`), else the one named `improv`, melody, solo or lead, else its only track that is
not drums. Its chords are the file's markers. Notes are put on the grid of 1/24 beat: exactly where they
were performed by `improv.swing.perform`, else as `improv.swing.quantise` hears them.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from grammar.changes import changes_from_beats
from grammar.chart import Feel
from grammar.chords import NO_CHORD, Chord, ChordError, parse_chord
from grammar.notes import TICKS_PER_BEAT, Note
from improv.channels import CLICK, IMPROV
from improv.errors import UserError
from improv.jazz.wjazzd import Solo
from improv.measures.piece import Piece, opening
from improv.midifile import Contents, FileNote, Track, read_midi
from improv.swing import downbeat_delay, quantise, swing_ratio, to_grid

MELODY_NAMES = ("improv", "melody", "solo", "lead")
CLOSE = 0.2
"""Ticks: a file's notes are taken to have been performed by us where all lie so close to the grid."""
FEELS: tuple[Feel, ...] = ("swing", "straight")


def piece_of_solo(solo: Solo) -> Piece:
    """A solo from its first downbeat on, in whole bars."""
    first = next((i for i, place in enumerate(solo.beats) if place == 0), 0)
    meter = solo.changes.meter
    bars = (len(solo.beats) - first) // meter
    chords = [solo.changes.at((first + i) * TICKS_PER_BEAT) for i in range(bars * meter)]
    start = first * TICKS_PER_BEAT
    notes = tuple(replace(note, onset=note.onset - start) for note in solo.notes if note.onset >= start)
    name = f"{solo.performer}: {solo.title}"
    return opening(Piece(name, notes, changes_from_beats(chords, meter), solo.tempo, bars), bars)


def piece_of_file(path: Path) -> Piece:
    """The melody of a MIDI file over its chords.

    Raises:
        UserError: no such file, not a MIDI file, no melody to be found in it, or no chords.
    """
    contents = read_midi(path)
    notes = _on_grid(_melody(contents, path).notes, contents.tempo)
    chords = _chords(contents, path)
    # a last note that lies back rings on a little into a bar that is none
    ticks = max(notes[-1].onset + 1, len(chords) * TICKS_PER_BEAT, contents.ticks - TICKS_PER_BEAT / 2)
    bars = int(-(-ticks // (contents.meter * TICKS_PER_BEAT)))
    chords += [chords[-1]] * (bars * contents.meter - len(chords))
    changes = changes_from_beats(chords, contents.meter)
    return opening(Piece(contents.title or path.stem, notes, changes, contents.tempo, bars), bars)


def _melody(contents: Contents, path: Path) -> Track:
    tracks = [track for track in contents.tracks if track.channel != CLICK]
    for found in (
        [track for track in tracks if track.channel == IMPROV],
        [track for track in tracks if track.name.casefold().strip() in MELODY_NAMES],
        tracks,
    ):
        if len(found) == 1:
            return found[0]
    if not tracks:
        raise UserError(f"{path}: no notes in it")
    raise UserError(
        f"{path}: cannot tell which of its {len(tracks)} tracks is the melody; name it melody, "
        f"or put it on channel {IMPROV + 1}"
    )


def _chords(contents: Contents, path: Path) -> list[Chord]:
    """A chord a beat, until the last marker's beat."""
    found: list[Chord] = []
    for tick, text in contents.markers:
        try:
            chord = parse_chord(text.strip())
        except ChordError:
            continue  # a marker may be anything, such as a rehearsal letter
        beat = round(tick / TICKS_PER_BEAT)
        found += [found[-1] if found else NO_CHORD] * (beat - len(found))
        found[beat:] = [chord]
    if not found:
        raise UserError(f"{path}: no chords; write them into the file as markers, as improv render does")
    return found


def _on_grid(performed: Sequence[FileNote], tempo: float) -> tuple[Note, ...]:
    """One voice on the grid: of notes struck at once the highest, each ended by the next."""
    top: dict[float, FileNote] = {}
    for note in performed:
        if note.onset not in top or note.pitch > top[note.onset].pitch:
            top[note.onset] = note
    voice = [top[onset] for onset in sorted(top)]
    starts, ends = _grid_times(voice, tempo)
    following = [*starts[1:], 1 << 40]
    return tuple(
        Note(start, note.pitch, max(1, min(end, after) - start), max(1, note.velocity))
        for start, end, after, note in zip(starts, ends, following, voice, strict=True)
    )


def _grid_times(voice: Sequence[FileNote], tempo: float) -> tuple[list[int], list[int]]:
    """Onsets and ends in ticks, onsets strictly ascending."""
    ways = {(swing_ratio(tempo, feel), downbeat_delay(tempo, feel) * b) for feel in FEELS for b in (0.0, 1.0)}
    possible = [found for way in sorted(ways) if (found := _unperformed(voice, *way)) is not None]
    if possible:
        return min(possible)[1:]
    starts = quantise([note.onset for note in voice], swing_ratio(tempo, "swing"))
    return starts, [s + max(1, round(note.duration)) for s, note in zip(starts, voice, strict=True)]


def _unperformed(
    voice: Sequence[FileNote], ratio: float, delay: float
) -> tuple[tuple[int, float], list[int], list[int]] | None:
    """The grid times that these would have been performed from; None if they cannot have been.

    Before them how little it is to be believed: beats that were not swung, and ticks off the grid.
    """
    off = 0.0
    straight: dict[int, bool] = {}
    beats: dict[int, list[float]] = {}
    for note in voice:
        beats.setdefault(_beat(note.onset, delay), []).append(note.onset)
    for beat, onsets in beats.items():
        for swung in (True, False):
            places = [to_grid(onset, ratio if swung else 1.0, delay) for onset in onsets]
            even = all(abs(p - round(p)) <= CLOSE for p in places)
            eighths = all(round(p) % TICKS_PER_BEAT in (0, TICKS_PER_BEAT // 2) for p in places)
            if even and eighths == swung:
                straight[beat] = not swung
                off += sum(abs(p - round(p)) for p in places)
                break
        else:
            return None

    def back(tick: float) -> float:
        uneven = straight.get(_beat(tick, delay), False)
        return to_grid(tick, 1.0 if uneven else ratio, delay)

    starts = [round(back(note.onset)) for note in voice]
    if any(b <= a for a, b in pairwise(starts)):
        return None
    ends = [back(note.onset + note.duration) for note in voice]
    off += sum(abs(end - round(end)) for end in ends)
    return (sum(straight.values()), off), starts, [round(end) for end in ends]


def _beat(tick: float, delay: float) -> int:
    """The beat that a performed tick belongs to, as `improv.swing.to_grid` has it."""
    return int((tick - delay + CLOSE / 2) // TICKS_PER_BEAT)
