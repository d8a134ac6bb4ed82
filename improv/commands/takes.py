"""`improv takes`: what was played, listed, shown, exported, recovered; nothing is ever deleted."""

import argparse
import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from improv.commands.replay import TAKE_HELP
from improv.errors import UserError

if TYPE_CHECKING:
    from improv.takes.take import Take

MIDI, MUSICXML, WAV = (".mid", ".midi"), (".musicxml",), (".wav",)
SUFFIXES = (*MIDI, *MUSICXML, *WAV)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv takes` can be told."""
    parser.set_defaults(act=_list, all=False, json=False, folder=None)
    verbs = parser.add_subparsers(metavar="WHAT")
    listed = _verb(verbs, "list", _list, "every take, the newest last (also without WHAT)")
    listed.add_argument("--all", action="store_true", help="the undone and the silent too")
    shown = _verb(
        verbs, "show", _show, "draw a take: its chords, and both players as a piano roll", take=True
    )
    for each in (listed, shown):
        each.add_argument("--json", action="store_true", help="print JSON")
    exported = _verb(verbs, "export", _export, "write a take as MIDI, MusicXML or sound", take=True)
    exported.add_argument(
        "-o", "--out", type=Path, required=True, metavar="FILE", help=f"FILE{', FILE'.join(SUFFIXES)}"
    )
    recovered = _verb(verbs, "recover", _recover, "make logs whole that a crash or a loss of power cut off")
    recovered.add_argument("log", nargs="?", metavar="LOG", help="one log (default: all that are cut off)")
    recovered.add_argument("--json", action="store_true", help="print JSON")
    _verb(verbs, "undo", _undo, "hide a take from the list; it is not deleted", take=True)
    _verb(verbs, "restore", _restore, "bring back a take that was undone", take=True)
    named = _verb(verbs, "name", _name, "give a take another name", take=True)
    named.add_argument("name", metavar="NAME", help="one that no other take has")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for."""
    code: int = arguments.act(arguments)
    return code


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    act: object,
    help_line: str,
    take: bool = False,
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=help_line, description=help_line.capitalize() + ".")
    parser.set_defaults(act=act)
    if take:
        parser.add_argument("take", metavar="TAKE", help=TAKE_HELP)
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where the logs are (default: their own)")
    return parser


def _list(arguments: argparse.Namespace) -> int:
    from improv.takes.catalogue import hidden
    from improv.takes.facts import summary, table
    from improv.takes.folder import read_folder

    entries = read_folder(arguments.folder, _complain)
    shown = [entry for entry in entries if arguments.all or not hidden(entry.take)]
    if arguments.json:
        print(json.dumps([summary(entry) for entry in shown], ensure_ascii=False))
    elif shown:
        print(table(shown))
    more = len(entries) - len(shown)
    if more and not arguments.json:
        _complain(f"{more} undone or silent {'take is' if more == 1 else 'takes are'} left out; --all")
    elif not entries and not arguments.json:
        _complain("no takes yet: improv play makes them")
    cut = {entry.log for entry in entries if entry.take.setting.ending == "cut off"}
    if cut and not arguments.json:
        _complain("cut off: improv takes recover makes what was cut off whole")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from improv.takes.facts import detail, page
    from improv.takes.folder import find_take

    entry = find_take(arguments.take, arguments.folder, _complain)
    if arguments.json:
        print(json.dumps(detail(entry), ensure_ascii=False))
        return 0
    print(page(entry))
    _draw(entry.take)
    return 0


def _draw(take: "Take") -> None:
    from rich.console import Console
    from rich.text import Text

    from improv.commands.takes_picture import picture
    from improv.tui.paint import style

    console = Console(highlight=False)  # without colours where the output is no terminal
    for row in picture(take, shutil.get_terminal_size().columns):
        line = Text.assemble(*((text, style(ink)) for text, ink in row))
        if not console.is_terminal:
            line.rstrip()
        console.print(line, no_wrap=True, overflow="ignore", crop=False)


def _export(arguments: argparse.Namespace) -> int:
    from improv.files import check_writable
    from improv.takes.folder import find_take

    suffix = arguments.out.suffix.lower()
    if suffix not in SUFFIXES:
        raise UserError(f"{arguments.out}: a file that ends in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")
    check_writable(arguments.out)
    entry = find_take(arguments.take, arguments.folder, _complain)
    write(entry.take, arguments.out)
    print(f"{arguments.out}: {entry.take.name}, {entry.take.bars} bars")
    return 0


def write(take: "Take", path: Path) -> None:
    """Write a take in the format that the path's ending names. Raises UserError where that fails."""
    from improv.files import write_whole
    from improv.takes.midi import take_bytes

    suffix = path.suffix.lower()
    if suffix in MUSICXML:
        from improv.takes.musicxml import take_xml

        write_whole(path, take_xml(take))
    elif suffix in WAV:
        import tempfile

        from improv.sound.render import render_wav

        with tempfile.TemporaryDirectory(prefix="improv-") as folder:
            midi = Path(folder) / "take.mid"
            midi.write_bytes(take_bytes(take))
            render_wav(path, midi, progress=_progress)
    else:
        write_whole(path, take_bytes(take))


def _recover(arguments: argparse.Namespace) -> int:
    from improv.live.journal import ENDING, takes_folder
    from improv.takes.folder import recover

    if arguments.log is not None:
        logs = [Path(arguments.log)]
    else:
        logs = sorted((arguments.folder or takes_folder()).glob(f"*{ENDING}"))
    found, failed = [], 0
    for log in logs:
        try:
            recovered = recover(log)
        except UserError as error:
            if arguments.log is not None:
                raise
            _complain(str(error))
            failed += 1
            continue
        if recovered is not None:
            found.append(recovered)
    if arguments.json:
        print(json.dumps([{**asdict(each), "log": str(each.log)} for each in found]))
    for each in [] if arguments.json else found:
        lost = f"; {each.dropped} bytes could not be read and lie beside it" if each.dropped else ""
        print(f"{each.log}: {each.takes} take{'s' * (each.takes != 1)}, {each.seconds:.1f} s{lost}")
    if not found and not failed and not arguments.json:
        print("nothing to recover: every log is whole")
    return 0


def _undo(arguments: argparse.Namespace) -> int:
    return _decide(arguments, "undo", "undone")


def _restore(arguments: argparse.Namespace) -> int:
    return _decide(arguments, "restore", "back")


def _decide(arguments: argparse.Namespace, does: str, told: str) -> int:
    from improv.takes.folder import append, find_take

    entry = find_take(arguments.take, arguments.folder, _complain)
    append(entry.log, {"kind": "later", "do": does, "take": entry.take.key})
    print(f"{entry.take.name}: {told}")
    return 0


def _name(arguments: argparse.Namespace) -> int:
    from improv.takes.catalogue import check_name
    from improv.takes.folder import append, find_take, read_folder

    entry = find_take(arguments.take, arguments.folder, _complain)
    check_name(arguments.name, read_folder(arguments.folder, lambda _: None))
    append(entry.log, {"kind": "later", "do": "name", "take": entry.take.key, "name": arguments.name})
    print(f"{entry.take.name}: now {arguments.name}")
    return 0


def _complain(text: str) -> None:
    print(f"improv: {text}", file=sys.stderr)


def _progress(share: float) -> None:
    if sys.stderr.isatty():
        print(f"\rsound {share:.0%}", end="\n" if share >= 1 else "", file=sys.stderr)
