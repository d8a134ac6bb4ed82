"""`improv train jazz`: the jazz model, on the Weimar Jazz Database."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from improv.commands.training_bar import TrainingBar, tell
from improv.errors import UserError, suggest

if TYPE_CHECKING:  # torch comes with it
    from improv.jazz.training import Order


@dataclass(frozen=True, slots=True)
class Plan:
    """What a part is given where the user does not say; found by trial, see the card of the shipped model."""

    hidden: int
    epochs: int
    batch: int
    rate: float
    layer: float
    """Dropout between layers."""
    weight: float
    """Dropout of the hidden-to-hidden weights."""
    source: float = 0.0
    """Dropout of what the line and others did before, way by way."""


PLANS = {
    "pitch": Plan(hidden=160, epochs=20, batch=32, rate=3e-3, layer=0.35, weight=0.35, source=0.15),
    "rhythm": Plan(hidden=128, epochs=24, batch=32, rate=3e-3, layer=0.25, weight=0.25),
    "all": Plan(hidden=384, epochs=20, batch=32, rate=3e-3, layer=0.45, weight=0.45),
}
BOTH = ("pitch", "rhythm")


def add_parser(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """What it can be told."""
    parser = kinds.add_parser(
        "jazz",
        help="the jazz model, on the Weimar Jazz Database",
        description="Train the jazz model: a network for pitches and one for rhythm, one after the other. "
        "Stop it with Ctrl-C; the same command goes on where it stopped. What is not given is as the shipped "
        "model had it.",
    )
    parser.add_argument(
        "data", type=Path, metavar="DATA", help="the database (wjazzd.db, .sqlite, .xz) or its folder"
    )
    parser.add_argument(
        "-o", "--out", type=Path, default=Path("runs/jazz"), help="where it is saved (%(default)s)"
    )
    parser.add_argument(
        "--part",
        metavar="PART",
        help="pitch or rhythm alone, or all: one network for both (default: pitch, then rhythm)",
    )
    parser.add_argument("--epochs", type=int, help="times through the data")
    parser.add_argument("--hidden", type=int, help="units of a layer")
    parser.add_argument("--layers", type=int, default=2, help="layers (%(default)s)")
    parser.add_argument("--batch", type=int, help="solos side by side")
    parser.add_argument("--rate", type=float, help="highest learning rate")
    parser.add_argument("--dropout", type=float, help="share of units dropped between layers")
    parser.add_argument("--weight-drop", type=float, help="share of hidden-to-hidden weights dropped")
    parser.add_argument("--full", action="store_true", help="compute in float32 throughout (slower)")
    parser.add_argument(
        "--leave-out", metavar="K/N", help="train a teacher: without the K-th of every N solos, of 1 to N"
    )
    parser.add_argument(
        "--teachers",
        nargs="+",
        type=Path,
        default=[],
        metavar="DIR",
        help="learn from the opinion of these too, each on the solos that it was trained without",
    )
    elsewhere = parser.add_mutually_exclusive_group()
    elsewhere.add_argument(
        "--export",
        type=Path,
        metavar="PLAN",
        help="do not train: write what `python -m models.train PLAN` trains from, in one process or many",
    )
    elsewhere.add_argument(
        "--from-run", type=Path, metavar="RUN", help="do not train: make a model of what that left in RUN"
    )
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Train and print the figures."""
    _check(arguments)
    from improv.jazz.card import write_card
    from improv.jazz.training import export_jazz, finish_jazz, train_jazz

    alone = arguments.part or ("all" if arguments.export or arguments.from_run else None)
    figures: dict[str, float] = {}
    try:
        for part in (alone,) if alone else BOTH:
            order = _order(arguments, part)
            folder = arguments.out if part == "all" else arguments.out / part
            if arguments.export is not None:
                export_jazz(arguments.data, arguments.export, order)
                print(f"saved to {arguments.export}; train from it with:")
                print(f"torchrun --nproc-per-node N -m models.train {arguments.export} -o RUN")
                return 0
            if arguments.from_run is not None:
                figures |= finish_jazz(arguments.data, arguments.from_run, folder, order)
            else:
                with TrainingBar("note") as bar:
                    figures |= train_jazz(arguments.data, folder, order, bar.show)
    except KeyboardInterrupt:
        raise UserError(f"stopped; the same command goes on from {arguments.out}") from None
    tell(figures)
    if write_card(arguments.out):
        print(f"saved to {arguments.out}; play it with: improv play --model {arguments.out}")
    else:
        print(f"saved to {folder}; to play it, train the other part too")
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if arguments.part is not None and arguments.part not in PLANS:
        near = suggest(arguments.part, PLANS)
        raise UserError(f"--part is one of {', '.join(PLANS)}, not {arguments.part!r}{near}")
    for name in ("dropout", "weight_drop"):
        share = getattr(arguments, name)
        if share is not None and not 0 <= share < 1:
            raise UserError(f"--{name.replace('_', '-')} must be below 1, and not below 0: not {share}")
    _fold(arguments.leave_out)
    if (arguments.leave_out or arguments.teachers) and arguments.part is None:
        raise UserError("--leave-out and --teachers are of one part: say which with --part")


def _fold(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    k, _, n = text.partition("/")
    if not (k.isdecimal() and n.isdecimal() and 1 <= int(k) <= int(n) and int(n) >= 2):
        raise UserError(f"--leave-out {text}: expected K/N such as 1/4, K from 1 to N")
    return int(k), int(n)


def _order(arguments: argparse.Namespace, part: str) -> "Order":
    from improv.jazz.training import Order, read_teachers
    from models.recipe import Recipe
    from models.twin import Dropout

    plan = PLANS[part]
    recipe = replace(
        Recipe(),
        epochs=arguments.epochs or plan.epochs,
        batch=arguments.batch or plan.batch,
        rate=arguments.rate or plan.rate,
        seed=arguments.seed,
        threads=arguments.threads,
        half=not arguments.full,
        joined=True,
        dropout=Dropout(
            layer=plan.layer if arguments.dropout is None else arguments.dropout,
            weight=plan.weight if arguments.weight_drop is None else arguments.weight_drop,
            source=plan.source,
        ),
    )
    return Order(
        part=part,
        hidden=arguments.hidden or plan.hidden,
        layers=arguments.layers,
        recipe=recipe,
        fold=_fold(arguments.leave_out),
        teachers=read_teachers(arguments.teachers),
    )
