"""`improv train`: train a model on your own machine."""

import argparse
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from improv.errors import UserError

if TYPE_CHECKING:  # torch comes with it
    from models.train import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv train` can be told."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    jazz = kinds.add_parser(
        "jazz",
        help="the jazz model, on the Weimar Jazz Database",
        description="Train the jazz model. Stop it with Ctrl-C; the same command goes on where it stopped.",
    )
    jazz.add_argument(
        "data", type=Path, metavar="DATA", help="the database (wjazzd.db, .sqlite, .xz) or its folder"
    )
    jazz.add_argument(
        "-o", "--out", type=Path, default=Path("runs/jazz"), help="where it is saved (%(default)s)"
    )
    jazz.add_argument("--epochs", type=int, default=36, help="times through the data (%(default)s)")
    jazz.add_argument("--hidden", type=int, default=384, help="units of a layer (%(default)s)")
    jazz.add_argument("--layers", type=int, default=2, help="layers (%(default)s)")
    jazz.add_argument("--batch", type=int, default=32, help="solos side by side (%(default)s)")
    jazz.add_argument("--rate", type=float, default=3e-3, help="highest learning rate (%(default)s)")
    jazz.add_argument("--seed", type=int, default=0, help="%(default)s")
    jazz.add_argument("--threads", type=int, default=2, help="processor cores to use (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Train and print the figures."""
    if find_spec("torch") is None:
        raise UserError("training needs torch: pip install 'jazz-improv[train]'")
    for name in ("epochs", "hidden", "layers", "batch", "threads"):
        if getattr(arguments, name) < 1:
            raise UserError(f"--{name} must be 1 or more, not {getattr(arguments, name)}")
    if not 0 < arguments.rate < 1:
        raise UserError(f"--rate must be above 0 and below 1, not {arguments.rate}")
    from improv.jazz.training import train_jazz
    from models.train import Recipe

    recipe = replace(
        Recipe(),
        epochs=arguments.epochs,
        batch=arguments.batch,
        rate=arguments.rate,
        seed=arguments.seed,
        threads=arguments.threads,
    )
    try:
        with _Bar() as bar:
            figures = train_jazz(
                arguments.data, arguments.out, arguments.hidden, arguments.layers, recipe, bar.show
            )
    except KeyboardInterrupt:
        raise UserError(f"stopped; the same command goes on from {arguments.out}") from None
    for name, value in figures.items():
        print(f"{name:12} {value:g}")
    print(f"saved to {arguments.out}; play it with: improv play --model {arguments.out}")
    return 0


class _Bar:
    """A progress bar on a terminal, a line an epoch elsewhere; both on stderr."""

    def __enter__(self) -> "_Bar":
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        self._live = console.is_terminal
        self._bar = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            TextColumn("{task.percentage:.1f}% · {task.fields[told]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not self._live,
        )
        self._task = self._bar.add_task("train", total=1.0, epoch=0, told="starting")
        self._validation = ""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, progress: "Progress") -> None:
        """Draw a report."""
        if progress.validation is not None:
            parts = " ".join(f"{name} {value:.3f}" for name, value in progress.validation.items())
            self._validation = f"validation {parts}{' (best)' if progress.best else ''}"
            if not self._live:
                print(
                    f"epoch {progress.epoch}: train {progress.train:.3f} {self._validation}", file=sys.stderr
                )
        told = f"train {progress.train:.3f} nats a note · {self._validation or 'validation after the epoch'}"
        self._bar.update(self._task, completed=progress.share, epoch=progress.epoch, told=told)
