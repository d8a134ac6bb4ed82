"""The model card of a jazz model, written from the meta.json of its parts.

What was tried and given up is not in the meta.json: it stands in TRIED.md beside the parts, if there is one,
and is taken into the card.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from improv.jazz.encoding import PARTS
from improv.jazz.wjazzd import CITATION
from models.checkpoint import META

CARD, TRIED = "README.md", "TRIED.md"

_ROWS = (
    ("pitch_nll", "pitch, given onset and all before", "nats a note"),
    ("pitch_top1", "the likeliest pitch was played", "share"),
    ("pitch_top3", "one of the three likeliest", "share"),
    ("pitch_nll_with_grammar", "pitch, the grammar heeded", "nats a note"),
    ("grammar_refused", "the grammar would have refused it", "share"),
    ("gap_nll", "time to the next onset", "nats a note"),
    ("length_nll", "length", "nats a note"),
    ("rhythm_nll", "gap and length", "nats a note"),
    ("rhythm_top1", "the likeliest gap and the likeliest length were played", "share"),
    ("joint_nll", "all three", "nats a note"),
)


def write_card(folder: Path) -> bool:
    """Write README.md beside the parts of a model; False, and nothing written, where one is missing."""
    whole = folder / META
    places = {"all": whole} if whole.is_file() else {part: folder / part / META for part in PARTS}
    if not all(place.is_file() for place in places.values()):
        return False
    metas = {part: json.loads(place.read_text("utf-8")) for part, place in places.items()}
    tried = folder / TRIED
    card = format_card(metas, tried.read_text("utf-8") if tried.is_file() else "")
    (folder / CARD).write_text(card, "utf-8")
    return True


def format_card(metas: Mapping[str, Mapping[str, Any]], tried: str) -> str:
    """The card's Markdown."""
    figures: dict[str, Any] = {}
    for meta in metas.values():
        figures |= meta["figures"]
    if "pitch_nll" in figures and "rhythm_nll" in figures:
        figures["joint_nll"] = figures["pitch_nll"] + figures["rhythm_nll"]
    rows = [f"| {figures[name]:.4g} | {unit} | {what} |" for name, what, unit in _ROWS if name in figures]
    first = next(iter(metas.values()))
    networks = " and ".join(_network(part, meta) for part, meta in metas.items())
    lines = [
        "# The jazz model",
        "",
        f"{networks[:1].upper()}{networks[1:]}. They predict jazz solos note by note: the pitch at a given "
        "onset, the gap to the next onset, and the length, given the present and the next two chords, the "
        "harmony of the whole chart and the place in the bar. Pitch is a product of experts: absolute pitch, "
        "interval from the last note and from the one before, degree above the present and the next root. "
        "Each head also hears what the same line did before in like moments "
        "(`improv/jazz/recall.py`), and heeds it as far as the network decides at each note. "
        "Pitch also hears what followed the same intervals in the solos learned from, counted "
        "(`improv/jazz/corpus.py`). Performer, style, instrument and feel are inputs that may be left out; "
        "so is the player's touch: how loud the newest note was, how long it was held, and how late the "
        "next begins (`improv/jazz/touch.py`).",
        "",
        "## Figures",
        "",
        f"Teacher-forced on {figures['notes']:.0f} notes of the {figures['on']}, each solo whole, every note "
        "once, in its own key, performer, style and touch told, weights as stored (float16). "
        "`improv evaluate jazz DATA --solos split.json` prints them. The epoch was chosen on these same "
        "solos, and so was the run where several were tried.",
        "",
        "| | | |",
        "|---|---|---|",
        *rows,
        "",
        *([tried.strip(), ""] if tried.strip() else []),
        "## Data",
        "",
        f"{first['data']}.",
        "",
        f"If you describe a model trained on it, cite: {CITATION}.",
        "",
        "## Training",
        "",
        "`improv train jazz DATA`",
        "",
        *(f"- {part}: {_recipe(meta)}." for part, meta in metas.items()),
        "",
        "## Limits",
        "",
        "It learned monophonic lines of improvised solos, mostly swing in 4/4; it knows little of free jazz, "
        "funk or odd meters.",
        "",
    ]
    return "\n".join(lines)


def _network(part: str, meta: Mapping[str, Any]) -> str:
    spec = meta["spec"]
    name = "pitches and rhythm" if part == "all" else part
    return f"an LSTM of {spec['layers']} layers of {spec['hidden']} for {name}"


def _recipe(meta: Mapping[str, Any]) -> str:
    recipe = meta["recipe"]
    settings = [f"{name} {value}" for name, value in recipe.items() if not isinstance(value, dict)]
    dropout = [f"{name} {value}" for name, value in recipe.get("dropout", {}).items()]
    taught = f"; {len(meta['teachers'])} teachers" if meta.get("teachers") else ""
    return f"{', '.join(settings)}; dropout {', '.join(dropout)}{taught}"
