"""A take as a MIDI file: both players as they played, one track each."""

from collections.abc import Sequence
from pathlib import Path

from grammar.chart import Chart
from improv.channels import IMPROV, PLAYER, PROGRAMS
from improv.live.performance import Sounded
from improv.midifile import FileNote, Track, write_midi
from improv.snapshot import Player

PLAYERS: tuple[tuple[Player, str, int], ...] = (("you", "player", PLAYER), ("improv", "improv", IMPROV))
"""Each player, the track's name, and its channel."""


def write_recording(path: Path, chart: Chart, notes: Sequence[Sounded], tempo: float) -> None:
    """Write a take, the chords as markers. Raises UserError where it cannot be written."""
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
