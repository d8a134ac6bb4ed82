"""The few functions that the networks are made of, in place where the live step needs it.

Conventions: float32 at run time, float64 in gradient checks; the last axis is the alphabet.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]


def uniform(
    generator: np.random.Generator,
    bound: float,
    shape: tuple[int, ...],
    dtype: type[np.float32 | np.float64],
) -> Array:
    """Drawn evenly between -bound and bound."""
    found: Array = generator.uniform(-bound, bound, shape).astype(dtype)
    return found


def sigmoid(x: Array) -> Array:
    """1 / (1 + e^-x), by the tanh, which neither overflows nor branches."""
    return sigmoid_into(x.copy())


def sigmoid_into(x: Array) -> Array:
    """The sigmoid of x, written over x."""
    x *= 0.5
    np.tanh(x, out=x)
    x *= 0.5
    x += 0.5
    return x


def log_softmax(logits: Array) -> Array:
    """Log probabilities; a logit of -inf is impossible and stays so."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    with np.errstate(divide="ignore"):
        found: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found


def softmax(logits: Array) -> Array:
    """Probabilities."""
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    found: Array = weights / weights.sum(axis=-1, keepdims=True)
    return found
