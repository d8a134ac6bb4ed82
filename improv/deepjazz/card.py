"""The model card of a deepjazz checkpoint, written from its meta.json.

What cannot be read off it, such as why this piece was chosen, stands in NOTES.md beside it, if there is one,
and is taken into the card.
"""

import json
from pathlib import Path
from typing import Any

from models.checkpoint import META

CARD, NOTES = "README.md", "NOTES.md"

_LEARNED = (
    "corpus.txt has the terminals of the measures learned from, a measure a line: kinds, durations and "
    "contour, no pitches. A stretch of them is what each new measure goes on from."
)


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
    credit = meta.get("credit", "")
    lines = [
        f"# {name}",
        "",
        f"Ji-Sung Kim's deepjazz: {spec['layers']} LSTM layers of {spec['hidden']} that foretell the next "
        f"terminal from the {figures['words']} of one piece, a measure at a time; his rules make notes of "
        "them. Weights in half precision; it runs in NumPy, without torch.",
        "",
        f"    improv render blues-f -o solo.mid --model {name}",
        f"    improv render blues-f -o solo.mid --model {name} --rules ours",
        "",
        "## Figures of the training",
        "",
        "Nats a terminal, weights as stored. The last weights are kept, as in his program: the piece is "
        "learned at the cost of what was kept back.",
        "",
        "| | |",
        "|---|---|",
        *(f"| {key.replace('_', ' ')} | {value:,} |" for key, value in figures.items()),
        "",
        *([notes.strip(), ""] if notes.strip() else []),
        "## Data",
        "",
        f"{meta['data']}. {_own_seeds(figures) if meta.get('own_seeds') else _LEARNED}",
        "",
        *([f"If you describe a model trained on it, cite: {credit}.", ""] if credit else []),
        "## Training",
        "",
        f"`improv train deepjazz{' --own-seeds' if meta.get('own_seeds') else ''}`: seed {meta['seed']}; "
        f"{', '.join(settings)}; dropout {', '.join(dropout)}; "
        f"windows at every {meta['step']} terminals; the last {meta['held_out']:.0%} of the measures "
        "kept back.",
        "",
    ]
    return "\n".join(lines)


def _own_seeds(figures: dict[str, Any]) -> str:
    """What corpus.txt is where the network wrote it."""
    kept, left_out = figures["own_measures"], figures["own_measures_left_out"]
    return (
        "The piece's measures are not in here. In Kim's program each new measure goes on from a stretch of "
        f"them; here it goes on from a stretch of corpus.txt: {kept} measures, in terminals, that the "
        "trained network wrote by itself at temperature 1 with the training's seed, each going on from those "
        f"before it, the first from nothing. {left_out} of the {kept + left_out} that it wrote "
        f"({left_out / (kept + left_out):.1%}) were left out, being word for word measures of the piece. Of "
        "the piece itself meta.json has the list of its different terminals, sorted."
    )
