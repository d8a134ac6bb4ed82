"""How to train, and what a running training tells: values only.

Conventions: losses are nats a scored target; an epoch is as many steps as the data has; a batch is the
whole one, whatever number of processes shares it.
"""

import math
from dataclasses import dataclass, field

from models.twin import Dropout


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train."""

    epochs: int = 40
    checks: int = 1
    """Validations an epoch; more than one where an epoch is long."""
    patience: int | None = None
    """Validations without a better one after which training ends; None: it runs to the end."""
    keep_last: bool = False
    """Whether the last averaged weights are kept, and not those that validate best: where there is nothing
    to choose by, as after the validation part was learned from."""
    batch: int = 32
    window: int = 96
    """Steps of truncated backpropagation through time; drawn anew between 3/4 and 5/4 of it."""
    joined: bool = False
    """Whether sequences follow one another within a window, with no padding (LSTMs only)."""
    rate: float = 3e-3
    """The highest learning rate, reached when `warm_up` is over."""
    warm_up: float = 0.1
    """Share of the training over which the learning rate rises."""
    decay: float = 0.02
    """AdamW's weight decay."""
    clip: float = 1.0
    """Largest norm of the gradient."""
    average: float = 0.999
    """Decay a step of the averaged weights, which are the ones validated and kept."""
    seed: int = 0
    threads: int = 1
    """Of each process."""
    half: bool = False
    """Whether products are computed in bfloat16; parameters and losses stay in float32."""
    dropout: Dropout = field(default_factory=Dropout)


@dataclass(frozen=True, slots=True)
class Progress:
    """One report from a running training."""

    epoch: int
    share: float
    """Of the whole training, 0 to 1."""
    train: float
    """Nats a step, smoothed, all heads."""
    validation: dict[str, float] | None
    """Nats a target by head, where an epoch, or a part of one that is checked, has just ended."""
    best: bool
    seconds: float
    """Since the training, or its going on, began."""
    steps: int
    """Steps of the data met since then."""
    loss: float = math.nan
    """Nats of the last batch alone, all heads."""
    batches: int = 0
    """Batches learned from since the training first began."""


def rate_at(recipe: Recipe, share: float) -> float:
    """The learning rate when a share of the training is over: up, then down along a cosine.

    Source: the single cycle of Smith, "A disciplined approach to neural network hyper-parameters" (2018).
    """
    if share < recipe.warm_up:
        return recipe.rate * (0.04 + 0.96 * share / recipe.warm_up)
    over = min(1.0, (share - recipe.warm_up) / (1 - recipe.warm_up))
    return recipe.rate * (0.002 + 0.998 * 0.5 * (1 + math.cos(math.pi * over)))
