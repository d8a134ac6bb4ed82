"""Gates as a picture: the piano roll on top, and under it one unit's values a panel, all on one time axis.

Conventions: SVG, self-contained, in pixels; a value is drawn as a step from its note to the next.
"""

import textwrap
from collections.abc import Sequence
from html import escape

import numpy as np

from examples.gate_traces import Numbers, phrase_starts
from examples.gate_views import Panel, View, chords_within
from grammar.chords import ROOTS
from grammar.notes import TICKS_PER_BEAT

WIDTH, LEFT, PLOT = 1280, 64, 800
TEXT = LEFT + PLOT + 34
"""Where the words beside the panels begin."""
TOP, ROLL, PANEL, SPACE = 118, 156, 104, 34
LETTERS_A_LINE = 56
RULE = "one unit, chosen on other lines for how closely it goes with an event of the music"
OPENING = (
    "Triangles mark where a phrase starts, after a rest of a beat or more. At every note each unit changes "
    "its memory c and shows some of it: c = f c + i g, h = o tanh(c). The gates f, i and o go from 0, shut, "
    "to 1, open. Agreement is correlation over notes, -1 to 1."
)
INK, SOFT, GRID, PAPER, NOTE = "#22303c", "#6b7680", "#d8d3c6", "#fbfaf6", "#33658a"
COLOURS = {"f": "#b8484e", "i": "#22806f", "g": "#b97a10", "o": "#6a4c93", "c": "#2f6690"}
STYLE = (
    "text{font-family:'Helvetica Neue',Helvetica,Arial,'DejaVu Sans',sans-serif;fill:" + INK + "}"
    ".small{font-size:11px;fill:" + SOFT + "}.body{font-size:12.5px}.title{font-size:14.5px;font-weight:600}"
    ".chord{font-size:14px;font-weight:600}.head{font-size:22px;font-weight:600}"
)


def picture(view: View, panels: Sequence[Panel], numbers: str) -> str:
    """The SVG of a window of a line, its panels from top to bottom, and a last sentence."""
    height = TOP + ROLL + len(panels) * (PANEL + SPACE) + 104
    where = f"{view.solo.title}, bars {view.first + 1} to {view.first + view.bars}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-label="LSTM gates under the notes of a jazz line">',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        _text(LEFT, 40, "What the gates of an LSTM do while it plays jazz", "head"),
        _text(LEFT, 62, f"{where}. Each panel: {RULE}.", "small"),
        _grid(view, height - 70 - SPACE),
        _roll(view),
    ]  # fmt: skip
    for row, panel in enumerate(panels):
        parts.append(_panel(view, panel, TOP + ROLL + SPACE + row * (PANEL + SPACE)))
    parts += _lines(LEFT, height - 46, textwrap.wrap(numbers, 130), "body")
    return "\n".join([*parts, "</svg>\n"])


def _span(view: View) -> tuple[int, int]:
    bar = view.solo.changes.bar
    return view.first * bar, (view.first + view.bars) * bar


def _x(view: View, tick: float) -> float:
    start, end = _span(view)
    return LEFT + PLOT * (min(tick, end) - start) / (end - start)


def _text(x: float, y: float, words: str, style: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{style}"{more}>{escape(words)}</text>'


def _lines(x: float, y: float, lines: Sequence[str], style: str, more: str = "") -> list[str]:
    return [_text(x, y + 16 * row, line, style, more) for row, line in enumerate(lines)]


def _grid(view: View, bottom: float) -> str:
    """Bar lines and beats through everything, bar numbers and chords on top."""
    found = []
    start, end = _span(view)
    bar = view.solo.changes.bar
    for tick in range(start, end + 1, TICKS_PER_BEAT):
        x, is_bar = _x(view, tick), tick % bar == 0
        top = TOP - 26 if is_bar else TOP
        colour = f'stroke="{GRID}" stroke-width="{1.4 if is_bar else 0.5}"'
        found.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" {colour}/>')
        if is_bar and tick < end:
            found.append(_text(x + 5, TOP - 28, f"{tick // bar + 1}", "small"))
    found += [
        _text(_x(view, tick) + 5, TOP - 10, name, "chord") for tick, name in chords_within(view, start, end)
    ]
    return "\n".join(found)


def _roll(view: View) -> str:
    """The notes; those that start a phrase have a triangle above them."""
    notes = [view.solo.notes[t] for t in view.notes]
    low, high = min(note.pitch for note in notes) - 1, max(note.pitch for note in notes) + 1
    thick = (ROLL - 14) / (high - low + 1)
    found = [_axis_label("pitch", TOP + ROLL / 2)]
    for pitch in range(low, high + 1):
        if pitch % 12 == 0:
            y = TOP + 14 + (high - pitch) * thick + thick / 2
            found.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{LEFT + PLOT}" y2="{y:.1f}" stroke="{GRID}"/>')
            found.append(
                _text(LEFT - 8, y + 4, f"{ROOTS[0]}{pitch // 12 - 1}", "small", ' text-anchor="end"')
            )
    starts = phrase_starts(view.solo)
    for t, note in zip(view.notes, notes, strict=True):
        x, y = _x(view, note.onset), TOP + 14 + (high - note.pitch) * thick
        width = max(_x(view, note.end) - x - 0.8, 2)
        found.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{thick:.1f}" rx="1.6" fill="{NOTE}"/>'
        )
        if starts[t]:
            found.append(f'<path d="M{x - 4:.1f},{TOP + 2} h8 l-4,7 z" fill="{COLOURS["f"]}"/>')
    found.append(_text(TEXT, TOP + 10, "The line", "title"))
    found += _lines(TEXT, TOP + 28, textwrap.wrap(OPENING, LETTERS_A_LINE), "body")
    return "\n".join(found)


