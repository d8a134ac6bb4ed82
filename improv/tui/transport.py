"""The top line: the tune, the tempo, the mode, and where in the form one is."""

from collections.abc import Sequence

from improv.tui.canvas import Canvas
from improv.tui.paint import Row, Run, length, spread
from improv.tui.view import View


class Transport(Canvas[View]):
    """One line with the name of the tune at the left and the figures at the right."""

    def depends(self, view: View) -> object:
        """The figures shown."""
        shown = view.snapshot
        bar = view.place.bar if view.place else None
        return view.chart, shown.tempo, view.wanted_tempo, shown.mode, shown.bars, shown.chorus, bar

    def draw(self, view: View, width: int, height: int) -> Sequence[Row]:
        """The one row."""
        return (draw_transport(view, width),)


def draw_transport(view: View, width: int) -> Row:
    """The line in `width` cells; feel and composer go first where it is narrow, then the mode."""
    shown, chart = view.snapshot, view.chart
    tempo: list[Run] = [("♩", "dim on ebony"), (f" {shown.tempo:g}", "bold you on ebony")]
    if view.wanted_tempo is not None:
        tempo.append((f" → {view.wanted_tempo:g}", "you on ebony"))
    bar = "–" if view.place is None or view.place.bar is None else str(view.place.bar + 1)
    figures: list[list[Run]] = [
        tempo,
        [(f"{shown.mode} ", "dim on ebony"), (f"{shown.bars}s", "bold text on ebony")],
        [("chorus ", "dim on ebony"), (f"{shown.chorus + 1}", "bold text on ebony")],
        [
            ("bar ", "dim on ebony"),
            (f"{bar:>2}", "bold text on ebony"),
            (f"/{chart.bar_count} ", "dim on ebony"),
        ],
    ]
    title: list[Run] = [(" " + chart.title, "bold bright on ebony")]
    extras = [f"  {word}" for word in (chart.feel, chart.composer) if word]
    if width < 72:
        del figures[1]
    right: list[Run] = [("  ", "dim on ebony")]
    right += [run for figure in figures for run in (*figure, ("   ", "dim on ebony"))][:-1]
    for extra in extras:
        if length(title) + len(extra) + length(right) + 2 <= width:
            title.append((extra, "dim on ebony"))
    return spread(title, right, width, "ebony")
