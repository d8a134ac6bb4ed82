"""The solos of the Weimar Jazz Database and the chord symbols of two corpora, where they are at hand."""

import csv
import json
import lzma
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from grammar.changes import Changes, changes_from_beats
from grammar.chords import NO_CHORD, parse_chord
from grammar.notes import TICKS_PER_BEAT, Note
from grammar.prune import monophonic

ROOT = Path(__file__).parents[2]

# a busy machine is no failure
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def _data(*parts: str) -> Path:
    path = Path(os.environ.get("IMPROV_DATA") or ROOT.parent / "shared" / "data").joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not there (IMPROV_DATA names the folder of the data)")
    return path


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The Weimar Jazz Database, unpacked."""
    path = tmp_path_factory.mktemp("wjazzd") / "wjazzd.sqlite"
    path.write_bytes(lzma.decompress(_data("wjazzd", "wjazzd.sqlite.xz").read_bytes()))
    with closing(sqlite3.connect(path)) as connection:
        yield connection


@pytest.fixture(scope="session")
def wjazzd_symbols(database: sqlite3.Connection) -> set[str]:
    """Every chord symbol of the database, as it stands over the beats."""
    return {row[0] for row in database.execute("select distinct chord from beats") if row[0]}


@pytest.fixture(scope="session")
def irb_symbols() -> Counter[str]:
    """Every chord symbol of the iRb corpus, with its count."""
    with lzma.open(_data("charts", "irb_chords.csv.xz"), "rt", encoding="utf-8") as file:
        return Counter(row["chord"] for row in csv.DictReader(file))


@pytest.fixture(scope="session")
def training_solos(database: sqlite3.Connection) -> list[tuple[list[Note], Changes]]:
    """Every training solo on its grid, as one voice, over its chords."""
    solos = []
    for melid in json.loads(_data("wjazzd", "split.json").read_text())["train"]:
        beats = database.execute(
            "select chord, period, bar, beat from beats where melid = ? order by beat_index", (melid,)
        ).fetchall()
        rows = database.execute(
            "select onset_beats_q, pitch, duration_beats from melody where melid = ? order by eventid",
            (melid,),
        ).fetchall()
        if not beats or not rows:
            continue
        meter = Counter(period for _, period, _, _ in beats).most_common(1)[0][0]
        first = (beats[0][2] - 1) * meter + beats[0][3] - 1
        pickup = first % meter  # the changes have to start on a bar line
        chords = [parse_chord(symbol or "NC") for symbol, _, _, _ in beats]
        changes = changes_from_beats([NO_CHORD] * pickup + chords, meter)
        shift = (first - pickup) * TICKS_PER_BEAT
        line = monophonic(
            Note(round(onset * TICKS_PER_BEAT) - shift, pitch, max(1, round(duration * TICKS_PER_BEAT)))
            for onset, pitch, duration in rows
        )
        solos.append((line, changes))
    return solos