def _axis_label(words: str, y: float) -> str:
    turn = f' text-anchor="middle" transform="rotate(-90 {LEFT - 40} {y:.1f})"'
    return _text(LEFT - 40, y, words, "small", turn)


def _panel(view: View, panel: Panel, top: float) -> str:
    """One unit: its scale, its values, what to compare them with, the event's notes, and words."""
    colour = COLOURS[panel.part]
    zero = _y(panel, max(panel.low, 0.0), top)
    found = [
        f'<rect x="{LEFT}" y="{top}" width="{PLOT}" height="{PANEL}" fill="none" stroke="{GRID}"/>',
        f'<path d="M{LEFT},{zero:.1f} h{PLOT}" stroke="{SOFT}" stroke-width="0.6"/>',
        _axis_label(panel.title.split(":")[0], top + PANEL / 2),
    ]
    middle = 0.0 if panel.low < 0 else (panel.low + panel.high) / 2
    for value in sorted({panel.low, middle, panel.high}):
        y = _y(panel, value, top)
        found.append(_text(LEFT - 8, y + 4, f"{value:g}", "small", ' text-anchor="end"'))
    outline, other = (_steps(view, panel, values, top) for values in (panel.values, panel.other))
    begin, end = outline.split(",")[0], outline.split(" ")[-1].split(",")[0]
    line = f'fill="none" stroke="{colour}" stroke-width="1.8"'
    found += [
        f'<path d="M{begin},{zero:.1f} L{outline} L{end},{zero:.1f} z" fill="{colour}" fill-opacity="0.16"/>',
        f'<polyline points="{other}" fill="none" stroke="{SOFT}" stroke-width="1.2" stroke-dasharray="4 3"/>',
        f'<polyline points="{outline}" {line} stroke-linejoin="round"/>',
    ]
    for t in view.notes:
        if panel.marks[t]:
            x, y = _x(view, view.solo.notes[t].onset), _y(panel, float(panel.values[t]), top)
            found.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" {line.replace("none", PAPER)}/>')
    key = f"dashed: {panel.other_name}" + (f"; dots: {panel.event}" if panel.marks.any() else "")
    found.append(_text(TEXT, top + 10, panel.title, "title", f' style="fill:{colour}"'))
    meaning, said = (
        textwrap.wrap(panel.meaning, LETTERS_A_LINE),
        textwrap.wrap(panel.found, LETTERS_A_LINE + 5),
    )
    found += _lines(TEXT, top + 28, meaning, "body")
    found += _lines(TEXT, top + 30 + 16 * len(meaning), said, "small")
    found.append(_text(LEFT + PLOT, top + PANEL + 13, key, "small", ' text-anchor="end"'))
    return "\n".join(found)


def _y(panel: Panel, value: float, top: float) -> float:
    share = (value - panel.low) / (panel.high - panel.low)
    return top + PANEL - 3 - (PANEL - 6) * float(np.clip(share, 0, 1))


def _until(view: View, t: int) -> int:
    """The tick until which a note's values hold."""
    notes = view.solo.notes
    return notes[t + 1].onset if t + 1 < len(notes) else notes[t].end


def _steps(view: View, panel: Panel, values: Numbers, top: float) -> str:
    """The points of a line that steps at every note."""
    points = []
    for t in view.notes:
        y = _y(panel, float(values[t]), top)
        for tick in (view.solo.notes[t].onset, _until(view, t)):
            points.append(f"{_x(view, tick):.1f},{y:.1f}")
    return " ".join(points)
