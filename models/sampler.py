"""One to many: from one id a whole sequence, each step fed with what the step before it drew.

Conventions: ids are (T, B), time first; the network is a `models.language` model of any cell. It is
trained as that, by `language.backward`: every step then reads the true id before it (teacher forcing).
"""

import numpy as np
import numpy.typing as npt

from models import language
from models.layers import Ids, Weights
from models.sampling import probabilities, sample
from models.spec import Spec


def unroll(
    first: Ids,
    uniforms: npt.NDArray[np.float64],
    weights: Weights,
    spec: Spec,
    *,
    state: language.State | None = None,
    temperature: float = 1.0,
    top_p: float = 1.0,
) -> npt.NDArray[np.intp]:
    """Sequences that begin after the ids `first` (B,): as many steps as `uniforms` (T, B), in [0, 1), has.

    `state` is the state before `first`, None for zeros. Returns the ids drawn, (T, B), without `first`.

    Raises:
        ValueError: as `models.sampling.probabilities`.
    """
    drawn = np.empty(uniforms.shape, np.intp)  # (T, B)
    before = np.asarray(first)
    dtype = weights[language.TABLE].dtype.type
    state = language.initial_state(spec, len(before), dtype) if state is None else state
    for t, row in enumerate(uniforms):
        logits, cache = language.forward(before[None], state, weights, spec)  # (1, B, V)
        drawn[t] = [
            sample(probabilities(scores, temperature, top_p), uniform)
            for scores, uniform in zip(logits[0], row, strict=True)
        ]
        before, state = drawn[t], cache.state
    return drawn
