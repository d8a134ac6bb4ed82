"""`improv train deepjazz`: Ji-Sung Kim's deepjazz, on one piece: a MIDI file, or a solo of the database."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from improv.commands.training_bar import TrainingBar, tell
from improv.errors import UserError

if TYPE_CHECKING:
    from improv.deepjazz.dataset import Lesson

DATABASES = (".db", ".sqlite", ".xz")


def add_parser(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """What it can be told."""
    parser = kinds.add_parser(
        "deepjazz",
        help="Ji-Sung Kim's deepjazz, on one MIDI file or one solo",
        description="Train a model as deepjazz does, on one piece with a melody and chords. Stop it with "
        "Ctrl-C; the same command goes on where it stopped. What is not given is as Kim had it.",
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a MIDI file; or, with --solo, the database or its folder"
    )
    parser.add_argument("--solo", type=int, metavar="MELID", help="a solo of the Weimar Jazz Database")
    parser.add_argument(
        "--melody-track",
        metavar="N|NAME",
        help="the part that has the melody (by its name, its range and whether it is one voice)",
    )
    parser.add_argument("-o", "--out", type=Path, help="where it is saved (runs/NAME OF FILE)")
    parser.add_argument("--epochs", type=int, default=128, help="times through the piece (%(default)s)")
    parser.add_argument("--hidden", type=int, default=128, help="units of a layer (%(default)s)")
    parser.add_argument("--layers", type=int, default=2, help="layers (%(default)s)")
    parser.add_argument("--batch", type=int, default=128, help="windows side by side (%(default)s)")
    parser.add_argument("--rate", type=float, default=3e-3, help="highest learning rate (%(default)s)")
    parser.add_argument(
        "--dropout", type=float, default=0.2, help="share of units dropped after each layer (%(default)s)"
    )
    parser.add_argument(
        "--held-out", type=float, default=0.1, metavar="SHARE", help="of the measures, to validate on (0.1)"
    )
    parser.add_argument(
        "--own-seeds",
        action="store_true",
        help="let new measures go on from some that the trained network writes, and save none of the "
        "piece's: for a model to give away (its list of terminals is still the piece's)",
    )
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Train and print the figures."""
    for name, least in (("dropout", 0.0), ("held_out", 0.01)):
        share = getattr(arguments, name)
        if not least <= share <= 0.9:
            raise UserError(f"--{name.replace('_', '-')} must be from {least:g} to 0.9, not {share:g}")
    lesson = _lesson(arguments)
    name = arguments.file.stem if arguments.solo is None else f"solo-{arguments.solo}"
    folder = arguments.out or Path("runs") / name
    # torch takes its time: only once there is something to train on
    from improv.deepjazz.training import Settings, Size, train_deepjazz

    settings = Settings(
        epochs=arguments.epochs,
        batch=arguments.batch,
        rate=arguments.rate,
        dropout=arguments.dropout,
        held_out=arguments.held_out,
        seed=arguments.seed,
        threads=arguments.threads,
        own_seeds=arguments.own_seeds,
    )
    size = Size(arguments.hidden, arguments.layers)
    try:
        with TrainingBar("terminal") as bar:
            figures = train_deepjazz(lesson, size, settings, folder, bar.show)
    except KeyboardInterrupt:
        raise UserError(f"stopped; the same command goes on from {folder}") from None
    tell(figures)
    print(f"saved to {folder}; play it with: improv render blues-f -o solo.mid --model {folder}")
    return 0


def _lesson(arguments: argparse.Namespace) -> "Lesson":
    """What there is to learn from."""
    if arguments.solo is not None:
        from improv.deepjazz.solo import solo_lesson

        if arguments.melody_track is not None:
            raise UserError("--melody-track is for MIDI files; a solo of the database is one melody")
        return solo_lesson(arguments.file, arguments.solo)
    if arguments.file.is_dir() or arguments.file.suffix in DATABASES:
        raise UserError(f"{arguments.file}: of a database, say which solo: --solo MELID")
    from improv.deepjazz.midi import midi_lesson

    lesson, told = midi_lesson(arguments.file, arguments.melody_track)
    print(told, file=sys.stderr)
    return lesson
