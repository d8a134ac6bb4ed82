"""All takes in order, with their names and numbers, and the one that a word means.

Conventions: takes are ordered by when they were begun (those that were kept, by where their log stands and
after its others) and numbered from 1; undone and silent ones keep their numbers, so that a number does not
change when something is hidden. No two have the same name: of two, the later gets -2.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from improv.errors import UserError, suggest
from improv.live.journal import ENDING
from improv.takes.take import Take

LAST = "last"
TORN = ".torn"
"""Ending of what a log was before it was recovered, where bytes of it were left out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A take in the catalogue."""

    number: int
    take: Take
    log: Path
    """Where it lies."""


def catalogue(logs: Iterable[tuple[Path, Sequence[Take]]]) -> tuple[Entry, ...]:
    """The takes of all logs."""
    found = [(path, take) for path, takes in logs for take in takes]
    found.sort(key=_order)
    names: set[str] = set()
    entries = []
    for number, (path, take) in enumerate(found, start=1):
        name = free_name(take.name, names)
        names.add(name)
        entries.append(Entry(number, take if name == take.name else take.renamed(name), path))
    return tuple(entries)


def free_name(name: str, taken: Iterable[str]) -> str:
    """The name; where it is taken, the first free of NAME-2, NAME-3 and so on."""
    known = set(taken)
    free, number = name, 1
    while free in known:
        number += 1
        free = f"{name}-{number}"
    return free


def find(entries: Sequence[Entry], word: str) -> Entry:
    """The take that a word means: its name, its number, `last`, or how its name begins.

    `last` is the newest that is neither undone nor silent.

    Raises:
        UserError: there is none, or more than one name begins so.
    """
    if not entries:
        raise UserError(f"no take {word!r}: there is none yet; improv play makes them")
    if word == LAST:
        shown = [entry for entry in entries if not hidden(entry.take)]
        if not shown:
            raise UserError("no last take: all are undone or silent; improv takes list --all shows them")
        return shown[-1]
    for entry in entries:
        if word in (entry.take.name, str(entry.number)):
            return entry
    starting = [entry for entry in entries if entry.take.name.startswith(word)] if word else []
    if len(starting) == 1:
        return starting[0]
    if starting:
        names = ", ".join(entry.take.name for entry in starting[:4])
        raise UserError(f"{len(starting)} takes begin with {word!r}: {names}{', …' * (len(starting) > 4)}")
    if word.isdecimal():
        raise UserError(f"no take {word}: there are 1 to {len(entries)}; improv takes list shows them")
    hint = suggest(word, [LAST, *(entry.take.name for entry in entries)])
    raise UserError(f"no take {word!r}{hint or '; improv takes list shows them'}")


def check_name(name: str, entries: Iterable[Entry]) -> None:
    """See that a take can be called so.

    Raises:
        UserError: another one is, or the word means something else.
    """
    if not name.isprintable() or name != name.strip() or not name:
        raise UserError(f"no name for a take: {name!r}; one line, without blanks at its ends")
    if name == LAST or name.isdecimal() or "/" in name or "\\" in name or name.endswith((ENDING, TORN)):
        raise UserError(f"no name for a take: {name!r} means something else")
    for entry in entries:
        if entry.take.name == name:
            raise UserError(f"take {entry.number} is called {name!r} already")


def hidden(take: Take) -> bool:
    """Whether a list leaves it out unless it is told to show all."""
    return take.undone or take.silent


def _order(found: tuple[Path, Take]) -> tuple[datetime, str, bool, int]:
    path, take = found
    number = int(take.key.removeprefix("kept-"))
    return (take.setting.began, path.name, take.kept, number)
