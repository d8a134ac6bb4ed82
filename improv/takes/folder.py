"""Logs on the disk: found, read, recovered, and added to. The one place of `improv.takes` that does so."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from improv.errors import UserError
from improv.files import write_whole
from improv.live.journal import ENDING, parse_journal, takes_folder
from improv.live.lines import Line
from improv.live.lock import is_held
from improv.takes.catalogue import TORN, Entry, catalogue, find
from improv.takes.read import read_takes
from improv.takes.repair import is_closed, repaired
from improv.takes.take import Take


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of a log that was cut off."""

    log: Path
    takes: int
    dropped: int
    """Bytes that could not be read."""
    seconds: float
    """From its start to the last that it tells."""


def read_log(path: Path) -> tuple[Take, ...]:
    """The takes of a log, whole or cut off. Raises UserError for a file that is none."""
    data = _read(path)
    takes = read_takes(list(parse_journal(data, str(path))), path.stem, str(path))
    if not is_closed(data) and is_held(path):
        return tuple(replace(take, setting=replace(take.setting, ending="playing")) for take in takes)
    return takes


def read_folder(folder: Path | None, complain: Callable[[str], None]) -> tuple[Entry, ...]:
    """The takes of all logs in a folder (by default where they are written), oldest first.

    A file that cannot be read is told of and left out.
    """
    logs = []
    for path in sorted((folder or takes_folder()).glob(f"*{ENDING}")):
        try:
            logs.append((path, read_log(path)))
        except UserError as error:
            complain(str(error))
    return catalogue(logs)


def find_take(word: str, folder: Path | None, complain: Callable[[str], None]) -> Entry:
    """The take that a word means: a name, a number, `last`, or a log's path, then its last take.

    Raises:
        UserError: there is none such.
    """
    path = as_path(word)
    if path is None:
        return find(read_folder(folder, complain), word)
    takes = read_log(path)
    if not takes:
        raise UserError(f"{path}: no take in it; improv replay {path} -o FILE.mid writes what was played")
    entries = catalogue([(path, takes)])
    shown = [entry for entry in entries if not entry.take.undone and not entry.take.silent] or entries
    if len(entries) > 1:
        complain(f"{path} holds {len(entries)} takes; this is {shown[-1].take.name}")
    return shown[-1]


def as_path(word: str) -> Path | None:
    """The path that a word is, if it is one: with a separator or a log's ending, or of a file there is."""
    path = Path(word).expanduser()
    if os.sep in word or (os.altsep or os.sep) in word or word.endswith((ENDING, TORN)):
        return path
    return path if word and path.exists() else None


def recover(path: Path) -> Recovered | None:
    """Make a log whole that was cut off; None where it is whole, or being played.

    What cannot be read is not thrown away: the log as it was stays beside it.

    Raises:
        UserError: not even its first line can be read, or the file cannot be written.
    """
    data = _read(path)
    if is_closed(data) or is_held(path):
        return None
    mended = repaired(data)
    if not mended.lines:
        raise UserError(f"{path}: cut off before anything was played: nothing to recover")
    takes = read_takes(list(parse_journal(mended.data, str(path))), path.stem, str(path))
    if mended.dropped:
        beside = (path.with_name(f"{path.name}{TORN}{'' if n == 1 else n}") for n in count(1))
        write_whole(next(free for free in beside if not free.exists()), data)
    write_whole(path, mended.data)
    reached = max((take.ends - take.setting.t for take in takes), default=0)
    return Recovered(path, len(takes), mended.dropped, reached / 1e9)


def append(path: Path, line: Line) -> None:
    """Add a line to a log that is closed.

    Raises:
        UserError: it is being played or was cut off, or it cannot be written.
    """
    data = _read(path)
    if not is_closed(data):
        if is_held(path):
            raise UserError(f"{path} is being played: use the keys there (f1 shows them)")
        raise UserError(f"{path} was cut off: improv takes recover first")
    try:
        with path.open("ab") as file:
            file.write(json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot read the log ({error.strerror})") from None
