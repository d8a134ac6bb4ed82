"""Standard MIDI files: a performance written, and any file's notes read.

Conventions: times are ticks of 1/24 beat, as floats, because a performance swings; a file has 480
steps a beat, so times are kept to 1/20 of a tick. Channels count from 0. Written files are of type 1:
a first track with title, tempo, time signature and the chords as markers, then one track a player; the
same music gives the same bytes.
"""

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from struct import error as StructError

import mido
from mido.midifiles.meta import KeySignatureError

from grammar.changes import Changes
from grammar.notes import TICKS_PER_BEAT, Note
from improv.errors import UserError
from improv.files import write_whole
from improv.swing import Performed

STEPS_PER_BEAT = 480
STEPS_PER_TICK = STEPS_PER_BEAT // TICKS_PER_BEAT
STANDARD_TEMPO = 120.0
MAXIMUM_BYTES = 64_000_000
"""Larger files are not read."""

_OFF, _PROGRAM, _ON = 0, 1, 2  # order of events at the same step


@dataclass(frozen=True, slots=True, order=True)
class FileNote:
    """A note in a file."""

    onset: float
    """Ticks from the start of the file, in steps of 1/20."""
    pitch: int
    duration: float
    """Ticks, 1/20 or more."""
    velocity: int
    """1 to 127."""


@dataclass(frozen=True, slots=True)
class Track:
    """What one player plays."""

    name: str
    channel: int
    """0 to 15; drums are 9."""
    program: int | None
    """The General MIDI sound from 0, or None to leave it to the synth."""
    notes: tuple[FileNote, ...]
    """In order of onset."""
    messages: tuple[tuple[float, bytes], ...] = ()
    """What else is played, as the pedal: ticks and a channel message each. Not read from files."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What was read from a file."""

    title: str
    tempo: float
    """Beats a minute at the start."""
    meter: int
    """The upper figure of the time signature at the start."""
    tracks: tuple[Track, ...]
    """Those with notes; a track on several channels becomes one for each."""
    markers: tuple[tuple[float, str], ...]
    """Ticks and text, as of the chords."""
    ticks: float = 0.0
    """The length of the longest track, to its end mark."""
    signatures: tuple[tuple[float, int, int], ...] = ()
    """Time signatures: ticks, upper and lower figure."""


def file_notes(notes: Iterable[Note | Performed]) -> tuple[FileNote, ...]:
    """Notes for a file, from notes on the grid or performed, in order of onset."""
    found: list[FileNote] = []
    for each in notes:
        note = each.note if isinstance(each, Performed) else each
        start = _steps(each.onset)
        length = max(_steps(each.onset + each.duration) - start, 1)
        found.append(FileNote(start / STEPS_PER_TICK, note.pitch, length / STEPS_PER_TICK, note.velocity))
    return tuple(sorted(found))


def write_midi(
    path: Path | str,
    tracks: Sequence[Track],
    *,
    tempo: float,
    meter: int,
    title: str = "",
    changes: Changes | None = None,
    ticks: int | None = None,
    tempi: Sequence[tuple[float, float]] = (),
    markers: Sequence[tuple[float, str]] = (),
) -> None:
    """Write a file, whole or not at all; the arguments are those of `midi_bytes`.

    Raises:
        UserError: the path cannot be written.
    """
    data = midi_bytes(
        tracks,
        tempo=tempo,
        meter=meter,
        title=title,
        changes=changes,
        ticks=ticks,
        tempi=tempi,
        markers=markers,
    )
    write_whole(Path(path), data)


