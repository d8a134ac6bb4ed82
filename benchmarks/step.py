"""How long one live step takes, against the memory floor and against torch, all in the same run.

    OPENBLAS_NUM_THREADS=1 python benchmarks/step.py [--model DIR] [--rounds N] [--json]

Conventions: microseconds; one sequence, float32, torch on one thread. The rows of a group do the same
work and take turns, round by round, so that a busy machine is busy for all of them. The floor is a
NumPy matrix-vector product over as many bytes as the group's weights have: torch has to read them all; our
step looks up what ids add, and reads fewer.
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
from improv.improviser import Improviser, Taste
from improv.jazz.encoding import encode, expert_maps, gap_question, length_question
from improv.jazz.model import JazzModel, load_jazz
from improv.jazz.past import MOST
from improv.jazz.recall import Recall
from improv.mind import Mind
from models.checkpoint import Checkpoint
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
        **{f"layers of {part}": dict(layers(checkpoint)) for part, checkpoint in model.parts.items()},
        "note": dict(notes(model)),
    }
    figures = [
        figure for group, rows in groups.items() for figure in measure(group, rows, max(1, arguments.rounds))
    ]
    if arguments.json:
        print(json.dumps([asdict(figure) for figure in figures]))
        return
    shapes = ", ".join(f"{part} {c.spec.layers} of {c.spec.hidden}" for part, c in model.parts.items())
    print(f"layers: {shapes}; microseconds a step, {arguments.rounds} rounds")
    print(f"{'group':18}{'row':48}{'p50':>9}{'p99':>9}{'x floor':>9}")
    for figure in figures:
        print(f"{figure.group:18}{figure.name:48}{figure.p50:9.1f}{figure.p99:9.1f}{figure.floors:9.2f}")


def layers(checkpoint: Checkpoint) -> Iterator[tuple[str, Step]]:
    """The recurrent layers alone."""
    spec, weights = checkpoint.spec, checkpoint.weights
    size = sum(value.nbytes for key, value in weights.items() if key.startswith("lstm."))
    yield f"memory floor ({size / 1e6:.2f} MB)", floor(size)
    network = Network(spec, weights, expert_maps())
    ids = [0] * len(spec.inputs)
    dense = np.full(spec.dense, 0.1, np.float32)
    advice = {name: np.full((taken.sources, taken.slots), 0.01, np.float32) for name, taken in spec.heard}
    yield "models.network.Network.step, embedding too", lambda: network.step(ids, dense, advice)
    if find_spec("torch") is None:
        return
    import torch

    with suppress(RuntimeError):  # only the first call may set it
        torch.set_num_threads(1)
    cells = [torch.nn.LSTMCell(spec.layer_width(layer), spec.hidden) for layer in range(spec.layers)]
    states = [(torch.zeros(1, spec.hidden), torch.zeros(1, spec.hidden)) for _ in cells]
    entered = torch.full((1, spec.width), 0.1)

    def step_cells() -> None:
        with torch.inference_mode():
            h = entered
            for i, cell in enumerate(cells):
                states[i] = cell(torch.cat([h, entered], dim=1) if i else h, states[i])
                h = states[i][0]

    yield "torch.nn.LSTMCell", step_cells
    wholes = [torch.nn.LSTM(spec.layer_width(layer), spec.hidden) for layer in range(spec.layers)]
    memory = [(torch.zeros(1, 1, spec.hidden), torch.zeros(1, 1, spec.hidden)) for _ in wholes]

    def step_lstm() -> None:
        with torch.inference_mode():
            h = entered
            for i, whole in enumerate(wholes):
                out, memory[i] = whole((torch.cat([h, entered], dim=1) if i else h)[None], memory[i])
                h = out[0]

    yield "torch.nn.LSTM", step_lstm


def notes(model: JazzModel) -> Iterator[tuple[str, Step]]:
    """A whole note: what was there before is recalled, all networks step, and every head is drawn from."""
    size = sum(
        value.nbytes
        for checkpoint in model.parts.values()
        for key, value in checkpoint.weights.items()
        if "embed" not in key
    )
    yield f"memory floor ({size / 1e6:.2f} MB)", floor(size)
    blues = changes_from_beats([parse_chord(symbol) for symbol in BLUES for _ in range(4)], 4)
    improviser = Improviser(model.network, blues, Taste(), model.corpus)
    mind = improviser.intend(Mind(Chance(0)), 0, blues.bar, TEMPO)
    for _ in range(MOST):  # a past as long as it gets
        mind, _ = improviser.play(mind, 1 << 40, TEMPO)
    assert mind.encoded is not None
    moment = mind.encoded.moment
    asked = {"pitch": ((), mind.encoded.shifts), "gap": gap_question(moment, 60)}

    def recall() -> None:
        found = Recall(moment.past, moment.point)
        found.pitch(), found.gap(), found.length(12)

    yield "Recall: what the line did before", recall

    def step() -> None:
        encoded = encode(moment, model.corpus)
        model.network.step(encoded.ids, encoded.dense, encoded.advice)
        for head, (inputs, shifts) in asked.items():
            logits = model.network.logits(head, inputs, shifts, encoded.advice[head])
            sample(probabilities(logits, 1.0, 0.95), 0.5)
        logits = model.network.logits("length", *length_question(moment, 60, 12), encoded.recall.length(12))
        sample(probabilities(logits, 1.0, 0.95), 0.5)

    yield "one step, with all heads, recall and sampling", step
    minds = [mind]

    def play() -> None:
        minds[0], _ = improviser.play(minds[0], 1 << 40, TEMPO)

    yield "Improviser.play: grammar too", play


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
