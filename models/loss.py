"""What a prediction costs.

Conventions: logits are unnormalised log probabilities along the last axis; losses are in nats, averaged
over the targets that are scored.

Equations, for N scored targets k::

    p     = softmax(y)
    loss  = -(1/N) sum log p_k
    dy    = (p - onehot(k)) / N              what is thought likely, less what was
"""

import numpy as np

from models.dataset import IGNORED
from models.layers import Ids
from models.numeric import Array, softmax

__all__ = ["IGNORED", "softmax_cross_entropy"]


def softmax_cross_entropy(logits: Array, targets: Ids) -> tuple[float, Array]:
    """The mean loss in nats of targets (...,) by logits (..., V), and its gradient by the logits.

    A target of IGNORED is not scored, and gets a gradient of zeros. Loss and gradient are zero where
    no target is scored.
    """
    scored = targets != IGNORED  # (...,)
    count = max(1, int(scored.sum()))
    chosen = np.where(scored, targets, 0)[..., None]  # (..., 1)
    dlogits = softmax(logits)  # (..., V), becomes the gradient in place
    shifted = logits - logits.max(axis=-1, keepdims=True)  # (..., V)
    likely = np.take_along_axis(shifted, chosen, axis=-1)[..., 0]  # (...,)
    nats = np.log(np.exp(shifted).sum(axis=-1)) - likely  # (...,), never the log of 0
    loss = float(nats[scored].sum(dtype=np.float64)) / count
    np.put_along_axis(dlogits, chosen, np.take_along_axis(dlogits, chosen, axis=-1) - 1, axis=-1)
    dlogits *= scored[..., None] / dlogits.dtype.type(count)
    return loss, dlogits
