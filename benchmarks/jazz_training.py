"""How fast the jazz model trains, against a bare loop over torch's nn.LSTM of the same size, in one run.

    OPENBLAS_NUM_THREADS=1 python benchmarks/jazz_training.py [DATA] [--rounds N] [--threads N] [--json]

Conventions: notes learned from a second of processor time, which a busy machine lengthens less than the
clock's; the rows do the same work and take turns, round by round; medians of the rounds. A ratio is a row
over the bare loop in float32. Without DATA the solos are made up, as many and as long as those of the Weimar
Jazz Database, in ids of the same alphabets. Every row reads 32 solos side by side, 96 notes a window, and has
the layers of the network of pitches: the bare loop embeds, reads the advice, runs an nn.LSTM a layer with the
same skips, and answers through nn.Linear; cross-entropy, clipping, AdamW. It reads windows without padding,
laid out beforehand, and has no dropout, no average, no experts and no gates. What our loop does as well: it
draws windows, transposes, carries state from window to window, drops weights and units, scores pitches by
five experts and the advice, and keeps averaged weights. `improv train jazz` trains joined, in bfloat16.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from improv.commands.train_jazz import PLANS
from improv.jazz.encoding import PARTS, expert_maps, jazz_spec
from models.dataset import IGNORED, Columns, HeadColumns
from models.loop import Training
from models.recipe import Recipe
from models.spec import Head, Spec
from models.streams import Streams, stack
from models.twin import Twin

SOLOS, MEDIAN, SPREAD = 376, 366.0, 0.6
"""How many solos the database has to train on; how long they are: median notes, and deviation of the log."""
WARM_UP = 2

Row = Callable[[], int]
"""One round of a row; returns the notes it learned from."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table."""

    name: str
    notes_a_second: float
    milliseconds_a_window: float
    ratio: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", nargs="?", type=Path, help="the database; without it solos are made up")
    parser.add_argument("--rounds", type=int, default=8, help="of each row (%(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="(%(default)s)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    spec = jazz_spec(heads=PARTS["pitch"], hidden=PLANS["pitch"].hidden)
    solos = made_up(spec) if arguments.data is None else read(arguments.data)
    rows = {
        "our loop, joined windows, bfloat16": ours(spec, solos, half=True),
        "our loop, joined windows, float32": ours(spec, solos),
        "our loop, padded windows, float32": ours(spec, solos, joined=False),
        "bare nn.LSTM, bfloat16": bare(spec, solos, half=True),
        "bare nn.LSTM, padded windows, float32": bare(spec, solos, padded=True),
        "bare nn.LSTM, float32": bare(spec, solos),
    }
    figures = measure(rows, arguments.rounds)
    if arguments.json:
        print(json.dumps([{name: getattr(f, name) for name in Figure.__slots__} for f in figures]))
        return
    for f in figures:
        print(f"{f.name:44}{f.notes_a_second:8.0f}{f.milliseconds_a_window:8.0f} ms{f.ratio:7.2f}")


def measure(rows: dict[str, Row], rounds: int) -> list[Figure]:
    """Rows in turns."""
    found: dict[str, list[tuple[int, float]]] = {name: [] for name in rows}
    for turn in range(rounds + WARM_UP):
        for name, row in rows.items():
            began = time.process_time()
            notes = row()
            if turn >= WARM_UP:
                found[name].append((notes, time.process_time() - began))
    speeds = {name: statistics.median(n / s for n, s in each) for name, each in found.items()}
    spans = {name: statistics.median(s for _, s in each) for name, each in found.items()}
    reference = list(speeds.values())[-1]
    return [
        Figure(name, round(v, 1), round(1000 * spans[name], 1), round(v / reference, 3))
        for name, v in speeds.items()
    ]


def ours(spec: Spec, solos: list[Columns], half: bool = False, joined: bool = True) -> Row:
    """A window through `models.loop`; joined and half are fields of its recipe, both off by default."""
    recipe = replace(Recipe(), half=half, joined=joined)
    twin = Twin(spec, {head.name: expert_maps()[head.name] for head in spec.heads}, recipe.dropout)
    run = Training(twin, Streams(solos, recipe.batch, recipe.seed, joined), recipe)

    def row() -> int:
        before = run.seen
        run.step()
        return run.seen - before

    return row


class Bare(nn.Module):
    """The same layers, the plain way."""

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(entry.size, entry.width) for entry in spec.inputs)
        self.heard = nn.ModuleDict(
            {name: nn.Linear(a.sources * a.slots, a.width, bias=False) for name, a in spec.heard}
        )
        widths = [spec.layer_width(layer) for layer in range(spec.layers)]
        self.layers = nn.ModuleList(nn.LSTM(width, spec.hidden) for width in widths)
        self.heads = nn.ModuleList(self._head(head, spec.trunk) for head in spec.heads)

    @staticmethod
    def _head(head: Head, hidden: int) -> nn.Module:
        if not head.width:
            return nn.Linear(hidden, head.size)
        return nn.Sequential(nn.Linear(hidden, head.width), nn.ReLU(), nn.Linear(head.width, head.size))

    def forward(self, ids: Tensor, dense: Tensor, advice: dict[str, Tensor]) -> list[Tensor]:
        """Logits of every head, (T, B, V)."""
        parts = [table(ids[..., i]) for i, table in enumerate(self.tables)]
        for name, read in self.heard.items():
            parts += [advice[name].sum(-1), read(advice[name].flatten(-2))]
        x = entered = torch.cat([*parts, dense], dim=-1)
        shown: list[Tensor] = []
        for layer in self.layers:
            x, _ = layer(torch.cat([x, entered.to(x.dtype)], dim=-1) if shown else x)
            shown.append(x)
        return [head(torch.cat(shown, dim=-1)) for head in self.heads]


