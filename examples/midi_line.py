"""A line and its chords from a MIDI file.

Conventions: onsets are put on the grid as the program hears a player. Chords are the file's markers, as
`improv render` writes them, or those of a chart from the file's start on.
"""

from pathlib import Path

from grammar.changes import Changes, changes_from_beats
from grammar.chords import Chord, ChordError, parse_chord
from grammar.notes import TICKS_PER_BEAT, Note
from grammar.prune import monophonic
from improv.errors import UserError
from improv.jazz.wjazzd import Solo
from improv.library import load_chart
from improv.midifile import Contents, read_midi
from improv.swing import quantise, swing_ratio


def midi_line(path: Path, chart_name: str | None) -> Solo:
    """The first track of a file, as one voice over its changes.

    Raises:
        UserError: not a MIDI file, one without notes, or one without chords and no chart named.
    """
    contents = read_midi(path)
    if not contents.tracks:
        raise UserError(f"{path}: no notes in it")
    changes = _marked(path, contents) if chart_name is None else load_chart(chart_name).changes()
    played = contents.tracks[0].notes
    voices = {note.onset: note for note in played}  # of those that start together the highest
    ticks = quantise(sorted(voices), swing_ratio(contents.tempo, "swing"))
    notes = [
        Note(tick, note.pitch, max(1, round(note.duration)), note.velocity)
        for tick, (_, note) in zip(ticks, sorted(voices.items()), strict=True)
        if tick >= 0
    ]
    beats = tuple(beat % changes.meter for beat in range(max(ticks) // TICKS_PER_BEAT + 1))
    title = contents.title or path.stem
    return Solo(0, title, path.name, contents.tempo, "swing", tuple(monophonic(notes)), changes, beats)


def _marked(path: Path, contents: Contents) -> Changes:
    """The changes of the markers that are chords."""
    chords: dict[int, Chord] = {}
    for tick, text in contents.markers:
        try:
            chords[round(tick / TICKS_PER_BEAT)] = parse_chord(text)
        except ChordError:
            continue  # a marker may say anything
    if not chords:
        raise UserError(f"{path}: no chords in its markers; --chart NAME says what was played over")
    last = max(note.onset + note.duration for track in contents.tracks for note in track.notes)
    bar = contents.meter * TICKS_PER_BEAT
    beats = max(-int(-last // bar) * contents.meter, max(chords) + 1)
    every = []
    sounding = chords[min(chords)]
    for beat in range(beats):
        sounding = chords.get(beat, sounding)
        every.append(sounding)
    return changes_from_beats(every, contents.meter)
