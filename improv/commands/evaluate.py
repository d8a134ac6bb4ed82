"""`improv evaluate`: measure a model, or what it played."""

import argparse
import json
import sys
from pathlib import Path

from improv.commands import evaluate_bass, evaluate_continuation, evaluate_music
from improv.errors import UserError
from improv.threads import use_one_thread

DYNAMIC_RATE = 0.05
"""Step size of dynamic evaluation where none is given."""


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
    jazz.set_defaults(evaluate=_evaluate_jazz)
    music = kinds.add_parser(
        "music",
        help="what generated solos measure beside real ones",
        description="Harmony, entropy, groove, structure, copying and overlaps of solos in MIDI files, "
        "beside real ones.",
    )
    evaluate_music.add_arguments(music)
    music.set_defaults(show=evaluate_music.run)
    continuation = kinds.add_parser(
        "continuation",
        help="picking the true continuation of eight bars out of four",
        description="How often the jazz model tells the true continuation of eight bars from three others.",
    )
    evaluate_continuation.add_arguments(continuation)
    continuation.set_defaults(evaluate=evaluate_continuation.evaluate)
    bass = kinds.add_parser(
        "bass",
        help="next-pitch prediction on transcribed bass lines",
        description="How well the bass model foretells bass lines, teacher-forced, in nats a beat, and an "
        "n-gram beside it.",
    )
    evaluate_bass.add_arguments(bass)
    bass.set_defaults(evaluate=evaluate_bass.evaluate)
    text = kinds.add_parser(
        "text",
        help="next-character prediction on a text",
        description="How well a text model foretells a text, in nats a character, every character once.",
    )
    text.add_argument("model", metavar="MODEL", help="dinos, sonnets, shakespeare, or a folder")
    text.add_argument("file", type=Path, metavar="FILE", help="the text")
    text.add_argument(
        "--dynamic",
        type=float,
        nargs="?",
        const=DYNAMIC_RATE,
        metavar="RATE",
        help="dynamic evaluation too: the weights learn from what was read (%(const)s)",
    )
    text.add_argument("--json", action="store_true", help="print one JSON object")
    text.set_defaults(evaluate=_evaluate_text)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and print the figures."""
    use_one_thread()
    if hasattr(arguments, "show"):
        arguments.show(arguments)
        return 0
    figures: dict[str, float] = arguments.evaluate(arguments)
    if arguments.json:
        print(json.dumps(figures))
    else:
        width = max(12, *map(len, figures))
        for name, value in figures.items():
            print(f"{name:{width}} {value:.10g}")
    return 0


def _evaluate_jazz(arguments: argparse.Namespace) -> dict[str, float]:
    from improv.jazz.evaluation import evaluate
    from improv.jazz.model import load_jazz
    from improv.jazz.solos import read_ids
    from improv.jazz.wjazzd import read_solos

    model = load_jazz(arguments.model)
    melids = None if arguments.solos is None else read_ids(arguments.solos)
    solos = read_solos(arguments.data, melids)
    tell = sys.stderr.isatty()

    def report(done: int) -> None:
        if tell:
            print(f"\r{done} of {len(solos)} solos", end="\n" if done == len(solos) else "", file=sys.stderr)

    return {name: round(value, 6) for name, value in evaluate(model, solos, report).items()}


def _evaluate_text(arguments: argparse.Namespace) -> dict[str, float]:
    from improv.text.corpus import read_text
    from improv.text.evaluation import evaluate_dynamic, evaluate_text
    from improv.text.model import load_text

    if arguments.dynamic is not None and not 0 < arguments.dynamic < 10:
        raise UserError(f"--dynamic takes a step size above 0, not {arguments.dynamic}")
    model = load_text(arguments.model)
    text = read_text(arguments.file)
    tell = sys.stderr.isatty()
    shown = -1

    def report(done: int, total: int) -> None:
        nonlocal shown
        percent = 100 * done // total
        if tell and percent != shown:
            shown = percent
            print(f"\r{percent} %", end="\n" if done == total else "", file=sys.stderr)

    scored = evaluate_text(model, text, report)
    figures: dict[str, float] = {
        "nll_per_char": round(scored["nll_per_char"], 6),
        "chars": scored["chars"],
        "unknown_chars": scored["unknown"],
    }
    if model.unit == "line":
        figures["lines"] = scored["sequences"]
        figures["nll_per_line"] = round(scored["nll_per_char"] * scored["chars"] / scored["sequences"], 6)
    if arguments.dynamic is not None:
        dynamic = evaluate_dynamic(model, text, arguments.dynamic, report)
        figures["dynamic_nll_per_char"] = round(dynamic["nll_per_char"], 6)
        figures["dynamic_rate"] = arguments.dynamic
    return figures
