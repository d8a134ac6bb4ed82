"""A widget that shows painted rows and redraws only the lines that changed."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from rich.segment import Segment
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from improv.tui.paint import Row, style

Shown = TypeVar("Shown")
"""What a screen shows: the stage a `View`, the text screen its `State`."""


class Canvas(Widget, Generic[Shown]):
    """Base of every part of a screen: a subclass says what it depends on, and draws rows from it."""

    DEFAULT_CSS = "Canvas { position: absolute; }"

    def __init__(self) -> None:
        super().__init__()
        self._view: Shown | None = None
        self._drawn_for: object = None
        self._rows: Sequence[Row] = ()

    @abstractmethod
    def depends(self, view: Shown) -> object:
        """What of the view the rows depend on; equal values mean equal rows."""

    @abstractmethod
    def draw(self, view: Shown, width: int, height: int) -> Sequence[Row]:
        """The rows of a view, each `width` cells."""

    def show(self, view: Shown) -> None:
        """Show a view; costs next to nothing where nothing changed."""
        self._view = view
        self._redraw()

    def on_resize(self) -> None:
        """Draw again for the new size."""
        self._redraw()

    def render_line(self, y: int) -> Strip:
        """The painted line `y`."""
        width = self.size.width
        if y >= len(self._rows):
            return Strip.blank(width, style("text"))
        return Strip([Segment(text, style(ink)) for text, ink in self._rows[y]]).adjust_cell_length(
            width, style("text")
        )

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The app's filters, less the one that turns the terminal's own colours true: paint has none."""
        return [found for found in super().get_line_filters() if not isinstance(found, ANSIToTruecolor)]

    def _redraw(self) -> None:
        width, height = self.size
        if self._view is None or not width or not height:
            return
        depends = (width, height, self.depends(self._view))
        if depends == self._drawn_for:
            return
        self._drawn_for = depends
        before, self._rows = self._rows, self.draw(self._view, width, height)
        changed = [
            Region(0, line, width, 1)
            for line in range(max(len(before), len(self._rows)))
            if line >= len(before) or line >= len(self._rows) or before[line] != self._rows[line]
        ]
        if changed:
            self.refresh(*changed)


def put(widget: Widget, region: Region) -> None:
    """Place a widget on its screen."""
    widget.styles.offset = (region.x, region.y)
    widget.styles.width = region.width
    widget.styles.height = region.height
