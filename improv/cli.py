"""The command line: finds the command's module, runs it, and turns errors into one clear line.

Each command is imported only when it runs, so that `improv charts` does not pay for the terminal UI.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches

from improv.errors import UserError
from improv.version import VERSION

COMMANDS: dict[str, str] = {
    "play": "play with it, live",
    "render": "improvise over a chart into a MIDI or WAV file",
    "charts": "list the charts that ship",
    "ports": "list the MIDI ports there are",
    "replay": "play a take again from its log and check that it is the same",
    "train": "train a model",
    "evaluate": "measure a model on solos",
}
"""Command name to its line of help; the module is `improv.commands.NAME`."""

USAGE_ERROR = 2
"""Exit code for anything the user can mend."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 1 a check failed, 2 bad input."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    try:
        return _run(words)
    except UserError as error:
        if debug:
            raise
        print(f"improv: {error}", file=sys.stderr)  # noqa: T201
        return USAGE_ERROR
    except BrokenPipeError:  # the reader of our output has gone: not an error of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="improv",
        description="Improvise jazz with a player in real time.",
        epilog="improv COMMAND --help tells more; --debug shows where an error arose.",
    )
    parser.add_argument("--version", action="version", version=f"improv {VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    chosen = next((word for word in words if not word.startswith("-")), None)
    if chosen is not None and chosen not in COMMANDS:
        close = get_close_matches(chosen, COMMANDS, n=1)
        hint = f"did you mean {close[0]!r}?" if close else "the commands are " + ", ".join(COMMANDS)
        raise UserError(f"unknown command {chosen!r}; {hint}")
    for name, help_line in COMMANDS.items():
        command = commands.add_parser(name, help=help_line, description=help_line.capitalize() + ".")
        if name == chosen:
            module = importlib.import_module(f"improv.commands.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    parsed = parser.parse_args(words)
    if parsed.command is None:
        parser.print_help()
        return 0
    code: int = parsed.run(parsed)
    return code
