"""Training steps a second of the hand-written cells against torch's own layers of the same size, in one run.

    OPENBLAS_NUM_THREADS=1 python benchmarks/numpy_training.py [--threads 1] [--rounds N] [--json]

Conventions: a step is forward and backward over a window of T steps of B sequences, with gradients of the
input, the state before and all parameters; float32. Rows take turns, round by round, so that a busy machine
is busy for all of them; a figure is the median of its rounds. Threads of NumPy are set by the environment,
torch's by --threads.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import nn

from models.cells import CELLS, AnyCell

WARM_UP = 2
LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}

Step = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell at one size."""

    cell: str
    T: int
    B: int
    D: int
    H: int
    ours: float
    """Steps a second in NumPy."""
    torchs: float
    ratio: float
    """Ours over torch's: above 1, ours is faster."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=20, help="steps of each row (%(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="torch's (%(default)s)")
    parser.add_argument("--steps", type=int, default=64, help="T (%(default)s)")
    parser.add_argument("--batch", type=int, default=32, help="B (%(default)s)")
    parser.add_argument("--hidden", type=int, nargs="+", default=[128, 384], help="H, and D (%(default)s)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    T, B = arguments.steps, arguments.batch
    figures = [
        measure(cell, T, B, H, H, max(1, arguments.rounds))
        for H in arguments.hidden
        for cell in CELLS.values()
    ]
    if arguments.json:
        print(json.dumps([asdict(figure) for figure in figures]))
        return
    print(f"T {T}, B {B}, training steps a second; the ratio is ours over torch's")
    print(f"{'cell':6}{'D':>5}{'H':>5}{'NumPy':>9}{'torch':>9}{'ratio':>8}")
    for f in figures:
        print(f"{f.cell:6}{f.D:5}{f.H:5}{f.ours:9.1f}{f.torchs:9.1f}{f.ratio:8.2f}")


def measure(cell: AnyCell, T: int, B: int, D: int, H: int, rounds: int) -> Figure:
    """Both rows of a cell, taking turns."""
    generator = np.random.default_rng(0)
    params = cell.initial_params(D, H, generator)
    x, dout = (generator.normal(size=(T, B, n)).astype(np.float32) for n in (D, H))
    state = cell.initial_state(B, H)

    def ours() -> None:
        _, cache = cell.forward(x, state, params)
        cell.backward(dout, cache)

    layer = LAYERS[cell.name](D, H)
    entered = torch.from_numpy(x).requires_grad_()
    before = tuple(torch.from_numpy(part[None]).requires_grad_() for part in state)
    reached = torch.from_numpy(dout)

    def torchs() -> None:
        out, _ = layer(entered, before if len(before) > 1 else before[0])
        torch.autograd.grad(out, [entered, *before, *layer.parameters()], reached)

    rows: tuple[Step, ...] = (ours, torchs)
    times: tuple[list[float], ...] = ([], [])
    for turn in range(WARM_UP + rounds):
        for step, found in zip(rows, times, strict=True):
            started = time.perf_counter()
            step()
            if turn >= WARM_UP:
                found.append(time.perf_counter() - started)
    mine, other = (1 / float(np.median(found)) for found in times)
    return Figure(cell.name, T, B, D, H, mine, other, mine / other)


if __name__ == "__main__":
    main()
