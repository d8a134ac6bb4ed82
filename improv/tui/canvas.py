"""A widget that shows painted rows and redraws only the lines that changed."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from rich.segment import Segment
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from improv.tui.paint import Row, style

Shown = TypeVar("Shown")
"""What a screen shows: the stage a `View`, the text screen its `State`."""


class Line(Strip):
    """A strip that is freed when nobody holds it any more.

    Textual's remembers what it was cut into, and cut into one piece that is itself: some 350 circles a
    second, with all their segments, which only the garbage collector frees, and while it does no key is read.
    """

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Itself where it stays whole, and else the pieces."""
        wanted = [cut for cut in cuts if cut <= self.cell_length]
        return [self] if wanted == [self.cell_length] else super().divide(wanted)


class Canvas(Widget, Generic[Shown]):
    """Base of every part of a screen: a subclass says what it depends on, and draws rows from it."""

    DEFAULT_CSS = "Canvas { position: absolute; }"

    def __init__(self) -> None:
        super().__init__()
        self._view: Shown | None = None
        self._drawn_for: object = None
        self._rows: Sequence[Row] = ()
        self._lines: dict[int, tuple[Strip, Line]] = {}
        """By row, what was drawn last, and its line."""

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

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region, in the form that the screen is put together from."""
        found: list[Strip] = []
        for y, strip in zip(crop.line_range, super().render_lines(crop), strict=True):
            before, line = self._lines.get(y, (None, None))
            if line is None or before is not strip:  # else it is what was drawn before, and is kept
                line = Line(strip, strip.cell_length)
                self._lines[y] = strip, line
            found.append(line)
        return found

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
