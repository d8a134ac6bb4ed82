"""How well a text model foretells a text.

Conventions: nats a character, every character of the text scored once; a running text is read in one go
with the state carried along, a list line by line, each with its end. A character that the model does not
know is scored as UNKNOWN, and counted. Dynamic evaluation (Krause et al., "Dynamic Evaluation of Neural
Sequence Models", 2018) lets the weights learn from what has been scored so far; it is another figure, and
is never mixed with the first.
"""

from collections.abc import Callable, Iterator
from typing import TypedDict

import numpy as np

from improv.text.alphabet import UNKNOWN
from improv.text.corpus import sequences
from improv.text.dataset import inputs_and_targets
from improv.text.model import TextModel
from models.dataset import IGNORED
from models.language import backward, forward, initial_state
from models.loss import softmax_cross_entropy
from models.numeric import Array
from models.padding import padded

CHUNK = 512
"""Characters read at once."""
SIDE_BY_SIDE = 32
"""Lines of a list read at once."""
ADAPT_EVERY = 32
"""Characters between two steps of dynamic evaluation."""
PULL = 0.002
"""How far the adapted weights go back to the trained ones at each step."""


class Figures(TypedDict):
    """What is printed."""

    nll_per_char: float
    chars: int
    unknown: int
    sequences: int


Report = Callable[[int, int], None]
"""Told how many characters are done, of how many."""


def evaluate_text(model: TextModel, text: str, report: Report | None = None) -> Figures:
    """Score a text, the weights as they are."""
    return _score(model, text, report, 0.0)


def evaluate_dynamic(model: TextModel, text: str, rate: float, report: Report | None = None) -> Figures:
    """Score a text, the weights following it.

    After every few characters they go a step of size `rate` against the gradient, whose norm is clipped to
    1, and a little back towards the trained weights.
    """
    return _score(model, text, report, rate)


def _score(model: TextModel, text: str, report: Report | None, rate: float) -> Figures:
    weights = {name: value.copy() if rate else value for name, value in model.weights.items()}
    parts = [inputs_and_targets(piece, model.alphabet) for piece in sequences(text, model.unit)]
    total = sum(len(targets) for _, targets in parts)
    lost, done = 0.0, 0
    side_by_side = SIDE_BY_SIDE if model.unit == "line" else 1
    for at in range(0, len(parts), side_by_side):
        some = parts[at : at + side_by_side]
        inputs = padded([read for read, _ in some], UNKNOWN)  # what is read behind an end is not scored
        targets = padded([asked for _, asked in some], IGNORED)
        state = initial_state(model.spec, inputs.shape[1])
        for begin, end in _cuts(len(inputs), ADAPT_EVERY if rate else CHUNK):
            asked = targets[begin:end]
            logits, cache = forward(inputs[begin:end], state, weights, model.spec)
            state = cache.state
            scored = int((asked != IGNORED).sum())
            loss, slope = softmax_cross_entropy(logits, asked)
            lost += float(loss) * scored
            done += scored
            if rate:
                _adapt(weights, model, backward(slope, cache), rate)
            if report is not None:
                report(done, total)
    return {
        "nll_per_char": lost / max(1, total),
        "chars": total,
        "unknown": sum(int((targets == UNKNOWN).sum()) for _, targets in parts),
        "sequences": len(parts),
    }


def _adapt(weights: dict[str, Array], model: TextModel, slopes: dict[str, Array], rate: float) -> None:
    norm = float(np.sqrt(sum(float((slope**2).sum()) for slope in slopes.values())))
    step = rate / max(1.0, norm)
    for name, slope in slopes.items():
        weights[name] -= step * slope
        weights[name] += PULL * (model.weights[name] - weights[name])


def _cuts(length: int, size: int) -> Iterator[tuple[int, int]]:
    for begin in range(0, length, size):
        yield begin, min(begin + size, length)
