"""`improv train`: train a model on your own machine; what each kind takes is in a module of its own."""

import argparse
from importlib.util import find_spec

from improv.commands import train_bass, train_deepjazz, train_jazz, train_text
from improv.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv train` can be told."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for kind in (train_jazz, train_text, train_deepjazz, train_bass):
        chosen = kind.add_parser(kinds)
        chosen.add_argument("--seed", type=int, default=0, help="%(default)s")
        chosen.add_argument("--threads", type=int, default=2, help="processor cores to use (%(default)s)")
        chosen.set_defaults(train=kind.run)


def run(arguments: argparse.Namespace) -> int:
    """Train and print the figures."""
    if find_spec("torch") is None:
        raise UserError("training needs torch: pip install 'jazz-improv[train]'")
    for name in ("epochs", "hidden", "layers", "batch", "threads", "window", "patience"):
        value = getattr(arguments, name, None)
        if value is not None and value < 1:
            raise UserError(f"--{name} must be 1 or more, not {value}")
    if arguments.rate is not None and not 0 < arguments.rate < 1:
        raise UserError(f"--rate must be above 0 and below 1, not {arguments.rate}")
    code: int = arguments.train(arguments)
    return code
