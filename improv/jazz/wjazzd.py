"""Reader of the Weimar Jazz Database: transcribed solos as notes over changes.

Conventions: only columns of the official release are read, so the file a user downloads and derived
copies both work; `beats.chord` counts until the next one where it is blank, and a bar has as many
beats as most bars of the solo. Tick 0 is the first annotated beat. Notes are put on the grid of 1/24
beat from their annotated place (bar, beat, tatum of division), and end at the next onset at the
latest: the solos are monophonic.

Data: M. Pfleiderer, K. Frieler, J. Abesser, W.-G. Zaddach, B. Burkhart (eds.), Inside the
Jazzomat, Schott Campus 2017; Open Database License 1.0.
"""

import lzma
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grammar.changes import Changes, changes_from_beats
from grammar.chords import NO_CHORD, Chord, ChordError, parse_chord
from grammar.notes import TICKS_PER_BEAT, Note
from improv.errors import UserError

DATABASE_NAMES = ("wjazzd.sqlite", "wjazzd.db", "wjazzd.sqlite.xz", "wjazzd.db.xz")
"""What a data folder is searched for, in this order."""

CITATION = (
    "Pfleiderer, Frieler, Abesser, Zaddach, Burkhart (eds.), "
    "Inside the Jazzomat, Schott Campus 2017 (Weimar Jazz Database, ODbL 1.0)"
)


@dataclass(frozen=True, slots=True)
class Solo:
    """One transcribed solo."""

    melid: int
    title: str
    performer: str
    tempo: float
    """Beats a minute, the recording's average."""
    feel: str
    """SWING, LATIN, FUNK, … as annotated."""
    notes: tuple[Note, ...]
    changes: Changes
    """The chords of the whole solo, chorus after chorus."""
    beats: tuple[int, ...]
    """For every beat, its place in its bar, 0 the downbeat."""


def read_solos(source: Path, melids: Sequence[int] | None = None) -> list[Solo]:
    """The solos of a database file (SQLite, plain or .xz) or of the folder that holds one.

    Raises:
        UserError: no database there, not a database, a melid it does not have, or an unknown chord.
    """
    with _opened(source) as connection:
        try:
            known = {row[0]: row for row in connection.execute(_SOLO_QUERY)}
            wanted = sorted(known) if melids is None else list(melids)
            missing = [melid for melid in wanted if melid not in known]
            if missing:
                raise UserError(f"{source}: no solo {missing[0]} (it has {len(known)} solos)")
            return [_read_solo(connection, *known[melid]) for melid in wanted]
        except sqlite3.DatabaseError as error:
            raise UserError(f"{source}: not the Weimar Jazz Database ({error})") from error
        except ChordError as error:
            raise UserError(f"{source}: {error}") from error


_SOLO_QUERY = "SELECT melid, title, performer, avgtempo, rhythmfeel FROM solo_info"
_BEAT_QUERY = "SELECT bar, beat, chord FROM beats WHERE melid = ? ORDER BY onset"
_NOTE_QUERY = (
    "SELECT bar, beat, tatum, division, pitch, duration / beatdur, loud_med "
    "FROM melody WHERE melid = ? ORDER BY onset"
)


def _read_solo(
    connection: sqlite3.Connection, melid: int, title: str, performer: str, tempo: float, feel: str
) -> Solo:
    index: dict[tuple[int, int], int] = {}
    chords: list[Chord] = []
    places: list[int] = []
    bars: Counter[int] = Counter()
    for bar, beat, symbol in connection.execute(_BEAT_QUERY, (melid,)):
        index[bar, beat] = len(chords)
        chords.append(parse_chord(symbol) if symbol else (chords[-1] if chords else NO_CHORD))
        places.append(beat - 1)
        bars[bar] += 1
    rows = [
        (index[bar, beat] * TICKS_PER_BEAT + round((tatum - 1) / division * TICKS_PER_BEAT), *rest)
        for bar, beat, tatum, division, *rest in connection.execute(_NOTE_QUERY, (melid,))
        if (bar, beat) in index
    ]
    meter = Counter(bars.values()).most_common(1)[0][0] if bars else 4
    return Solo(
        melid=melid,
        title=title,
        performer=performer,
        tempo=float(tempo),
        feel=feel or "",
        notes=_line(rows),
        changes=changes_from_beats(chords, meter),
        beats=tuple(places),
    )


def _line(rows: list[tuple[int, int, float, float]]) -> tuple[Note, ...]:
    """Notes from (tick, pitch, beats, loudness in dB), onsets made to ascend."""
    onsets: list[int] = []
    for tick, *_ in rows:
        onsets.append(max(tick, onsets[-1] + 1) if onsets else tick)
    ends = [*onsets[1:], None][: len(onsets)]
    return tuple(
        Note(
            onset=onset,
            pitch=int(pitch),
            duration=max(1, min(round(beats * TICKS_PER_BEAT), (end or 1 << 30) - onset)),
            velocity=_velocity(loudness),
        )
        for onset, end, (_, pitch, beats, loudness) in zip(onsets, ends, rows, strict=True)
    )


def _velocity(loudness: float | None) -> int:
    """MIDI velocity of a note's median level in dB; 60 to 75 dB, where most lie, spans 60 to 105."""
    return 80 if loudness is None else max(30, min(120, round(60 + 3 * (loudness - 60))))


@contextmanager
def _opened(source: Path) -> Iterator[sqlite3.Connection]:
    path = _find(source)
    with tempfile.TemporaryDirectory(prefix="improv-") as folder:
        plain = path
        if path.suffix == ".xz":
            plain = Path(folder) / path.stem
            try:
                plain.write_bytes(lzma.decompress(path.read_bytes()))
            except lzma.LZMAError as error:
                raise UserError(f"{path}: damaged archive ({error})") from error
            except OSError as error:
                raise UserError(f"{path}: cannot read it ({error.strerror})") from error
        try:
            connection = sqlite3.connect(f"{plain.resolve().as_uri()}?mode=ro", uri=True)
        except sqlite3.OperationalError as error:
            raise UserError(f"{path}: cannot read it ({error})") from error
        try:
            yield connection
        finally:
            connection.close()


def _find(source: Path) -> Path:
    if source.is_file():
        return source
    for name in DATABASE_NAMES:
        if (source / name).is_file():
            return source / name
    raise UserError(f"{source}: no Weimar Jazz Database here; expected {' or '.join(DATABASE_NAMES)}")
