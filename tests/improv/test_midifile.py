"""MIDI files: what is written is read again, and damage is one clear line."""

import io
from itertools import pairwise
from pathlib import Path

import mido
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grammar.notes import Note
from improv.errors import UserError
from improv.library import load_chart
from improv.midifile import FileNote, Track, file_notes, midi_bytes, read_midi, write_midi
from improv.swing import perform

names = st.text(st.characters(codec="utf-8"), max_size=12)
shared_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def tracks(draw: st.DrawFn, channel: int = 0) -> Track:
    """A track in which no pitch is struck while it sounds."""
    notes: list[FileNote] = []
    free: dict[int, int] = {}
    drawn = draw(
        st.lists(
            st.tuples(st.integers(0, 9), st.integers(60, 64), st.integers(1, 900), st.integers(1, 127)),
            max_size=12,
        )
    )
    for gap, pitch, length, velocity in drawn:
        onset = free.get(pitch, 0) + gap
        notes.append(FileNote(onset / 20, pitch, length / 20, velocity))
        free[pitch] = onset + length
    return Track(draw(names), channel, draw(st.none() | st.integers(0, 127)), tuple(sorted(notes)))


def rounded(track: Track) -> Track:
    notes = (FileNote(round(n.onset * 20), n.pitch, round(n.duration * 20), n.velocity) for n in track.notes)
    return Track(track.name, track.channel, track.program, tuple(notes))


@shared_folder
@given(tracks(), tracks(1), st.integers(30, 400), st.integers(2, 7), names)
def test_what_is_written_is_read(
    tmp_path: Path, one: Track, two: Track, tempo: int, meter: int, title: str
) -> None:
    path = tmp_path / "take.mid"
    write_midi(path, [one, two], tempo=tempo, meter=meter, title=title)
    read = read_midi(path)
    assert [rounded(t) for t in read.tracks] == [rounded(t) for t in (one, two) if t.notes]
    assert read.tempo == pytest.approx(tempo, rel=1e-4)
    assert (read.meter, read.title) == (meter, title)


@given(tracks())
def test_the_same_music_gives_the_same_bytes(track: Track) -> None:
    assert midi_bytes([track], tempo=120, meter=4) == midi_bytes([track], tempo=120, meter=4)


@given(
    st.lists(
        st.builds(
            FileNote,
            st.integers(0, 60).map(float),
            st.integers(60, 62),
            st.integers(1, 50).map(float),
            st.just(9),
        )
    )
)
def test_every_on_has_its_off_and_offs_come_first(notes: list[FileNote]) -> None:
    file = mido.MidiFile(file=io.BytesIO(midi_bytes([Track("x", 3, 5, tuple(notes))], tempo=99, meter=3)))
    sounding: set[int] = set()
    step = 0
    events: list[tuple[int, str]] = []
    for message in file.tracks[1]:
        step += message.time
        if message.type == "note_on":
            assert message.note not in sounding
            sounding.add(message.note)
            events.append((step, "on"))
        elif message.type == "note_off":
            sounding.remove(message.note)
            events.append((step, "off"))
    assert not sounding
    assert all(a[0] < b[0] or (a[1], b[1]) != ("on", "off") for a, b in pairwise(events))


