"""`improv render`: improvise over a chart into a file."""

import argparse
import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from improv.errors import UserError, suggest

if TYPE_CHECKING:
    from grammar.chart import Chart
    from grammar.notes import Note
    from improv.channels import Part
    from improv.midifile import FileNote, Track

MIDI = (".mid", ".midi")
SUFFIXES = (*MIDI, ".wav")
MOST_CHORUSES = 1000
PLAYERS: "dict[str, Part]" = {"piano": "comp", "bass": "bass", "drums": "drums"}
"""Who may be in the band, as one says it."""
NOBODY = "none"
BEHIND = 1.0
"""How late the solo's downbeats are, as a share of what soloists do: in a file the band keeps the beat."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv render` can be told."""
    parser.add_argument("chart", metavar="CHART", help="a chart's name or file; or a MIDI file, to hear")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help="FILE.mid or FILE.wav")
    parser.add_argument("--choruses", type=int, default=2, metavar="N", help="choruses (%(default)s)")
    parser.add_argument(
        "--tempo", type=float, metavar="BPM", help="beats a minute (default: the chart's; of deepjazz 130)"
    )
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same file (%(default)s)")
    parser.add_argument(
        "--temperature", type=float, help="below 1 safer, above 1 wilder (1; of deepjazz 0.5)"
    )
    parser.add_argument(
        "--like", metavar="NAME", help="a soloist or a style to play like, such as 'Charlie Parker' or bebop"
    )
    parser.add_argument(
        "--model",
        metavar="MODEL",
        help="jazz, which listens and plays best (the default); deepjazz, Ji-Sung Kim's of 2016, for "
        "comparison and for love; or a folder that improv train made of either",
    )
    parser.add_argument(
        "--rules",
        metavar="RULES",
        help="how deepjazz's terminals become notes: original, his own rules with all their flaws (the "
        "default); or ours, which puts notes where they start and plays A and X as what they are",
    )
    parser.add_argument("--no-grammar", action="store_true", help="let the jazz model play what it likes")
    parser.add_argument(
        "--bass",
        default="model",
        metavar="BASS",
        help="model, an LSTM that walks (the default); two, the same in two; rules, which need no model and "
        "play every bossa; or a folder that improv train bass made",
    )
    parser.add_argument(
        "--band",
        default=",".join(PLAYERS),
        metavar="PLAYERS",
        help=f"who plays along, of %(default)s, with commas between; {NOBODY}: the solo alone",
    )
    parser.add_argument("--no-band", action="store_true", help=f"the same as --band {NOBODY}")
    parser.add_argument(
        "--style",
        metavar="FEEL",
        help="play in another feel than the chart's: swing, straight, ballad, bossa, waltz or funk",
    )


@dataclass(frozen=True, slots=True)
class _Solo:
    """What was played, and what to say of it."""

    notes: "tuple[FileNote, ...]"
    line: "tuple[Note, ...]"
    """The same as written, for the band to hear."""
    tempo: float
    told: str


def run(arguments: argparse.Namespace) -> int:
    """Improvise, and write the file."""
    from improv.channels import IMPROV, PROGRAMS
    from improv.commands.bass_choice import check_bass
    from improv.commands.model_choice import DEEPJAZZ, choose_model
    from improv.files import check_writable
    from improv.library import load_chart
    from improv.midifile import Track, write_midi
    from improv.sound.render import render_wav

    _check(arguments)
    check_writable(arguments.out)
    if Path(arguments.chart).suffix.lower() in MIDI:
        if arguments.out.suffix.lower() != ".wav":
            raise UserError(f"{arguments.chart} is a MIDI file already; render it to a .wav")
        seconds = render_wav(arguments.out, Path(arguments.chart), progress=_progress)
        print(f"{arguments.out}: {arguments.chart}, {seconds:.1f} s")
        return 0
    band = _band(NOBODY if arguments.no_band else arguments.band)
    chart = _styled(load_chart(arguments.chart), arguments.style)
    changes = chart.changes()
    choice = choose_model(arguments.model)
    check_bass(arguments.bass)
    play_solo = _deepjazz if choice.kind == DEEPJAZZ else _jazz
    solo = play_solo(arguments, choice.folder, chart)
    ticks = arguments.choruses * changes.length

    tracks = [Track("improv", IMPROV, PROGRAMS[IMPROV], _within(solo.notes, ticks))]
    if band:
        tracks += _accompaniment(arguments, chart, solo, band)
    if arguments.out.suffix.lower() == ".wav":
        _write_wav(arguments.out, tracks, solo.tempo, chart.meter)
    else:
        write_midi(
            arguments.out,
            tracks,
            tempo=solo.tempo,
            meter=chart.meter,
            title=chart.title,
            changes=changes,
            ticks=ticks,
        )
    print(f"{arguments.out}: {chart.title}, {solo.told}")
    return 0


def _band(told: str) -> tuple[str, ...]:
    """The players named, in the order of their tracks."""
    words = [word.strip() for word in told.split(",")]
    if words == [NOBODY]:
        return ()
    for word in words:
        if word not in PLAYERS:
            near = suggest(word, (*PLAYERS, NOBODY))
            raise UserError(
                f"--band {told}: no player {word!r}{near}; "
                f"{', '.join(PLAYERS)} with commas between, or {NOBODY}"
            )
    return tuple(player for player in PLAYERS if player in words)