def midi_bytes(
    tracks: Sequence[Track],
    *,
    tempo: float,
    meter: int,
    title: str = "",
    changes: Changes | None = None,
    ticks: int | None = None,
    tempi: Sequence[tuple[float, float]] = (),
    markers: Sequence[tuple[float, str]] = (),
) -> bytes:
    """The bytes of a file.

    Args:
        tracks: the players. A note that would start before tick 0 (a pickup) moves the start of the
            file to the bar line before it. A note struck again while it sounds ends there.
        tempo: beats a minute.
        meter: beats in a bar.
        title: the first track's name.
        changes: chords that become markers, chorus after chorus from tick 0.
        ticks: the length of the music, though a last note may ring on; otherwise to the end of the bar
            in which the last note ends.
        tempi: later tempi, as ticks and beats a minute.
        markers: further markers, as ticks and text.
    """
    bar = meter * TICKS_PER_BEAT
    first = min((note.onset for track in tracks for note in track.notes), default=0.0)
    last = max((note.onset + note.duration for track in tracks for note in track.notes), default=0.0)
    begin = min(math.floor(first / bar), 0) * bar
    end = max(
        ticks if ticks is not None else 0, math.ceil(last) if ticks is not None else -(-last // bar) * bar
    )
    file = mido.MidiFile(type=1, ticks_per_beat=STEPS_PER_BEAT, charset="utf-8")
    chords_end = int(end if ticks is None else ticks)
    conductor = _conductor(tempo, meter, title, changes, begin, chords_end)
    conductor += [
        (_steps(tick - begin), 1, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(later)))
        for tick, later in tempi
    ]
    conductor += [(_steps(tick - begin), 4, mido.MetaMessage("marker", text=text)) for tick, text in markers]
    file.tracks.append(_spaced(conductor, _steps(int(end) - begin)))
    for track in tracks:
        file.tracks.append(_track(track, begin, int(end)))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def read_midi(path: Path | str) -> Contents:
    """The notes, tempo and markers of a file of type 0 or 1.

    A note without its end lasts to the end of its track.

    Raises:
        UserError: no such file, not a MIDI file, or a damaged one.
    """
    try:
        with Path(path).open("rb") as opened:
            data = opened.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    if not data.startswith(b"MThd"):
        raise UserError(f"{path} is not a MIDI file")
    if len(data) > MAXIMUM_BYTES:
        raise UserError(f"{path} is too large for a MIDI file")
    try:
        file = mido.MidiFile(file=io.BytesIO(data))
        if file.type not in (0, 1) or file.ticks_per_beat <= 0:
            raise UserError(f"{path} is a MIDI file without beats or with separate songs (type {file.type})")
        return _contents(file)
    except (EOFError, OSError, ValueError, LookupError, TypeError, StructError, OverflowError) as error:
        why = " ".join(str(error).split())
    except KeySignatureError as error:
        why = " ".join(str(error).split())
    raise UserError(f"{path} is damaged{f': {why}' if why else ': it ends too early'}")


def _steps(ticks: float) -> int:
    return round(ticks * STEPS_PER_TICK)


def _conductor(
    tempo: float, meter: int, title: str, changes: Changes | None, begin: int, chords_end: int
) -> list[tuple[int, int, mido.Message]]:
    events = [
        (0, 0, mido.MetaMessage("track_name", name=title)),
        (0, 1, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo))),
        (0, 2, mido.MetaMessage("time_signature", numerator=meter, denominator=4)),
    ]
    for chorus in range(0, chords_end if changes else 0, changes.length if changes else 1):
        assert changes is not None
        for onset, chord in zip(changes.onsets, changes.chords, strict=True):
            if chorus + onset < chords_end:
                place = _steps(chorus + onset - begin)
                events.append((place, 3, mido.MetaMessage("marker", text=chord.symbol)))
    return events


def _track(track: Track, begin: int, end: int) -> mido.MidiTrack:
    events = [(0, -1, mido.MetaMessage("track_name", name=track.name))]
    if track.program is not None:
        change = mido.Message("program_change", channel=track.channel, program=track.program)
        events.append((0, _PROGRAM, change))
    for tick, data in track.messages:
        events.append((_steps(tick - begin), _PROGRAM, mido.Message.from_bytes(data)))
    for note in _separate(track.notes):
        on, off = _steps(note.onset - begin), _steps(note.onset + note.duration - begin)
        struck = {"channel": track.channel, "note": note.pitch}
        events.append((on, _ON, mido.Message("note_on", velocity=note.velocity, **struck)))
        events.append((max(off, on + 1), _OFF, mido.Message("note_off", velocity=0, **struck)))
    return _spaced(events, _steps(end - begin))


