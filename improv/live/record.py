"""A take as a MIDI file: both players as they played, one track each."""

from collections.abc import Sequence
from pathlib import Path

from grammar.chart import Chart
from improv.channels import IMPROV, PLAYER, PROGRAMS
from improv.live.performance import Performance, Sounded
from improv.midifile import FileNote, Track, write_midi
from improv.snapshot import Player

PLAYERS: tuple[tuple[Player, str, int], ...] = (("you", "player", PLAYER), ("improv", "improv", IMPROV))
"""Each player, the track's name, and its channel."""


def write_recordings(path: Path, chart: Chart, takes: Sequence[Performance]) -> list[Path]:
    """Write every take that has notes: the first to `path`, the next beside it as NAME-2, NAME-3, ….

    Returns where they went. Raises UserError where one cannot be written.
    """
    played = [take for take in takes if take.notes] or list(takes[:1])
    paths = [path if i == 1 else path.with_stem(f"{path.stem}-{i}") for i in range(1, len(played) + 1)]
    for where, take in zip(paths, played, strict=True):
        _write(where, chart, take.notes, take.tempo)
    return paths


def _write(path: Path, chart: Chart, notes: Sequence[Sounded], tempo: float) -> None:
    last = max((note.end or note.onset for note in notes), default=0.0)
    tracks = [
        Track(name, channel, PROGRAMS[channel], _file_notes(notes, player, last))
        for player, name, channel in PLAYERS
    ]
    write_midi(path, tracks, tempo=tempo, meter=chart.meter, title=chart.title, changes=chart.changes())


def _file_notes(notes: Sequence[Sounded], player: Player, last: float) -> tuple[FileNote, ...]:
    found = [
        FileNote(n.onset, n.pitch, max((last if n.end is None else n.end) - n.onset, 0.05), n.velocity)
        for n in notes
        if n.player == player
    ]
    return tuple(sorted(found))
