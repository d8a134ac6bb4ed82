"""The top line: tune, tempo, whose clock it is, the mode and what is coming, the place in the form."""

from collections.abc import Sequence

from improv.modes import MODES
from improv.snapshot import Snapshot
from improv.tui.canvas import Canvas
from improv.tui.paint import Row, Run, length, shorten, spread
from improv.tui.view import View

TITLES: dict[str, str] = {mode.name: mode.title for mode in MODES}
SYNC = 24
"""Cells that the words about another's clock take at most."""


class Transport(Canvas[View]):
    """One line with the name of the tune at the left and the figures at the right."""

    def depends(self, view: View) -> object:
        """The figures shown."""
        shown = view.snapshot
        bar = view.place.bar if view.place else None
        figures = (shown.tempo, view.wanted_tempo, shown.chorus, bar, shown.sync)
        return view.chart, figures, shown.mode, shown.coming, shown.bars

    def draw(self, view: View, width: int, height: int) -> Sequence[Row]:
        """The one row."""
        return (draw_transport(view, width),)


def draw_transport(view: View, width: int) -> Row:
    """The line in `width` cells.

    Where it is narrow what weighs least goes first: the feel and the composer, the clock's words, the chorus,
    and below 72 cells the mode, but for one that is coming.
    """
    shown, chart = view.snapshot, view.chart
    tempo: list[Run] = [("♩", "dim on ebony"), (f" {shown.tempo:g}", "bold you on ebony")]
    if view.wanted_tempo is not None:
        tempo.append((f" → {view.wanted_tempo:g}", "you on ebony"))
    chorus: list[Run] = [("chorus ", "dim on ebony"), (f"{shown.chorus + 1}", "bold text on ebony")]
    figures = {
        "tempo": tempo,
        "sync": _sync(shown),
        "mode": _mode(shown),
        "chorus": chorus,
        "bar": _bar(view),
    }
    if width < 72 and not shown.coming:
        del figures["mode"]
    title: list[Run] = [(" " + chart.title, "bold bright on ebony")]
    for spare in ("sync", "chorus"):
        if length(title) + length(_line(figures)) + 2 > width and shown.coming + shown.sync:
            figures.pop(spare)
    right = _line(figures)
    for extra in (f"  {word}" for word in (chart.feel, chart.composer) if word):
        if length(title) + len(extra) + length(right) + 2 <= width:
            title.append((extra, "dim on ebony"))
    return spread(title, right, width, "ebony")


def _line(figures: dict[str, list[Run]]) -> list[Run]:
    """The figures side by side."""
    kept = [figure for figure in figures.values() if figure]
    runs = [run for figure in kept for run in (*figure, ("   ", "dim on ebony"))]
    return [("  ", "dim on ebony"), *runs[:-1]]


def _mode(shown: Snapshot) -> list[Run]:
    """The mode, for trading with its bars, and the one that begins at the next bar."""

    def named(mode: str, ink: str) -> list[Run]:
        title = TITLES.get(mode, mode)
        return [(f"{title} ", ink), (f"{shown.bars}s", f"bold {ink}")] if mode == "trade" else [(title, ink)]

    if not shown.coming or shown.coming == shown.mode:
        return named(shown.mode, "text on ebony")
    now = TITLES.get(shown.mode, shown.mode)
    return [(f"{now} → ", "dim on ebony"), *named(shown.coming, "you on ebony")]


def _sync(shown: Snapshot) -> list[Run]:
    return [("⇄ ", "dim on ebony"), (shorten(shown.sync, SYNC), "text on ebony")] if shown.sync else []


def _bar(view: View) -> list[Run]:
    if view.place is not None and view.place.free:
        return [("free time ", "dim on ebony")]
    bar = "–" if view.place is None or view.place.bar is None else str(view.place.bar + 1)
    return [
        ("bar ", "dim on ebony"),
        (f"{bar:>2}", "bold text on ebony"),
        (f"/{view.chart.bar_count} ", "dim on ebony"),
    ]
