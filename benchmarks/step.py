"""How long one live step takes, against the memory floor and against torch, all in the same run.

    OPENBLAS_NUM_THREADS=1 python benchmarks/step.py [--model DIR] [--rounds N] [--json]

Conventions: microseconds; one sequence, float32, torch on one thread. The rows of a group do the same
work and take turns, round by round, so that a busy machine is busy for all of them. The floor is a
NumPy matrix-vector product over as many bytes as the group's weights have: a step has to read them all.
"""

import argparse
import gc
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from grammar.changes import changes_from_beats
from grammar.chords import parse_chord
from improv.chance import Chance
from improv.improviser import Improviser, Mind, Taste
from improv.jazz.encoding import expert_maps
from improv.jazz.model import load_jazz
from models.checkpoint import Checkpoint
from models.lstm import Params, Stepper
from models.network import Network
from models.sampling import probabilities, sample

WARM_UP = 50
TEMPO = 160.0
BLUES = ("F7", "Bb7", "F7", "F7", "Bb7", "Bb7", "F7", "D7alt", "G-7", "C7", "F7", "C7")

Step = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table."""

    group: str
    name: str
    p50: float
    p99: float
    floors: float
    """The median in medians of the group's floor."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", type=Path, help="a checkpoint (default: the one that ships)")
    parser.add_argument("--rounds", type=int, default=2000, help="steps of each row (%(default)s)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    model = load_jazz(arguments.model)
    groups = {
        "layers": dict(layers(checkpoint)),
        "note": dict(notes(network, checkpoint)),
    }
    figures = [
        figure for group, rows in groups.items() for figure in measure(group, rows, max(1, arguments.rounds))
    ]
    if arguments.json:
        print(json.dumps([asdict(figure) for figure in figures]))
        return
    spec = checkpoint.spec
    print(f"{spec.layers} layers of {spec.hidden}, microseconds a step, {arguments.rounds} rounds")
    print(f"{'group':8}{'row':48}{'p50':>9}{'p99':>9}{'x floor':>9}")
    for figure in figures:
        print(f"{figure.group:8}{figure.name:48}{figure.p50:9.1f}{figure.p99:9.1f}{figure.floors:9.2f}")


def layers(checkpoint: Checkpoint) -> Iterator[tuple[str, Step]]:
    """The recurrent layers alone."""
    spec, weights = checkpoint.spec, checkpoint.weights
    size = sum(value.nbytes for key, value in weights.items() if key.startswith("lstm."))
    yield f"memory floor ({size / 1e6:.2f} MB)", floor(size)
    steppers = [
        Stepper(Params(*(weights[f"lstm.{layer}.{part}"] for part in ("W_x", "W_h", "b"))))
        for layer in range(spec.layers)
    ]

    def step() -> None:
        steppers[0].x[:] = 0.1
        h = steppers[0].step()
        for stepper in steppers[1:]:
            stepper.x[:] = h
            h = stepper.step()

    yield "models.lstm.Stepper", step
    if find_spec("torch") is None:
        return
    import torch

    with suppress(RuntimeError):  # only the first call may set it
        torch.set_num_threads(1)
    widths = [spec.width, *[spec.hidden] * (spec.layers - 1)]
    cells = [torch.nn.LSTMCell(width, spec.hidden) for width in widths]
    states = [(torch.zeros(1, spec.hidden), torch.zeros(1, spec.hidden)) for _ in cells]
    x = torch.full((1, spec.width), 0.1)

    def step_cells() -> None:
        with torch.inference_mode():
            h = x
            for i, cell in enumerate(cells):
                states[i] = cell(h, states[i])
                h = states[i][0]

    yield "torch.nn.LSTMCell", step_cells
    whole = torch.nn.LSTM(spec.width, spec.hidden, spec.layers)
    state = [(torch.zeros(spec.layers, 1, spec.hidden), torch.zeros(spec.layers, 1, spec.hidden))]

    def step_lstm() -> None:
        with torch.inference_mode():
            _, state[0] = whole(x[None], state[0])

    yield "torch.nn.LSTM", step_lstm


def notes(network: Network, checkpoint: Checkpoint) -> Iterator[tuple[str, Step]]:
    """A whole note: layers, the three heads, and a draw from each."""
    spec, maps = checkpoint.spec, expert_maps()
    size = sum(value.nbytes for key, value in checkpoint.weights.items() if "embed" not in key)
    yield f"memory floor ({size / 1e6:.2f} MB)", floor(size)
    ids = [entry.size // 2 for entry in spec.inputs]
    dense = np.zeros(spec.dense, np.float32)
    questions = [
        (
            head.name,
            [entry.size // 2 for entry in head.inputs],
            [len(table) // 2 for table in maps[head.name]],
        )
        for head in spec.heads
    ]

    def step() -> None:
        network.step(ids, dense)
        for head, inputs, shifts in questions:
            sample(probabilities(network.logits(head, inputs, shifts), 1.0, 0.95), 0.5)

    yield "models.network.Network, heads, sampling", step
    if find_spec("torch") is not None:
        yield "models.twin.Twin (torch), heads, sampling", twin_step(checkpoint, ids, dense, questions)
    blues = changes_from_beats([parse_chord(symbol) for symbol in BLUES for _ in range(4)], 4)
    improviser = Improviser(network, blues, Taste())
    minds = [improviser.intend(Mind(Chance(0)), 0, blues.bar, TEMPO)]

    def play() -> None:
        minds[0], _ = improviser.play(minds[0], 1 << 40, TEMPO)

    yield "Improviser.play: encoding and grammar too", play


def twin_step(
    checkpoint: Checkpoint, ids: list[int], dense: object, questions: list[tuple[str, list[int], list[int]]]
) -> Step:
    """The same note by the torch twin."""
    import torch

    from models.twin import Batch, Dropout, Twin

    twin = Twin(checkpoint.spec, expert_maps(), Dropout()).eval()
    batch = Batch(
        torch.tensor([[ids]]),
        torch.tensor(np.asarray(dense))[None, None],
        {head: torch.tensor([[inputs]], dtype=torch.int64) for head, inputs, _ in questions},
        {head: torch.tensor([[shifts]]) for head, _, shifts in questions},
        {},
    )
    state = [twin.initial_state(1)]

    def step() -> None:
        with torch.inference_mode():
            logits, state[0] = twin(batch, state[0])
        for found in logits.values():
            sample(probabilities(found[0, 0].numpy(), 1.0, 0.95), 0.5)

    return step


def floor(size: int) -> Step:
    """A matrix-vector product over `size` bytes of float32."""
    columns = 512
    matrix = np.ones((size // 4 // columns, columns), np.float32)
    vector, out = np.ones(columns, np.float32), np.empty(len(matrix), np.float32)
    return lambda: np.dot(matrix, vector, out=out)


def measure(group: str, rows: dict[str, Step], rounds: int) -> list[Figure]:
    """Every row's times, taking turns; the first row is the floor."""
    for step in rows.values():
        for _ in range(WARM_UP):
            step()
    times: dict[str, list[int]] = {name: [] for name in rows}
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for name, step in rows.items():
            started = time.perf_counter_ns()
            step()
            times[name].append(time.perf_counter_ns() - started)
    medians = {name: float(np.percentile(found, 50)) / 1e3 for name, found in times.items()}
    lowest = next(iter(medians.values()))
    return [
        Figure(group, name, medians[name], float(np.percentile(found, 99)) / 1e3, medians[name] / lowest)
        for name, found in times.items()
    ]


if __name__ == "__main__":
    main()
