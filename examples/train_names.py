"""A network that learns to make up names, trained in NumPy alone: nothing here differentiates by itself.

    python -m examples.train_names                      # dinosaurs, an LSTM: about a minute
    python -m examples.train_names --cell gru           # or rnn
    python -m examples.train_names FILE                 # a list of your own, one name a line
    python -m examples.train_names --against-torch      # the same training by torch's autograd, beside it

Every step of the training does five things, and each is a module to read:

1. `models.language.forward`    the network's logits for the next character of each name
2. `models.loss`                what those cost, in nats, and the gradient by the logits
3. `models.language.backward`   the gradient by every weight: backpropagation through time, written out
                                in `models.rnn`, `models.gru` and `models.lstm`
4. `models.optimiser.clip`      a gradient that explodes is cut to length
5. `models.optimiser.Adam`      the weights move

Conventions: a name is read from a state of zeros, starting from a newline, and ends with one; names lie
side by side in (T, B), filled up behind their ends. Losses are in nats a character, newlines counted.
Names held out are never trained on, and nothing is chosen by them: the number of epochs is fixed.
"""

import argparse
import math
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from examples.common import Parser, at_least, find_text, start
from improv.errors import UserError, suggest
from improv.text.corpus import lines_of, read_text, split
from models import language
from models.cells import CELLS
from models.layers import Ids
from models.loss import IGNORED, softmax_cross_entropy
from models.numeric import Array
from models.optimiser import Adam, clip
from models.padding import padded
from models.sampler import unroll
from models.spec import Spec

NEWLINE = 0
"""The id that starts and ends a name."""
EMBEDDING, HIDDEN = 24, 128
EPOCHS = 40
BATCH = 32
"""Names side by side."""
RATE = 4e-3
"""Adam's, falling to nothing along half a cosine (Loshchilov and Hutter, "SGDR", 2017)."""
DECAY = 0.3
NORM = 1.0
HELD_OUT = 0.1
LINES = 10
"""Of progress, about."""
SAMPLES = 6
LONGEST = 24
"""Characters of a sampled name, at most."""


class Batch(NamedTuple):
    """Names side by side."""

    ids: Ids  # (T, B), what is read
    targets: Ids  # (T, B), what comes next, IGNORED behind the end


class Learner(Protocol):
    """Weights, and a way to improve them."""

    def step(self, batch: Batch, rate: float) -> float:
        """Learn from a batch, and return what it cost before."""
        ...

    def weights(self) -> dict[str, Array]:
        """Under the names of `Spec.shapes`."""
        ...


class NumPyLearner:
    """The five things that the lesson is about."""

    def __init__(self, spec: Spec, weights: dict[str, Array]) -> None:
        self._spec, self._weights = spec, weights
        self._adam = Adam(decay=DECAY)
        self._moments = self._adam.initial(weights)

    def step(self, batch: Batch, rate: float) -> float:
        """Learn from a batch, and return what it cost before."""
        state = language.initial_state(self._spec, batch.ids.shape[1])
        logits, cache = language.forward(batch.ids, state, self._weights, self._spec)  # (T, B, V)
        loss, dlogits = softmax_cross_entropy(logits, batch.targets)
        gradients = clip(language.backward(dlogits, cache), NORM)
        self._weights, self._moments = self._adam.step(self._weights, gradients, self._moments, rate=rate)
        return loss

    def weights(self) -> dict[str, Array]:
        """Under the names of `Spec.shapes`."""
        return self._weights


def encoded(names: Sequence[str], alphabet: str) -> Batch:
    """Names as a batch; `alphabet` starts with the newline."""
    ids = [np.array([alphabet.index(character) for character in name]) for name in names]
    return Batch(
        padded([np.concatenate([[NEWLINE], name]) for name in ids], NEWLINE),  # (T, B)
        padded([np.concatenate([name, [NEWLINE]]) for name in ids], IGNORED),  # (T, B)
    )


def batches(names: Sequence[str], alphabet: str, generator: np.random.Generator) -> Iterator[Batch]:
    """Every name once, in an order drawn anew."""
    order = generator.permutation(len(names))
    for at in range(0, len(names), BATCH):
        yield encoded([names[i] for i in order[at : at + BATCH]], alphabet)


def cost(names: Sequence[str], alphabet: str, weights: dict[str, Array], spec: Spec) -> float:
    """Nats a character."""
    batch = encoded(names, alphabet)
    state = language.initial_state(spec, len(names))
    logits, _ = language.forward(batch.ids, state, weights, spec)
    return softmax_cross_entropy(logits, batch.targets)[0]


def invented(
    count: int, alphabet: str, weights: dict[str, Array], spec: Spec, generator: np.random.Generator
) -> list[str]:
    """Names that the network makes up: one newline in, many characters out."""
    drawn = unroll(np.full(count, NEWLINE), generator.random((LONGEST, count)), weights, spec)
    return ["".join(alphabet[i] for i in name).split("\n")[0] for name in drawn.T]


