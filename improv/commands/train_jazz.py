"""`improv train jazz`: the jazz model, on the Weimar Jazz Database."""

import argparse
from dataclasses import replace
from pathlib import Path

from improv.commands.training_bar import TrainingBar, tell
from improv.errors import UserError


def add_parser(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """What it can be told."""
    parser = kinds.add_parser(
        "jazz",
        help="the jazz model, on the Weimar Jazz Database",
        description="Train the jazz model. Stop it with Ctrl-C; the same command goes on where it stopped.",
    )
    parser.add_argument(
        "data", type=Path, metavar="DATA", help="the database (wjazzd.db, .sqlite, .xz) or its folder"
    )
    parser.add_argument(
        "-o", "--out", type=Path, default=Path("runs/jazz"), help="where it is saved (%(default)s)"
    )
    parser.add_argument("--epochs", type=int, default=36, help="times through the data (%(default)s)")
    parser.add_argument("--hidden", type=int, default=384, help="units of a layer (%(default)s)")
    parser.add_argument("--layers", type=int, default=2, help="layers (%(default)s)")
    parser.add_argument("--batch", type=int, default=32, help="solos side by side (%(default)s)")
    parser.add_argument("--rate", type=float, default=3e-3, help="highest learning rate (%(default)s)")
    elsewhere = parser.add_mutually_exclusive_group()
    elsewhere.add_argument(
        "--export",
        type=Path,
        metavar="PLAN",
        help="do not train: write what `python -m models.train PLAN` trains from, in one process or many",
    )
    elsewhere.add_argument(
        "--from-run", type=Path, metavar="RUN", help="do not train: make a model of what that left in RUN"
    )
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Train and print the figures."""
    from improv.jazz.training import export_jazz, finish_jazz, train_jazz
    from models.train import Recipe

    recipe = replace(
        Recipe(),
        epochs=arguments.epochs,
        batch=arguments.batch,
        rate=arguments.rate,
        seed=arguments.seed,
        threads=arguments.threads,
    )
    size = (arguments.hidden, arguments.layers)
    if arguments.export is not None:
        export_jazz(arguments.data, arguments.export, *size, recipe)
        print(f"saved to {arguments.export}; train from it with:")
        print(f"torchrun --nproc-per-node N -m models.train {arguments.export} -o RUN")
        return 0
    try:
        if arguments.from_run is not None:
            figures = finish_jazz(arguments.data, arguments.from_run, arguments.out)
        else:
            with TrainingBar("note") as bar:
                figures = train_jazz(arguments.data, arguments.out, *size, recipe, bar.show)
    except KeyboardInterrupt:
        raise UserError(f"stopped; the same command goes on from {arguments.out}") from None
    tell(figures)
    print(f"saved to {arguments.out}; play it with: improv play --model {arguments.out}")
    return 0
