"""`improv train text`: a text model, on any text."""

import argparse
from pathlib import Path

from improv.commands.training_bar import TrainingBar, tell
from improv.errors import UserError


def add_parser(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """What it can be told."""
    parser = kinds.add_parser(
        "text",
        help="a text model, on any text",
        description="Train a text model on any text. Stop it with Ctrl-C; the same command goes on where it "
        "stopped. What is not given is chosen by the length of the text.",
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a text in UTF-8, or a list of names, one a line"
    )
    parser.add_argument("-o", "--out", type=Path, help="where it is saved (runs/NAME OF FILE)")
    parser.add_argument("--cell", default="lstm", metavar="CELL", help="lstm, gru or rnn (%(default)s)")
    parser.add_argument("--from", dest="start", metavar="MODEL", help="start from this model's weights")
    parser.add_argument(
        "--teachers",
        nargs="+",
        default=[],
        metavar="MODEL",
        help="learn a list from the opinion of these models, on its names and on names that they write",
    )
    parser.add_argument(
        "--unit", metavar="UNIT", help="text: it runs on; line: each line is a text (by its look)"
    )
    parser.add_argument(
        "--held-out", type=float, metavar="SHARE", help="share to validate on (0.05, of lists 0.1)"
    )
    parser.add_argument("--epochs", type=int, help="times through the text, at most")
    parser.add_argument("--patience", type=int, help="validations without a better one before it ends")
    parser.add_argument(
        "--keep-last", action="store_true", help="keep the last weights, not those that validate best"
    )
    parser.add_argument("--hidden", type=int, help="units of a layer")
    parser.add_argument("--layers", type=int, help="layers")
    parser.add_argument("--batch", type=int, help="places of the text, or lines, read side by side")
    parser.add_argument("--window", type=int, help="characters of truncated backpropagation through time")
    parser.add_argument("--rate", type=float, help="highest learning rate")
    parser.add_argument("--average", type=float, help="decay a step of the averaged weights that are kept")
    parser.add_argument("--dropout", type=float, help="share of units dropped between layers")
    parser.add_argument("--weight-drop", type=float, help="share of hidden-to-hidden weights dropped")
    parser.add_argument("--full", action="store_true", help="compute in float32 throughout (slower)")
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Train and print the figures."""
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
    tell(figures)
    print(f"saved to {folder}; write with it: improv text --model {folder}")
    return 0
