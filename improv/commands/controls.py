"""`improv controls`: what the buttons, knobs, keys and pedals of a controller mean."""

import argparse
import json
import sys
from collections.abc import Sequence

from improv.controls.profile import Profile, known
from improv.controls.source import parse_source
from improv.controls.store import load_profile, profile_path, save_profile
from improv.controls.table import CONTROLS
from improv.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv controls` can be told."""
    parser.set_defaults(act=_list, names=[])
    parser.add_argument("--json", action="store_true", help="print JSON")
    verbs = parser.add_subparsers(metavar="WHAT")
    for name, act, help_line, count, what in (
        ("list", _list, "every control and what it answers to (also without WHAT)", "*", "NAME"),
        ("set", _set, "let controls answer to messages, and to nothing else", "+", "NAME=CC20[,NOTE36@10]"),
        ("forget", _forget, "let controls answer to nothing", "+", "NAME"),
        ("reset", _reset, "let controls be as usual; all, where none is named", "*", "NAME"),
    ):
        verb = verbs.add_parser(name, help=help_line, description=help_line.capitalize() + ".")
        verb.set_defaults(act=act)
        verb.add_argument(
            "names", nargs=count, metavar=what, help="CC, NOTE, PC or MMC with a number, @ and a channel"
        )
        verb.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Show the profile or change it. Raises UserError for a mistake, after which nothing has changed."""
    profile, told = arguments.act(arguments.names)
    if arguments.json:
        print(json.dumps(_figures(profile), ensure_ascii=False))
    else:
        for line in told:
            print(line)
    return 0


Done = tuple[Profile, list[str]]
"""The profile, and what to tell of it."""


def _list(names: Sequence[str]) -> Done:
    profile, trouble = load_profile()
    if trouble:
        print(f"improv: {trouble}", file=sys.stderr)
    shown = {known(name): _text(profile, name) for name in names or CONTROLS}
    wide, far = max(map(len, shown)), max(map(len, shown.values()))
    return profile, [f"{name:<{wide}}  {text:<{far}}  {CONTROLS[name].help}" for name, text in shown.items()]


def _set(words: Sequence[str]) -> Done:
    profile = _load()
    told = []
    for word in words:
        name, _, sources = word.partition("=")
        if not sources:
            raise UserError(f"{word}: say which message, as in {known(name)}=CC20")
        profile, others = profile.learn(name, [parse_source(source) for source in sources.split(",")])
        told.append(_now(profile, name) + (f"; it was {', '.join(others)}" if others else ""))
    save_profile(profile)
    return profile, told


def _forget(names: Sequence[str]) -> Done:
    profile = _load()
    for name in names:
        profile = profile.forget(name)
    save_profile(profile)
    return profile, [_now(profile, name) for name in names]


def _reset(names: Sequence[str]) -> Done:
    profile = _load() if names else Profile()  # so that a damaged file can be mended
    for name in names:
        profile = profile.reset(name)
    save_profile(profile)
    told = [_now(profile, name) for name in names]
    return profile, told or [f"all controls are as usual: {profile_path()}"]


def _load() -> Profile:
    """What is to be changed. Raises UserError where it cannot be read: it would be lost."""
    profile, trouble = load_profile()
    if trouble:
        raise UserError(trouble)
    return profile


def _text(profile: Profile, name: str) -> str:
    return ", ".join(map(str, profile.sources(name))) or "-"


def _now(profile: Profile, name: str) -> str:
    return f"{name} is {_text(profile, name)} now"


def _figures(profile: Profile) -> dict[str, dict[str, object]]:
    return {
        name: {
            "sources": [str(source) for source in profile.sources(name)],
            "chosen": name in profile.chosen,
            "kind": "knob" if control.turn else "button",
            "help": control.help,
        }
        for name, control in CONTROLS.items()
    }