def bare(spec: Spec, solos: list[Columns], half: bool = False, padded: bool = False) -> Row:
    """The same window through torch's own modules; padded, solos are cut up and the last piece filled up."""
    recipe = Recipe()
    columns = solos[0]
    if padded:
        pieces = [
            (0, start + at, start + min(at + recipe.window, length))
            for start, length in zip(columns.starts, columns.lengths, strict=True)
            for at in range(0, length, recipe.window)
        ]
        order = np.random.default_rng(0).permutation(len(pieces))
        windows = [
            stack(solos[:1], [pieces[i] for i in order[k * recipe.batch :][: recipe.batch]]) for k in range(8)
        ]
    else:
        share = len(columns.ids) // recipe.batch
        starts = [i * share + np.arange(8) * recipe.window for i in range(recipe.batch)]
        windows = [stack(solos[:1], [(0, s[k], s[k] + recipe.window) for s in starts]) for k in range(8)]
    model = Bare(spec)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    done = 0

    def row() -> int:
        nonlocal done
        window = windows[done % len(windows)]
        done += 1
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            found = model(window.ids, window.dense, window.advice)
        losses = [
            functional.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), ignore_index=IGNORED)
            for logits, targets in zip(found, window.targets.values(), strict=True)
        ]
        optimiser.zero_grad(set_to_none=True)
        torch.stack(losses).sum().backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
        optimiser.step()
        # every note has a pitch to tell, unless it is padding
        return int((window.targets["pitch"] != IGNORED).sum())

    return row


def read(data: Path) -> list[Columns]:
    """The solos to train on, in all keys."""
    from improv.jazz.corpus import tally
    from improv.jazz.dataset import KEYS, encode_solos, only, transpose
    from improv.jazz.solos import read_split
    from improv.jazz.wjazzd import read_solos

    everything = read_solos(data)
    wanted = set(read_split(data, [solo.melid for solo in everything]).train)
    solos = [solo for solo in everything if solo.melid in wanted]
    learned = encode_solos(solos, tally(solos), among=True)
    learned = only(learned, PARTS["pitch"])
    return [transpose(learned, semitones) for semitones in KEYS]


def made_up(spec: Spec) -> list[Columns]:
    """Solos of random ids, in one key."""
    generator = np.random.default_rng(0)
    lengths = [int(n) for n in np.clip(generator.lognormal(np.log(MEDIAN), SPREAD, SOLOS), 30, 4000)]
    steps = sum(lengths)

    def ids(*sizes: int) -> np.ndarray:
        return np.stack([generator.integers(0, size, steps) for size in sizes], axis=-1).astype(np.int16)

    maps = expert_maps()
    heads = {}
    for head in spec.heads:
        inputs = (
            ids(*(entry.size for entry in head.inputs)) if head.inputs else np.zeros((steps, 0), np.int16)
        )
        shifts = ids(*(len(table) for table in maps[head.name]))
        taken = head.advice
        rows = None if taken is None else generator.random((steps, taken.sources, taken.slots), np.float32)
        advice = None if rows is None else (rows / rows.shape[-1]).astype(np.float16)
        heads[head.name] = HeadColumns(inputs, shifts, ids(head.size)[:, 0], advice)
    dense = generator.integers(0, 2, (steps, spec.dense)).astype(np.uint8)
    return [Columns(ids(*(entry.size for entry in spec.inputs)), dense, heads, tuple(lengths))]


if __name__ == "__main__":
    main()
