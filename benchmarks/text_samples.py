"""Measure what a text model writes: names, or sonnets with and without their form beside real ones.

Usage: python benchmarks/text_samples.py MODEL [-n 100] [--learned FILE ...] [--held FILE] [--json]

MODEL is a name that ships or a folder. For sonnets, --learned names the texts that the model learned
from, so that copied five-word runs are seen, and --held real sonnets that it did not.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from improv.text.model import TextModel, load_text
from improv.text.pronunciation import dictionary
from improv.text.samples import name_figures, runs, sonnet_figures
from improv.text.writer import WriteOptions, write
from improv.verse.speech import speaker

SONNET = 620
"""Characters of a sonnet without form: what fourteen lines have."""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("-n", type=int, default=100, help="texts to sample")
    parser.add_argument("--learned", type=Path, nargs="*", default=[])
    parser.add_argument("--held", type=Path)
    parser.add_argument("--temperature", type=float, default=WriteOptions().temperature)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    model = load_text(arguments.model)
    options = WriteOptions(temperature=arguments.temperature, seed=arguments.seed, length=SONNET)
    if model.unit == "line":
        free = replace(options, allow_known=True)
        found = {
            "as written": asdict(name_figures(_sampled(model, options, arguments.n), model.known)),
            "if known ones may come": asdict(name_figures(_sampled(model, free, arguments.n), model.known)),
        }
    else:
        found = _of_sonnets(model, options, arguments.n, arguments.learned, arguments.held)
    if arguments.json:
        print(json.dumps(found))
        return
    for title, figures in found.items():
        print(title)
        for name, value in figures.items():
            print(f"  {name:16} {value:.4g}")


def _of_sonnets(
    model: TextModel, options: WriteOptions, count: int, learned: Sequence[Path], held: Path | None
) -> dict[str, dict[str, float]]:
    lookup = dictionary()
    known = {run for path in learned for run in runs(path.read_text())}
    texts = {"in form": options, "free": replace(options, free=True)}
    found: dict[str, dict[str, float]] = {}

    def figures(sonnets: Sequence[str]) -> dict[str, float]:
        return asdict(
            sonnet_figures(
                sonnets, speaker(lookup), lambda word: word in model.lexicon or bool(lookup(word)), known
            )
        )

    for title, one in texts.items():
        began = time.perf_counter()
        sampled = _sampled(model, one, count)
        found[title] = {**figures(sampled), "seconds_each": (time.perf_counter() - began) / count}
    if held is not None:
        real = [text for text in held.read_text().split("\n\n") if text.strip()]
        found["held out, real"] = figures(real)
    return found


def _sampled(model: TextModel, options: WriteOptions, count: int) -> list[str]:
    return ["".join(write(model, replace(options, index=index))).strip() for index in range(count)]


if __name__ == "__main__":
    main()
