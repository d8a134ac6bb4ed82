"""`improv data`: get what the models learn from, and know what may be done with it."""

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from improv.errors import UserError, suggest
from improv.files import write_whole

OFFICIAL = "https://jazzomat.hfm-weimar.de/download/downloads/wjazzd.db"
"""Where the Weimar Jazz Database is published."""
KNOWN = {
    "af6a0d9debf042c3581565bd75baad591d32e166cd2ec7298519883de614bf12": "release 2.1 of 2018, 456 solos",
}
"""Checksums of releases. The publishers give none: these are as others found and pinned them."""

NAME = "wjazzd.db"


@dataclass(frozen=True, slots=True)
class Dataset:
    """What can be fetched."""

    what: str
    licence: str
    terms: str
    """What the licence asks, in short."""
    source: str


DATASETS = {
    "wjazzd": Dataset(
        "the Weimar Jazz Database: 456 transcribed jazz solos, 43 MB; improv train jazz learns from it",
        "Open Database License 1.0 (https://opendatacommons.org/licenses/odbl/1-0/)",
        "use it freely; share a database made from it under the same licence; say where it comes from",
        OFFICIAL,
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv data` can be told."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="which (without: list them)")
    parser.add_argument("--from", dest="source", metavar="URL|FILE", help="where to fetch it from")
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        metavar="FOLDER",
        help="where to put it (data/NAME)",
    )
    parser.add_argument("--sha256", metavar="HEX", help="refuse a file with another checksum")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """List what there is, or fetch one."""
    if arguments.name is None:
        _list(arguments.json)
        return 0
    if arguments.name not in DATASETS:
        raise UserError(
            f"no data called {arguments.name!r}{suggest(arguments.name, DATASETS)}; "
            f"there is {', '.join(DATASETS)}"
        )
    if arguments.source is None:
        raise UserError(f"say where to fetch it from: improv data {arguments.name} --from {OFFICIAL}")
    demanded = None if arguments.sha256 is None else _checked(arguments.sha256)
    folder = arguments.out or Path("data") / arguments.name
    told = _fetch(arguments.source, folder, demanded)
    if arguments.json:
        print(json.dumps(told))
    else:
        _tell(told, folder)
    return 0


def _list(as_json: bool) -> None:
    if as_json:
        found = [{"name": name, **_fields(dataset)} for name, dataset in DATASETS.items()]
        print(json.dumps(found))
        return
    for name, dataset in DATASETS.items():
        print(f"{name}  {dataset.what}")
        print(f"  licence: {dataset.licence}: {dataset.terms}")
        print(f"  fetch it: improv data {name} --from {dataset.source}")


def _fields(dataset: Dataset) -> dict[str, str]:
    return {name: getattr(dataset, name) for name in Dataset.__slots__}


def _checked(digest: str) -> str:
    if len(digest) != 64 or not all(letter in "0123456789abcdef" for letter in digest.lower()):
        raise UserError(f"--sha256 takes 64 hexadecimal digits, not {digest!r}")
    return digest.lower()


def _fetch(source: str, folder: Path, demanded: str | None) -> dict[str, object]:
    """Fetch, check, and give the file its name; what is known of it is written beside it."""
    from improv.download import fetch, sha256
    from improv.jazz.wjazzd import CITATION, count, is_packed

    there = next((path for name in (NAME, f"{NAME}.xz") if (path := folder / name).is_file()), None)
    found = there or fetch(source, folder / NAME, _Meter().show, time.sleep)
    digest = sha256(found)
    if demanded is not None and digest != demanded:
        if there is None:
            found.unlink()
        kept = f"{there} is another file; move it away first" if there else "nothing was kept"
        raise UserError(f"{source}: its checksum is {digest}, not the one asked for; {kept}")
    try:
        solos, notes = count(found)
    except UserError:
        if there is None:
            found.unlink()
            raise UserError(f"{source}: not the Weimar Jazz Database; nothing was kept") from None
        raise
    target = there or folder / (f"{NAME}.xz" if is_packed(found) else NAME)
    dataset = DATASETS["wjazzd"]
    told: dict[str, object] = {
        "file": str(target),
        "new": there is None,
        "bytes": found.stat().st_size,
        "sha256": digest,
        "release": KNOWN.get(digest),
        "solos": solos,
        "notes": notes,
        "licence": dataset.licence,
        "cite": CITATION,
    }
    if there is None:
        found.replace(target)
        about = {**told, "source": source}
        del about["new"], about["file"]
        write_whole(target.with_name(f"{target.name}.json"), (json.dumps(about, indent=2) + "\n").encode())
    return told


def _tell(told: dict[str, object], folder: Path) -> None:
    if told["new"]:
        print(f"saved to {told['file']}")
    else:
        print(f"{told['file']} is there already; delete it to fetch it anew")
    print(f"{told['solos']} solos, {told['notes']} notes, {told['bytes']} bytes")
    known = told["release"] or "none that is known here; a newer release, or changed"
    print(f"sha256 {told['sha256']} ({known})")
    print(f"licence: {told['licence']}: {DATASETS['wjazzd'].terms}")
    print(f"cite: {told['cite']}")
    print(f"next: improv train jazz {folder}")


class _Meter:
    """Progress on stderr, on a terminal."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._shown = ""

    def show(self, done: int, total: int | None) -> None:
        """Draw what there is."""
        if not self._live:
            return
        told = f"{done / 1e6:.1f} MB" if total is None else f"{done / 1e6:.1f} of {total / 1e6:.1f} MB"
        if told != self._shown:
            self._shown = told
            end = "\n" if done == total else ""
            print(f"\r\033[K{told}", end=end, file=sys.stderr, flush=True)
