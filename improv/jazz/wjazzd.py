"""Reader of the Weimar Jazz Database: transcribed solos as notes over changes.

Conventions: the file a user downloads and derived copies both work. Phrases are in `melody.phrase_id` where
there is that column, else in the official release's `sections`, whose bounds count a solo's notes from 0.
A chord, a form label and a chorus count until the next where they are blank, and a bar has as many beats
as most bars of the solo. Tick 0 is the first annotated beat. Notes are put on the grid of 1/24 beat from
their annotated place (bar, beat, tatum of division), and end at the next onset at the latest: the solos
are monophonic.

Source of the layout: https://jazzomat.hfm-weimar.de/dbformat/dbformat.html
Data: M. Pfleiderer, K. Frieler, J. Abesser, W.-G. Zaddach, B. Burkhart (eds.), Inside the
Jazzomat, Schott Campus 2017; Open Database License 1.0.
"""

import lzma
import sqlite3
import tempfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from grammar.changes import Changes, changes_from_beats
from grammar.chords import NO_CHORD, Chord, ChordError, parse_chord
from grammar.notes import TICKS_PER_BEAT, Note
from improv.errors import UserError

DATABASE_NAMES = ("wjazzd.sqlite", "wjazzd.db", "wjazzd.sqlite.xz", "wjazzd.db.xz")
"""What a data folder is searched for, in this order."""

XZ = b"\xfd7zXZ\x00"
"""How an .xz archive begins."""

CITATION = (
    "Pfleiderer, Frieler, Abesser, Zaddach, Burkhart (eds.), "
    "Inside the Jazzomat, Schott Campus 2017 (Weimar Jazz Database, ODbL 1.0)"
)


class Played(NamedTuple):
    """How a note was performed."""

    late: float
    """Ticks behind its place on the grid."""
    lasted: float
    """Ticks that it sounded."""


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
    phrases: tuple[int, ...] = ()
    """The notes that begin a phrase, ascending; empty where phrases are not annotated."""
    choruses: tuple[int, ...] = ()
    """For every beat, its chorus, from 1; 0 before the first."""
    form: tuple[str, ...] = ()
    """For every beat, the label of its part of the form, such as A1, B1 or I1 (an introduction)."""
    bass: tuple[int | None, ...] = ()
    """For every beat, the MIDI pitch of the bass, None where it is not annotated."""
    instrument: str = ""
    """ts, as, tp, p, … as annotated."""
    style: str = ""
    """BEBOP, COOL, SWING, … as annotated."""
    played: tuple[Played, ...] = ()
    """For every note how it was played; empty where that is not known, nor how loud."""


def count(source: Path) -> tuple[int, int]:
    """How many solos and notes a database has.

    Raises:
        UserError: no database there, or not this one.
    """
    with _opened(source) as connection:
        try:
            layout = _layout(connection)
            solos = connection.execute(f"SELECT count(*) FROM ({layout.solos})").fetchone()[0]
            for query in (layout.beats, layout.notes):
                connection.execute(query, (0,)).fetchone()
            return int(solos), int(connection.execute("SELECT count(*) FROM melody").fetchone()[0])
        except sqlite3.DatabaseError as error:
            raise UserError(f"{source}: not the Weimar Jazz Database ({error})") from error


