"""The machine's present or last answer, as terminals in deepjazz's text form."""

from collections.abc import Sequence

from rich.cells import cell_len

from improv.tui.canvas import Canvas
from improv.tui.paint import Row, Run, fit, length
from improv.tui.view import View

TITLE = "answer"
SOURCES: dict[str, tuple[str, str]] = {
    # source: its colour in the roll, and what it is called
    "model": ("improv", "model"),
    "grammar": ("grammar", "moved"),
    "fallback": ("fallback", "fallback"),
}
"""Who chooses the machine's notes."""


class Answer(Canvas[View]):
    """The terminals, wrapped; where they do not fit, the newest are seen."""

    def depends(self, view: View) -> object:
        """The terminals, and the counts."""
        return view.snapshot.terminals, view.snapshot.chosen

    def draw(self, view: View, width: int, height: int) -> Sequence[Row]:
        """One row with the title before it, or a title line and the terminals below."""
        return draw_answer(view.snapshot.terminals, width, height, view.snapshot.chosen)


def draw_answer(
    terminals: Sequence[str], width: int, height: int, chosen: Sequence[tuple[str, int]] = ()
) -> tuple[Row, ...]:
    """The terminals in `height` rows, the type's letter emphasised, the last terminal always whole.

    Args:
        terminals: in deepjazz's text form.
        width: cells.
        height: rows.
        chosen: how many notes who chose (`Snapshot.chosen`); shown in the title where there is room.
    """
    title: Run = (f" {TITLE} ", "dim on stage")
    counts = draw_chosen(chosen, long=height > 1 and width >= 44)
    if len(title[0]) + length(counts) + (16 if height == 1 else 2) > width:
        counts = ()
    if height == 1:
        room = width - length(counts)
        lines = _wrap(terminals, room - len(title[0]))
        return ((*fit([title, *_last(lines, 1)[0]], room), *counts),)
    rule = "─" * max(0, width - len(title[0]) - length(counts) - 1)
    head: Row = (title, (rule, "grid on stage"), *counts)
    body = _last(_wrap(terminals, width - 2), height - 1)
    rows = [fit([(" ", "dim on stage"), *line], width) for line in body]
    return (fit(head, width), *rows, *[fit((), width)] * (height - 1 - len(rows)))


def draw_chosen(chosen: Sequence[tuple[str, int]], long: bool) -> Row:
    """How many of the machine's notes who chose, in the colours that they have in the roll."""
    if not any(count for _, count in chosen):
        return ()
    runs: list[Run] = []
    for source, count in chosen:
        ink = f"{SOURCES[source][0]} on stage" if count else "line on stage"
        runs.append((f" ▌{SOURCES[source][1]} {count}" if long else f" ▌{count}", ink))
    return (*runs, (" ", "dim on stage"))


def _wrap(terminals: Sequence[str], width: int) -> list[list[str]]:
    """Lines filled from the last terminal backwards, so that the newest line is full."""
    lines: list[list[str]] = [[]]
    room = width - 2
    for terminal in reversed(terminals):
        size = cell_len(terminal) + 1
        if size > room and lines[0]:
            lines.insert(0, [])
            room = width - 2
        lines[0].insert(0, terminal)
        room -= size
    return lines


def _last(lines: list[list[str]], count: int) -> list[Row]:
    """The last lines, with an ellipsis where earlier ones are left out."""
    rows: list[Row] = []
    for place, line in enumerate(lines[-count:]):
        cut = place == 0 and len(lines) > count
        runs: list[Run] = [("… ", "dim on stage")] if cut else []
        if not line:
            runs.append(("nothing yet", "faint on stage"))
        for terminal in line:
            kind, comma, rest = terminal.partition(",")
            runs += [(kind, "bold improv on stage"), (f"{comma}{rest} ", "dim on stage")]
        rows.append(tuple(runs))
    return rows
