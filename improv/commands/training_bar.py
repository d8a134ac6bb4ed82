"""The progress of a training: a bar on a terminal, lines elsewhere."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:  # torch comes with it
    from models.train import Progress


class TrainingBar:
    """A progress bar on a terminal, a line a validation elsewhere; both on stderr."""

    def __init__(self, unit: str) -> None:
        self._unit = unit

    def __enter__(self) -> Self:
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
            found = progress.validation
            alone = len(found) == 1  # there is but one thing that it foretells: no need to name it
            parts = " ".join(
                f"{value:.4f}" if alone else f"{name} {value:.4f}" for name, value in found.items()
            )
            self._validation = f"validation {parts}{' (best)' if progress.best else ''}"
            if not self._live:
                speed = progress.steps / max(1e-9, progress.seconds)
                print(
                    f"epoch {progress.epoch} ({progress.share:.1%}): train {progress.train:.4f} "
                    f"{self._validation}; {speed:.0f} {self._unit}s/s, {progress.seconds:.0f} s",
                    file=sys.stderr,
                    flush=True,
                )
        told = (
            f"train {progress.train:.3f} nats a {self._unit} · "
            f"{self._validation or 'validation after the epoch'}"
        )
        self._bar.update(self._task, completed=progress.share, epoch=progress.epoch, told=told)


def tell(figures: Mapping[str, float]) -> None:
    """Print what a training came to, a figure a line."""
    width = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name:{width}} {value:.10g}")
