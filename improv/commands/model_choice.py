"""Which model `--model` means: one that ships by its name, or a folder, told apart by its meta.json."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from improv.errors import UserError, suggest
from improv.jazz.encoding import PARTS
from models.checkpoint import META

JAZZ, DEEPJAZZ = "jazz", "deepjazz"
SHIPPED = (JAZZ, DEEPJAZZ)
"""Kinds of model that play; one of each ships, under its kind's name."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model that plays."""

    kind: str
    """One of `SHIPPED`."""
    folder: Path | None
    """None: the one that ships."""


def choose_model(wanted: str | None) -> ModelChoice:
    """The model that a word names: nothing is the jazz model that ships; a name comes before a folder.

    Raises:
        UserError: there is no such model, or it does not play.
    """
    if wanted is None or wanted in SHIPPED:
        return ModelChoice(wanted or JAZZ, None)
    folder = Path(wanted)
    if not folder.is_dir():
        raise UserError(
            f"no model {wanted!r}; those that ship are {', '.join(SHIPPED)}, others are folders"
            f"{suggest(wanted, SHIPPED)}"
        )
    apart = not (folder / META).is_file() and any((folder / part / META).is_file() for part in PARTS)
    if apart:  # a jazz model's parts; what is wrong with them is told where they are read
        return ModelChoice(JAZZ, folder)
    try:
        meta: Any = json.loads((folder / META).read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or "not JSON"
        raise UserError(f"{folder}: not a checkpoint ({META}: {why})") from None
    kind = meta.get("kind") if isinstance(meta, dict) else None
    if kind not in SHIPPED:
        raise UserError(f"{folder}: a model of kind {kind!r} does not play; {' and '.join(SHIPPED)} do")
    return ModelChoice(kind, folder)
