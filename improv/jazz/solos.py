"""Which solos a command works on: files of ids, and the split of a data folder.

Conventions: a solo's id is its `melid`. A file of ids is a JSON list, or an object of named lists.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from improv.errors import UserError, suggest

SPLIT = "split.json"
"""In a data folder: which solos to train on and which to validate on."""
EVERY = 10
"""Without a split every tenth solo validates."""


@dataclass(frozen=True, slots=True)
class Split:
    """Solos to train on and solos to stop by."""

    train: list[int]
    validation: list[int]
    source: str
    """Where it comes from, for the model card."""


def read_ids(path: Path, part: str = "validation") -> list[int]:
    """The ids of a file; of an object of lists, the one called `part`, or its only one.

    Raises UserError for a file that holds no ids.
    """
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UserError(f"{path}: cannot read ids ({getattr(error, 'strerror', None) or error})") from error
    if isinstance(value, dict):
        lists = {name: found for name, found in value.items() if isinstance(found, list)}
        if part not in lists and len(lists) != 1:
            raise UserError(
                f"{path}: no list {part!r}{suggest(part, lists)}; it has {', '.join(lists) or 'none'}"
            )
        value = lists.get(part, next(iter(lists.values())))
    if not isinstance(value, list) or not value or not all(type(entry) is int for entry in value):
        raise UserError(f"{path}: expected a JSON list of solo ids such as [5, 17]")
    return value


def read_split(data: Path, melids: list[int]) -> Split:
    """The split.json beside the data, or every tenth of its solos.

    Raises UserError for a split.json that cannot be read.
    """
    path = (data if data.is_dir() else data.parent) / SPLIT
    if path.is_file():
        return Split(read_ids(path, "train"), read_ids(path, "validation"), SPLIT)
    held = melids[EVERY // 2 :: EVERY]
    return Split([m for m in melids if m not in set(held)], held, f"every {EVERY}th solo")
