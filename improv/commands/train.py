"""`improv train`: train a model on your own machine."""

import argparse
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from improv.commands.training_bar import TrainingBar
from improv.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv train` can be told."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    jazz = kinds.add_parser(
        "jazz",
        help="the jazz model, on the Weimar Jazz Database",
        description="Train the jazz model. Stop it with Ctrl-C; the same command goes on where it stopped.",
    )
    jazz.add_argument(
        "data", type=Path, metavar="DATA", help="the database (wjazzd.db, .sqlite, .xz) or its folder"
    )
    jazz.add_argument(
        "-o", "--out", type=Path, default=Path("runs/jazz"), help="where it is saved (%(default)s)"
    )
    jazz.add_argument("--epochs", type=int, default=36, help="times through the data (%(default)s)")
    jazz.add_argument("--hidden", type=int, default=384, help="units of a layer (%(default)s)")
    jazz.add_argument("--layers", type=int, default=2, help="layers (%(default)s)")
    jazz.add_argument("--batch", type=int, default=32, help="solos side by side (%(default)s)")
    jazz.add_argument("--rate", type=float, default=3e-3, help="highest learning rate (%(default)s)")
    _add_common(jazz)
    jazz.set_defaults(train=_train_jazz)
    text = kinds.add_parser(
        "text",
        help="a text model, on any text",
        description="Train a text model on any text. Stop it with Ctrl-C; the same command goes on where it "
        "stopped. What is not given is chosen by the length of the text.",
    )
    text.add_argument(
        "file", type=Path, metavar="FILE", help="a text in UTF-8, or a list of names, one a line"
    )
    text.add_argument("-o", "--out", type=Path, help="where it is saved (runs/NAME OF FILE)")
    text.add_argument("--cell", default="lstm", metavar="CELL", help="lstm, gru or rnn (%(default)s)")
    text.add_argument("--from", dest="start", metavar="MODEL", help="start from this model's weights")
    text.add_argument(
        "--teachers",
        nargs="+",
        default=[],
        metavar="MODEL",
        help="learn a list from the opinion of these models, on its names and on names that they write",
    )
    text.add_argument(
        "--unit", metavar="UNIT", help="text: it runs on; line: each line is a text (by its look)"
    )
    text.add_argument(
        "--held-out", type=float, metavar="SHARE", help="share to validate on (0.05, of lists 0.1)"
    )
    text.add_argument("--epochs", type=int, help="times through the text, at most")
    text.add_argument("--patience", type=int, help="validations without a better one before it ends")
    text.add_argument(
        "--keep-last", action="store_true", help="keep the last weights, not those that validate best"
    )
    text.add_argument("--hidden", type=int, help="units of a layer")
    text.add_argument("--layers", type=int, help="layers")
    text.add_argument("--batch", type=int, help="places of the text, or lines, read side by side")
    text.add_argument("--window", type=int, help="characters of truncated backpropagation through time")
    text.add_argument("--rate", type=float, help="highest learning rate")
    text.add_argument("--average", type=float, help="decay a step of the averaged weights that are kept")
    text.add_argument("--dropout", type=float, help="share of units dropped between layers")
    text.add_argument("--weight-drop", type=float, help="share of hidden-to-hidden weights dropped")
    text.add_argument("--full", action="store_true", help="compute in float32 throughout (slower)")
    _add_common(text)
    text.set_defaults(train=_train_text)


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=0, help="%(default)s")
    parser.add_argument("--threads", type=int, default=2, help="processor cores to use (%(default)s)")


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


def _train_jazz(arguments: argparse.Namespace) -> int:
    from improv.jazz.training import train_jazz
    from models.train import Recipe

    recipe = replace(
        Recipe(),
        epochs=arguments.epochs,
        batch=arguments.batch,
        rate=arguments.rate,
        seed=arguments.seed,
        threads=arguments.threads,
    )
    try:
        with TrainingBar("note") as bar:
            figures = train_jazz(
                arguments.data, arguments.out, arguments.hidden, arguments.layers, recipe, bar.show
            )
    except KeyboardInterrupt:
        raise UserError(f"stopped; the same command goes on from {arguments.out}") from None
    _tell(figures)
    print(f"saved to {arguments.out}; play it with: improv play --model {arguments.out}")
    return 0


def _train_text(arguments: argparse.Namespace) -> int:
    from improv.commands.text_plan import check_choices, plan
    from improv.text.corpus import read_text, split, unit_of

    check_choices(arguments)
    text = read_text(arguments.file)
    unit = arguments.unit or unit_of(text)
    share = arguments.held_out if arguments.held_out is not None else (0.1 if unit == "line" else 0.05)
    corpus = split(text, unit, share, arguments.seed)
    folder = arguments.out or Path("runs") / arguments.file.stem
    # torch takes its time: only once there is something to train on
    from improv.text.model import load_text
    from improv.text.training import train_text

    start = None if arguments.start is None else load_text(arguments.start)
    teachers = [load_text(teacher) for teacher in arguments.teachers]
    size, recipe = plan(arguments, len(corpus.train), unit, start)
    try:
        with TrainingBar("character") as bar:
            figures = train_text(corpus, arguments.file.name, size, recipe, folder, start, teachers, bar.show)
    except KeyboardInterrupt:
        raise UserError(f"stopped; the same command goes on from {folder}") from None
    _tell(figures)
    print(f"saved to {folder}; write with it: improv text --model {folder}")
    return 0


def _tell(figures: dict[str, float]) -> None:
    width = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name:{width}} {value:.10g}")
