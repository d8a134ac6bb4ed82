"""Training the jazz model: from a database to a checkpoint.

Needs torch, which is imported here and in `models.train` only: the extra `train`.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from improv.errors import UserError
from improv.jazz.card import write_card
from improv.jazz.dataset import KEYS, encode_solos, transpose
from improv.jazz.encoding import expert_maps, jazz_spec
from improv.jazz.evaluation import evaluate
from improv.jazz.model import jazz_meta
from improv.jazz.solos import read_split
from improv.jazz.vocabulary import vocabulary_hash
from improv.jazz.wjazzd import CITATION, Solo, read_solos
from models.checkpoint import CheckpointError, load, save
from models.dataset import Columns
from models.network import Network
from models.plan import Plan, write_plan
from models.spec import Spec
from models.streams import Streams
from models.train import KIND, Progress, Recipe, ResumeError, train

Weights = Mapping[str, npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Material:
    """What a jazz model learns from."""

    variants: tuple[Columns, ...]
    """The solos to train on, in all twelve keys."""
    validation: list[Solo]
    about: str
    """For meta.json."""


def train_jazz(
    data: Path, folder: Path, hidden: int, layers: int, recipe: Recipe, report: Callable[[Progress], None]
) -> dict[str, float]:
    """Train, write the checkpoint to `folder`, and return its figures on the validation solos.

    A run that was stopped goes on from `folder`. Raises UserError for data that cannot be read or
    learned from, for a folder that cannot be written to or gone on from, and for a training that diverges.
    """
    material = _read(data)
    spec, maps = jazz_spec(hidden, layers), expert_maps()
    streams = Streams(material.variants, recipe.batch, recipe.seed, recipe.joined)
    try:
        weights = train(spec, maps, streams, encode_solos(material.validation), recipe, folder, report)
    except ResumeError as error:
        raise UserError(str(error)) from error
    except OSError as error:
        raise UserError(f"{folder}: cannot save there ({error.strerror})") from error
    if not weights:
        raise UserError(f"{folder}: the training diverged; start anew elsewhere with a lower --rate")
    return _finish(folder, spec, weights, asdict(recipe), material)


def export_jazz(data: Path, folder: Path, hidden: int, layers: int, recipe: Recipe) -> None:
    """Write the plan that `python -m models.train` trains from, in any number of processes.

    Raises UserError for data that cannot be read or learned from, and a folder that cannot be written to.
    """
    material = _read(data)
    plan = Plan(
        spec=jazz_spec(hidden, layers),
        maps=expert_maps(),
        variants=material.variants,
        validation=encode_solos(material.validation),
        recipe=recipe,
        vocabulary=vocabulary_hash(),
        data=material.about,
    )
    try:
        write_plan(folder, plan)
    except OSError as error:
        raise UserError(f"{folder}: cannot save there ({error.strerror})") from error


def finish_jazz(data: Path, run: Path, folder: Path) -> dict[str, float]:
    """Make the weights that `python -m models.train` left in `run` a checkpoint, and return its figures.

    Raises UserError for a run that is not over, or not of the jazz model, and for data that cannot be read.
    """
    try:
        found = load(run, KIND, vocabulary_hash())
    except CheckpointError as error:
        raise UserError(f"{error}; a run that is not over is gone on with by the same command") from error
    if found.spec != jazz_spec(found.spec.hidden, found.spec.layers):
        raise UserError(f"{run}: of another shape than the jazz model; export and train it again")
    return _finish(folder, found.spec, found.weights, found.meta["recipe"], _read(data))


def _read(data: Path) -> Material:
    everything = read_solos(data)
    split = read_split(data, [solo.melid for solo in everything])
    by_id = {solo.melid: solo for solo in everything}
    missing = [melid for melid in (*split.train, *split.validation) if melid not in by_id]
    if missing:
        raise UserError(f"{data}: the split names solo {missing[0]}, which is not there")
    learnable = [by_id[melid] for melid in split.train if by_id[melid].notes]
    validation = [by_id[melid] for melid in split.validation if by_id[melid].notes]
    if not learnable or not validation:
        raise UserError(f"{data}: too few solos: some to train on and some to validate on are needed")
    learned = encode_solos(learnable)
    return Material(
        tuple(transpose(learned, semitones) for semitones in KEYS),
        validation,
        f"{CITATION}; {len(split.train)} solos to train on, {len(split.validation)} to choose the epoch by "
        f"({split.source}), in all twelve keys",
    )


def _finish(
    folder: Path, spec: Spec, weights: Weights, recipe: Mapping[str, Any], material: Material
) -> dict[str, float]:
    """Write checkpoint and card. What ships is what is measured: rounded to half precision first."""
    halves = {name: value.astype(np.float16) for name, value in weights.items()}
    played = {name: value.astype(np.float32) for name, value in halves.items()}
    network = Network(spec, played, expert_maps())
    figures = {name: round(value, 4) for name, value in evaluate(network, material.validation).items()}
    meta = jazz_meta(
        data=material.about,
        seed=recipe["seed"],
        recipe=recipe,
        figures={"on": "validation solos", **figures},
    )
    save(folder, spec, halves, meta)
    write_card(folder)
    return figures
