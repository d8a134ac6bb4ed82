"""The model card of a jazz checkpoint, written from its meta.json.

What was tried and given up is not in the meta.json: it stands in TRIED.md beside it, if there is one,
and is taken into the card.
"""

import json
from pathlib import Path
from typing import Any

from improv.jazz.wjazzd import CITATION
from models.checkpoint import META

CARD, TRIED = "README.md", "TRIED.md"

_ROWS = (
    ("pitch_nll", "pitch, given onset and all before", "nats a note"),
    ("pitch_top1", "the likeliest pitch was played", "share"),
    ("pitch_top3", "one of the three likeliest", "share"),
    ("gap_nll", "time to the next onset", "nats a note"),
    ("length_nll", "length", "nats a note"),
    ("rhythm_nll", "gap and length", "nats a note"),
    ("joint_nll", "all three", "nats a note"),
)


def write_card(folder: Path) -> None:
    """Write README.md beside a checkpoint's meta.json."""
    meta = json.loads((folder / META).read_text("utf-8"))
    tried = folder / TRIED
    card = format_card(meta, tried.read_text("utf-8") if tried.is_file() else "")
    (folder / CARD).write_text(card, "utf-8")


def format_card(meta: dict[str, Any], tried: str) -> str:
    """The card's Markdown."""
    spec, figures, recipe = meta["spec"], meta["figures"], meta["recipe"]
    rows = [f"| {figures[name]:.4g} | {unit} | {what} |" for name, what, unit in _ROWS if name in figures]
    settings = [f"{name} {value}" for name, value in recipe.items() if not isinstance(value, dict)]
    dropout = [f"{name} {value}" for name, value in recipe.get("dropout", {}).items()]
    lines = [
        "# The jazz model",
        "",
        f"An LSTM of {spec['layers']} layers of {spec['hidden']} that predicts jazz solos note by note: the "
        "gap to the next onset, the pitch there, and its length, given the chord, the next chord and the "
        "place in the bar. Pitch is a product of experts: absolute pitch, interval from the last note and "
        "from the one before, degree above the present and the next root.",
        "",
        "## Figures",
        "",
        f"Teacher-forced on {figures['notes']:.0f} notes of the {figures['on']}, each solo whole, every note "
        "once, in its own key, weights as stored (float16). `improv evaluate jazz DATA --solos split.json` "
        "prints them. The epoch was chosen on these same solos, and so was the run where several were tried.",
        "",
        "| | | |",
        "|---|---|---|",
        *rows,
        "",
        *([tried.strip(), ""] if tried.strip() else []),
        "## Data",
        "",
        f"{meta['data']}.",
        "",
        f"If you describe a model trained on it, cite: {CITATION}.",
        "",
        "## Training",
        "",
        f"`improv train jazz DATA`: seed {meta['seed']}; {', '.join(settings)}; "
        f"dropout {', '.join(dropout)}.",
        "",
        "## Limits",
        "",
        "It learned monophonic lines of improvised solos, mostly swing in 4/4; it knows little of free jazz, "
        "funk or odd meters, and does not tell performers or styles apart.",
        "",
    ]
    return "\n".join(lines)
