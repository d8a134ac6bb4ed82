"""What `--bass` means: the model that walks, the same in two, the rules, or a folder with another model."""

from pathlib import Path
from typing import TYPE_CHECKING

from improv.errors import UserError, suggest

if TYPE_CHECKING:
    from improv.band.bass import Style
    from models.network import Network

MODEL, TWO, RULES = "model", "two", "rules"
WORDS = (MODEL, TWO, RULES)


def check_bass(wanted: str) -> None:
    """Raises UserError when there is no such bass."""
    if wanted not in WORDS and not Path(wanted).is_dir():
        raise UserError(
            f"no bass {wanted!r}; {', '.join(WORDS)} or a folder that improv train bass made"
            f"{suggest(wanted, WORDS)}"
        )


def choose_bass(wanted: str) -> "tuple[Network | None, Style | None]":
    """The network that plays, None for the rules, and how; None: as the feel is usually played.

    Raises:
        UserError: the model cannot be read.
    """
    from improv.band.model import load_bass

    if wanted == RULES:
        return None, None
    network, _ = load_bass(None if wanted in WORDS else Path(wanted))
    return network, "two" if wanted == TWO else None
