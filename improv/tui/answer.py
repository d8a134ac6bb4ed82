"""The machine's present or last answer, as terminals in deepjazz's text form."""

from collections.abc import Sequence

from rich.cells import cell_len

from improv.tui.canvas import Canvas
from improv.tui.paint import Row, Run, fit
from improv.tui.view import View

TITLE = "answer"


class Answer(Canvas[View]):
    """The terminals, wrapped; where they do not fit, the newest are seen."""

    def depends(self, view: View) -> object:
        """The terminals."""
        return view.snapshot.terminals

    def draw(self, view: View, width: int, height: int) -> Sequence[Row]:
        """One row with the title before it, or a title line and the terminals below."""
        return draw_answer(view.snapshot.terminals, width, height)


def draw_answer(terminals: Sequence[str], width: int, height: int) -> tuple[Row, ...]:
    """The terminals in `height` rows, the type's letter emphasised, the last terminal always whole."""
    title: Run = (f" {TITLE} ", "dim on stage")
    if height == 1:
        lines = _wrap(terminals, width - len(title[0]))
        return (fit([title, *_last(lines, 1)[0]], width),)
    head: Row = (title, ("─" * max(0, width - len(title[0]) - 1), "grid on stage"))
    body = _last(_wrap(terminals, width - 2), height - 1)
    rows = [fit([(" ", "dim on stage"), *line], width) for line in body]
    return (fit(head, width), *rows, *[fit((), width)] * (height - 1 - len(rows)))


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
