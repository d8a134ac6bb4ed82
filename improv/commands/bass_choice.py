"""What `--bass` means: the model that walks, the same in two, the rules, or a folder with another model."""

from pathlib import Path
from typing import TYPE_CHECKING

from improv.errors import UserError, suggest

if TYPE_CHECKING:
    from grammar.changes import Changes
    from grammar.chart import Feel
    from grammar.notes import Note

MODEL, TWO, RULES = "model", "two", "rules"
WORDS = (MODEL, TWO, RULES)


def check_bass(wanted: str) -> None:
    """Raises UserError when there is no such bass."""
    if wanted not in WORDS and not Path(wanted).is_dir():
        raise UserError(
            f"no bass {wanted!r}; {', '.join(WORDS)} or a folder that improv train bass made"
            f"{suggest(wanted, WORDS)}"
        )


def bass_line(
    wanted: str, changes: "Changes", ticks: int, seed: int, tempo: float, feel: "Feel"
) -> "list[Note]":
    """A bass line on the grid from tick 0 for `ticks`; a feel that the model does not play is the rules'.

    Raises:
        UserError: the model cannot be read.
    """
    from random import Random

    from improv.band.bass import FEELS, Bassist, Style, walk
    from improv.band.model import load_bass
    from improv.comp import bass

    random = Random(f"bass:{seed}")
    if wanted == RULES or feel not in FEELS:
        return bass(changes, 0, ticks, random, feel)
    network, _ = load_bass(None if wanted in WORDS else Path(wanted))
    style: Style | None = "two" if wanted == TWO else None
    # a row of numbers of its own: the solo's begins from the seed itself
    return walk(Bassist(network, changes, tempo, feel, style), 0, ticks, random.getrandbits(63))
