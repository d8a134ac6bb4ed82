"""A training put by in a file, whole or not at all, and taken up again."""

import os
import pickle
from pathlib import Path

import torch

from models.loop import OtherRunError, Training

RESUME = "resume.pt"


class ResumeError(ValueError):
    """A resume.pt that training cannot go on from; the message says which file and what to do."""


def restore(run: Training, path: Path) -> None:
    """Go on from a file.

    Raises:
        ResumeError: it is damaged, or of another recipe, other data or a network of another shape.
    """
    try:
        run.restore(torch.load(path, map_location="cpu", weights_only=False))
    except OtherRunError as error:
        raise ResumeError(f"{path}: {error}; delete it to start anew, or save elsewhere") from error
    except (
        RuntimeError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        EOFError,
        pickle.UnpicklingError,
    ) as error:
        raise ResumeError(
            f"{path}: damaged, or of a network of another shape; delete it to start anew, or save elsewhere"
        ) from error


def save(run: Training, path: Path) -> None:
    """Write the state of a run; the whole team has to call it, who leads writes."""
    state = run.state()
    if not run.team.leads:
        return
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)  # a run killed here leaves the last whole file
