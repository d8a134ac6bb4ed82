"""Where each part of the screen goes, for every size of terminal: a pure function.

Conventions: cells from the top left. Nothing overlaps, nothing lies outside; a part without room has
height 0 and is not shown. Below 60 by 20 parts vanish in the order of their weight: the answer, the
timing, the chart; the turn and the keys stay.
"""

from dataclasses import dataclass

from textual.geometry import Region

WIDE, TALL = 120, 34
"""From these on the answer stands beside the chart, and the letters are of double size."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The region of each part."""

    transport: Region
    banner: Region
    chart: Region
    answer: Region
    roll: Region
    message: Region
    timing: Region
    keys: Region


def arrange(width: int, height: int, chart_rows: int, alive: bool = True) -> Arrangement:
    """The arrangement for a terminal's size and a chart of so many rows of four bars."""
    wide, tall = width >= WIDE, height >= TALL
    transport = 1 if height >= 6 else 0
    keys = 1 if height >= 4 else 0
    banner = (8 if wide else 4) if tall else 3 if height >= 14 else 1
    message = (2 if width < 100 and not alive and height >= 14 else 1) if height >= 9 else 0
    timing = 1 if height >= 16 else 0
    left = height - transport - keys - banner - message - timing
    if wide and tall:
        spaced = 2 * chart_rows
        chart = max(7, spaced if spaced <= left * 9 // 20 else min(chart_rows + 1, left // 2))
        answer, side = chart, max(44, width // 3)
    else:
        chart = min(2 * chart_rows + 1 if tall else chart_rows, 12 if tall else 4, max(0, left - 6))
        answer, side = (3 if tall else 1) if left - chart >= 9 else 0, width
    top = 0

    def take(rows: int, x: int = 0, columns: int = width) -> Region:
        nonlocal top
        region = Region(x, top, columns, max(0, rows))
        top += region.height
        return region

    transport_region, banner_region = take(transport), take(banner)
    if wide and tall:
        chart_region = Region(0, top, width - side - 1, chart)
        answer_region = Region(width - side, top, side, answer)
        take(chart)
        roll_region = take(left - chart)
    else:
        chart_region = take(chart)
        roll_region = take(left - chart - answer)
        answer_region = take(answer)
    return Arrangement(
        transport=transport_region,
        banner=banner_region,
        chart=chart_region,
        answer=answer_region,
        roll=roll_region,
        message=take(message),
        timing=take(timing),
        keys=take(keys),
    )


def centred(card_width: int, card_height: int, width: int, height: int) -> Region:
    """Where a card lies over a screen, no larger than that."""
    card_width, card_height = min(width, card_width), min(height, card_height)
    return Region((width - card_width) // 2, (height - card_height) // 2, card_width, card_height)
