from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.changes import changes_from_beats
from grammar.chart import Feel
from grammar.chords import parse_chord
from grammar.notes import Note
from improv.channels import CLICK, COMP, IMPROV
from improv.errors import UserError
from improv.jazz.wjazzd import Solo
from improv.midifile import FileNote, Track, file_notes, write_midi
from improv.pieces import piece_of_file, piece_of_solo
from improv.swing import perform

CHORDS = [parse_chord(symbol) for symbol in ("C7", "C7", "F7", "G7") for _ in range(4)]
CHANGES = changes_from_beats(CHORDS, 4)
FOUR = (FileNote(0, 60, 12, 80), FileNote(12, 62, 12, 80), FileNote(24, 64, 12, 80), FileNote(48, 65, 24, 80))


@st.composite
def lines(draw: st.DrawFn) -> tuple[Note, ...]:
    places = st.sampled_from([0, 12, 0, 12, 4, 6, 8, 16, 18, 20, 23])
    onsets = draw(st.sets(st.builds(lambda b, p: 24 * b + p, st.integers(0, 15), places), min_size=1))
    ordered = sorted(onsets)
    return tuple(
        Note(a, draw(st.integers(50, 80)), draw(st.integers(1, min(b - a, 48))))
        for a, b in zip(ordered, [*ordered[1:], 16 * 24], strict=True)
    )


@settings(deadline=None)
@given(lines(), st.sampled_from(["swing", "straight"]), st.sampled_from([0.0, 1.0]), st.integers(60, 300))
def test_what_we_performed_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, line: tuple[Note, ...], feel: Feel, behind: float, tempo: int
) -> None:
    path = tmp_path_factory.mktemp("file") / "solo.mid"
    track = Track("improv", IMPROV, 66, file_notes(perform(line, tempo, feel, behind)))
    write_midi(path, [track], tempo=tempo, meter=4, title="A tune", changes=CHANGES, ticks=CHANGES.length)
    piece = piece_of_file(path)
    assert [(n.onset, n.pitch) for n in piece.notes] == [(n.onset, n.pitch) for n in line]
    # where a note ends in a beat that no note begins in, the file does not tell how that beat was played
    assert all(abs(a.duration - b.duration) <= 3 for a, b in zip(piece.notes, line, strict=True))
    assert (piece.name, piece.bars, round(piece.tempo)) == ("A tune", 4, tempo)
    assert [chord.symbol for chord in piece.changes.chords] == ["C7", "F7", "G7"]


def written(path: Path, *tracks: Track, chords: bool = True) -> Path:
    write_midi(path, tracks, tempo=120, meter=4, changes=CHANGES if chords else None, ticks=CHANGES.length)
    return path


def test_the_melody_is_ours_or_named_or_alone(tmp_path: Path) -> None:
    low = tuple(replace(note, pitch=note.pitch - 24) for note in FOUR)
    drums = Track("drums", CLICK, None, low)
    for number, tracks in enumerate(
        (
            [Track("piano", COMP, 0, low), Track("anything", IMPROV, 66, FOUR)],
            [Track("piano", COMP, 0, low), Track("Melody", 0, 66, FOUR)],
            [Track("flute", 5, 66, FOUR), drums],
        )
    ):
        piece = piece_of_file(written(tmp_path / f"{number}.mid", *tracks))
        assert [note.pitch for note in piece.notes] == [60, 62, 64, 65]


def test_of_notes_struck_at_once_the_highest_is_the_line(tmp_path: Path) -> None:
    struck = (*FOUR, FileNote(12, 50, 100, 80))
    piece = piece_of_file(written(tmp_path / "x.mid", Track("melody", 0, None, tuple(sorted(struck)))))
    assert [(note.onset, note.pitch) for note in piece.notes] == [(0, 60), (12, 62), (24, 64), (48, 65)]


def test_played_by_hand_it_is_heard_on_the_grid(tmp_path: Path) -> None:
    loose = tuple(FileNote(onset, 60, 10, 80) for onset in (0.8, 11.2, 24.6, 37.1, 47.2))
    piece = piece_of_file(written(tmp_path / "x.mid", Track("melody", 0, None, loose)))
    assert [note.onset for note in piece.notes] == [0, 12, 24, 36, 48]


@pytest.mark.parametrize(
    ("tracks", "chords", "told"),
    [
        ([], True, "no notes"),
        ([Track("a", 1, 0, FOUR), Track("b", 2, 0, FOUR)], True, "which of its 2 tracks is the melody"),
        ([Track("melody", 1, 0, FOUR)], False, "no chords"),
    ],
)
def test_what_cannot_be_measured_is_told_in_one_line(
    tmp_path: Path, tracks: list[Track], chords: bool, told: str
) -> None:
    path = written(tmp_path / "some.mid", *tracks, chords=chords)
    with pytest.raises(UserError, match=told) as error:
        piece_of_file(path)
    assert "some.mid" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_solo_begins_with_its_first_downbeat() -> None:
    notes = (Note(0, 60, 12), Note(48, 62, 12), Note(150, 64, 12))
    beats = (2, 3, 0, 1, 2, 3, 0, 1)
    changes = changes_from_beats([parse_chord("F7")] * 2 + [parse_chord("C7")] * 6, 4)
    piece = piece_of_solo(Solo(1, "Tune", "Someone", 140.0, "SWING", notes, changes, beats))
    assert piece.bars == 1
    assert [(note.onset, note.pitch) for note in piece.notes] == [(0, 62)]
    assert [chord.symbol for chord in piece.changes.chords] == ["C7"]
    assert piece.name == "Someone: Tune"
