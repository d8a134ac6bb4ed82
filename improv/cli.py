"""The command line: finds the command's module, runs it, and turns errors into one clear line.

Each command is imported only when it runs, so that `improv charts` does not pay for the terminal UI.
"""

import argparse
import errno
import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn

from improv.errors import UserError
from improv.version import VERSION

COMMANDS: dict[str, str] = {
    "play": "play with it, live",
    "text": "write names, sonnets and plays, character by character",
    "render": "improvise over a chart into a MIDI or WAV file",
    "charts": "list the charts that ship",
    "ports": "list the MIDI ports there are",
    "selftest": "measure how well it keeps time on this machine",
    "controls": "say what a controller's buttons and knobs mean",
    "takes": "list, show, export and recover what was played",
    "replay": "play a take again from its log and check that it is the same",
    "data": "get what the models learn from",
    "train": "train a model",
    "evaluate": "measure a model on solos",
}
"""Command name to its line of help; the module is `improv.commands.NAME`."""

USAGE_ERROR = 2
"""Exit code for anything the user can mend."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are ours: one line, not the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Raises UserError."""
        raise UserError(f"{message}; {self.prog} --help tells more")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 1 a check failed, 2 bad input."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that cannot show a Δ is no reason to fail
        sys.stdout.reconfigure(errors="replace")
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    try:
        try:
            return _run(words)
        finally:
            sys.stdout.flush()  # here, where a reader that has gone can be told from a mistake
    except UserError as error:
        if debug:
            traceback.print_exc()
        else:
            _complain(str(error))
        return USAGE_ERROR
    except BrokenPipeError:  # the reader of our output has gone: not an error of ours
        _discard_output()
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC or debug:
            raise
        _discard_output()
        _complain("cannot write the output: the disk is full")
        return USAGE_ERROR
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED


def _complain(message: str) -> None:
    print("improv:", " ".join(message.splitlines()), file=sys.stderr)  # noqa: T201 - the one place that tells errors


def _discard_output() -> None:
    """Let what is still to be flushed at exit go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str]) -> int:
    parser = _Parser(
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
