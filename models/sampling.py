"""Choosing an id from logits.

Conventions: temperature 1 is the model's own opinion, below 1 it is surer; top-p keeps the likeliest
ids that together reach p (Holtzman et al., "The Curious Case of Neural Text Degeneration", 2020).
"""

import numpy as np
import numpy.typing as npt

from models.numeric import Array


def probabilities(
    logits: Array,
    temperature: float = 1.0,
    top_p: float = 1.0,
    allowed: npt.NDArray[np.bool_] | None = None,
) -> npt.NDArray[np.float64]:
    """The distribution that is sampled from, (V,).

    Raises:
        ValueError: temperature not above 0 and finite, top_p outside (0, 1], or nothing allowed.
    """
    if not 0 < temperature < np.inf or not 0 < top_p <= 1:
        raise ValueError(f"temperature {temperature} must be above 0 and top_p {top_p} in (0, 1]")
    scores = logits.astype(np.float64)
    if allowed is not None:
        if not allowed.any():
            raise ValueError("nothing is allowed")
        scores[~allowed] = -np.inf
    scores -= scores.max()
    with np.errstate(over="ignore"):  # next to temperature 0 all but the likeliest go to -inf, as they should
        scores /= temperature
    found = np.exp(scores, out=scores)
    if top_p < 1:
        order = np.argsort(-found, kind="stable")
        total = found[order].cumsum()
        # kept is what has less than top_p of the mass before it
        least = int(total.searchsorted(top_p * total[-1])) + 1
        found[order[least:]] = 0
    found /= found.sum()
    return found


def sample(distribution: npt.NDArray[np.float64], uniform: float) -> int:
    """The id at which the cumulated distribution passes `uniform`, in [0, 1)."""
    total = distribution.cumsum()
    chosen = int(total.searchsorted(uniform * total[-1], side="right"))
    # by rounding it may never: the last that has any
    return chosen if chosen < len(total) else int(np.flatnonzero(distribution)[-1])
