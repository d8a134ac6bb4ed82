"""Made-up solos, databases of them in both layouts of the Weimar Jazz Database, and small text models."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from improv.text.alphabet import alphabet_of
from improv.text.model import KIND, beside
from models.checkpoint import save
from models.language import initial_weights, language_spec


@dataclass(frozen=True, slots=True)
class Row:
    """A note as it is annotated."""

    bar: int
    beat: int
    tatum: int
    division: int
    pitch: int
    beats: float = 0.5
    loudness: float | None = 65.0


@dataclass(frozen=True, slots=True)
class Transcription:
    """A made-up solo: chords a beat, four beats a bar unless said otherwise."""

    melid: int
    chords: Sequence[str]
    rows: Sequence[Row]
    tempo: float = 150.0
    first_bar: int = 1
    meter: int = 4


Write = Callable[[Path, Sequence[Transcription], bool], Path]

SOLO_INFO = (
    "CREATE TABLE solo_info (melid INTEGER, performer TEXT, title TEXT, avgtempo FLOAT, rhythmfeel TEXT)"
)
OFFICIAL = (
    "CREATE TABLE melody (eventid INTEGER PRIMARY KEY AUTOINCREMENT, melid INTEGER, onset REAL, pitch REAL, "
    "duration REAL, period INTEGER, division INTEGER, bar INTEGER, beat INTEGER, tatum INTEGER, "
    "subtatum INTEGER, num INTEGER, denom INTEGER, beatprops TEXT, beatdur REAL, tatumprops TEXT, "
    "f0_mod TEXT, loud_max REAL, loud_med REAL)",
    "CREATE TABLE beats (beatid INTEGER PRIMARY KEY AUTOINCREMENT, melid INTEGER, onset REAL, bar INTEGER, "
    "beat INTEGER, signature TEXT, chord TEXT, form TEXT, bass_pitch INTEGER, chorus_id INTEGER)",
    "CREATE TABLE sections (melid INTEGER, type TEXT, start INTEGER, end INTEGER, value TEXT)",
)
DERIVED = (
    "CREATE TABLE melody (eventid INTEGER PRIMARY KEY, melid INTEGER, onset REAL, pitch INTEGER, "
    "duration REAL, period INTEGER, division INTEGER, bar INTEGER, beat INTEGER, tatum INTEGER, "
    "beatdur REAL, signature TEXT, loud_max REAL, loud_med REAL, phrase_id INTEGER, phrase_begin INTEGER, "
    "chorus_id INTEGER, chord TEXT, form TEXT, idea TEXT, onset_beats REAL, onset_beats_q REAL, "
    "duration_beats REAL)",
    "CREATE TABLE beats (beatid INTEGER PRIMARY KEY, melid INTEGER, beat_index INTEGER, onset REAL, "
    "duration REAL, period INTEGER, division INTEGER, bar INTEGER, beat INTEGER, signature TEXT, "
    "chord TEXT, chord_change INTEGER, form TEXT, chorus_id INTEGER, bass_pitch INTEGER)",
)


def write_database(path: Path, solos: Sequence[Transcription], official: bool) -> Path:
    """A database in the official layout (as its own program writes it) or the derived one."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for statement in (SOLO_INFO, *(OFFICIAL if official else DERIVED)):
            connection.execute(statement)
        for solo in solos:
            _write_solo(connection, solo, official)
        connection.commit()
    return path


def _write_solo(connection: sqlite3.Connection, solo: Transcription, official: bool) -> None:
    second = 60 / solo.tempo
    connection.execute(
        "INSERT INTO solo_info VALUES (?, ?, ?, ?, ?)",
        (solo.melid, "Nobody", f"Solo {solo.melid}", solo.tempo, "SWING"),
    )
    for index, chord in enumerate(solo.chords):
        bar, beat = solo.first_bar + index // solo.meter, index % solo.meter + 1
        changed = index == 0 or chord != solo.chords[index - 1]
        if official:
            values: tuple[object, ...] = (solo.melid, index * second, bar, beat, chord if changed else "")
            connection.execute(
                "INSERT INTO beats (melid, onset, bar, beat, chord) VALUES (?, ?, ?, ?, ?)", values
            )
        else:
            values = (solo.melid, index, index * second, solo.meter, bar, beat, chord, int(changed))
            connection.execute(
                "INSERT INTO beats (melid, beat_index, onset, period, bar, beat, chord, chord_change) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
    for row in solo.rows:
        beats = (row.bar - solo.first_bar) * solo.meter + row.beat - 1 + (row.tatum - 1) / row.division
        connection.execute(
            "INSERT INTO melody (melid, onset, pitch, duration, period, division, bar, beat, tatum, "
            "beatdur, loud_med) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                solo.melid,
                beats * second,
                row.pitch,
                row.beats * second,
                solo.meter,
                row.division,
                row.bar,
                row.beat,
                row.tatum,
                second,
                row.loudness,
            ),
        )


@pytest.fixture(scope="session")
def write_wjazzd() -> Write:
    """Write made-up solos into a database file."""
    return write_database


@pytest.fixture(scope="session")
def make_row() -> type[Row]:
    """The class of an annotated note: test modules cannot import from here."""
    return Row


@pytest.fixture(scope="session")
def make_solo() -> type[Transcription]:
    """The class of a made-up solo."""
    return Transcription


NAMES = "Anna\nBertha\nGerda\nHanna\nMartha\nAmanda\nBernhard\nEdgar\nArmand\n"


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A model of random weights in a folder of its own: its text, its unit, its cell."""

    def made(text: str = NAMES, unit: str = "line", cell: str = "lstm", form: str | None = None) -> Path:
        folder = tmp_path_factory.mktemp("model")
        alphabet = alphabet_of(text)
        spec = language_spec(alphabet.size, 6, 12, 2, cell)
        weights = initial_weights(spec, np.random.default_rng(0))
        meta = {
            "kind": KIND,
            "vocabulary": alphabet.digest,
            "characters": alphabet.characters,
            "unit": unit,
            "form": form,
        }
        save(folder, spec, weights, meta)
        for name, content in beside(text).items():
            (folder / name).write_bytes(content)
        return folder

    return made
