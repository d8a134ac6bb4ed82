import lzma
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grammar.notes import Note, overlaps
from improv.errors import UserError
from improv.jazz.wjazzd import DATABASE_NAMES, Solo, read_solos

if TYPE_CHECKING:
    from tests.improv.conftest import Row, Transcription

    MakeRow = type[Row]
    MakeSolo = type[Transcription]
    Write = Callable[[Path, Sequence[Transcription], bool], Path]

CHORDS = ["F7"] * 4 + ["Bb7"] * 4 + ["C-7", "C-7", "F79b", "NC"]


@pytest.fixture
def made_up(make_row: "MakeRow", make_solo: "MakeSolo") -> "list[Transcription]":
    """Two solos; in the second the bars start before the first, and there are three beats in each."""
    first = [
        make_row(1, 1, 1, 2, 60),
        make_row(1, 1, 2, 2, 62, loudness=None),
        make_row(1, 2, 2, 3, 64, beats=4.0),
        make_row(2, 1, 1, 1, 65, loudness=75.0),
        make_row(3, 4, 4, 4, 67, beats=0.01, loudness=40.0),
    ]
    second = [make_row(-1, 3, 1, 1, 70), make_row(0, 1, 1, 2, 71)]
    return [
        make_solo(7, CHORDS, first),
        make_solo(9, ["C-7"] * 3 + ["F7"] * 3, second, tempo=90.0, first_bar=-1, meter=3),
    ]


@pytest.mark.parametrize("official", [True, False], ids=["official", "derived"])
def test_a_solo_is_read_as_it_is_annotated(
    tmp_path: Path, write_wjazzd: "Write", made_up: "list[Transcription]", official: bool
) -> None:
    first, second = read_solos(write_wjazzd(tmp_path / "wjazzd.db", made_up, official))
    assert (first.melid, first.title, first.performer) == (7, "Solo 7", "Nobody")
    assert (first.tempo, first.feel) == (150.0, "SWING")
    assert first.notes == (
        Note(0, 60, 12, 75),
        Note(12, 62, 12, 80),
        Note(32, 64, 64, 75),
        Note(96, 65, 12, 105),
        Note(12 * 24 - 6, 67, 1, 30),
    )
    assert first.beats == (0, 1, 2, 3) * 3
    assert first.changes.onsets == (0, 96, 192, 240, 264)
    assert [chord.symbol for chord in first.changes.chords] == ["F7", "Bb7", "C-7", "F79b", "N.C."]
    assert (first.changes.meter, first.changes.length) == (4, 12 * 24)
    assert (second.changes.meter, second.beats) == (3, (0, 1, 2, 0, 1, 2))
    assert [note.onset for note in second.notes] == [48, 72]


def test_both_layouts_read_the_same_plain_and_packed(
    tmp_path: Path, write_wjazzd: "Write", made_up: "list[Transcription]"
) -> None:
    found = []
    for official in (True, False):
        folder = tmp_path / str(official)
        folder.mkdir()
        path = write_wjazzd(folder / "wjazzd.db", made_up, official)
        found.append(read_solos(path))
        packed = folder / "wjazzd.db.xz"
        packed.write_bytes(lzma.compress(path.read_bytes()))
        path.unlink()
        found += [read_solos(packed), read_solos(folder)]
    assert all(solos == found[0] for solos in found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.data())
