"""`improv ports`: the MIDI ports there are."""

import argparse
import json
from dataclasses import asdict

from improv.ports.base import Ports
from improv.ports.rtmidi import APIS, NoPorts, list_ports
from improv.ports.stderr import quiet_stderr

HELP = "list the MIDI ports there are"
NONE_YET = "none yet: plug one in or start one; `improv play` without --in and --out opens virtual ports"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument(
        "--api", choices=list(APIS), help="the MIDI system to ask (default: the first that answers)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print the ports. Raises UserError when the system that was asked for does not answer."""
    trouble = None
    with quiet_stderr():
        try:
            ports = list_ports(arguments.api)
        except NoPorts as error:
            ports, trouble = Ports(api=""), str(error)
    if arguments.json:
        print(json.dumps(asdict(ports), ensure_ascii=False))
    elif trouble is not None:
        print(trouble)
    else:
        print(f"Inputs, for --in ({ports.api}):")
        _print_names(ports.inputs)
        print(f"Outputs, for --out ({ports.api}):")
        _print_names(ports.outputs)
    return 0


def _print_names(names: tuple[str, ...]) -> None:
    for name in names or (NONE_YET,):
        print(f"  {name}")
