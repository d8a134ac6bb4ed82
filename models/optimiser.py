"""How gradients move weights: clipping, and Adam.

Conventions: weights, gradients and moments are dictionaries of the same names. Nothing is changed in
place: a step takes a state and gives the next one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.numeric import Array

Weights = Mapping[str, Array]


def global_norm(gradients: Weights) -> float:
    """The length of all gradients taken as one vector."""
    return float(np.sqrt(sum(float(np.vdot(gradient, gradient)) for gradient in gradients.values())))


def clip(gradients: Weights, norm: float) -> dict[str, Array]:
    """The gradients, scaled down together where their global norm is above `norm`: the direction stays.

    Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks" (2013).

    Raises:
        ValueError: norm not above 0, or a gradient that is no finite number.
    """
    if not norm > 0:
        raise ValueError(f"norm {norm} must be above 0")
    found = global_norm(gradients)
    if not np.isfinite(found):
        raise ValueError(f"the gradients' norm is {found}: training has diverged")
    if found <= norm:
        return dict(gradients)
    return {name: gradient * gradient.dtype.type(norm / found) for name, gradient in gradients.items()}


class Moments(NamedTuple):
    """What Adam remembers."""

    steps: int
    mean: dict[str, Array]
    """Of the gradients, decaying."""
    square: dict[str, Array]
    """Mean of their squares, decaying."""


@dataclass(frozen=True, slots=True)
class Adam:
    """Adam, with decoupled weight decay where `decay` is above 0 (AdamW).

    Equations, for gradient g and weight w at step t::

        m_t = beta1 m_{t-1} + (1 - beta1) g
        v_t = beta2 v_{t-1} + (1 - beta2) g^2
        w_t = (1 - rate decay) w_{t-1} - rate m_t / (1 - beta1^t) / (sqrt(v_t / (1 - beta2^t)) + epsilon)

    Sources: Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015); Loshchilov and Hutter,
    "Decoupled Weight Decay Regularization" (2019).
    """

    rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    decay: float = 0.0
    """Share of a weight taken off a step, times the rate."""

    def initial(self, weights: Weights) -> Moments:
        """Before the first step."""
        return Moments(
            0,
            {name: np.zeros_like(weight) for name, weight in weights.items()},
            {name: np.zeros_like(weight) for name, weight in weights.items()},
        )

    def step(
        self, weights: Weights, gradients: Weights, moments: Moments, *, rate: float | None = None
    ) -> tuple[dict[str, Array], Moments]:
        """Weights and moments after a step; `rate` in place of the optimiser's own, for a schedule."""
        rate = self.rate if rate is None else rate
        t = moments.steps + 1
        moved: dict[str, Array] = {}
        mean: dict[str, Array] = {}
        square: dict[str, Array] = {}
        for name, w in weights.items():
            g = gradients[name]
            m = self.beta1 * moments.mean[name] + (1 - self.beta1) * g
            v = self.beta2 * moments.square[name] + (1 - self.beta2) * g**2
            spread = np.sqrt(v)
            spread *= (1 - self.beta2**t) ** -0.5
            spread += self.epsilon
            moved[name] = (1 - rate * self.decay) * w - rate / (1 - self.beta1**t) * m / spread
            mean[name], square[name] = m, v
        return moved, Moments(t, mean, square)
