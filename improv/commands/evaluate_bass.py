"""`improv evaluate bass`: how well the bass model foretells transcribed bass lines."""

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What it can be told."""
    parser.add_argument(
        "data", type=Path, metavar="DATA", help="the database (wjazzd.db, .sqlite, .xz) or its folder"
    )
    parser.add_argument("--solos", type=Path, metavar="IDS.json", help="which solos (default: all of them)")
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="a checkpoint (default: the one that ships)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def evaluate(arguments: argparse.Namespace) -> dict[str, float]:
    """The figures; with an n-gram's beside them where the split leaves other solos to learn it from."""
    from improv.band import evaluation
    from improv.band.model import load_bass
    from improv.jazz.solos import read_ids, read_split
    from improv.jazz.wjazzd import read_solos

    network, _ = load_bass(arguments.model)
    scored = read_solos(arguments.data, None if arguments.solos is None else read_ids(arguments.solos))
    everything = read_solos(arguments.data)
    split = read_split(arguments.data, [solo.melid for solo in everything])
    learned = set(split.train) - {solo.melid for solo in scored}
    tell = sys.stderr.isatty()

    def report(done: int) -> None:
        if tell:
            print(
                f"\r{done} of {len(scored)} solos", end="\n" if done == len(scored) else "", file=sys.stderr
            )

    others = [solo for solo in everything if solo.melid in learned]
    found = evaluation.evaluate(network, scored, others, report)
    return {name: round(value, 6) for name, value in found.items()}
