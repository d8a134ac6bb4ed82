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
        make_row(1, 2, 2, 3, 64, beats=4.0, late=0.125),
        make_row(2, 1, 1, 1, 65, loudness=75.0),
        make_row(3, 4, 4, 4, 67, beats=0.01, loudness=40.0),
    ]
    second = [make_row(-1, 3, 1, 1, 70), make_row(0, 1, 1, 2, 71)]
    blues = make_solo(
        7,
        CHORDS,
        first,
        phrases=(0, 2, 3),
        form=("I1",) * 2 + ("A1",) * 8 + ("B1",) * 2,
        choruses=(0,) * 2 + (1,) * 6 + (2,) * 4,
        bass=(41, None) * 6,
    )
    waltz = ["C-7"] * 3 + ["F7"] * 3
    return [blues, make_solo(9, waltz, second, tempo=90.0, first_bar=-1, meter=3, instrument="p", style="")]


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
    assert [tuple(played) for played in first.played] == [
        pytest.approx(expected, abs=1e-9) for expected in [(0, 12), (0, 12), (3, 96), (0, 12), (0, 0.24)]
    ], "as long as it sounded, beyond the next onset too"
    assert first.beats == (0, 1, 2, 3) * 3
    assert first.changes.onsets == (0, 96, 192, 240, 264)
    assert [chord.symbol for chord in first.changes.chords] == ["F7", "Bb7", "C-7", "F79b", "N.C."]
    assert (first.changes.meter, first.changes.length) == (4, 12 * 24)
    assert (second.changes.meter, second.beats) == (3, (0, 1, 2, 0, 1, 2))
    assert [note.onset for note in second.notes] == [48, 72]
    assert first.phrases == (0, 2, 3)
    assert first.form == ("I1",) * 2 + ("A1",) * 8 + ("B1",) * 2
    assert first.choruses == (0,) * 2 + (1,) * 6 + (2,) * 4
    assert first.bass == (41, None) * 6
    assert (first.instrument, first.style) == ("ts", "BEBOP")
    assert (second.phrases, second.form, second.bass) == ((), ("",) * 6, (None,) * 6)
    assert (second.choruses, second.instrument, second.style) == ((0,) * 6, "p", "")


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

    def a_beat(values: Any) -> Any:
        return data.draw(st.lists(values, min_size=len(chords), max_size=len(chords)))

    rows = []
    for beat in range(len(chords)):
        division = data.draw(st.integers(1, 6))
        for tatum in sorted(data.draw(st.sets(st.integers(1, division)))):
            length = data.draw(st.floats(0.01, 5))
            pitch = data.draw(st.integers(36, 97))
            late = data.draw(st.floats(-0.05, 0.05))  # so little that they stay in order
            rows.append(make_row(beat // 4 + 1, beat % 4 + 1, tatum, division, pitch, length, late=late))
    begun = data.draw(st.sets(st.integers(1, max(1, len(rows) - 1)))) if rows else set()
    phrases = sorted({0, *begun} & set(range(len(rows))))
    form = a_beat(st.sampled_from(["A1", "A2", "B1", "I1"]))
    choruses = a_beat(st.integers(0, 2))
    bass = a_beat(st.none() | st.integers(28, 60))
    transcription = make_solo(1, chords, rows, phrases=phrases, form=form, choruses=choruses, bass=bass)
    solos = []
    for official in (True, False):
        path = tmp_path / "any.db"
        path.unlink(missing_ok=True)
        solos.append(read_solos(write_wjazzd(path, [transcription], official))[0])
    assert solos[0] == solos[1]
    found = solos[0]
    assert (list(found.phrases), list(found.form), list(found.bass)) == (phrases, form, bass)
    assert list(found.choruses) == choruses
    line = solos[0].notes
    assert [note.pitch for note in line] == [row.pitch for row in rows]
    assert not overlaps(line)
    for note, row in zip(line, rows, strict=True):
        place = ((row.bar - 1) * 4 + row.beat - 1 + (row.tatum - 1) / row.division) * 24
        assert abs(note.onset - place) <= 0.5
        assert note.duration >= 1
    assert all(a.onset < b.onset for a, b in pairwise(line))
    assert [each.lasted for each in found.played] == pytest.approx([row.beats * 24 for row in rows])
    assert [each.late for each in found.played] == pytest.approx([row.late * 24 for row in rows], abs=1e-6)


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


def test_a_part_that_stands_for_any_loses_its_star(
    tmp_path: Path, write_wjazzd: "Write", make_solo: "MakeSolo"
) -> None:
    solo = make_solo(1, ["C7"] * 3, [], form=("*A1", "*A1", "B1"))
    (found,) = read_solos(write_wjazzd(tmp_path / "wjazzd.db", [solo], True))
    assert found.form == ("A1", "A1", "B1")


def test_a_phrase_that_begins_off_the_beats_begins_with_the_next_note(
    tmp_path: Path, write_wjazzd: "Write", make_row: "MakeRow", make_solo: "MakeSolo"
) -> None:
    rows = [make_row(1, 1, 1, 1, 60), make_row(1, 3, 1, 1, 62), make_row(9, 1, 1, 1, 64)]
    rows = [rows[0], make_row(0, 4, 1, 1, 61), rows[1], rows[2]]
    rows.sort(key=lambda row: (row.bar, row.beat))
    solo = make_solo(1, ["C7"] * 4, rows, phrases=(0, 2, 3))
    for official in (True, False):
        path = tmp_path / f"{official}.db"
        (found,) = read_solos(write_wjazzd(path, [solo], official))
        assert [note.pitch for note in found.notes] == [60, 62]
        assert found.phrases == (0, 1), "the last phrase had no note on a beat"


OFFICIAL_LACKS = {
    "melody": (
        "chord phrase_id phrase_begin chorus_id form idea onset_beats onset_beats_q duration_beats signature"
    ),
    "beats": "beat_index chord_change duration period division",
}


@pytest.fixture(scope="session")
def as_downloaded(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real solos in the official layout: columns dropped, repeats left blank, phrases as sections."""
    path = tmp_path_factory.mktemp("official") / "wjazzd.db"
    path.write_bytes(database.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "CREATE TABLE sections (melid INTEGER, type TEXT, start INTEGER, end INTEGER, value TEXT)"
        )
        connection.execute(
            "INSERT INTO sections SELECT melid, 'PHRASE', min(i), max(i), phrase_id FROM ("
            "SELECT melid, phrase_id, row_number() OVER (PARTITION BY melid ORDER BY eventid) - 1 AS i "
            "FROM melody) GROUP BY melid, phrase_id"
        )
        for column in ("chord", "form"):
            connection.execute(
                f"UPDATE beats SET {column} = '' WHERE beatid IN (SELECT beatid FROM ("
                f"SELECT beatid, {column} = lag({column}) OVER (PARTITION BY melid ORDER BY onset) AS same "
                "FROM beats) WHERE same)"
            )
        for table, names in OFFICIAL_LACKS.items():
            for name in names.split():
                connection.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
        connection.commit()
    return path


@pytest.mark.data
def test_the_real_solos_are_the_same_in_the_official_layout(
    all_solos: dict[int, Solo], as_downloaded: Path
) -> None:
    with closing(sqlite3.connect(as_downloaded)) as connection:
        blank = connection.execute("SELECT count(*) FROM beats WHERE chord = ''").fetchone()[0]
    assert blank > 50_000, "or nothing would be left out"
    found = {solo.melid: solo for solo in read_solos(as_downloaded)}
    assert found == all_solos


@pytest.mark.data
def test_every_real_solo_has_its_phrases_choruses_and_form(all_solos: dict[int, Solo]) -> None:
    for solo in all_solos.values():
        assert solo.phrases[0] == 0
        assert all(a < b for a, b in pairwise(solo.phrases))
        assert len(solo.form) == len(solo.choruses) == len(solo.bass) == len(solo.beats)
        assert all(solo.form)
        assert all(b - a in (0, 1) for a, b in pairwise(solo.choruses))
        assert solo.instrument
        assert solo.style
    assert sum(len(solo.phrases) for solo in all_solos.values()) > 10_000


@pytest.mark.data
def test_every_real_note_was_played_within_half_a_beat_of_its_place(all_solos: dict[int, Solo]) -> None:
    found = [each for solo in all_solos.values() for each in solo.played]
    assert len(found) == sum(len(solo.notes) for solo in all_solos.values())
    near = [each for each in found if abs(each.late) < 12]
    assert len(near) > 0.999 * len(found)
    assert sorted(each.late for each in near)[len(near) // 2] == pytest.approx(0.7, abs=0.2), "a little late"
    assert all(each.lasted > 0 for each in found)


@pytest.mark.data
def test_every_real_solo_is_one_voice_over_its_beats(all_solos: dict[int, Solo]) -> None:
    assert len(all_solos) == 417
    assert sum(len(solo.notes) for solo in all_solos.values()) > 183_000
    for solo in all_solos.values():
        assert not overlaps(solo.notes)
        assert len(solo.beats) * 24 == solo.changes.length
        assert all(0 <= note.onset < solo.changes.length for note in solo.notes)
        assert all(1 <= note.velocity <= 127 for note in solo.notes)
