"""Colours by name, and text painted with them.

Conventions: a run is text and its ink; a row is the runs of one terminal line, left to right. An ink is
words: attributes (bold, underline), a colour, and after "on" the colour behind it; without "on" it lies
on the stage. The player is amber and the machine blue, told apart by every common colour blindness, and
never by colour alone.
"""

from collections.abc import Sequence
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from textual.theme import Theme

COLOURS: dict[str, str] = {
    "stage": "#0c0a07",
    "bright": "#fff7e6",
    "text": "#e9dcc3",
    "dim": "#9a8d76",
    "faint": "#463d30",
    "line": "#71654f",
    "grid": "#2f2b25",
    "ivory": "#d8cdb8",
    "ebony": "#22201c",
    "you": "#ffb000",
    "you-onset": "#ffd77f",
    "you-low": "#38322a",
    "improv": "#3d9bff",
    "improv-onset": "#94caff",
    "improv-low": "#0c2440",
    "grammar": "#d3a6ff",
    "grammar-onset": "#ecd8ff",
    "fallback": "#a8a196",
    "fallback-onset": "#e4ddd0",
}
"""Every colour of the UI."""

STAGE = Theme(
    name="stage",
    primary=COLOURS["you"],
    secondary=COLOURS["improv"],
    accent=COLOURS["you"],
    foreground=COLOURS["text"],
    background=COLOURS["stage"],
    surface=COLOURS["stage"],
    panel=COLOURS["ebony"],
    dark=True,
)
"""The same colours, for what Textual itself draws."""

LOST_MARK = "✗"
"""Stands before the name of a port that is lost."""

Run = tuple[str, str]
Row = tuple[Run, ...]


@lru_cache(maxsize=512)
def style(ink: str) -> Style:
    """The terminal style of an ink.

    Raises:
        KeyError: a word of the ink is neither an attribute nor a colour.
    """
    front, _, ground = ink.partition(" on ")
    words = front.split()
    return Style(
        color=next((COLOURS[word] for word in words if word not in ("bold", "underline")), COLOURS["text"]),
        bgcolor=COLOURS[ground or "stage"],
        bold="bold" in words,
        underline="underline" in words,
    )


def length(runs: Sequence[Run]) -> int:
    """Terminal cells that the runs take."""
    return sum(cell_len(text) for text, _ in runs)


def fit(runs: Sequence[Run], width: int, ground: str = "stage") -> Row:
    """The runs in exactly `width` cells: cut with an ellipsis, or filled with the ground."""
    spare = width - length(runs)
    if spare >= 0:
        return (*runs, (" " * spare, f"text on {ground}")) if spare else tuple(runs)
    kept: list[Run] = []
    room = width
    for text, ink in runs:
        size = cell_len(text)
        if size >= room:  # something follows or overflows: the ellipsis goes into this run
            kept.append((set_cell_size(shorten(text + " ", room), room), ink))
            break
        kept.append((text, ink))
        room -= size
    return tuple(run for run in kept if run[0])


def shorten(text: str, width: int) -> str:
    """The text in at most `width` cells, ending in an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def spread(left: Sequence[Run], right: Sequence[Run], width: int, ground: str = "stage") -> Row:
    """Runs at both ends of a line; the right side is kept whole, the left is cut."""
    room = width - length(right)
    if room <= 0:
        return fit(right, width, ground)
    return (*fit(left, room, ground), *right)


def merge(characters: Sequence[str], inks: Sequence[str]) -> Row:
    """One character and one ink a cell, neighbours of the same ink joined."""
    runs: list[Run] = []
    start = 0
    for place in range(1, len(inks) + 1):
        if place == len(inks) or inks[place] != inks[start]:
            runs.append(("".join(characters[start:place]), inks[start]))
            start = place
    return tuple(runs)