def test_any_solo_reads_the_same_from_both_layouts_as_one_voice(
    tmp_path: Path, write_wjazzd: "Write", make_row: "MakeRow", make_solo: "MakeSolo", data: st.DataObject
) -> None:
    symbols = st.sampled_from(["C7", "F-7", "Bbj7", "NC", "Ebo7", "Am7b5", "G7/B", "D79b"])
    chords = data.draw(st.lists(symbols, min_size=4, max_size=12))
    rows = []
    for beat in range(len(chords)):
        division = data.draw(st.integers(1, 6))
        for tatum in sorted(data.draw(st.sets(st.integers(1, division)))):
            length = data.draw(st.floats(0.01, 5))
            pitch = data.draw(st.integers(36, 97))
            rows.append(make_row(beat // 4 + 1, beat % 4 + 1, tatum, division, pitch, length))
    transcription = make_solo(1, chords, rows)
    solos = []
    for official in (True, False):
        path = tmp_path / "any.db"
        path.unlink(missing_ok=True)
        solos.append(read_solos(write_wjazzd(path, [transcription], official))[0])
    assert solos[0] == solos[1]
    line = solos[0].notes
    assert [note.pitch for note in line] == [row.pitch for row in rows]
    assert not overlaps(line)
    for note, row in zip(line, rows, strict=True):
        place = ((row.bar - 1) * 4 + row.beat - 1 + (row.tatum - 1) / row.division) * 24
        assert abs(note.onset - place) <= 0.5
        assert note.duration >= 1
    assert all(a.onset < b.onset for a, b in pairwise(line))


def test_solos_come_in_the_order_asked_for(
    tmp_path: Path, write_wjazzd: "Write", made_up: "list[Transcription]"
) -> None:
    path = write_wjazzd(tmp_path / "wjazzd.db", made_up, True)
    assert [solo.melid for solo in read_solos(path)] == [7, 9]
    assert [solo.melid for solo in read_solos(path, [9, 7])] == [9, 7]
    assert read_solos(path, []) == []


def test_a_path_with_odd_characters_is_read(
    tmp_path: Path, write_wjazzd: "Write", made_up: "list[Transcription]"
) -> None:
    folder = tmp_path / "50% jazz? #1 ü"
    folder.mkdir()
    assert len(read_solos(write_wjazzd(folder / "wjazzd.db", made_up, True))) == 2


def test_reading_writes_nothing(
    tmp_path: Path, write_wjazzd: "Write", made_up: "list[Transcription]"
) -> None:
    path = write_wjazzd(tmp_path / "wjazzd.db", made_up, True)
    before = path.read_bytes()
    path.chmod(0o444)
    read_solos(path)
    assert [found.name for found in tmp_path.iterdir()] == ["wjazzd.db"]
    assert path.read_bytes() == before


def error_of(action: Callable[[], Any]) -> str:
    with pytest.raises(UserError) as caught:
        action()
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_folder_without_a_database_names_what_it_looked_for(tmp_path: Path) -> None:
    message = error_of(lambda: read_solos(tmp_path))
    assert str(tmp_path) in message
    assert all(name in message for name in DATABASE_NAMES)
    assert "nowhere" in error_of(lambda: read_solos(tmp_path / "nowhere"))


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\x00" + b"\xff" * 200])
def test_what_is_no_database_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wjazzd.db"
    path.write_bytes(content)
    message = error_of(lambda: read_solos(path))
    assert "wjazzd.db: not the Weimar Jazz Database" in message


def test_another_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "wjazzd.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE solo_info (melid INTEGER)")
    assert "not the Weimar Jazz Database" in error_of(lambda: read_solos(path))


@pytest.mark.parametrize("content", [b"", b"hello", lzma.compress(b"x" * 5000)[:-20]])
def test_a_damaged_archive_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wjazzd.db.xz"
    path.write_bytes(content)
    assert "wjazzd.db.xz: damaged archive" in error_of(lambda: read_solos(path))


def test_an_unknown_solo_is_named(
    tmp_path: Path, write_wjazzd: "Write", made_up: "list[Transcription]"
) -> None:
    path = write_wjazzd(tmp_path / "wjazzd.db", made_up, True)
    assert "no solo 8 (it has 2 solos)" in error_of(lambda: read_solos(path, [7, 8]))


def test_a_solo_without_notes_is_read(tmp_path: Path, write_wjazzd: "Write", make_solo: "MakeSolo") -> None:
    (found,) = read_solos(write_wjazzd(tmp_path / "wjazzd.db", [make_solo(1, ["C7"] * 4, [])], True))
    assert found.notes == ()
    assert found.changes.length == 96


def test_an_unknown_chord_is_named(tmp_path: Path, write_wjazzd: "Write", make_solo: "MakeSolo") -> None:
    path = write_wjazzd(tmp_path / "wjazzd.db", [make_solo(1, ["H7"] * 4, [])], True)
    message = error_of(lambda: read_solos(path))
    assert "wjazzd.db: unknown chord 'H7'" in message


@pytest.mark.data
def test_every_real_solo_is_one_voice_over_its_beats(all_solos: dict[int, Solo]) -> None:
    assert len(all_solos) == 417
    assert sum(len(solo.notes) for solo in all_solos.values()) > 183_000
    for solo in all_solos.values():
        assert not overlaps(solo.notes)
        assert len(solo.beats) * 24 == solo.changes.length
        assert all(0 <= note.onset < solo.changes.length for note in solo.notes)
        assert all(1 <= note.velocity <= 127 for note in solo.notes)
