"""Which solos a command works on: files of ids, and the split of a data folder.

Conventions: a solo's id is its `melid`. A file of ids is a JSON list, or an object of named lists.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    value = _read_json(path)
    if isinstance(value, dict):
        lists = {name: found for name, found in value.items() if isinstance(found, list)}
        if part not in lists and len(lists) == 1:
            value = next(iter(lists.values()))
        else:
            value = _named(path, lists, part)
    return _checked(path, value)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path}: cannot read ids ({getattr(error, 'strerror', None) or error})") from error


def _named(path: Path, lists: dict[str, Any], part: str) -> Any:
    if part not in lists:
        raise UserError(
            f"{path}: no list {part!r}{suggest(part, lists)}; it has {', '.join(lists) or 'none'}"
        )
    return lists[part]


def _checked(path: Path, value: Any) -> list[int]:
    if not isinstance(value, list) or not value or not all(type(entry) is int for entry in value):
        raise UserError(f"{path}: expected a JSON list of solo ids such as [5, 17]")
    return value


def read_split(data: Path, melids: list[int]) -> Split:
    """The split.json beside the data, or every tenth of its solos.

    Raises UserError for a split.json that cannot be read, or lacks one of its two lists.
    """
    path = (data if data.is_dir() else data.parent) / SPLIT
    if path.is_file():
        lists = _read_json(path)
        if not isinstance(lists, dict):
            raise UserError(f"{path}: expected an object with the lists 'train' and 'validation'")
        train, validation = (_checked(path, _named(path, lists, part)) for part in ("train", "validation"))
        return Split(train, validation, SPLIT)
    held = melids[EVERY // 2 :: EVERY]
    return Split([m for m in melids if m not in set(held)], held, f"every {EVERY}th solo")