def _separate(notes: Iterable[FileNote]) -> list[FileNote]:
    """The notes with each pitch ended before it is struck again; of two struck at once, the longer."""
    kept: list[FileNote] = []
    following: dict[int, FileNote] = {}
    for note in sorted(notes, reverse=True):
        later = following.get(note.pitch)
        if later is not None and _steps(later.onset) <= _steps(note.onset):
            continue
        if later is not None and later.onset < note.onset + note.duration:
            note = FileNote(note.onset, note.pitch, later.onset - note.onset, note.velocity)
        following[note.pitch] = note
        kept.append(note)
    return kept[::-1]


def _spaced(events: list[tuple[int, int, mido.Message]], end: int) -> mido.MidiTrack:
    """The events in order, each with the steps since the one before."""
    track = mido.MidiTrack()
    now = 0
    for step, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=step - now))
        now = step
    track.append(mido.MetaMessage("end_of_track", time=max(end - now, 0)))
    return track


def _contents(file: mido.MidiFile) -> Contents:
    scale = TICKS_PER_BEAT / file.ticks_per_beat
    title = ""
    tempi: list[tuple[int, float]] = []
    meters: list[tuple[int, int, int]] = []
    markers: list[tuple[float, str]] = []
    tracks: list[Track] = []
    for number, messages in enumerate(file.tracks):
        step = 0
        for message in messages:
            step += message.time
            if message.type == "set_tempo" and message.tempo > 0:
                tempi.append((step, mido.tempo2bpm(message.tempo)))
            elif message.type == "time_signature":
                meters.append((step, message.numerator, message.denominator))
            elif message.type == "marker":
                markers.append((step * scale, _text(message.text)))
            elif message.type == "track_name" and number == 0:
                title = title or _text(message.name)
        tracks += _read_track(messages, scale)
    _, tempo = min(tempi, default=(0, STANDARD_TEMPO))
    _, meter, _ = min(meters, default=(0, 4, 4))
    signatures = tuple((step * scale, upper, lower) for step, upper, lower in sorted(meters))
    length = max((sum(message.time for message in messages) for messages in file.tracks), default=0)
    return Contents(title, tempo, meter, tuple(tracks), tuple(sorted(markers)), length * scale, signatures)


def _read_track(messages: mido.MidiTrack, scale: float) -> list[Track]:
    """The track's notes, channel by channel."""
    name = ""
    step = 0
    programs: dict[int, int] = {}
    sounding: dict[tuple[int, int], list[tuple[int, int]]] = {}
    notes: dict[int, list[FileNote]] = {}

    def end(channel: int, pitch: int, onset: int, velocity: int) -> None:
        length = max(step - onset, 1)
        notes.setdefault(channel, []).append(FileNote(onset * scale, pitch, length * scale, velocity))

    for message in messages:
        step += message.time
        if message.type == "track_name":
            name = name or _text(message.name)
        elif message.type == "program_change":
            programs.setdefault(message.channel, message.program)
        elif message.type == "note_on" and message.velocity > 0:
            held = sounding.setdefault((message.channel, message.note), [])
            held.append((step, message.velocity))
        elif message.type in ("note_on", "note_off"):
            held = sounding.get((message.channel, message.note), [])
            if held:
                end(message.channel, message.note, *held.pop(0))
    for (channel, pitch), held in sounding.items():
        for onset, velocity in held:
            end(channel, pitch, onset, velocity)
    return [Track(name, c, programs.get(c), tuple(sorted(found))) for c, found in sorted(notes.items())]


def _text(text: str) -> str:
    """Text of a file, read as UTF-8 where it is, else as the standard's Latin-1."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
