"""`improv train bass`: the bass model, on the Weimar Jazz Database."""

import argparse
from dataclasses import replace
from pathlib import Path

from improv.commands.training_bar import TrainingBar, tell
from improv.errors import UserError


def add_parser(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """What it can be told."""
    parser = kinds.add_parser(
        "bass",
        help="the walking bass, on the Weimar Jazz Database",
        description="Train the bass model. Stop it with Ctrl-C; the same command goes on where it stopped.",
    )
    parser.add_argument(
        "data", type=Path, metavar="DATA", help="the database (wjazzd.db, .sqlite, .xz) or its folder"
    )
    parser.add_argument(
        "-o", "--out", type=Path, default=Path("runs/bass"), help="where it is saved (%(default)s)"
    )
    parser.add_argument("--epochs", type=int, default=24, help="times through the data (%(default)s)")
    parser.add_argument("--hidden", type=int, default=192, help="units of a layer (%(default)s)")
    parser.add_argument("--layers", type=int, default=2, help="layers (%(default)s)")
    parser.add_argument("--batch", type=int, default=32, help="lines side by side (%(default)s)")
    parser.add_argument("--rate", type=float, default=4e-3, help="highest learning rate (%(default)s)")
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Train and print the figures."""
    from improv.band.training import DROPOUT, train_bass
    from models.train import Recipe

    recipe = replace(
        Recipe(),
        epochs=arguments.epochs,
        batch=arguments.batch,
        rate=arguments.rate,
        window=64,
        seed=arguments.seed,
        threads=arguments.threads,
        dropout=DROPOUT,
    )
    try:
        with TrainingBar("beat") as bar:
            figures = train_bass(
                arguments.data, arguments.out, arguments.hidden, arguments.layers, recipe, bar.show
            )
    except KeyboardInterrupt:
        raise UserError(f"stopped; the same command goes on from {arguments.out}") from None
    tell(figures)
    print(f"saved to {arguments.out}; play it with: improv render CHART -o FILE.mid --bass {arguments.out}")
    return 0
