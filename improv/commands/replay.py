"""`improv replay`: play a take again from its log."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

from improv.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv replay` can be told."""
    parser.add_argument("log", type=Path, metavar="LOG", help="a take's log, as improv play writes it")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE.mid", help="write the take to a MIDI file")
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="the weights it was played with, if not the shipped"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Replay, compare, and return 0 where every command is the same, 1 where one is not."""
    from improv.files import check_writable
    from improv.live.journal import read_journal
    from improv.live.options import make_session, options_from_json
    from improv.live.replay import replay

    if arguments.out is not None:
        check_writable(arguments.out)
    lines = list(read_journal(arguments.log))
    try:
        options = options_from_json(lines[0]["options"])
        weights = str(lines[0]["weights"])
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise UserError(f"{arguments.log}: not the log of a take") from error
    if arguments.model is not None:
        options = replace(options, checkpoint=arguments.model)
    session, digest = make_session(options)
    if digest != weights:
        raise UserError(
            f"{arguments.log}: played with other weights ({weights[:12]}, not {digest[:12]}); "
            "name them with --model"
        )
    result = replay(session, lines[1:], str(arguments.log))
    if arguments.out is not None:
        result.write(arguments.out)
    if arguments.json:
        print(json.dumps(result.figures()))
    else:
        print(result.text())
    return 0 if result.same else 1
