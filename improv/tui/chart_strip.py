"""The lead sheet with the bar being played lit."""

from collections.abc import Sequence

from improv.tui.canvas import Canvas
from improv.tui.paint import Row
from improv.tui.piano_roll import TURN_OF
from improv.tui.sheet import Light, draw_sheet, turn_bars
from improv.tui.view import View


class ChartStrip(Canvas[View]):
    """The chart, by section, four bars a line."""

    def depends(self, view: View) -> object:
        """The chart and what is lit."""
        return view.chart, _light(view)

    def draw(self, view: View, width: int, height: int) -> Sequence[Row]:
        """The lines around the lit bar."""
        return draw_sheet(view.chart, _light(view), width, height)


def _light(view: View) -> Light:
    place = view.place
    if place is None or place.bar is None:
        return Light()
    return Light(
        bar=place.bar,
        beat=place.beat,
        of=TURN_OF.get(view.snapshot.turn, ""),
        turn=turn_bars(view.snapshot.tick, place.turn_ends, view.chart),
    )
