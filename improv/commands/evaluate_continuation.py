"""`improv evaluate continuation`: whether the model tells how a solo goes on."""

import argparse
import sys
from pathlib import Path

from improv.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv evaluate continuation` can be told."""
    parser.add_argument("data", type=Path, metavar="DATA", help="the database, or its folder")
    parser.add_argument("--solos", type=Path, metavar="IDS.json", help="which solos (default: all of them)")
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="a checkpoint (default: the one that ships)"
    )
    parser.add_argument("--seed", type=int, default=0, help="which wrong ones are drawn (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def evaluate(arguments: argparse.Namespace) -> dict[str, float]:
    """The shares of questions that the model answers right."""
    from improv.jazz.continuation import evaluate_continuation
    from improv.jazz.model import load_jazz
    from improv.jazz.solos import read_ids
    from improv.jazz.wjazzd import read_solos

    model = load_jazz(arguments.model)
    melids = None if arguments.solos is None else read_ids(arguments.solos)
    found = evaluate_continuation(model, read_solos(arguments.data, melids), arguments.seed, _report)
    if not found["questions"]:
        raise UserError(
            f"{arguments.data}: nothing to ask; it takes four solos of different tunes, "
            "of sixteen bars with notes in each half"
        )
    return {name: round(value, 6) for name, value in found.items()}


def _report(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {total} questions", end="\n" if done == total else "", file=sys.stderr)
