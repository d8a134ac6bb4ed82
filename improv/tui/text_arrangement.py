"""Where each part of the text screen goes, for every size of terminal: a pure function.

Conventions: cells from the top left. Nothing overlaps, nothing lies outside; a part without room has
height 0 and is not shown. In small terminals parts vanish in the order of their weight: the kept texts,
the banner, the settings; the line to edit, the text and the message stay longest.
"""

from dataclasses import dataclass

from textual.geometry import Region

from improv.tui.arrangement import TALL, WIDE

BESIDE = 72
"""From this width on the kept texts stand beside the text, and the banner's letters are large."""


@dataclass(frozen=True, slots=True)
class TextArrangement:
    """The region of each part."""

    settings: Region
    banner: Region
    label: Region
    field: Region
    text: Region
    kept: Region
    message: Region
    keys: Region


def arrange_text(width: int, height: int, label: int) -> TextArrangement:
    """The arrangement for a terminal's size and a label of so many cells before the line to edit."""
    settings = 1 if height >= 8 else 0
    banner = 1 if height >= 6 else 0
    if width >= BESIDE and height >= 20:
        banner = 7 if width >= WIDE and height >= TALL else 3
    line = 1 if height >= 2 else 0
    message = 1 if height >= 3 else 0
    keys = 1 if height >= 5 else 0
    beside = width >= BESIDE and height >= 10
    strip = 1 if not beside and height >= 12 else 0
    left = height - settings - banner - line - message - keys - strip
    side = max(24, width // 4) if beside else 0
    top = 0

    def take(rows: int, x: int = 0, columns: int = width) -> Region:
        nonlocal top
        region = Region(x, top, columns, rows) if rows and columns else Region(0, top, 0, 0)
        top += rows
        return region

    settings_region, banner_region = take(settings), take(banner)
    label = min(label, width // 2)
    label_region, field_region = Region(0, top, label, line), Region(label, top, width - label, line)
    top += line
    text_region = Region(0, top, width - side, left)
    kept_region = Region(width - side, top, side, left) if beside else Region(0, top + left, width, strip)
    top += left + strip
    return TextArrangement(
        settings=settings_region,
        banner=banner_region,
        label=label_region,
        field=field_region,
        text=text_region,
        kept=kept_region,
        message=take(message),
        keys=take(keys),
    )
