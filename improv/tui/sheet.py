"""The lead sheet as rows of painted text: four bars a line, the bar being played lit.

Conventions: bars of the form count from 0; a bar's first cell is its bar line.
"""

from dataclasses import dataclass

from grammar.chart import Bar, Chart
from grammar.chart import Row as ChartRow
from grammar.notes import TICKS_PER_BEAT
from improv.tui.paint import Row, Run, fit, shorten

BARS_A_LINE = 4


@dataclass(frozen=True, slots=True)
class Light:
    """What the sheet emphasises."""

    bar: int | None = None
    """The bar being played."""
    beat: int = 0
    of: str = ""
    """Whose turn it is: `you`, `improv`, or empty."""
    turn: frozenset[int] = frozenset()
    """The bars of the present turn that are still to come."""


def turn_bars(tick: int, turn_ends: int, chart: Chart) -> frozenset[int]:
    """The bars of the form from a tick to the end of a turn."""
    bar = chart.meter * TICKS_PER_BEAT
    count = chart.bar_count
    return frozenset(number % count for number in range(max(0, tick) // bar, -(-turn_ends // bar)))


def draw_sheet(chart: Chart, light: Light, width: int, height: int) -> tuple[Row, ...]:
    """The lines of the lead sheet around the lit bar, `height` of them, spaced out where there is room."""
    rows = chart.rows(BARS_A_LINE)
    pitch = 2 if height >= 2 * len(rows) - 1 else 1
    shown = min(len(rows), -(-height // pitch))
    label = min(max(len(row.section) for row in rows), 6) + 3 if len(chart.form) > 1 else 1
    first = _first_row(rows, light, shown)
    blank: Row = ((" " * width, "text on stage"),)
    lines: list[Row] = []
    before = chart.bars[rows[first].first - 1]
    for row in rows[first : first + shown]:
        if lines:
            lines += [blank] * (pitch - 1)
        lines.append(_line(row, before, chart.meter, light, label, width))
        before = row.bars[-1]
    return (*lines, *[blank] * (height - len(lines)))[:height]


def _first_row(rows: tuple[ChartRow, ...], light: Light, shown: int) -> int:
    """The first row to show: the lit one is in view, with the one after it."""
    if light.bar is None:
        return 0
    lit = next(place for place, row in enumerate(rows) if light.bar < row.first + len(row.bars))
    return max(0, min(lit - (1 if shown > 2 else 0), len(rows) - shown))


def _line(row: ChartRow, before: Bar, meter: int, light: Light, label: int, width: int) -> Row:
    section = shorten(row.section, label - 2)
    runs: list[Run] = [(f" {section:<{label - 1}}", "bold you on stage" if row.section else "dim on stage")]
    spare = width - label - 1
    for place, bar in enumerate(row.bars):
        size = spare * (place + 1) // BARS_A_LINE - spare * place // BARS_A_LINE
        number = row.first + place
        same = place > 0 and bar.chords == before.chords and len(bar.chords) == 1
        runs += _bar(bar, number, same, meter, light, size)
        before = bar
    runs.append(("│", "faint on stage"))
    return fit(runs, width)


def _bar(bar: Bar, number: int, same: bool, meter: int, light: Light, size: int) -> Row:
    """A bar line, and the chords at the places of their beats, in `size` cells."""
    lit = number == light.bar
    ground = "stage"
    if light.of and (lit or number in light.turn):
        ground = f"{light.of}-low"
    ink = f"bold bright on {ground}" if lit else f"text on {ground}"
    line: Run = ("▌", f"{light.of or 'text'} on {ground}") if lit else ("│", "faint on stage")
    if same and not lit:
        return (line, *fit([(" %", f"dim on {ground}")], size - 1, ground))
    room = size - 1
    texts = [chord.symbol for chord in bar.chords]
    beats = bar.beats
    sounding = max((place for place, beat in enumerate(beats) if beat <= light.beat), default=0)
    if lit and sum(len(text) + 1 for text in texts) > room:  # at least the one that sounds
        texts, beats, sounding = [texts[sounding]], (0,), 0
    columns = _columns([beat * room // meter for beat in beats], texts, room)
    runs: list[Run] = []
    at = 0
    for place, (column, text) in enumerate(zip(columns, texts, strict=True)):
        pad = max(0, column - at)
        runs.append((" " * pad, ink))
        on = lit and place == sounding
        text = f" {text} " if on and at + pad + len(text) + 2 <= room else f" {text}"
        runs.append((text, f"bold stage on {light.of or 'text'}" if on else ink))
        at += pad + len(text)
    return (line, *fit([run for run in runs if run[0]], room, ground))


def _columns(wanted: list[int], texts: list[str], room: int) -> list[int]:
    """Where each text begins: at its beat, or right after the text before where that is too long."""
    found: list[int] = []
    free = 0
    for column, text in zip(wanted, texts, strict=True):
        found.append(max(column, free))
        free = found[-1] + len(text) + 2
    if free > room + 1:  # too tight for places: pack from the left
        found, free = [], 0
        for text in texts:
            found.append(free)
            free += len(text) + 1
    return found