@shared_folder
@given(st.data())
def test_damage_is_a_file_or_one_clear_line(tmp_path: Path, data: st.DataObject) -> None:
    whole = bytearray(example())
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(4, len(whole) - 1), st.integers(0, 255)), max_size=4)
    ):
        whole[place] = byte
    path = tmp_path / "bad.mid"
    path.write_bytes(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    complaint = None
    try:
        read_midi(path)
    except UserError as error:
        complaint = str(error)
    assert complaint is None or "\n" not in complaint


def example() -> bytes:
    line = [Note(0, 60, 12), Note(12, 62, 12, 90), Note(24, 64, 24)]
    track = Track("solo", 0, 0, file_notes(perform(line, 150, "swing")))
    return midi_bytes(
        [track], tempo=150, meter=4, title="Blues", changes=load_chart("blues-f").changes(), ticks=96
    )


def test_the_bytes_of_a_file() -> None:
    file = mido.MidiFile(file=io.BytesIO(example()))
    assert (file.type, file.ticks_per_beat) == (1, 480)
    assert [str(m.dict()) for m in file.tracks[0]] == [
        "{'type': 'track_name', 'name': 'Blues', 'time': 0}",
        "{'type': 'set_tempo', 'tempo': 400000, 'time': 0}",
        "{'type': 'time_signature', 'numerator': 4, 'denominator': 4, 'clocks_per_click': 24, "
        "'notated_32nd_notes_per_beat': 8, 'time': 0}",
        "{'type': 'marker', 'text': 'F7', 'time': 0}",
        "{'type': 'end_of_track', 'time': 1920}",
    ]
    assert [str(m) for m in file.tracks[1] if not m.is_meta] == [
        "program_change channel=0 program=0 time=0",
        "note_on channel=0 note=60 velocity=80 time=0",
        "note_off channel=0 note=60 velocity=0 time=300",
        "note_on channel=0 note=62 velocity=90 time=0",
        "note_off channel=0 note=62 velocity=0 time=180",
        "note_on channel=0 note=64 velocity=80 time=0",
        "note_off channel=0 note=64 velocity=0 time=480",
    ]


def test_chords_are_markers_in_every_chorus() -> None:
    changes = load_chart("blues-f").changes()
    path_bytes = midi_bytes([], tempo=120, meter=4, changes=changes, ticks=2 * changes.length)
    file = mido.MidiFile(file=io.BytesIO(path_bytes))
    markers = [m.text for m in file.tracks[0] if m.type == "marker"]
    assert markers == [chord.symbol for chord in changes.chords] * 2


def test_a_pickup_moves_the_start_by_a_bar(tmp_path: Path) -> None:
    track = Track("solo", 0, None, file_notes([Note(-12, 60, 12), Note(0, 62, 24)]))
    changes = load_chart("blues-f").changes()
    write_midi(tmp_path / "a.mid", [track], tempo=120, meter=4, changes=changes)
    read = read_midi(tmp_path / "a.mid")
    assert [note.onset for note in read.tracks[0].notes] == [84, 96]
    assert read.markers == ((96.0, "F7"),)


def test_a_file_of_type_0_and_other_steps(tmp_path: Path) -> None:
    file = mido.MidiFile(type=0, ticks_per_beat=96)
    file.tracks.append(
        mido.MidiTrack(
            [
                mido.Message("note_on", channel=2, note=60, velocity=50, time=96),
                mido.Message("note_on", channel=5, note=61, velocity=50, time=0),
                mido.Message("note_on", channel=2, note=60, velocity=0, time=48),
                mido.MetaMessage("end_of_track", time=48),
            ]
        )
    )
    file.save(tmp_path / "zero.mid")
    read = read_midi(tmp_path / "zero.mid")
    assert [(t.channel, t.notes) for t in read.tracks] == [
        (2, (FileNote(24, 60, 12, 50),)),
        (5, (FileNote(24, 61, 24, 50),)),  # never ended: lasts to the end of the track
    ]
    assert (read.tempo, read.meter) == (120, 4)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not a MIDI file"),
        (b"RIFF....", "is not a MIDI file"),
        (example()[:60], "is damaged: it ends too early"),
        (b"MThd", "is damaged: it ends too early"),
    ],
)
def test_a_bad_file_is_one_clear_line(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "bad.mid"
    path.write_bytes(data)
    with pytest.raises(UserError, match=message):
        read_midi(path)
    with pytest.raises(UserError, match=r"cannot read .*No such file"):
        read_midi(tmp_path / "none.mid")


def test_an_unwritable_path_is_one_clear_line_and_nothing_is_lost(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot write .*none/x\.mid: No such file or directory"):
        write_midi(tmp_path / "none" / "x.mid", [], tempo=120, meter=4)
    with pytest.raises(UserError, match="cannot write"):
        write_midi(tmp_path, [], tempo=120, meter=4)
    write_midi(tmp_path / "x.mid", [], tempo=120, meter=4)
    assert [path.name for path in tmp_path.iterdir()] == ["x.mid"]
