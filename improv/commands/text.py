"""`improv text`: names, sonnets and plays by the character models, as they are sampled."""

import argparse
import json
import secrets
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from improv.errors import UserError
from improv.threads import use_one_thread

if TYPE_CHECKING:
    from improv.text.model import TextModel
    from improv.text.writer import WriteOptions

MOST = 100_000
"""Texts that can be asked for at once."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv text` can be told."""
    parser.add_argument(
        "name", nargs="?", metavar="MODEL", help="dinos, sonnets or shakespeare (dinos, without --model)"
    )
    parser.add_argument("--model", metavar="DIR", help="a model of yours (see improv train text), or a name")
    parser.add_argument("-n", "--count", type=int, metavar="N", help="how many (names: 10, else 1)")
    parser.add_argument("--temperature", type=float, default=None, help="below 1 safer, above 1 wilder (0.8)")
    parser.add_argument(
        "--top-p", type=float, default=None, help="sample from the likeliest that reach this share (0.95)"
    )
    parser.add_argument("--prime", default="", metavar="TEXT", help="what each begins with")
    parser.add_argument("--seed", type=int, help="the same seed gives the same texts")
    parser.add_argument(
        "--length", type=int, default=600, metavar="N", help="characters of a stretch of text (%(default)s)"
    )
    parser.add_argument("--free", action="store_true", help="sonnets without their form")
    parser.add_argument(
        "--allow-known", action="store_true", help="names and lines that the model learned from, too"
    )
    parser.add_argument("--ui", action="store_true", help="on a screen: prime, stream, keep or discard, save")
    parser.add_argument("--json", action="store_true", help="one JSON object a text")


def run(arguments: argparse.Namespace) -> int:
    """Write to stdout."""
    use_one_thread()
    from improv.text.model import load_text
    from improv.text.writer import WriteOptions, check_options

    if arguments.name is not None and arguments.model is not None:
        raise UserError(f"name one model: {arguments.name!r} or --model {arguments.model!r}")
    place = arguments.model or arguments.name or "dinos"
    for name, least in (("count", 1), ("length", 1)):
        value = getattr(arguments, name)
        if value is not None and not least <= value <= MOST:
            raise UserError(f"--{name} must be from {least} to {MOST}, not {value}")
    defaults = WriteOptions()
    options = WriteOptions(
        temperature=defaults.temperature if arguments.temperature is None else arguments.temperature,
        top_p=defaults.top_p if arguments.top_p is None else arguments.top_p,
        prime=arguments.prime.replace("\\n", "\n"),
        seed=secrets.randbelow(1_000_000) if arguments.seed is None else arguments.seed,
        length=arguments.length,
        free=arguments.free,
        allow_known=arguments.allow_known,
    )
    model = load_text(place)
    check_options(model, options)
    if arguments.ui:
        return _on_screen(place, options)
    count = arguments.count or (10 if model.unit == "line" else 1)
    if arguments.json:
        for index, text in enumerate(_whole(model, options, count)):
            print(
                json.dumps({"text": text, "model": model.name, "seed": options.seed, "index": index}),
                flush=True,
            )
        return 0
    for i, pieces in enumerate(_each(model, options, count)):
        if i and model.unit != "line":
            print()
        for piece in pieces:
            sys.stdout.write(piece)
            sys.stdout.flush()
    if sys.stderr.isatty() and arguments.seed is None:
        print(f"seed {options.seed}", file=sys.stderr)
    return 0


def _each(model: "TextModel", options: "WriteOptions", count: int) -> Iterator[Iterator[str]]:
    """The texts one after the other, no name twice."""
    from improv.text.writer import write

    taken: set[str] = set()
    for index in range(count):
        pieces = write(model, replace(options, index=index), taken)
        if model.unit == "line":
            name = "".join(pieces)
            taken.add(name.strip())
            pieces = iter((name,))
        yield pieces


def _whole(model: "TextModel", options: "WriteOptions", count: int) -> Iterator[str]:
    for pieces in _each(model, options, count):
        yield "".join(pieces).rstrip("\n")


def _on_screen(place: str, options: "WriteOptions") -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError("the screen needs a terminal; leave --ui out")
    from improv.tui.text import run as run_screen

    run_screen(place, options)
    return 0
