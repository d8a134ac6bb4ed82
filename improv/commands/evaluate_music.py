"""`improv evaluate music`: what generated solos measure beside real ones."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from improv.errors import UserError

if TYPE_CHECKING:
    from improv.measures.compare import Comparison, Progress

BARS = 32
"""How much of each solo is measured, as published for generated ones."""
MORE_REAL = 50
"""Training solos, evenly spaced, whose overlap with the real ones shows what can be had."""
PAGES = (".svg", ".html")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv evaluate music` can be told."""
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILES", help="MIDI files with a melody and chords as markers"
    )
    parser.add_argument(
        "--against",
        type=Path,
        required=True,
        metavar="DATA",
        help="the database of real solos, or its folder",
    )
    parser.add_argument(
        "--solos", type=Path, metavar="IDS.json", help="which of its solos (default: those that validate)"
    )
    parser.add_argument(
        "--bars", type=int, default=BARS, metavar="N", help="measure the first N bars of each (%(default)s)"
    )
    parser.add_argument(
        "--page", type=Path, metavar="FILE", help="draw the distributions into FILE.svg or FILE.html"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> None:
    """Measure, draw and print."""
    from improv.files import check_writable, write_whole
    from improv.measures.page import html, picture
    from improv.measures.table import plain, rows

    if arguments.bars < 2:
        raise UserError(f"--bars {arguments.bars}: 2 or more")
    if arguments.page is not None:
        if arguments.page.suffix.lower() not in PAGES:
            raise UserError(f"--page {arguments.page}: a file that ends in {' or '.join(PAGES)}")
        check_writable(arguments.page)
    comparison = _compare(arguments)
    if arguments.page is not None:
        drawn = picture(comparison)
        page = html(drawn) if arguments.page.suffix.lower() == ".html" else drawn
        write_whole(arguments.page, page.encode())
    if arguments.json:
        print(json.dumps(comparison.as_json()))
    else:
        print(plain(rows(comparison)))


def _compare(arguments: argparse.Namespace) -> "Comparison":
    from improv.jazz.solos import read_ids, read_split
    from improv.jazz.wjazzd import read_solos
    from improv.measures.compare import compare, measured
    from improv.measures.copying import source_of
    from improv.measures.piece import opening
    from improv.pieces import piece_of_file, piece_of_solo

    generated = [opening(piece_of_file(path), arguments.bars) for path in arguments.files]
    solos = [solo for solo in read_solos(arguments.against) if solo.notes]
    split = read_split(arguments.against, [solo.melid for solo in solos])
    wanted = set(split.validation if arguments.solos is None else read_ids(arguments.solos))
    unknown = wanted - {solo.melid for solo in solos}
    if unknown:
        raise UserError(f"{arguments.against}: no solo {min(unknown)}")
    real = [opening(piece_of_solo(solo), arguments.bars) for solo in solos if solo.melid in wanted]
    if len(real) < 2:
        raise UserError("two real solos at least are needed to compare with")
    training = [
        piece_of_solo(solo) for solo in solos if solo.melid in set(split.train) and solo.melid not in wanted
    ]
    source = source_of(training) if training else None
    both = {
        name: measured(name, pieces, lambda _: source, _progress(name))
        for name, pieces in (("real", real), ("generated", generated))
    }
    step = max(1, len(training) // MORE_REAL)
    more_real = [opening(piece, arguments.bars) for piece in training[::step]]
    return compare(both["real"], [both["generated"]], more_real)


def _progress(name: str) -> "Progress":
    def tell(done: int, total: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == total else ""
            print(f"\r{name}: {done} of {total} solos", end=end, file=sys.stderr)

    return tell
