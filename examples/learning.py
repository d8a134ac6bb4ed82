"""The loop that every lesson's network learns by, and what is told meanwhile.

Conventions: losses in nats. The rate falls in a straight line to zero, so that the last steps settle what
the first ones found. What is told of the progress goes to standard error; results go to standard output.
"""

import sys
from collections.abc import Callable, Mapping, Sequence

from models.numeric import Array
from models.optimiser import Adam, clip

Weights = Mapping[str, Array]
NORM = 1.0
"""Longer gradients are clipped to this."""
TOLD = 20
"""How often the progress is told."""


def learn(
    weights: Weights, gradients: Callable[[Weights], tuple[float, Weights]], steps: int, rate: float
) -> Weights:
    """The weights after so many steps of Adam.

    Args:
        weights: to start from.
        gradients: draws a batch, and gives the weights' loss on it and the loss's gradients.
        steps: how many batches.
        rate: the first step's rate.
    """
    optimiser = Adam(rate)
    moments = optimiser.initial(weights)
    recent = 0.0
    for step in range(steps):
        loss, found = gradients(weights)
        weights, moments = optimiser.step(weights, clip(found, NORM), moments, rate=rate * (1 - step / steps))
        recent = loss if step == 0 else 0.98 * recent + 0.02 * loss
        if (step + 1) % max(1, steps // TOLD) == 0:
            _tell(f"step {step + 1} of {steps}: loss {recent:.3f} nats", last=step + 1 == steps)
    return weights


def _tell(words: str, last: bool) -> None:
    """On one line of a terminal, or line by line."""
    terminal = sys.stderr.isatty()
    print(f"\r{words}" if terminal else words, end="" if terminal and not last else "\n", file=sys.stderr)
    sys.stderr.flush()


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows in columns, the first one their heads."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
