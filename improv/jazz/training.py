"""Training the jazz model: from a database to a checkpoint.

Needs torch, which is imported here and in `models.train` only: the extra `train`.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from improv.errors import UserError
from improv.jazz.card import write_card
from improv.jazz.dataset import KEYS, encode_solos, transpose
from improv.jazz.encoding import expert_maps, jazz_spec
from improv.jazz.evaluation import evaluate
from improv.jazz.model import jazz_meta
from improv.jazz.solos import read_split
from improv.jazz.wjazzd import CITATION, read_solos
from models.checkpoint import save
from models.network import Network
from models.streams import Streams
from models.train import Progress, Recipe, ResumeError, train


def train_jazz(
    data: Path, folder: Path, hidden: int, layers: int, recipe: Recipe, report: Callable[[Progress], None]
) -> dict[str, float]:
    """Train, write the checkpoint to `folder`, and return its figures on the validation solos.

    A run that was stopped goes on from `folder`. Raises UserError for data that cannot be read or
    learned from, for a folder that cannot be written to or gone on from, and for a training that diverges.
    """
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
    spec, maps = jazz_spec(hidden, layers), expert_maps()
    variants = [transpose(learned, semitones) for semitones in KEYS]
    try:
        streams = Streams(variants, recipe.batch, recipe.seed)
        weights = train(spec, maps, streams, encode_solos(validation), recipe, folder, report)
    except ResumeError as error:
        raise UserError(str(error)) from error
    except OSError as error:
        raise UserError(f"{folder}: cannot save there ({error.strerror})") from error
    if not weights:
        raise UserError(f"{folder}: the training diverged; start anew elsewhere with a lower --rate")
    # what ships is what is measured: rounded to half precision first
    halves = {name: value.astype(np.float16) for name, value in weights.items()}
    network = Network(spec, {name: value.astype(np.float32) for name, value in halves.items()}, maps)
    figures = {name: round(value, 4) for name, value in evaluate(network, validation).items()}
    meta = jazz_meta(
        data=f"{CITATION}; {len(split.train)} solos to train on, "
        f"{len(split.validation)} to choose the epoch by ({split.source}), in all twelve keys",
        seed=recipe.seed,
        recipe=asdict(recipe),
        figures={"on": "validation solos", **figures},
    )
    save(folder, spec, halves, meta)
    write_card(folder)
    return figures
