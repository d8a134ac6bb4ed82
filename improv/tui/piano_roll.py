"""The scrolling piano roll with its chord line."""

from collections.abc import Sequence

from improv.snapshot import RollNote
from improv.tui.canvas import Canvas
from improv.tui.paint import Row
from improv.tui.roll import (
    GUTTER,
    Window,
    draw_chords,
    draw_roll,
    pitch_range,
    ticks_a_column,
    window_start,
)
from improv.tui.view import View

TURN_OF = {"player": "you", "machine": "improv"}


class PianoRoll(Canvas[View]):
    """Both players' notes; the present stands still and the notes go by."""

    def __init__(self) -> None:
        super().__init__()
        self._range: tuple[int, int, int] | None = None
        """Rows, lowest pitch and scale as last shown."""

    def depends(self, view: View) -> object:
        """The notes, the turn, and the column that the present is in."""
        shown = view.snapshot
        return shown.roll, shown.turn, shown.turn_ends, shown.tick // self._ticks(view)

    def draw(self, view: View, width: int, height: int) -> Sequence[Row]:
        """The chord line, and the roll below it."""
        window = self._window(view, width, height - 1)
        return (draw_chords(window, view.changes), *draw_roll(view.snapshot.roll, window, view.changes))

    def _ticks(self, view: View) -> int:
        return ticks_a_column(max(1, self.size.width - GUTTER), view.changes.bar)

    def _window(self, view: View, width: int, rows: int) -> Window:
        shown, place = view.snapshot, view.place
        ticks = self._ticks(view)
        columns = max(1, width - GUTTER)
        start = window_start(shown.tick, ticks, columns)
        low, scale = self._pitches(shown.roll, start, rows)
        return Window(
            start=start,
            ticks=ticks,
            columns=columns,
            rows=rows,
            now=shown.tick if place else None,
            low=low,
            scale=scale,
            turn=(place.turn_begins, place.turn_ends) if place else (0, 0),
            turn_of=TURN_OF.get(shown.turn, "") if place else "",
        )

    def _pitches(self, roll: Sequence[RollNote], start: int, rows: int) -> tuple[int, int]:
        before = self._range[1:] if self._range and self._range[0] == rows else None
        seen = [note for note in roll if note.duration is None or note.onset + note.duration > start]
        low, scale = pitch_range(seen, rows, before)
        self._range = (rows, low, scale)
        return low, scale
