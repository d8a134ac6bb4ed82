"""`improv selftest`: the timing contract, measured on this machine."""

import argparse
import json
import sys

from improv.errors import UserError, suggest
from improv.ports.rtmidi import APIS

SECONDS = 60.0
SHORTEST = 5.0
SABOTAGES = ("jitter", "stuck", "late", "drop")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv selftest` can be told."""
    parser.add_argument(
        "--seconds",
        type=float,
        default=SECONDS,
        metavar="N",
        help="how long to play (%(default)g); all modes and tempi are tried from 60 on",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object for programs")
    parser.add_argument(
        "--sabotage", metavar="HOW", help=f"let something go wrong on purpose: {', '.join(SABOTAGES)}"
    )
    parser.add_argument(
        "--api", choices=list(APIS), help="the MIDI system to test (default: the first that answers)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Play, listen, print, and return 1 where a limit is broken."""
    if not SHORTEST <= arguments.seconds < float("inf"):
        raise UserError(f"--seconds {arguments.seconds:g}: {SHORTEST:g} or more")
    if arguments.sabotage not in (None, *SABOTAGES):
        raise UserError(
            f"--sabotage {arguments.sabotage!r}: there is {', '.join(SABOTAGES)}"
            f"{suggest(arguments.sabotage, SABOTAGES)}"
        )
    if sys.platform == "win32":
        raise UserError("selftest needs virtual MIDI ports and a pseudo-terminal, which Windows has not")
    from improv.ports.rtmidi import list_ports
    from improv.ports.stderr import quiet_stderr
    from improv.selftest.checks import judge
    from improv.selftest.conduct import conduct
    from improv.selftest.measure import measure
    from improv.selftest.report import figures_json, text

    with quiet_stderr():
        api = list_ports(arguments.api).api
    progress = _Progress()
    recording = conduct(arguments.seconds, api, arguments.sabotage, progress.tell)
    progress.end()
    results = judge(measure(recording), recording.realtime)
    setting = recording.realtime, recording.seconds, api, recording.troubles
    if arguments.json:
        print(json.dumps(figures_json(results, *setting), ensure_ascii=False))
    else:
        for line in text(results, *setting):
            print(line)
    if any(result.verdict == "broken" for result in results):
        return 1
    return 130 if recording.interrupted else 0


class _Progress:
    """What goes on, on one line of stderr, where that is a terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def tell(self, what: str, share: float) -> None:
        if self._shown:
            print(f"\r\x1b[K{share:4.0%}  {what}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
