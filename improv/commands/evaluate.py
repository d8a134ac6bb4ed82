"""`improv evaluate`: measure a model."""

import argparse
import json
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv evaluate` can be told."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    jazz = kinds.add_parser(
        "jazz",
        help="next-note prediction on transcribed solos",
        description="How well the jazz model predicts solos, teacher-forced, in nats a note.",
    )
    jazz.add_argument(
        "data", type=Path, metavar="DATA", help="the database (wjazzd.db, .sqlite, .xz) or its folder"
    )
    jazz.add_argument("--solos", type=Path, metavar="IDS.json", help="which solos (default: all of them)")
    jazz.add_argument("--model", type=Path, metavar="DIR", help="a checkpoint (default: the one that ships)")
    jazz.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and print the figures."""
    from improv.jazz.evaluation import evaluate
    from improv.jazz.model import load_jazz
    from improv.jazz.solos import read_ids
    from improv.jazz.wjazzd import read_solos

    network, _ = load_jazz(arguments.model)
    melids = None if arguments.solos is None else read_ids(arguments.solos)
    solos = read_solos(arguments.data, melids)
    tell = sys.stderr.isatty()

    def report(done: int) -> None:
        if tell:
            print(f"\r{done} of {len(solos)} solos", end="\n" if done == len(solos) else "", file=sys.stderr)

    figures = {name: round(value, 6) for name, value in evaluate(network, solos, report).items()}
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:12} {value:g}")
    return 0
