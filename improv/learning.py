"""What every training of the program shares: errors told as a user's, and weights rounded as they ship.

Needs torch, by way of `models.train`: the extra `train`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from improv.errors import UserError
from models.train import ResumeError

Weights = Mapping[str, npt.NDArray[np.float32]]
Halves = dict[str, npt.NDArray[np.float16]]


@contextmanager
def saved_in(folder: Path) -> Iterator[None]:
    """Around a training that saves to `folder`: what keeps it from there is told as a UserError."""
    try:
        yield
    except ResumeError as error:
        raise UserError(str(error)) from error
    except OSError as error:
        raise UserError(f"{folder}: cannot save there ({error.strerror})") from error


def converged(weights: Weights, folder: Path) -> Weights:
    """The weights of a training; raises UserError where it kept none."""
    if not weights:
        raise UserError(f"{folder}: the training diverged; start anew elsewhere with a lower --rate")
    return weights


def rounded(weights: Weights) -> tuple[Halves, dict[str, npt.NDArray[np.float32]]]:
    """The weights as they are stored, in half precision, and as they then play: what ships is measured."""
    halves = {name: value.astype(np.float16) for name, value in weights.items()}
    return halves, {name: value.astype(np.float32) for name, value in halves.items()}
