"""The piano roll as rows of painted text: a pure function of notes and a window.

Conventions: columns are spans of equal ticks, from the window's start; a terminal line shows two pixels,
one above the other, and a pitch is one pixel high (scale 1) or a whole line (scale 2). The player's notes
are solid blocks, the machine's are dashed, so that they differ without colour too. The colour of a machine's
note says who chose it: the model, the grammar that moved it, or a fallback phrase. An onset is brighter than
what follows, so that repeated notes stay apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from grammar.changes import Changes
from improv.snapshot import RollNote
from improv.tui.paint import Row, merge, shorten

GUTTER = 6
"""Cells at the left: the pitch's name and the piano's keys."""
TICKS_A_COLUMN = (3, 4, 6, 8, 12)
"""From fine to coarse; all divide a beat."""
NOW_SHARE = 0.7
"""How much of the window has been played."""

SOLID = {"both": "█", "upper": "▀", "lower": "▄"}
DASHED = {"both": "▌", "upper": "▘", "lower": "▖"}
"""The player's blocks; the machine's alternate with the solid ones, a short note is one dash."""

HALVES = ("lower", "upper")

_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_BLACK = frozenset({1, 3, 6, 8, 10})


@dataclass(frozen=True, slots=True)
class Window:
    """What part of time and pitch is shown, and where."""

    start: int
    """Tick of the first column, a multiple of `ticks`."""
    ticks: int
    """Ticks a column."""
    columns: int
    rows: int
    now: int | None
    """The present tick, or None when nothing plays."""
    low: int
    """The lowest pitch shown."""
    scale: int = 1
    """Pixels a pitch, 1 or 2."""
    turn: tuple[int, int] = (0, 0)
    """Ticks from and to which the present turn lasts."""
    turn_of: str = ""
    """`you`, `improv`, or empty for nobody's."""

    @property
    def high(self) -> int:
        """The first pitch above those shown."""
        return self.low + 2 * self.rows // self.scale

    @property
    def end(self) -> int:
        """The first tick after the last column."""
        return self.start + self.ticks * self.columns

    def column(self, tick: int) -> int:
        """The column that shows a tick; outside 0 to `columns` when it is not shown."""
        return (tick - self.start) // self.ticks


def ticks_a_column(columns: int, bar: int) -> int:
    """The finest grid that shows eight bars, or where sixteenths do not reach that far, four."""
    for ticks in TICKS_A_COLUMN:
        if columns * ticks >= (8 if ticks < 6 else 4) * bar:
            return ticks
    return TICKS_A_COLUMN[-1]


