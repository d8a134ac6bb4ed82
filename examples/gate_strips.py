"""Gates as strips of characters under the notes, four bars a system.

Conventions: a column is a sixteenth. A strip's bars rise from the bottom of its scale to its top; what
holds until the next note is drawn until there.
"""

import os
import sys

from examples.gate_views import Panel, View, chords_within
from grammar.chords import ROOTS
from grammar.notes import TICKS_PER_BEAT

WIDTH = 79
BARS = 4
"""Bars in a system."""
COLUMN = TICKS_PER_BEAT // 4
LEFT = 6
"""Characters of the scale on the left."""
HEIGHT = 2
"""Lines of a strip."""
EIGHTHS = " ▁▂▃▄▅▆▇█"
COLOURS = {"f": 174, "i": 72, "g": 179, "o": 139, "c": 74}
"""In the terminal's 256 colours."""


def systems(view: View, panel: Panel | None) -> str:
    """The notes (without a panel) or one unit's strip, system after system."""
    bar = view.solo.changes.bar
    end = (view.first + view.bars) * bar
    step = max(1, BARS * 4 // view.solo.changes.meter) * bar
    found = []
    for start in range(view.first * bar, end, step):
        stop = min(start + step, end)
        lines = [_chords(view, start, stop)]
        lines += _roll(view, start, stop) if panel is None else _strip(view, panel, start, stop)
        found.append("\n".join(line.rstrip() for line in lines))
    return "\n".join(found)


def _columns(start: int, end: int) -> int:
    return (end - start) // COLUMN


def _chords(view: View, start: int, end: int) -> str:
    """Chord symbols over their beats, and bar lines."""
    row = [" "] * _columns(start, end)
    for tick in range(start, end, view.solo.changes.bar):
        row[(tick - start) // COLUMN] = "|"
    places = chords_within(view, start, end)
    for number, (tick, symbol) in enumerate(places):
        column = (tick - start) // COLUMN
        column += row[column] == "|"
        following = places[number + 1][0] if number + 1 < len(places) else end
        room = (following - start) // COLUMN - column
        row[column : column + min(len(symbol), room)] = symbol[:room]
    return f"{f'bar {start // view.solo.changes.bar + 1}':<{LEFT}}" + "".join(row)


def _roll(view: View, start: int, end: int) -> list[str]:
    """A piano roll, two semitones a line, with the names of its highest and lowest notes."""
    notes = [view.solo.notes[t] for t in view.notes if start <= view.solo.notes[t].onset < end]
    if not notes:
        return []
    high, low = max(note.pitch for note in notes), min(note.pitch for note in notes)
    cells: dict[tuple[int, int], set[int]] = {}
    for note in notes:
        first = (note.onset - start) // COLUMN
        for column in range(first, max(first + 1, min((note.end - start) // COLUMN, _columns(start, end)))):
            cells.setdefault(((high - note.pitch) // 2, column), set()).add((high - note.pitch) % 2)
    halves = {frozenset({0}): "▀", frozenset({1}): "▄", frozenset({0, 1}): "█"}
    rows = []
    for line in range((high - low) // 2 + 1):
        name = {0: _name(high), (high - low) // 2: _name(low)}.get(line, "")
        marks = (halves.get(frozenset(cells.get((line, c), ())), " ") for c in range(_columns(start, end)))
        rows.append(f"{name:>{LEFT - 1}} " + "".join(marks))
    return rows


def _name(pitch: int) -> str:
    return f"{ROOTS[pitch % 12]}{pitch // 12 - 1}"


def _strip(view: View, panel: Panel, start: int, end: int) -> list[str]:
    """Marks at the event's notes, and the unit's values as bars."""
    levels: list[int | None] = [None] * _columns(start, end)
    marks = [" "] * len(levels)
    notes = view.solo.notes
    for t in view.notes:
        following = notes[t + 1].onset if t + 1 < len(notes) else end
        share = (panel.values[t] - panel.low) / (panel.high - panel.low)
        level = max(1, round(float(share) * HEIGHT * 8))
        for tick in range(max(notes[t].onset, start), min(following, end), COLUMN):
            levels[(tick - start) // COLUMN] = level
        if panel.marks[t] and start <= notes[t].onset < end:
            marks[(notes[t].onset - start) // COLUMN] = "v"
    rows = [" " * LEFT + "".join(marks)] if panel.marks.any() else []
    for line in range(HEIGHT):
        base = (HEIGHT - 1 - line) * 8
        bars = "".join(" " if level is None else EIGHTHS[min(8, max(0, level - base))] for level in levels)
        scale = panel.high if line == 0 else panel.low
        rows.append(f"{scale:>{LEFT - 2}g} ┤" + _coloured(bars, panel.part))
    return rows


def _coloured(text: str, part: str) -> str:
    """In the part's colour, where there is a terminal that shows it."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[38;5;{COLOURS[part]}m{text.rstrip()}\x1b[0m"
