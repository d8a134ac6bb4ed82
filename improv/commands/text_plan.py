"""How a text is trained on where the user does not say: by its length.

Conventions: lengths in characters. Small texts need small networks, much dropout and many passes; of a
large one every character need be seen but once. Found by trial on 14 thousand to 1.1 million characters;
what was tried is in the cards of the models that ship.
"""

import argparse
from dataclasses import dataclass

from improv.errors import UserError, suggest
from improv.text.corpus import UNITS, Unit
from improv.text.model import TextModel
from improv.text.training import Size
from models.cells import CELLS
from models.train import Recipe
from models.twin import Dropout


@dataclass(frozen=True, slots=True)
class Plan:
    """What a text up to a length is given."""

    longest: float
    hidden: int
    layers: int
    epochs: int
    dropout: float
    weight_drop: float


PLANS = (
    Plan(3e4, 192, 2, 150, 0.5, 0.3),
    Plan(3e5, 256, 2, 60, 0.5, 0.4),
    Plan(3e6, 512, 2, 40, 0.4, 0.4),
    Plan(3e7, 512, 2, 8, 0.2, 0.2),
    Plan(float("inf"), 640, 2, 1, 0.05, 0.05),
)
LARGEST_BATCH = 32
"""Places read side by side, at most."""
LONG = 2_000_000
"""Characters between two validations, at most."""


def check_choices(arguments: argparse.Namespace) -> None:
    """Raises UserError for a word that is not one of those to choose from, or a share that is none."""
    for name, known in (("cell", tuple(CELLS)), ("unit", UNITS)):
        given = getattr(arguments, name)
        if given is not None and given not in known:
            raise UserError(f"--{name} is one of {', '.join(known)}, not {given!r}{suggest(given, known)}")
    for name in ("held_out", "dropout", "weight_drop", "average"):
        share = getattr(arguments, name)
        if share is not None and not (0 < share < 1 or (share == 0 and name != "held_out")):
            raise UserError(f"--{name.replace('_', '-')} must be below 1, and not below 0: not {share}")


def plan(
    arguments: argparse.Namespace, length: int, unit: Unit, start: TextModel | None
) -> tuple[Size, Recipe]:
    """The size and the recipe for a text, what the user says coming first; from a model, its size."""
    chosen = next(entry for entry in PLANS if length <= entry.longest)
    if start is not None:
        size = Size(start.spec.cell, start.spec.hidden, start.spec.layers)
        for name in ("hidden", "layers"):
            asked, there = getattr(arguments, name), getattr(size, name)
            if asked not in (None, there):
                raise UserError(f"{start.name} has {name} {there}: from it, leave --{name} out")
    else:
        size = Size(arguments.cell, arguments.hidden or chosen.hidden, arguments.layers or chosen.layers)
    layer = chosen.dropout if arguments.dropout is None else arguments.dropout
    weight = chosen.weight_drop if arguments.weight_drop is None else arguments.weight_drop
    epochs = arguments.epochs or chosen.epochs
    batch, window = arguments.batch or LARGEST_BATCH, arguments.window or 128
    if unit == "text":  # every place needs some characters to read, and a short text needs steps
        batch = max(1, min(batch, length // (256 if arguments.batch else 2000)))
    steps = epochs * length / (batch * window)
    recipe = Recipe(
        epochs=epochs,
        checks=max(1, round(length / LONG)),
        patience=arguments.patience,
        keep_last=arguments.keep_last,
        batch=batch,
        window=window,
        rate=arguments.rate or (3e-3 if start is None else 1e-3),
        warm_up=0.02,
        average=_average(steps) if arguments.average is None else arguments.average,
        seed=arguments.seed,
        threads=arguments.threads,
        half=not arguments.full,
        dropout=Dropout(embedding=0.1, layer=layer, weight=weight, head=0.0),
    )
    return size, recipe


def _average(steps: float) -> float:
    """The decay of the averaged weights: they look back over a thirtieth of the training, or 1,000 steps."""
    return 1 - 1 / max(10.0, min(1000.0, steps / 30))
