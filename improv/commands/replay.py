"""`improv replay`: play a take again from its log."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from improv.errors import UserError

TAKE_HELP = "a name or how it begins, a number of improv takes list, last, or a log's path"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv replay` can be told."""
    parser.add_argument("take", metavar="TAKE", help=f"{TAKE_HELP}; all of its log is played again")
    parser.add_argument(
        "-o", "--out", type=Path, metavar="FILE.mid", help="write the log's takes to MIDI files"
    )
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where the logs are (default: their own)")
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="the weights it was played with, if not the shipped"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Replay, compare, and return 0 where every command is the same, 1 where one is not."""
    from improv.files import check_writable
    from improv.live.journal import read_journal
    from improv.live.options import options_from_json
    from improv.live.replay import replay
    from improv.live.setting import make_session
    from improv.takes.folder import as_path, find_take
    from improv.takes.read import read_takes
    from improv.takes.record import write_takes

    if arguments.out is not None:
        check_writable(arguments.out)
    log = as_path(arguments.take) or find_take(arguments.take, arguments.folder, _complain).log
    lines = list(read_journal(log))
    try:
        options = options_from_json(lines[0]["options"])
        weights = str(lines[0]["weights"])
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise UserError(f"{log}: not the log of a take") from error
    if arguments.model is not None:
        options = replace(options, checkpoint=arguments.model)
    session, digest = make_session(options)
    if digest != weights:
        raise UserError(
            f"{log}: played with other weights ({weights[:12]}, not {digest[:12]}); name them with --model"
        )
    result = replay(session, lines[1:], str(log))
    if arguments.out is not None:
        write_takes(arguments.out, read_takes([lines[0], *result.lines], log.stem, str(log)))
    if arguments.json:
        print(json.dumps(result.figures()))
    else:
        print(result.text())
    return 0 if result.same else 1


def _complain(text: str) -> None:
    print(f"improv: {text}", file=sys.stderr)
