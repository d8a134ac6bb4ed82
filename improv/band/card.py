"""The model card of a bass checkpoint, written from its meta.json.

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
    ("pitch_nll", "nats a beat", "the bass's pitch, given all before and the chords"),
    ("ngram_nll", "nats a beat", "the best Witten-Bell n-gram tried, on the same beats"),
    ("told_nll", "nats a beat", "the pitch, when also told how the line agrees with its chords and moves"),
    ("pitch_top1", "share", "the likeliest pitch was played"),
    ("pitch_top3", "share", "one of the three likeliest"),
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
    rows = [f"| {figures[name]:.4g} | {unit} | {what} |" for name, unit, what in _ROWS if name in figures]
    settings = [f"{name} {value}" for name, value in recipe.items() if not isinstance(value, dict)]
    dropout = [f"{name} {value}" for name, value in recipe.get("dropout", {}).items()]
    lines = [
        "# The bass model",
        "",
        f"An LSTM of {spec['layers']} layers of {spec['hidden']} that foretells a bass line beat by beat: "
        "the pitch, given those before, the present, the last and the next chord, how long each lasts, and "
        "the place in bar and form. A product of experts: absolute pitch, interval from the last pitch and "
        "from the one before, degree above the present and the next root.",
        "",
        "## Figures",
        "",
        f"Teacher-forced on {figures['beats']:.0f} beats of the {figures['on']}, each line whole, in its own "
        "key, weights as stored (float16). `improv evaluate bass DATA --solos split.json` prints them. The "
        "epoch was chosen on these same solos, and so was the n-gram.",
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
        "The weights are derived from the database and are offered under its licence, ODbL 1.0. If you "
        f"describe a model trained on it, cite: {CITATION}.",
        "",
        "The bass pitches were found by a program, not by ear (Abesser, Balke, Frieler, Pfleiderer and "
        "Mueller, Deep Learning for Jazz Walking Bass Transcription, AES 2017).",
        "",
        "## Training",
        "",
        f"`improv train bass DATA`: seed {meta['seed']}; {', '.join(settings)}; "
        f"dropout {', '.join(dropout)}.",
        "",
        "## Limits",
        "",
        "One pitch a beat: no skips, drops or ghost notes, and a held note is one that is played again. What "
        "old recordings hid from the program is wrong in the data.",
        "",
    ]
    return "\n".join(lines)
