"""What a training in a terminal needs: signals heard between steps, the loss curve in a file, its progress.

Conventions: `curve.jsonl` has an object a batch: its number, the share of the training that is over, the
learning curve's nats, and after a validation its nats by head. A run that goes on takes back the lines
after the point it goes on from.
"""

import json
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any, Self, TextIO

from models.recipe import Progress

CURVE = "curve.jsonl"
HEARD = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether SIGINT or SIGTERM has come: a step is finished before one is answered.

    Without `patient` a second one ends the program as it would have; torchrun passes on its own beside the
    terminal's.
    """

    def __init__(self, patient: bool) -> None:
        self._patient = patient
        self._before: dict[signal.Signals, Any] = {}
        self.signal: int | None = None

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._hear) for number in HEARD}
        return self

    def __exit__(self, *_: object) -> None:
        self._give_back()

    def __call__(self) -> bool:
        """Whether to stop."""
        return self.signal is not None

    def _hear(self, number: int, _: FrameType | None) -> None:
        self.signal = number
        if not self._patient:
            self._give_back()

    def _give_back(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


class RunLog:
    """The curve's file and the line on stderr, both of who leads."""

    def __init__(self, folder: Path, unit: str = "step") -> None:
        self._path, self._unit = folder / CURVE, unit
        self._file: TextIO | None = None
        self._live = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
        if self._live and self._file is not None:
            sys.stderr.write("\n")

    def show(self, progress: Progress) -> None:
        """Take a report down."""
        if self._file is None:
            self._file = self._opened(progress.batches)
        line: dict[str, Any] = {
            "batch": progress.batches,
            "share": round(progress.share, 6),
            "loss": round(progress.loss, 7),
        }
        if progress.validation is not None:
            line["validation"] = {name: round(value, 6) for name, value in progress.validation.items()}
        self._file.write(json.dumps(line) + "\n")
        if progress.validation is not None:
            self._file.flush()
        if self._live or progress.validation is not None:
            self._tell(progress)

    def _tell(self, progress: Progress) -> None:
        told = f"epoch {progress.epoch} ({progress.share:.1%}): train {progress.train:.4f}"
        if progress.validation is not None:
            told += " validation " + " ".join(f"{k} {v:.4f}" for k, v in progress.validation.items())
            told += " (best)" if progress.best else ""
        told += f"; {progress.steps / max(1e-9, progress.seconds):.0f} {self._unit}s/s"
        end = "\n" if progress.validation is not None else ""
        sys.stderr.write(f"\r\033[K{told}{end}" if self._live else f"{told}{end}")
        sys.stderr.flush()

    def _opened(self, first: int) -> TextIO:
        """The file, with the lines of before the batch `first`."""
        kept = ""
        if self._path.exists():
            lines = self._path.read_text("utf-8").splitlines(keepends=True)
            kept = "".join(line for line in lines if _batch_of(line) < first)
        file = self._path.open("w", encoding="utf-8")
        file.write(kept)
        return file


def _batch_of(line: str) -> float:
    try:
        return float(json.loads(line)["batch"])
    except (ValueError, KeyError, TypeError):  # a line that a killed run left half written
        return float("inf")