def _styled(chart: "Chart", style: str | None) -> "Chart":
    """The chart in another feel, where one is asked for."""
    from grammar.chart import FEELS

    if style is None:
        return chart
    feel = next((known for known in FEELS if known == style.casefold()), None)
    if feel is None:
        raise UserError(
            f"--style {style}: no such feel{suggest(style, FEELS)}; it is one of {', '.join(FEELS)}"
        )
    return replace(chart, feel=feel)


def _accompaniment(
    arguments: argparse.Namespace, chart: "Chart", solo: _Solo, band: tuple[str, ...]
) -> "list[Track]":
    """What the band plays behind the solo, a track a player; it hears what was soloed up to each beat."""
    from grammar.notes import TICKS_PER_BEAT
    from improv.band.ensemble import Ensemble
    from improv.band.notes import BandNote, Hearing, Scene
    from improv.channels import CHANNELS, programs
    from improv.commands.bass_choice import choose_bass
    from improv.midifile import Track, file_notes
    from improv.swing import Performed

    ensemble = Ensemble(chart, *choose_bass(arguments.bass))
    mind = ensemble.begin(arguments.seed)
    ticks = arguments.choruses * ensemble.changes.length
    played: list[BandNote] = []
    for tick in range(0, ticks, TICKS_PER_BEAT):
        mind, notes = ensemble.play(mind, tick, Scene(solo.tempo, Hearing.of(solo.line, tick), ends=ticks))
        played += notes
    tracks = []
    for player in band:
        part = PLAYERS[player]
        line = [Performed(n.onset, n.duration, n.note) for n in played if n.role == part]
        channel = CHANNELS[part]
        tracks.append(Track(player, channel, programs(chart.feel)[channel], file_notes(line)))
    return tracks


def _jazz(arguments: argparse.Namespace, folder: Path | None, chart: "Chart") -> _Solo:
    """A solo by the jazz model."""
    from improv.improviser import Improviser, Taste
    from improv.jazz.manner import manner_for
    from improv.jazz.model import load_jazz
    from improv.midifile import file_notes
    from improv.soloist import improvise
    from improv.swing import perform

    if arguments.rules is not None:
        raise UserError("--rules is for --model deepjazz; the jazz model has --no-grammar")
    changes = chart.changes()
    tempo = chart.tempo if arguments.tempo is None else arguments.tempo
    model = load_jazz(folder)
    temperature = 1.0 if arguments.temperature is None else arguments.temperature
    manner = manner_for(chart.feel, arguments.like)
    taste = Taste(temperature=temperature, grammar=not arguments.no_grammar, manner=manner)
    ticks = arguments.choruses * changes.length
    choices = list(
        improvise(Improviser(model.network, changes, taste, model.corpus), ticks, tempo, arguments.seed)
    )
    moved = sum(choice.source == "grammar" for choice in choices)
    line = tuple(choice.note for choice in choices)
    return _Solo(
        file_notes(perform(line, tempo, chart.feel, BEHIND)),
        line,
        tempo,
        f"{len(choices)} notes, {moved} of them redrawn by the grammar",
    )


def _deepjazz(arguments: argparse.Namespace, folder: Path | None, chart: "Chart") -> _Solo:
    """A solo by a deepjazz model; by his own rules it is as even as he left it."""
    from improv.deepjazz.model import load_deepjazz
    from improv.deepjazz.soloist import RULES, TEMPERATURE, TEMPO, Manner, improvise
    from improv.midifile import file_notes
    from improv.swing import perform

    if arguments.like is not None:
        raise UserError("--like is for the jazz model; deepjazz knows only the one solo it learned")
    if arguments.no_grammar:
        raise UserError("--no-grammar is for the jazz model; without its grammar deepjazz has no notes")
    rules = next((known for known in RULES if known == (arguments.rules or RULES[0])), None)
    if rules is None:
        raise UserError(
            f"no rules {arguments.rules!r}; {' or '.join(RULES)}{suggest(arguments.rules, RULES)}"
        )
    changes = chart.changes()
    tempo = TEMPO if arguments.tempo is None else arguments.tempo
    temperature = TEMPERATURE if arguments.temperature is None else arguments.temperature
    ticks = arguments.choruses * changes.length
    line = improvise(load_deepjazz(folder), changes, ticks, Manner(temperature, rules), arguments.seed)
    played = file_notes(line if rules == "original" else perform(line, tempo, chart.feel, BEHIND))
    whose = "deepjazz's own rules" if rules == "original" else "deepjazz's terminals, our rules"
    return _Solo(played, tuple(line), tempo, f"{len(line)} notes by {whose}")


def _within(notes: "Iterable[FileNote]", ticks: int) -> "tuple[FileNote, ...]":
    """The notes, ended where the music ends: one that lies back would sound into the next bar."""
    return tuple(replace(n, duration=min(n.duration, ticks - n.onset)) for n in notes if n.onset < ticks)


def _check(arguments: argparse.Namespace) -> None:
    if arguments.out.suffix.lower() not in SUFFIXES:
        raise UserError(f"{arguments.out}: a file that ends in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")
    if not 1 <= arguments.choruses <= MOST_CHORUSES:
        raise UserError(f"--choruses {arguments.choruses}: from 1 to {MOST_CHORUSES}")
    if arguments.temperature is not None and not 0 < arguments.temperature < math.inf:
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
