"""What 50 improvised solos measure beside real ones: grammar on, off, and deepjazz's original rules.

    python benchmarks/music_table.py DATA [--model DIR] [--json FILE] [--page FILE.svg] [--keep FOLDER]

Solos of 32 bars over the changes of the validation solos in 4/4, from their first bar on, at their tempo;
shorter ones begin again. Real ones: the first 32 bars of the validation solos, and of as many training
solos as are generated, evenly spaced. Prints a table in Markdown. The same seed gives the same solos; every
way plays the same charts with the same seeds. --taste changes how: `--taste temperature=0.9 top_p=0.95`.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from random import Random

from grammar.notes import Note
from grammar.prune import monophonic
from improv.channels import IMPROV, PROGRAMS
from improv.deepjazz.original import as_deepjazz
from improv.improviser import Improviser, Taste
from improv.jazz.model import JazzModel, load_jazz
from improv.jazz.solos import read_split
from improv.jazz.wjazzd import read_solos
from improv.measures.compare import Progress, compare, measured
from improv.measures.copying import source_of
from improv.measures.page import picture
from improv.measures.piece import Piece, opening
from improv.measures.table import markdown, rows
from improv.midifile import Track, file_notes, write_midi
from improv.pieces import piece_of_solo
from improv.soloist import improvise

BARS, METER = 32, 4

Play = Callable[[Piece, int], Sequence[Note]]
"""From a chart, as a piece, and a seed: the notes of a solo over it."""


def main() -> None:
    """Play, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path, help="the database, or its folder with split.json")
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="a checkpoint (default: the one that ships)"
    )
    parser.add_argument("--solos", type=int, default=50, metavar="N", help="solos of each (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the first solo (%(default)s)")
    parser.add_argument("--taste", nargs="+", default=[], metavar="NAME=VALUE", help="how to improvise")
    parser.add_argument("--ways", nargs="+", metavar="WAY", help="only these, such as grammar (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--page", type=Path, metavar="FILE.svg", help="draw the distributions there")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="write the solos there as MIDI files")
    arguments = parser.parse_args()

    solos = [solo for solo in read_solos(arguments.data) if solo.notes]
    split = read_split(arguments.data, [solo.melid for solo in solos])
    pieces = {solo.melid: piece_of_solo(solo) for solo in solos if solo.changes.meter == METER}
    validation, training = (
        [pieces[i] for i in part if i in pieces] for part in (split.validation, split.train)
    )
    model = load_jazz(arguments.model)
    taste = tasted(arguments.taste)
    source = source_of(training)
    step = max(1, len(training) // arguments.solos)
    sample = range(0, step * arguments.solos, step)
    real = measured("real", [opening(piece, BARS) for piece in validation], lambda _: source, told("real"))
    more_real = measured(
        "training",
        [opening(training[i], BARS) for i in sample],
        lambda number: source.without(sample[number]),
        told("training"),
    )
    others = []
    for way, play in ways(model, taste).items():
        if arguments.ways and way not in arguments.ways:
            continue
        played = [
            replace(chart, notes=tuple(play(chart, arguments.seed + number)))
            for number, chart in enumerate(charts(validation, arguments.solos))
        ]
        if arguments.keep:
            keep(arguments.keep, way, played)
        others.append(measured(way, played, lambda _: source, told(way)))
    comparison = compare(real, [more_real, *others])
    print(markdown(rows(comparison)))
    if arguments.json:
        arguments.json.write_text(json.dumps(comparison.as_json(), indent=1) + "\n")
    if arguments.page:
        arguments.page.write_text(picture(comparison))


def tasted(words: Sequence[str]) -> Taste:
    """A taste from words such as top_p=0.95."""
    known = {entry.name: type(getattr(Taste(), entry.name)) for entry in fields(Taste)}
    given = dict(word.split("=", 1) for word in words)
    return replace(Taste(), **{name: known[name](value) for name, value in given.items()})


def charts(pieces: Sequence[Piece], count: int) -> list[Piece]:
    """As many charts as solos are wanted, each of `BARS` bars, without notes."""
    return [replace(pieces[i % len(pieces)], notes=(), bars=BARS) for i in range(count)]


def ways(model: JazzModel, taste: Taste) -> dict[str, Play]:
    """The ways to play that are compared, by name."""

    def played(grammar: bool) -> Play:
        def play(chart: Piece, seed: int) -> Sequence[Note]:
            improviser = Improviser(
                model.network, chart.changes, replace(taste, grammar=grammar), model.corpus
            )
            return [choice.note for choice in improvise(improviser, chart.ticks, chart.tempo, seed)]

        return play

    def original(chart: Piece, seed: int) -> Sequence[Note]:
        line = as_deepjazz(played(grammar=False)(chart, seed), chart.changes, Random(seed))
        return [note for note in monophonic(line) if note.onset < chart.ticks]

    return {"grammar": played(grammar=True), "free": played(grammar=False), "deepjazz": original}


def keep(folder: Path, way: str, played: Sequence[Piece]) -> None:
    """Write solos as `improv render` does, without swing."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, piece in enumerate(played):
        track = Track("improv", IMPROV, PROGRAMS[IMPROV], file_notes(piece.notes))
        write_midi(
            folder / f"{way}-{number:02}.mid",
            [track],
            tempo=piece.tempo,
            meter=piece.changes.meter,
            title=piece.name,
            changes=piece.changes,
            ticks=piece.ticks,
        )


def told(name: str) -> Progress:
    """A report on a terminal."""

    def tell(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{name}: {done} of {total}", end="\n" if done == total else "", file=sys.stderr)

    return tell


if __name__ == "__main__":
    main()
