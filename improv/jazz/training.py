"""Training the jazz model: from a database to the checkpoint of a part.

Needs torch, which is imported here and in `models.train` only: the extra `train`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from improv.errors import UserError
from improv.jazz.corpus import CORPUS, Tally, corpus_of, packed, tally
from improv.jazz.dataset import KEYS, encode_solos, only, transpose
from improv.jazz.encoding import HEADS, PARTS, PITCH, expert_maps, jazz_spec, vocabulary_hash
from improv.jazz.evaluation import evaluate
from improv.jazz.model import KIND as JAZZ
from improv.jazz.model import assemble, jazz_meta
from improv.jazz.solos import read_split
from improv.jazz.teachers import leave_out, taught
from improv.jazz.wjazzd import CITATION, Solo, read_solos
from improv.learning import Weights, converged, rounded, saved_in
from models.checkpoint import Checkpoint, CheckpointError, load, save, write_whole
from models.dataset import Columns
from models.plan import Plan, write_plan
from models.spec import Head, Spec
from models.streams import Streams
from models.train import KIND, Progress, Recipe, train

WHOLE = "all"
"""The part that is a network with all heads."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to train."""

    part: str
    """One of `improv.jazz.encoding.PARTS`, or WHOLE."""
    hidden: int
    layers: int
    recipe: Recipe
    fold: tuple[int, int] | None = None
    """(k, n): the k-th of every n solos to train on is left out, for this network to teach others of them."""
    teachers: tuple[Checkpoint, ...] = ()

    @property
    def heads(self) -> tuple[Head, ...]:
        """What the part answers for."""
        return HEADS if self.part == WHOLE else PARTS[self.part]

    @property
    def spec(self) -> Spec:
        """The network's shape."""
        return jazz_spec(self.hidden, self.layers, self.heads)


@dataclass(frozen=True, slots=True)
class Material:
    """What a jazz model learns from."""

    variants: tuple[Columns, ...]
    """The solos to train on, in all twelve keys."""
    validation: list[Solo]
    counted: Tally
    """The licks of the solos to train on."""
    about: dict[str, Any]
    """For meta.json."""


def train_jazz(
    data: Path, folder: Path, order: Order, report: Callable[[Progress], None]
) -> dict[str, float]:
    """Train, write the checkpoint to `folder`, and return its figures on the validation solos.

    A run that was stopped goes on from `folder`. Raises UserError for data that cannot be read or
    learned from, for a folder that cannot be written to or gone on from, and for a training that diverges.
    """
    material = _read(data, order)
    recipe = order.recipe
    streams = Streams(material.variants, recipe.batch, recipe.seed, recipe.joined)
    validation = only(encode_solos(material.validation, material.counted, among=False), order.heads)
    maps = {head.name: expert_maps()[head.name] for head in order.heads}
    with saved_in(folder):
        weights = train(order.spec, maps, streams, validation, recipe, folder, report)
    return _finish(folder, order.spec, converged(weights, folder), asdict(recipe), material)


def export_jazz(data: Path, folder: Path, order: Order) -> None:
    """Write the plan that `python -m models.train` trains from, in any number of processes.

    Raises UserError for data that cannot be read or learned from, and a folder that cannot be written to.
    """
    material = _read(data, order)
    plan = Plan(
        spec=order.spec,
        maps={head.name: expert_maps()[head.name] for head in order.heads},
        variants=material.variants,
        validation=only(encode_solos(material.validation, material.counted, among=False), order.heads),
        recipe=order.recipe,
        vocabulary=vocabulary_hash(),
        data=material.about["data"],
    )
    with saved_in(folder):
        write_plan(folder, plan)


def finish_jazz(data: Path, run: Path, folder: Path, order: Order) -> dict[str, float]:
    """Make the weights that `python -m models.train` left in `run` a checkpoint, and return its figures.

    Raises UserError for a run that is not over, or not of the jazz model, and for data that cannot be read.
    """
    try:
        found = load(run, KIND, vocabulary_hash())
    except CheckpointError as error:
        raise UserError(f"{error}; a run that is not over is gone on with by the same command") from error
    if found.spec != jazz_spec(found.spec.hidden, found.spec.layers, order.heads):
        raise UserError(f"{run}: not the jazz model's part {order.part!r}; export and train it again")
    return _finish(folder, found.spec, found.weights, found.meta["recipe"], _read(data, order))


def _read(data: Path, order: Order) -> Material:
    everything = read_solos(data)
    split = read_split(data, [solo.melid for solo in everything])
    by_id = {solo.melid: solo for solo in everything}
    missing = [melid for melid in (*split.train, *split.validation) if melid not in by_id]
    if missing:
        raise UserError(f"{data}: the split names solo {missing[0]}, which is not there")
    out = set(leave_out(split.train, order.fold)) if order.fold else set()
    learnable = [by_id[melid] for melid in split.train if by_id[melid].notes and melid not in out]
    validation = [by_id[melid] for melid in split.validation if by_id[melid].notes]
    if not learnable or not validation:
        raise UserError(f"{data}: too few solos: some to train on and some to validate on are needed")
    counted = tally(learnable)
    learned = only(encode_solos(learnable, counted, among=True), order.heads)
    if order.teachers:
        learned = taught(learned, [solo.melid for solo in learnable], order.teachers)
    return Material(
        tuple(transpose(learned, semitones) for semitones in KEYS),
        validation,
        counted,
        {
            "data": f"{CITATION}; {len(split.train) - len(out)} solos to train on, "
            f"{len(split.validation)} to choose the epoch by ({split.source}), in all twelve keys",
            "left_out": sorted(out),
            "teachers": [teacher.digest for teacher in order.teachers],
        },
    )


def _finish(
    folder: Path, spec: Spec, weights: Weights, recipe: Mapping[str, Any], material: Material
) -> dict[str, float]:
    """Write the checkpoint, and the corpus of one that answers for the pitch.

    What ships is what is measured: rounded to half precision first.
    """
    halves, played = rounded(weights)
    counts = packed(corpus_of(material.counted)) if PITCH in spec.heads else None
    if counts is not None:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / CORPUS, counts)
    model = assemble({"": Checkpoint(spec, played, {}, "")}, counts)
    figures = {name: round(value, 4) for name, value in evaluate(model, material.validation).items()}
    meta = jazz_meta(
        recipe=recipe, figures={"on": "validation solos", **figures}, seed=recipe["seed"], **material.about
    )
    save(folder, spec, halves, meta)
    return figures


def read_teachers(folders: Sequence[Path]) -> tuple[Checkpoint, ...]:
    """The checkpoints of teachers of a part.

    Raises UserError for a folder that is none.
    """
    try:
        return tuple(load(folder, JAZZ, vocabulary_hash()) for folder in folders)
    except CheckpointError as error:
        raise UserError(str(error)) from error
