"""A text broken into lines that fit, each with its place in the text.

Conventions: widths in terminal cells. A line is broken at its last space that fits, a word longer than a
line within it. What a terminal cannot show in its cell (a tab, a control character) is shown as one that
it can, so that places in the shown text are places in the text.
"""

from functools import lru_cache

from rich.cells import get_character_cell_size

Line = tuple[int, str]
"""Where it begins in the text, and what it shows."""


def wrap(text: str, width: int) -> list[Line]:
    """The lines of a text; there is always one."""
    lines: list[Line] = []
    start = 0
    for paragraph in text.split("\n"):
        lines += [(start + at, line) for at, line in _broken(paragraph, max(1, width))]
        start += len(paragraph) + 1
    return lines


@lru_cache(
    maxsize=16384
)  # a text that grows is wrapped again and again, and all but its last line is as it was
def _broken(paragraph: str, width: int) -> tuple[Line, ...]:
    shown = "".join(map(_showable, paragraph))
    lines: list[Line] = []
    at = 0
    while (end := _fitting(shown, at, width)) < len(shown):
        space = shown.rfind(" ", at + 1, end + 1)
        cut, following = (space, space + 1) if space > at else (end, end)
        lines.append((at, shown[at:cut]))
        at = following
    return (*lines, (at, shown[at:]))


def _fitting(text: str, start: int, width: int) -> int:
    """Where the part of a text that fits ends; at least one character on."""
    used = 0
    for place in range(start, len(text)):
        used += get_character_cell_size(text[place])
        if used > width:
            return max(place, start + 1)
    return len(text)


def _showable(character: str) -> str:
    if character == "\t":
        return " "
    return character if character.isprintable() else "·"
