"""Made-up solos and databases of them in both layouts; the real one where it is at hand; models, sessions."""

import lzma
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from grammar.chart import parse_chart
from improv.band.ensemble import Ensemble
from improv.improviser import Improviser, Taste
from improv.jazz.encoding import expert_maps, jazz_spec
from improv.jazz.vocabulary import GAPS
from improv.jazz.wjazzd import Solo, read_solos
from improv.session.session import Session, Settings
from improv.text.alphabet import alphabet_of
from improv.text.model import KIND, beside
from models.checkpoint import save
from models.language import initial_weights, language_spec
from models.network import Network

ROOT = Path(__file__).parents[2]


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
    late: float = 0.0
    """Beats after its place."""


@dataclass(frozen=True, slots=True)
class Transcription:
    """A made-up solo: chords a beat, four beats a bar unless said otherwise."""

    melid: int
    chords: Sequence[str]
    rows: Sequence[Row]
    tempo: float = 150.0
    first_bar: int = 1
    meter: int = 4
    phrases: Sequence[int] = ()
    """The notes that begin phrases; the first of them is note 0."""
    form: Sequence[str] = ()
    """A beat."""
    choruses: Sequence[int] = ()
    """A beat."""
    bass: Sequence[int | None] = ()
    """A beat."""
    instrument: str = "ts"
    style: str = "BEBOP"


Write = Callable[[Path, Sequence[Transcription], bool], Path]

OFFICIAL = {
    "melody": "eventid INTEGER PRIMARY KEY AUTOINCREMENT, melid INTEGER, onset REAL, pitch REAL, duration "
    "REAL, period INTEGER, division INTEGER, bar INTEGER, beat INTEGER, tatum INTEGER, subtatum INTEGER, "
    "num INTEGER, denom INTEGER, beatprops TEXT, beatdur REAL, tatumprops TEXT, f0_mod TEXT, loud_max REAL, "
    "loud_med REAL, loud_sd REAL, loud_relpos REAL, loud_cent REAL, loud_s2b REAL, f0_range REAL, "
    "f0_freq_hz REAL, f0_med_dev REAL",
    "beats": "beatid INTEGER PRIMARY KEY AUTOINCREMENT, melid INTEGER, onset REAL, bar INTEGER, beat "
    "INTEGER, signature TEXT, chord TEXT, form TEXT, bass_pitch INTEGER, chorus_id INTEGER",
    "sections": "melid INTEGER, type TEXT, start INTEGER, end INTEGER, value TEXT",
    "melody_type": "melid INTEGER, type TEXT",
    "transcription_info": "melid INTEGER, filename_sv TEXT, filename_solo TEXT, solotime TEXT, "
    "solostart_sec FLOAT, status TEXT, trackid INTEGER",
    "solo_info": "melid INTEGER, trackid INTEGER, compid INTEGER, recordid INTEGER, performer TEXT, title "
    "TEXT, titleaddon TEXT, solopart INTEGER, instrument TEXT, style TEXT, avgtempo FLOAT, tempoclass TEXT, "
    "rhythmfeel TEXT, key TEXT, signature TEXT, chord_changes TEXT, chorus_count INTEGER",
    "record_info": "recordid INTEGER PRIMARY KEY AUTOINCREMENT, artist TEXT, recordtitle TEXT, label TEXT, "
    "recordbib TEXT, mbzid TEXT, releasedate TEXT",
    "track_info": "trackid INTEGER PRIMARY KEY AUTOINCREMENT, filename_track TEXT, recordid INTEGER, lineup "
    "TEXT, mbzid TEXT, trackno INTEGER, recordingdate TEXT, compid INTEGER",
    "composition_info": "compid INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, composer TEXT, form TEXT, "
    "template TEXT, tonalitytype TEXT, genre TEXT",
    "esac_info": "melid INTEGER, collection TEXT, title TEXT, esacid TEXT, key TEXT, unit TEXT, signature "
    "TEXT, region TEXT, function TEXT, comment TEXT, source TEXT, cnr TEXT, tunefamily TEXT, text TEXT, "
    "melstring TEXT, lcm_tatum INTEGER",
    "popsong_info": "melid INTEGER, artist TEXT, title TEXT, avgtempo REAL, tempoclass TEXT, signature "
    "TEXT, key TEXT, filename TEXT, chordchanges TEXT, year INTEGER, country TEXT, style TEXT",
    "db_info": "name TEXT, creator TEXT, major INTEGER, minor INTEGER, release TEXT, created TEXT, license "
    "TEXT, status TEXT",
}
"""The whole schema that a user downloads: https://jazzomat.hfm-weimar.de/dbformat/dbformat.html."""
DERIVED = {
    "solo_info": "melid INTEGER, performer TEXT, title TEXT, instrument TEXT, style TEXT, avgtempo REAL, "
    "rhythmfeel TEXT",
    "melody": "eventid INTEGER PRIMARY KEY, melid INTEGER, onset REAL, pitch INTEGER, duration REAL, period "
    "INTEGER, division INTEGER, bar INTEGER, beat INTEGER, tatum INTEGER, beatdur REAL, signature TEXT, "
    "loud_max REAL, loud_med REAL, phrase_id INTEGER, phrase_begin INTEGER, chorus_id INTEGER, chord TEXT, "
    "form TEXT, idea TEXT, onset_beats REAL, onset_beats_q REAL, duration_beats REAL",
    "beats": "beatid INTEGER PRIMARY KEY, melid INTEGER, beat_index INTEGER, onset REAL, duration REAL, "
    "period INTEGER, division INTEGER, bar INTEGER, beat INTEGER, signature TEXT, chord TEXT, chord_change "
    "INTEGER, form TEXT, chorus_id INTEGER, bass_pitch INTEGER",
}