def read_solos(source: Path, melids: Sequence[int] | None = None) -> list[Solo]:
    """The solos of a database file (SQLite, plain or .xz) or of the folder that holds one.

    Raises:
        UserError: no database there, not a database, a melid it does not have, or an unknown chord.
    """
    with _opened(source) as connection:
        try:
            layout = _layout(connection)
            known = {row[0]: row for row in connection.execute(layout.solos)}
            wanted = sorted(known) if melids is None else list(melids)
            missing = [melid for melid in wanted if melid not in known]
            if missing:
                raise UserError(f"{source}: no solo {missing[0]} (it has {len(known)} solos)")
            return [_read_solo(connection, layout, *known[melid]) for melid in wanted]
        except sqlite3.DatabaseError as error:
            raise UserError(f"{source}: not the Weimar Jazz Database ({error})") from error
        except ChordError as error:
            raise UserError(f"{source}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Layout:
    """The queries of one layout."""

    solos: str
    beats: str
    notes: str
    """The last column changes where a phrase begins, or is NULL."""
    phrases: str | None
    """First notes of phrases, where the notes' own query does not tell."""


def _layout(connection: sqlite3.Connection) -> _Layout:
    def columns(table: str, *names: str) -> str:
        """Those that are there, and NULL for the others."""
        there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        return ", ".join(name if name in there else "NULL" for name in names)

    phrase = columns("melody", "phrase_id")
    sections = columns("sections", "type") != "NULL"
    return _Layout(
        "SELECT melid, title, performer, avgtempo, rhythmfeel, "
        f"{columns('solo_info', 'instrument', 'style')} FROM solo_info",
        f"SELECT bar, beat, onset, chord, {columns('beats', 'form', 'chorus_id', 'bass_pitch')} "
        "FROM beats WHERE melid = ? ORDER BY onset",
        "SELECT bar, beat, tatum, division, onset, beatdur, pitch, duration / beatdur, "
        f"loud_med, {phrase} "
        "FROM melody WHERE melid = ? ORDER BY onset, eventid",
        "SELECT start FROM sections WHERE melid = ? AND type = 'PHRASE' ORDER BY start"
        if phrase == "NULL" and sections
        else None,
    )


def _read_solo(
    connection: sqlite3.Connection,
    layout: _Layout,
    melid: int,
    title: str,
    performer: str,
    tempo: float,
    feel: str,
    instrument: str | None,
    style: str | None,
) -> Solo:
    index: dict[tuple[int, int], int] = {}
    places: list[int] = []
    chords: list[Chord] = []
    form: list[str] = []
    choruses: list[int] = []
    bass: list[int | None] = []
    bars: Counter[int] = Counter()
    begins: list[float] = []
    for bar, beat, second, symbol, part, chorus, low in connection.execute(layout.beats, (melid,)):
        index[bar, beat] = len(places)
        places.append(beat - 1)
        begins.append(second)
        chords.append(parse_chord(symbol) if symbol else (chords[-1] if chords else NO_CHORD))
        # a star marks a part that stands for any, in the official release
        form.append(part.lstrip("*") if part else (form[-1] if form else ""))
        choruses.append(max(0, chorus) if chorus is not None else (choruses[-1] if choruses else 0))
        bass.append(None if low is None else int(low))
        bars[bar] += 1
    notes = list(connection.execute(layout.notes, (melid,)))
    # a note off the annotated beats has no place
    kept = [i for i, (bar, beat, *_) in enumerate(notes) if (bar, beat) in index]
    rows = []
    played = []
    for bar, beat, tatum, division, second, span, *rest, _ in (notes[i] for i in kept):
        at, place = index[bar, beat], (tatum - 1) / division * TICKS_PER_BEAT
        rows.append((at * TICKS_PER_BEAT + round(place), *rest))
        late = (second - begins[at]) / span * TICKS_PER_BEAT - place
        played.append(Played(late, rest[1] * TICKS_PER_BEAT))
    if layout.phrases is None:
        begun = [
            i for i, row in enumerate(notes) if row[-1] is not None and (not i or row[-1] != notes[i - 1][-1])
        ]
    else:
        begun = [start for (start,) in connection.execute(layout.phrases, (melid,))]
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
        phrases=_phrases(begun, kept),
        choruses=tuple(choruses),
        form=tuple(form),
        bass=tuple(bass),
        instrument=instrument or "",
        style=style or "",
        played=tuple(played),
    )


def _phrases(begun: Sequence[int], kept: Sequence[int]) -> tuple[int, ...]:
    """Where phrases that begin with annotated notes begin among those kept: at the next one kept."""
    found = {bisect_left(kept, start) for start in begun}
    return tuple(sorted(start for start in found if start < len(kept)))


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


def is_packed(path: Path) -> bool:
    """Whether a file is an .xz archive, whatever its name."""
    with path.open("rb") as file:
        return file.read(len(XZ)) == XZ


@contextmanager
def _opened(source: Path) -> Iterator[sqlite3.Connection]:
    path = _find(source)
    with tempfile.TemporaryDirectory(prefix="improv-") as folder:
        plain = path
        if path.suffix == ".xz" or is_packed(path):
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
