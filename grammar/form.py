"""The form of a tune: bars of chords in named sections, and the order they are played in.

Conventions: beats of a bar count from 0, bars of a chorus from 0; tempo is beats a minute, and a beat
is a quarter note.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from grammar.changes import Changes, changes_from_beats
from grammar.chords import Chord

Feel = Literal["swing", "straight", "ballad", "bossa", "waltz", "funk"]
FEELS: tuple[Feel, ...] = get_args(Feel)


@dataclass(frozen=True, slots=True)
class Bar:
    """The chords of one bar."""

    beats: tuple[int, ...]
    """Where each chord starts: ascending from 0."""
    chords: tuple[Chord, ...]
    """One a start."""

    def text(self, meter: int) -> str:
        """The bar as one types it, without bar lines: `C-7 F7`, or `C-7 . . F7` where it is uneven."""
        if self.beats == even_split(len(self.chords), meter):
            return " ".join(chord.symbol for chord in self.chords)
        words = ["."] * meter
        for beat, chord in zip(self.beats, self.chords, strict=True):
            words[beat] = chord.symbol
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Section:
    """A named part of the form."""

    name: str
    """Without spaces or brackets."""
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One drawn line of a lead sheet."""

    section: str
    """The section's name on its first line, else empty."""
    first: int
    """Number of the first bar in the chorus, from 0."""
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A tune's chords, form, tempo and feel."""

    title: str
    """One line, no blanks around it; so are key and composer."""
    tempo: float
    """Beats a minute, 30 to 400."""
    feel: Feel
    meter: int
    """Beats in a bar, 2 to 7."""
    sections: tuple[Section, ...]
    """Each section once, names unique, one bar or more in each."""
    form: tuple[str, ...]
    """Names of the sections in playing order, each at least once."""
    key: str = ""
    composer: str = ""

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The bars of one chorus, in playing order."""
        named = {section.name: section.bars for section in self.sections}
        return tuple(bar for name in self.form for bar in named[name])

    @property
    def bar_count(self) -> int:
        """Bars in one chorus."""
        return len(self.bars)

    def changes(self) -> Changes:
        """The chords of one chorus."""
        beats: list[Chord] = []
        for bar in self.bars:
            ends = (*bar.beats[1:], self.meter)
            for start, end, chord in zip(bar.beats, ends, bar.chords, strict=True):
                beats += [chord] * (end - start)
        return changes_from_beats(beats, self.meter)

    def rows(self, width: int = 4) -> tuple[Row, ...]:
        """One chorus as lines of at most `width` bars; a section begins on a line of its own."""
        named = {section.name: section.bars for section in self.sections}
        rows: list[Row] = []
        first = 0
        for name in self.form:
            bars = named[name]
            for start in range(0, len(bars), width):
                row = bars[start : start + width]
                rows.append(Row(name if start == 0 else "", first, row))
                first += len(row)
        return tuple(rows)


def drawn(chart: Chart, width: int = 4) -> Iterator[str]:
    """The lines of a lead sheet: bars in columns, sections named at the left."""
    rows = chart.rows(width)
    label = max(len(name) for name in chart.form) + 2
    texts = [[bar.text(chart.meter) for bar in row.bars] for row in rows]
    widths = [
        max(len(text[column]) for text in texts if column < len(text))
        for column in range(max(len(text) for text in texts))
    ]
    for row, text in zip(rows, texts, strict=True):
        cells = " | ".join(cell.ljust(widths[column]) for column, cell in enumerate(text))
        yield f"{row.section:<{label}}| {cells} |"


def even_split(count: int, meter: int) -> tuple[int, ...]:
    """The beats on which `count` chords start when they share a bar of `meter` beats.

    The earlier ones last longer where it does not divide: three chords in 4/4 start on 0, 2 and 3.
    """
    return tuple(-(-place * meter // count) for place in range(count))
