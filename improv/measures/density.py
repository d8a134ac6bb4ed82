"""Densities estimated from samples, and how far two of them agree.

Conventions: samples are one-dimensional; kernels are Gaussian, as wide as Scott's rule says: the standard
deviation times n to the power of -1/5.
"""

import numpy as np
import numpy.typing as npt

POINTS = 1000
"""Where densities are compared, evenly over all samples and `REACH` kernel widths beyond."""
REACH = 4.0
NARROWEST = 1 / 200
"""Kernel width at least, as a share of the range of both samples: equal samples have none of their own."""
LEAST = 1e-12
"""Density that a divergence takes nothing for."""

Numbers = npt.NDArray[np.float64]


def density(samples: Numbers, at: Numbers, least_width: float) -> Numbers:
    """The estimated density of samples (n,) at points (m,)."""
    width = max(bandwidth(samples), least_width)
    found = np.zeros(len(at))
    for some in np.array_split(samples, -(-len(samples) // 256)):
        found += np.exp(-0.5 * ((at[:, None] - some[None, :]) / width) ** 2).sum(axis=1)
    scaled: Numbers = found / (len(samples) * width * np.sqrt(2 * np.pi))
    return scaled


def bandwidth(samples: Numbers) -> float:
    """Scott's rule; 0 for less than two samples."""
    return float(np.std(samples, ddof=1) * len(samples) ** -0.2) if len(samples) > 1 else 0.0


def agreement(a: Numbers, b: Numbers) -> tuple[float, float]:
    """The overlap area of the two densities, 0 to 1, and the divergence of b's from a's, nats, 0 or more.

    Raises ValueError where one has no samples.
    """
    if not len(a) or not len(b):
        raise ValueError("no samples to estimate a density from")
    low, high = min(a.min(), b.min()), max(a.max(), b.max())
    if high == low:
        return 1.0, 0.0
    least_width = NARROWEST * (high - low)
    reach = REACH * max(bandwidth(a), bandwidth(b), least_width)
    at = np.linspace(low - reach, high + reach, POINTS)
    p, q = (density(samples, at, least_width) for samples in (a, b))
    apart = at[1] - at[0]
    p, q = p / (p.sum() * apart), q / (q.sum() * apart)
    area = float(np.minimum(p, q).sum() * apart)
    divergence = float((p * np.log(np.maximum(p, LEAST) / np.maximum(q, LEAST))).sum() * apart)
    return min(1.0, area), max(0.0, divergence)
