"""The model card of a text checkpoint, written from its meta.json.

What cannot be read off the meta.json, such as where the text comes from, what was tried and given up, and
figures taken elsewhere, stands in NOTES.md beside it, if there is one, and is taken into the card.
"""

import json
from pathlib import Path
from typing import Any

from models.checkpoint import META

CARD, NOTES = "README.md", "NOTES.md"

_WHAT = {"text": "writes on, character by character", "line": "writes lines, each a name of its own"}
_CHOSEN = {
    False: "The validation part chose the moment of the training whose weights are kept, so it flatters them "
    "a little.",
    True: "The last weights are kept; the validation part chose nothing.",
}
"""By whether the last weights are kept."""


def write_card(folder: Path) -> None:
    """Write README.md beside a checkpoint's meta.json."""
    meta = json.loads((folder / META).read_text("utf-8"))
    notes = folder / NOTES
    card = format_card(folder.name, meta, notes.read_text("utf-8") if notes.is_file() else "")
    (folder / CARD).write_text(card, "utf-8")


def format_card(name: str, meta: dict[str, Any], notes: str) -> str:
    """The card's Markdown."""
    spec, figures, recipe = meta["spec"], meta["figures"], meta["recipe"]
    settings = [f"{key} {value}" for key, value in recipe.items() if not isinstance(value, dict)]
    dropout = [f"{key} {value}" for key, value in recipe.get("dropout", {}).items()]
    start = meta.get("trained_from")
    lines = [
        f"# {name}",
        "",
        f"A character model that {_WHAT[meta['unit']]}: {spec['layers']} layers of {spec['hidden']} "
        f"{spec['cell'].upper()} units, {figures['parameters']:,} parameters, {len(meta['characters'])} "
        "characters, weights in half precision. It runs in NumPy, without torch.",
        "",
        f"    improv text --model {name} --seed 1" if "/" in name else f"    improv text {name} --seed 1",
        "",
        "## Figures of the training",
        "",
        f"Nats a character, weights as stored. {_CHOSEN[bool(recipe.get('keep_last'))]}",
        "",
        "| | |",
        "|---|---|",
        *(f"| {key.replace('_', ' ')} | {value:,} |" for key, value in figures.items()),
        "",
        *([notes.strip(), ""] if notes.strip() else []),
        "## Training",
        "",
        f"`improv train text` on {meta['data']}: seed {meta['seed']}; {', '.join(settings)}; "
        f"dropout {', '.join(dropout)}." + (f" Started from {start['name']}." if start else ""),
        "",
    ]
    return "\n".join(lines)
