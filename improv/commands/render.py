"""`improv render`: improvise over a chart into a file."""

import argparse
import math
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from improv.errors import UserError

if TYPE_CHECKING:
    from improv.midifile import FileNote, Track

MIDI = (".mid", ".midi")
SUFFIXES = (*MIDI, ".wav")
MOST_CHORUSES = 1000
BEHIND = 1.0
"""How late the solo's downbeats are, as a share of what soloists do: in a file the band keeps the beat."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv render` can be told."""
    parser.add_argument("chart", metavar="CHART", help="a chart's name or file; or a MIDI file, to hear")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help="FILE.mid or FILE.wav")
    parser.add_argument("--choruses", type=int, default=2, metavar="N", help="choruses (%(default)s)")
    parser.add_argument("--tempo", type=float, metavar="BPM", help="beats a minute (default: the chart's)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same file (%(default)s)")
    parser.add_argument(
        "--temperature", type=float, default=1.0, help="below 1 safer, above 1 wilder (%(default)s)"
    )
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="a checkpoint (default: the one that ships)"
    )
    parser.add_argument("--no-grammar", action="store_true", help="let the model play whatever it likes")
    parser.add_argument("--no-band", action="store_true", help="the solo alone, without piano and bass")


def run(arguments: argparse.Namespace) -> int:
    """Improvise, and write the file."""
    from improv.channels import BASS, COMP, IMPROV, PROGRAMS
    from improv.comp import bass, comp
    from improv.files import check_writable
    from improv.improviser import Improviser, Taste
    from improv.jazz.model import load_jazz
    from improv.library import load_chart
    from improv.midifile import Track, file_notes, write_midi
    from improv.soloist import improvise
    from improv.sound.render import render_wav
    from improv.swing import perform

    _check(arguments)
    check_writable(arguments.out)
    if Path(arguments.chart).suffix.lower() in MIDI:
        if arguments.out.suffix.lower() != ".wav":
            raise UserError(f"{arguments.chart} is a MIDI file already; render it to a .wav")
        seconds = render_wav(arguments.out, Path(arguments.chart), progress=_progress)
        print(f"{arguments.out}: {arguments.chart}, {seconds:.1f} s")
        return 0
    chart = load_chart(arguments.chart)
    changes = chart.changes()
    tempo = chart.tempo if arguments.tempo is None else arguments.tempo
    network, _ = load_jazz(arguments.model)
    taste = Taste(temperature=arguments.temperature, grammar=not arguments.no_grammar)
    ticks = arguments.choruses * changes.length
    choices = list(improvise(Improviser(network, changes, taste), ticks, tempo, arguments.seed))

    tracks = [
        Track(
            "improv",
            IMPROV,
            PROGRAMS[IMPROV],
            _within(file_notes(perform([c.note for c in choices], tempo, chart.feel, BEHIND)), ticks),
        )
    ]
    if not arguments.no_band:
        for name, channel, play in (("piano", COMP, comp), ("bass", BASS, bass)):
            line = play(changes, 0, ticks, Random(f"{name}:{arguments.seed}"), chart.feel)
            notes = file_notes(perform(line, tempo, chart.feel))
            tracks.append(Track(name, channel, PROGRAMS[channel], notes))
    if arguments.out.suffix.lower() == ".wav":
        _write_wav(arguments.out, tracks, tempo, chart.meter)
    else:
        write_midi(
            arguments.out,
            tracks,
            tempo=tempo,
            meter=chart.meter,
            title=chart.title,
            changes=changes,
            ticks=ticks,
        )
    moved = sum(choice.source == "grammar" for choice in choices)
    print(f"{arguments.out}: {chart.title}, {len(choices)} notes, {moved} of them redrawn by the grammar")
    return 0


def _within(notes: "Iterable[FileNote]", ticks: int) -> "tuple[FileNote, ...]":
    """The notes, ended where the music ends: one that lies back would sound into the next bar."""
    return tuple(replace(n, duration=min(n.duration, ticks - n.onset)) for n in notes if n.onset < ticks)


def _check(arguments: argparse.Namespace) -> None:
    if arguments.out.suffix.lower() not in SUFFIXES:
        raise UserError(f"{arguments.out}: a file that ends in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")
    if not 1 <= arguments.choruses <= MOST_CHORUSES:
        raise UserError(f"--choruses {arguments.choruses}: from 1 to {MOST_CHORUSES}")
    if not 0 < arguments.temperature < math.inf:
        raise UserError(f"--temperature {arguments.temperature:g}: above 0")
    if arguments.tempo is not None and not 30 <= arguments.tempo <= 400:
        raise UserError(f"--tempo {arguments.tempo:g}: from 30 to 400 beats a minute")


def _write_wav(path: Path, tracks: "list[Track]", tempo: float, meter: int) -> None:
    import tempfile

    from improv.midifile import write_midi
    from improv.sound.render import render_wav

    with tempfile.TemporaryDirectory(prefix="improv-") as folder:
        midi = Path(folder) / "solo.mid"
        write_midi(midi, tracks, tempo=tempo, meter=meter)
        render_wav(path, midi, progress=_progress)


def _progress(share: float) -> None:
    if sys.stderr.isatty():
        print(f"\rsound {share:.0%}", end="\n" if share >= 1 else "", file=sys.stderr)
