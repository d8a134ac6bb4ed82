"""What the lessons share: how one is started, where data is found, and lines to learn from.

Conventions: a lesson is `run(arguments) -> None`, and prints; a mistake of the user's is one line and
exit code 2, as in the program itself. A `Solo` is a line over changes, whoever played it.
"""

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, NoReturn

from grammar.notes import TICKS_PER_BEAT
from improv.errors import UserError
from improv.improviser import Improviser, Taste
from improv.jazz.manner import manner_for
from improv.jazz.model import load_jazz
from improv.jazz.solos import read_split
from improv.jazz.wjazzd import DATABASE_NAMES, Solo, read_solos
from improv.library import chart_names, load_chart
from improv.soloist import improvise

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Where the data lies on a machine that has it beside the checkout."""

EVERY = 4
"""Every fourth chart is held out."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, not the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Raises UserError."""
        raise UserError(f"{message}; --help tells more")


def start(
    lesson: Callable[[argparse.Namespace], None], parser: Parser, words: Sequence[str] | None = None
) -> int:
    """Run a lesson on the command line's words and return the exit code: 0, or 2 for bad input."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that cannot show a bar is no reason to fail
        sys.stdout.reconfigure(errors="replace")
    try:
        lesson(parser.parse_args(words))
    except UserError as error:
        print(f"{Path(parser.prog).stem}:", " ".join(str(error).splitlines()), file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader has gone, as `head` does: nothing of ours is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def at_least(least: int) -> Callable[[str], int]:
    """A type for argparse: a whole number that is not below `least`."""

    def whole(word: str) -> int:
        number = int(word)
        if number < least:
            raise argparse.ArgumentTypeError(f"{number} is below {least}")
        return number

    whole.__name__ = "whole number"
    return whole


def find_database(given: Path | None) -> Path | None:
    """The folder or file of the Weimar Jazz Database: as given, IMPROV_DATA, or beside the checkout.

    What is given is returned as it is, for its reader to complain about; None where nothing is found.
    """
    if given is not None:
        return given / "wjazzd" if (given / "wjazzd").is_dir() else given
    folder = Path(os.environ.get("IMPROV_DATA") or SHARED) / "wjazzd"
    return folder if any((folder / name).is_file() for name in DATABASE_NAMES) else None


def find_text(name: str, given: Path | None) -> Path:
    """A text: as given, or by its name in the data's folder `text`.

    Raises:
        UserError: none given, and none found.
    """
    path = given or Path(os.environ.get("IMPROV_DATA") or SHARED) / "text" / name
    if not path.is_file():
        raise UserError(f"no text {path}; name a file, or the folder of the data in IMPROV_DATA")
    return path


@lru_cache(maxsize=64)
def improvised(chart_name: str, seed: int, choruses: int = 1) -> Solo:
    """A line that the shipped model plays over a chart; the same seed, the same line, kept for the next time.

    Raises:
        UserError: no such chart.
    """
    chart = load_chart(chart_name)
    changes = chart.changes()
    model = load_jazz()
    taste = Taste(manner=manner_for(chart.feel))
    ticks = choruses * changes.length
    choices = improvise(Improviser(model.network, changes, taste, model.corpus), ticks, chart.tempo, seed)
    return Solo(
        melid=seed,
        title=f"{chart.title}, improvised with seed {seed}",
        performer="improv",
        tempo=chart.tempo,
        feel=chart.feel,
        notes=tuple(choice.note for choice in choices),
        changes=changes,
        beats=tuple(beat % changes.meter for beat in range(ticks // TICKS_PER_BEAT + 1)),
    )


class Lines(NamedTuple):
    """Lines to learn from, lines held out, and where they are from."""

    known: list[Solo]
    held_out: list[Solo]
    source: str


def find_lines(given: Path | None, choruses: int) -> Lines:
    """The database's solos, split as its split.json says; without it, what the shipped model improvises.

    Improvised lines over every fourth chart are held out, so that no chart is in both parts.
    """
    database = find_database(given)
    if database is None:
        solos = [improvised(name, 0, choruses) for name in chart_names()]
        held = solos[EVERY // 2 :: EVERY]
        known = [solo for solo in solos if solo not in held]
        return Lines(known, held, f"lines that the shipped model improvises, {choruses} choruses a chart")
    solos = read_solos(database)
    split = read_split(database, [solo.melid for solo in solos])
    by_id = {solo.melid: solo for solo in solos if solo.notes}
    known, held = ([by_id[i] for i in part if i in by_id] for part in (split.train, split.validation))
    return Lines(known, held, f"the Weimar Jazz Database, split by {split.source}")


def improvised_solos(seed: int, choruses: int, but: str = "") -> Iterator[Solo]:
    """A line over every shipped chart, except the one called `but`."""
    for name in chart_names():
        if name != but:
            yield improvised(name, seed, choruses)