def train(
    learner: Learner, names: Sequence[str], alphabet: str, epochs: int, generator: np.random.Generator
) -> Iterator[tuple[int, float]]:
    """Train, telling after each epoch its number and its loss, each batch's taken before its step."""
    steps, done = epochs * math.ceil(len(names) / BATCH), 0
    for epoch in range(1, epochs + 1):
        total = characters = 0.0
        for batch in batches(names, alphabet, generator):
            rate = RATE * (1 + math.cos(math.pi * done / steps)) / 2
            scored = int((batch.targets != IGNORED).sum())
            total += scored * learner.step(batch, rate)
            characters += scored
            done += 1
        yield epoch, total / characters


class Task(NamedTuple):
    """What there is to learn, and what to start from."""

    names: list[str]
    held_out: list[str]
    alphabet: str
    """Characters by their ids, the newline first."""
    spec: Spec
    weights: dict[str, Array]


def prepare(text: str, cell: str, hidden: int, seed: int) -> Task:
    """Names to learn and to hold out, and weights drawn by a seed.

    Raises:
        UserError: too little text.
    """
    corpus = split(text, "line", HELD_OUT, seed)
    names, held_out = lines_of(corpus.train), lines_of(corpus.validation)
    alphabet = "\n" + "".join(sorted(set("".join(names + held_out))))
    spec = language.language_spec(len(alphabet), EMBEDDING, hidden, 1, cell)
    return Task(names, held_out, alphabet, spec, language.initial_weights(spec, np.random.default_rng(seed)))


class Reached(NamedTuple):
    """Where a training ended."""

    training: float
    """Nats a character over the last epoch."""
    held_out: float


def run(task: Task, learner: Learner, epochs: int, seed: int) -> Reached:
    """Train, printing a line now and then: the figures, and names made up."""
    started = time.monotonic()
    reached = Reached(math.nan, math.nan)
    for epoch, loss in train(learner, task.names, task.alphabet, epochs, np.random.default_rng(seed)):
        if epoch % math.ceil(epochs / LINES) == 0 or epoch in (1, epochs):
            weights = learner.weights()
            reached = Reached(loss, cost(task.held_out, task.alphabet, weights, task.spec))
            made = invented(SAMPLES, task.alphabet, weights, task.spec, np.random.default_rng(epoch))
            figures = f"training {reached.training:.3f}, held out {reached.held_out:.3f}"
            print(f"epoch {epoch:3} of {epochs}: {figures}  {' '.join(made)}", flush=True)
    print(f"{reached.held_out:.3f} nats a character held out, in {time.monotonic() - started:.0f} s")
    return reached


def lesson(arguments: argparse.Namespace) -> None:
    """Train by hand, and where asked by torch beside it."""
    if arguments.cell not in CELLS:
        raise UserError(f"--cell {arguments.cell}: one of {', '.join(CELLS)}{suggest(arguments.cell, CELLS)}")
    if arguments.against_torch and find_spec("torch") is None:
        raise UserError("--against-torch needs torch: pip install 'jazz-improv[train]'")
    task = prepare(
        read_text(find_text("dinos.txt", arguments.file)), arguments.cell, arguments.hidden, arguments.seed
    )
    size = sum(weight.size for weight in task.weights.values())
    print(
        f"{len(task.names)} names to learn, {len(task.held_out)} held out; {arguments.cell}, {size:,} weights"
    )
    ours = run(task, NumPyLearner(task.spec, task.weights), arguments.epochs, arguments.seed)
    if arguments.against_torch:
        from examples.names_twin import TorchLearner

        print("\nThe same weights and batches, by torch:")
        theirs = run(task, TorchLearner(task.spec, task.weights), arguments.epochs, arguments.seed)
        for name, mine, other in zip(Reached._fields, ours, theirs, strict=True):
            apart = abs(mine - other) / other
            print(f"{name.replace('_', ' ')}: {mine:.4f} by hand, {other:.4f} by torch, {apart:.3%} apart")


def main(words: Sequence[str] | None = None) -> int:
    """The lesson, from the command line."""
    parser = Parser(prog="train_names", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", nargs="?", type=Path, help="one name a line (default: the dinosaurs)")
    parser.add_argument("--cell", default="lstm", help="lstm, gru or rnn (%(default)s)")
    parser.add_argument("--hidden", type=at_least(1), default=HIDDEN, help="units (%(default)s)")
    parser.add_argument(
        "--epochs", type=at_least(1), default=EPOCHS, help="times to meet each name (%(default)s)"
    )
    parser.add_argument("--seed", type=at_least(0), default=0, help="same seed, same names (%(default)s)")
    parser.add_argument("--against-torch", action="store_true", help="and train torch's twin beside it")
    return start(lesson, parser, words)


if __name__ == "__main__":
    raise SystemExit(main())