def write_database(path: Path, solos: Sequence[Transcription], official: bool) -> Path:
    """A database in the official layout (as its own program writes it) or the derived one."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for table, columns in (OFFICIAL if official else DERIVED).items():
            connection.execute(f"CREATE TABLE {table} ({columns})")
        for solo in solos:
            _write_solo(connection, solo, official)
        connection.commit()
    return path


def _insert(connection: sqlite3.Connection, table: str, **values: object) -> None:
    places = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", tuple(values.values()))


def _write_solo(connection: sqlite3.Connection, solo: Transcription, official: bool) -> None:
    _insert(
        connection,
        "solo_info",
        melid=solo.melid,
        performer="Nobody",
        title=f"Solo {solo.melid}",
        avgtempo=solo.tempo,
        rhythmfeel="SWING",
        instrument=solo.instrument,
        style=solo.style,
    )
    _write_beats(connection, solo, official)
    _write_notes(connection, solo, official)
    if official:
        _insert(connection, "melody_type", melid=solo.melid, type="SOLO")
        ends = [*(start - 1 for start in solo.phrases[1:]), len(solo.rows) - 1]
        for number, (start, end) in enumerate(zip(solo.phrases, ends, strict=False), start=1):
            bounds = {"start": start, "end": end}
            _insert(connection, "sections", melid=solo.melid, type="PHRASE", value=str(number), **bounds)
        _insert(connection, "sections", melid=solo.melid, type="CHORUS", start=1, end=2, value="1")


def _write_beats(connection: sqlite3.Connection, solo: Transcription, official: bool) -> None:
    """The official release leaves blank what has not changed."""
    second = 60 / solo.tempo

    def given(values: Sequence[object], index: int, blank: object) -> object:
        if not values:
            return blank
        return blank if official and index and values[index] == values[index - 1] else values[index]

    for index, chord in enumerate(solo.chords):
        common = {
            "melid": solo.melid,
            "onset": index * second,
            "bar": solo.first_bar + index // solo.meter,
            "beat": index % solo.meter + 1,
            "chord": given(solo.chords, index, ""),
            "form": given(solo.form, index, ""),
            "chorus_id": given(solo.choruses, index, None),
            "bass_pitch": solo.bass[index] if solo.bass else None,
        }
        if official:
            _insert(connection, "beats", signature="4/4" if index == 0 else "", **common)
        else:
            changed = index == 0 or chord != solo.chords[index - 1]
            _insert(connection, "beats", beat_index=index, chord_change=int(changed), **common)


def _write_notes(connection: sqlite3.Connection, solo: Transcription, official: bool) -> None:
    second = 60 / solo.tempo
    for number, row in enumerate(solo.rows):
        beats = (row.bar - solo.first_bar) * solo.meter + row.beat - 1 + (row.tatum - 1) / row.division
        phrase = sum(start <= number for start in solo.phrases)
        told = {} if official or not phrase else {"phrase_id": phrase, "phrase_begin": number in solo.phrases}
        _insert(
            connection,
            "melody",
            melid=solo.melid,
            onset=(beats + row.late) * second,
            pitch=row.pitch,
            duration=row.beats * second,
            period=solo.meter,
            division=row.division,
            bar=row.bar,
            beat=row.beat,
            tatum=row.tatum,
            beatdur=second,
            loud_med=row.loudness,
            **told,
        )


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of the real database, or a skip."""
    path = Path(os.environ.get("IMPROV_DATA") or ROOT.parent / "shared" / "data") / "wjazzd"
    if not path.exists():
        pytest.skip(f"{path} is not there (IMPROV_DATA names the folder of the data)")
    return path


@pytest.fixture(scope="session")
def split_path(data_folder: Path) -> Path:
    """The real split."""
    return data_folder / "split.json"


@pytest.fixture(scope="session")
def database(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real database, unpacked once."""
    path = tmp_path_factory.mktemp("wjazzd") / "wjazzd.sqlite"
    path.write_bytes(lzma.decompress((data_folder / "wjazzd.sqlite.xz").read_bytes()))
    return path


@pytest.fixture(scope="session")
def all_solos(database: Path) -> dict[int, Solo]:
    """Every real solo, by melid."""
    return {solo.melid: solo for solo in read_solos(database)}


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


BLUES = (
    "title: Test blues\ntempo: 120\n| F7 | Bb7 | F7 | C-7 F7 | Bb7 | Bb7 | F7 | D7 | G-7 | C7 | F7 | C7 |\n"
)

MakeSession = Callable[..., Session]


@pytest.fixture(scope="session")
def network() -> Network:
    """The jazz model's shape with eight units and random weights: it knows nothing, but it plays."""
    spec = jazz_spec(hidden=8)
    rng = np.random.default_rng(5)
    weights = {name: rng.normal(0, 0.4, shape).astype(np.float32) for name, shape in spec.shapes().items()}
    weights["gap.absolute.b"] -= np.abs(np.log2(np.array(GAPS) / 12)).astype(np.float32)
    return Network(spec, weights, expert_maps())


@pytest.fixture
def make_session(network: Network) -> MakeSession:
    """A session of the small network over a blues; keyword arguments are `Settings`'."""

    def make(text: str = BLUES, band: bool = False, **settings: object) -> Session:
        chart = parse_chart(text)
        improviser = Improviser(network, chart.changes(), Taste())
        told = Settings(chart=chart, **{"tempo": chart.tempo, **settings})  # type: ignore[arg-type]
        return Session(told, improviser, Ensemble(chart) if band else None)  # the rules play its bass

    return make