def window_start(tick: int, ticks: int, columns: int) -> int:
    """The first column's tick, such that the present stands still while the notes go by."""
    return (tick // ticks - int(columns * NOW_SHARE)) * ticks


def pitch_range(notes: Sequence[RollNote], rows: int, before: tuple[int, int] | None) -> tuple[int, int]:
    """The lowest pitch to show and the scale: as it was before while that does, so that it seldom jumps.

    Where the notes span more than the rows hold, the newest of them decide.
    """
    if not notes:
        return before or _centred(60, 72, rows, 1)
    low, high = min(note.pitch for note in notes), max(note.pitch for note in notes)
    if before is not None:
        held = 2 * rows // before[1]
        if before[0] <= low and high < before[0] + held and (before[1] == 2 or high - low > rows - 8):
            return before
    if high - low < rows - 2:
        return _centred(low, high, rows, 2)
    if high - low < 2 * rows:
        return _centred(low, high, rows, 1)
    recent = sorted(notes, key=lambda note: note.onset)[-12:]
    low, high = min(note.pitch for note in recent), max(note.pitch for note in recent)
    if before is not None and before[1] == 1 and before[0] <= low and high < before[0] + 2 * rows:
        return before
    if high - low >= 2 * rows:  # even those do not fit: keep what lies around the last
        low = high = recent[-1].pitch
    return _centred(low, high, rows, 1)


def _centred(low: int, high: int, rows: int, scale: int) -> tuple[int, int]:
    held = 2 * rows // scale
    first = (low + high + 1 - held) // 2
    return max(0, min(128 - held, first)), scale


def pitch_name(pitch: int) -> str:
    """The pitch's name and octave; 60 is C4."""
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"


def draw_roll(notes: Sequence[RollNote], window: Window, changes: Changes) -> tuple[Row, ...]:
    """The rows of the roll, from the highest pitch down, gutter included, without the chord line."""
    pixels, beyond = _pixels(notes, window)
    sounding = {note.pitch: note.player for note in notes if note.duration is None}
    plain = _background(window, changes, " ")
    octave = _background(window, changes, "╌")
    plain_row = merge(*plain)
    octave_row = merge(*octave)
    rows: list[Row] = []
    for line in range(window.rows):
        upper, lower = _pitches(window, line)
        named = next((pitch for pitch in (lower, upper) if pitch % 12 == 0), None)
        gutter = _gutter(upper, lower, named, sounding)
        drawn = pixels.get(line)
        if line in beyond:
            drawn = {**(drawn or {}), **beyond[line]}
        if not drawn:
            rows.append((*gutter, *(plain_row if named is None else octave_row)))
            continue
        characters, inks = (list(part) for part in (plain if named is None else octave))
        for column, (glyph, front, behind) in drawn.items():
            characters[column] = glyph
            inks[column] = f"{front} on {behind or inks[column].partition(' on ')[2]}"
        rows.append((*gutter, *merge(characters, inks)))
    return tuple(rows)


def draw_chords(window: Window, changes: Changes) -> Row:
    """The chord names at the places where they begin, the sounding one emphasised."""
    characters = [" "] * window.columns
    inks = ["dim on stage"] * window.columns
    tick = max(0, window.start)
    starts = [] if tick >= window.end else [tick]
    while tick < window.end:
        tick += changes.after(tick)[0]
        starts.append(tick)
    sounding = None if window.now is None or window.now < 0 else window.now
    for start, end in pairwise(starts):
        column, room = window.column(start), window.column(min(end, window.end)) - window.column(start)
        symbol = changes.at(start).symbol
        if len(symbol) > room - (1 if end < window.end else 0):
            whole = start == 0 or start % changes.length in changes.onsets
            symbol = shorten(symbol, room - 1) if whole and room > 3 and end < window.end else ""
        ink = "dim on stage"
        if sounding is not None and start <= sounding < end:
            ink = f"bold bright on {window.turn_of}-low" if window.turn_of else "bold bright on stage"
        for place, character in enumerate(symbol):
            characters[column + place], inks[column + place] = character, ink
    return ((" " * GUTTER, "dim on stage"), *merge(characters, inks))


def _pitches(window: Window, line: int) -> tuple[int, int]:
    """The pitches of a line's upper and lower pixel."""
    pixel = 2 * (window.rows - 1 - line)
    return window.low + (pixel + 1) // window.scale, window.low + pixel // window.scale


def _gutter(upper: int, lower: int, named: int | None, sounding: Mapping[int, str]) -> Row:
    name = pitch_name(named) if named is not None else ""

    def key(pitch: int) -> str:
        return sounding.get(pitch) or ("ebony" if pitch % 12 in _BLACK else "ivory")

    return (
        (f"{name:>3} ", "dim on stage"),
        ("▀" * (GUTTER - 5), f"{key(upper)} on {key(lower)}"),
        (" ", "dim on stage"),
    )


Cell = tuple[str, str, str]
"""Glyph, colour, and the colour behind it (empty: as the background has it)."""


@dataclass(frozen=True, slots=True)
class Pixel:
    """Half a cell that a note covers."""

    note: RollNote
    begins: bool
    dashed: bool


def _pixels(
    notes: Sequence[RollNote], window: Window
) -> tuple[dict[int, dict[int, Cell]], dict[int, dict[int, Cell]]]:
    """The notes' cells by line and column, and arrows for the notes above and below what is shown."""
    owners: dict[tuple[int, int], dict[int, Pixel]] = {}
    beyond: dict[int, dict[int, Cell]] = {}
    for note in notes:
        first = window.column(note.onset)
        length = note.duration if note.duration is not None else max((window.now or 0) - note.onset, 0) + 1
        last = max(first, window.column(note.onset + length - 1))
        if last < 0 or first >= window.columns:
            continue
        if not window.low <= note.pitch < window.high:
            line, arrow = (0, "▲") if note.pitch >= window.high else (window.rows - 1, "▼")
            beyond.setdefault(line, {})[max(0, first)] = (arrow, note.player, "")
            continue
        for column in range(max(0, first), min(window.columns - 1, last) + 1):
            # a machine's note alternates solid and dash; one of a single column is a dash
            dashed = note.player == "improv" and ((column - first) % 2 == 1 or first == last)
            pixel = Pixel(note, column == first, dashed)
            for height in range(window.scale):
                line, half = divmod((note.pitch - window.low) * window.scale + height, 2)
                owners.setdefault((window.rows - 1 - line, column), {})[half] = pixel
    cells: dict[int, dict[int, Cell]] = {}
    for (line, column), halves in owners.items():
        cells.setdefault(line, {})[column] = _cell(halves)
    return cells, beyond


def _cell(halves: Mapping[int, Pixel]) -> Cell:
    """One cell, of the pixels in its lower (0) and upper (1) half."""
    if len(halves) == 1:
        ((half, pixel),) = halves.items()
        return (DASHED if pixel.dashed else SOLID)[HALVES[half]], _colour(pixel), ""
    lower, upper = halves[0], halves[1]
    if _colour(lower) == _colour(upper) and lower.dashed == upper.dashed:
        return (DASHED if lower.dashed else SOLID)["both"], _colour(lower), ""
    return "▀", _colour(upper), _colour(lower)


def _colour(pixel: Pixel) -> str:
    note = pixel.note
    colour = note.source if note.source in ("grammar", "fallback") else note.player
    return f"{colour}-onset" if pixel.begins else colour


def _background(window: Window, changes: Changes, fill: str) -> tuple[list[str], list[str]]:
    """Bar lines, the present, and the ground of the turn, one character and ink a column."""
    now = None if window.now is None else window.column(window.now)
    characters: list[str] = []
    inks: list[str] = []
    for column in range(window.columns):
        tick = window.start + column * window.ticks
        ground = "stage"
        if window.turn_of and window.turn[0] <= tick < window.turn[1]:
            ground = f"{window.turn_of}-low"
        if column == now:
            characters.append("┃")
            inks.append(f"bright on {ground}")
        elif tick % changes.bar == 0 and tick >= -changes.bar:
            characters.append("║" if tick % changes.length == 0 else "│")
            inks.append(f"{'faint' if ground == 'stage' else 'line'} on {ground}")
        else:
            characters.append(fill)
            inks.append(f"{'grid' if ground == 'stage' else 'line'} on {ground}")
    return characters, inks
