"""A take drawn in the terminal: lines of bars, their chords above a piano roll of both players.

Conventions: those of `improv.tui.roll`: the player solid, the machine dashed, so that it reads without
colour too. Bars are named as musicians count: chorus:bar, the count-in 0:00.
"""

from collections.abc import Iterator, Sequence

from improv.headless import place
from improv.snapshot import Player, RollNote
from improv.takes.take import SOLOISTS, YOU, Note, Take
from improv.tui.paint import Row
from improv.tui.roll import GUTTER, Window, draw_chords, draw_roll

TICKS_A_COLUMN = 6
"""A sixteenth."""
BARS_A_LINE = (8, 4, 2, 1)
MOST_ROWS = 14
"""Of a line of bars; what lies beyond is an arrow."""


def picture(take: Take, width: int) -> Iterator[Row]:
    """The rows of a take, in at most `width` cells where a bar has room in them."""
    columns = take.bar // TICKS_A_COLUMN
    bars = next((n for n in BARS_A_LINE if n * columns + GUTTER <= width), 1)
    notes = [_roll_note(take, note) for part in SOLOISTS for note in take.of(part)]
    limit = take.first + take.bars * take.bar
    for start in range(take.first, limit, bars * take.bar):
        end = min(start + bars * take.bar, limit)
        yield from _system(take, start, (end - start) // TICKS_A_COLUMN, notes)


def _system(take: Take, start: int, columns: int, notes: Sequence[RollNote]) -> Iterator[Row]:
    end = start + columns * TICKS_A_COLUMN
    shown = [n for n in notes if n.onset < end and n.onset + (n.duration or 0) > start]
    changes = take.changes
    low = min((note.pitch for note in shown), default=60) // 2 * 2
    high = max((note.pitch for note in shown), default=low - 1)
    rows = min((high - low) // 2 + 1, MOST_ROWS)
    window = Window(start, TICKS_A_COLUMN, columns, rows, None, low)
    head = draw_chords(window, changes) if take.on_form else ((" " * (GUTTER + columns), "dim on stage"),)
    number = place(start, changes).rsplit(":", 2)[0] if take.on_form else str(start // take.bar + 1)
    yield ((f"{number:<{GUTTER}}", "dim on stage"), *head[1:])
    marks = _marks(take, window)
    if marks:
        yield ((marks, "bold bright on stage"),)
    yield from draw_roll(shown, window, changes)


def _marks(take: Take, window: Window) -> str:
    """A line with the marked places, or empty where there is none."""
    line = ""
    for marked in take.places:
        column = window.column(int(take.clock.tick(marked.at)))
        if 0 <= column < window.columns:
            line = f"{line.ljust(GUTTER + column)}▼{marked.label} "
    return line


def _roll_note(take: Take, note: Note) -> RollNote:
    onset = round(take.clock.tick(note.at))
    length = max(1, round(take.clock.tick(note.end)) - onset)
    player: Player = "you" if note.part == YOU else "improv"
    return RollNote(player, onset, length, note.pitch, note.source)
