"""Charts: the plain text a musician would type, read and written.

Conventions: those of `grammar.form`. A chart is text in lines:

    title: Blues in F           headers: title, composer, key, tempo, feel, meter, form
    form: A A B A               the order of the sections, where they repeat
    [A]                         a section begins; bars before the first label are section A
    | F7 | Bb7 . . C7 | % |     bars between |
    # a comment                 a line that begins with #

Chords that share a bar split it evenly, the earlier taking the longer share where it does not divide
(three chords in 4/4 last 2, 1 and 1 beats). With `.` or `/` holding a beat, a bar names every beat:
`C-7 . . F7`; a bar that begins with one holds the chord before. `%` repeats the bar before, `||:` and
`:||` repeat what stands between them.
"""

import math
import re
from difflib import get_close_matches

from grammar.chords import Chord, ChordError, parse_chord
from grammar.form import FEELS, Bar, Chart, Feel, Row, Section, drawn, even_split

__all__ = [
    "FEELS",
    "Bar",
    "Chart",
    "ChartError",
    "Feel",
    "Row",
    "Section",
    "drawn",
    "format_chart",
    "parse_chart",
]

HEADERS = ("title", "composer", "key", "tempo", "feel", "meter", "form")
MINIMUM_TEMPO, MAXIMUM_TEMPO = 30.0, 400.0
METERS = range(2, 8)
"""Beats in a bar that a chart can have."""
DEFAULT_SECTION = "A"

_HEADER = re.compile(r"([A-Za-z]+)\s*:(?!\|)\s*(.*)")
_LABEL = re.compile(r"\[\s*([^\[\]\s]+)\s*\]\s*(.*)")
_BAR_LINE = re.compile(r"(:?\|+:?)")
_METER = re.compile(r"(\d+)\s*/\s*4")
_HOLDS = (".", "/")


class ChartError(ValueError):
    """A chart that is not understood; the message begins with its source and line."""


def parse_chart(text: str, source: str = "chart") -> Chart:
    """The chart that a text describes.

    Args:
        text: the chart as typed.
        source: what error messages call it, usually the file; its stem is the title of a chart without.

    Raises:
        ChartError: the text is not understood; the message names source, line and what stood there.
    """
    lines = [
        (number, line.strip())
        for number, line in enumerate(
            text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1
        )
    ]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    headers = _read_headers(lines, source)
    feel = _read_feel(headers, source)
    meter = _read_meter(headers, feel, source)
    sections = _read_sections(lines, meter, source)
    return Chart(
        title=headers.get("title", (0, ""))[1]
        or re.split(r"[/\\]", source)[-1].removesuffix(".txt")
        or "chart",
        tempo=_read_tempo(headers, source),
        feel=feel,
        meter=meter,
        sections=sections,
        form=_read_form(headers, sections, source),
        key=headers.get("key", (0, ""))[1],
        composer=headers.get("composer", (0, ""))[1],
    )


def format_chart(chart: Chart) -> str:
    """The text of a chart, four bars a line; `parse_chart` reads the same chart from it."""
    tempo = str(int(chart.tempo)) if chart.tempo == int(chart.tempo) else repr(chart.tempo)
    lines = [f"title: {chart.title}"]
    lines += [f"composer: {chart.composer}"] if chart.composer else []
    lines += [f"key: {chart.key}"] if chart.key else []
    lines += [f"tempo: {tempo}", f"feel: {chart.feel}", f"meter: {chart.meter}/4"]
    if chart.form != tuple(section.name for section in chart.sections):
        lines.append(f"form: {' '.join(chart.form)}")
    for section in chart.sections:
        lines += ["", f"[{section.name}]"]
        for start in range(0, len(section.bars), 4):
            bars = (bar.text(chart.meter) for bar in section.bars[start : start + 4])
            lines.append(f"| {' | '.join(bars)} |")
    return "\n".join(lines) + "\n"


def _close(word: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(word.casefold(), known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}"


Headers = dict[str, tuple[int, str]]
"""Header's name to its line and value."""


def _read_headers(lines: list[tuple[int, str]], source: str) -> Headers:
    headers: Headers = {}
    for number, line in lines:
        match = _HEADER.fullmatch(line)
        if match is None:
            continue
        name = match[1].lower()
        if name not in HEADERS:
            hint = f"; a section is [{match[1]}]" if len(name) == 1 else _close(name, HEADERS)
            raise ChartError(f"{source}:{number}: unknown header {match[1]!r}{hint}")
        if name in headers:
            raise ChartError(f"{source}:{number}: {name!r} is already on line {headers[name][0]}")
        headers[name] = (number, match[2])
    return headers


def _read_tempo(headers: Headers, source: str) -> float:
    number, value = headers.get("tempo", (0, "120"))
    try:
        tempo = float(value)
    except ValueError:
        tempo = math.nan
    if not MINIMUM_TEMPO <= tempo <= MAXIMUM_TEMPO:
        raise ChartError(
            f"{source}:{number}: tempo {value!r} is not a number of beats a minute, "
            f"{MINIMUM_TEMPO:g} to {MAXIMUM_TEMPO:g}"
        )
    return tempo


def _read_feel(headers: Headers, source: str) -> Feel:
    number, value = headers.get("feel", (0, "swing"))
    for feel in FEELS:
        if feel == value.casefold():
            return feel
    raise ChartError(f"{source}:{number}: unknown feel {value!r}{_close(value, FEELS)}")


def _read_meter(headers: Headers, feel: Feel, source: str) -> int:
    number, value = headers.get("meter", (0, "3/4" if feel == "waltz" else "4/4"))
    match = _METER.fullmatch(value)
    if match is None or int(match[1]) not in METERS:
        raise ChartError(
            f"{source}:{number}: unknown meter {value!r}; write {METERS[0]}/4 to {METERS[-1]}/4 "
            f"(6/8 is written 2/4, its beat in triplets)"
        )
    return int(match[1])


def _read_form(headers: Headers, sections: tuple[Section, ...], source: str) -> tuple[str, ...]:
    names = tuple(section.name for section in sections)
    if "form" not in headers:
        return names
    number, value = headers["form"]
    form: list[str] = []
    for word in re.split(r"[\s,]+", value):
        if word in names:
            form.append(word)
        elif word and all(letter in names for letter in word):  # AABA
            form += word
        else:
            raise ChartError(f"{source}:{number}: the form has no section {word!r}{_close(word, names)}")
    for name in names:
        if name not in form:
            raise ChartError(f"{source}:{number}: section {name!r} is not in the form")
    return tuple(form)


def _read_sections(lines: list[tuple[int, str]], meter: int, source: str) -> tuple[Section, ...]:
    sections: list[tuple[str, int, _Bars]] = []
    for number, line in lines:
        if _HEADER.fullmatch(line):
            continue
        label = _LABEL.fullmatch(line)
        if label is not None or not sections:
            name = label[1] if label else DEFAULT_SECTION
            _check_section_name(name, sections, f"{source}:{number}")
            sections.append((name, number, _Bars(meter)))
        bars = label[2] if label else line
        if bars:
            sections[-1][2].read(bars, f"{source}:{number}")
    if not sections:
        raise ChartError(f"{source}: no bars; write chords between |, as in | F7 | Bb7 |")
    return tuple(Section(name, bars.close(f"{source}:{number}", name)) for name, number, bars in sections)


def _check_section_name(name: str, sections: "list[tuple[str, int, _Bars]]", where: str) -> None:
    if "," in name:
        raise ChartError(f"{where}: a section's name has no comma: {name!r}")
    for known, number, _ in sections:
        if known == name:
            raise ChartError(
                f"{where}: section {name!r} is already on line {number}; "
                f"say where it repeats with a header, as in form: A A B A"
            )


class _Bars:
    """The bars of a section, gathered line by line, with repeats written out."""

    def __init__(self, meter: int) -> None:
        self._meter = meter
        self._bars: list[Bar] = []
        self._repeat: int | None = None
        self._begin = 0

    def read(self, line: str, where: str) -> None:
        """Take the bars of one line."""
        if "|" not in line:
            raise ChartError(
                f"{where}: cannot read {line!r}; "
                f"write chords between |, a header (tempo: 120) or a section ([A])"
            )
        pieces = _BAR_LINE.split(line)
        for place, piece in enumerate(pieces):
            if place % 2:
                self._cross(piece)
            elif piece.strip():
                self._bars.append(self._read_bar(piece.split(), where))
            elif 0 < place < len(pieces) - 1:
                raise ChartError(f"{where}: an empty bar; write % to repeat the bar before")

    def close(self, where: str, name: str) -> tuple[Bar, ...]:
        """All bars of the section."""
        if self._repeat is not None:
            raise ChartError(f"{where}: section {name!r} has ||: without :||")
        if not self._bars:
            raise ChartError(f"{where}: section {name!r} has no bars")
        return tuple(self._bars)

    def _cross(self, line: str) -> None:
        if line.startswith(":"):
            self._bars += self._bars[self._begin :]
            self._begin, self._repeat = len(self._bars), None
        if line.endswith(":"):
            self._begin = self._repeat = len(self._bars)

    def _read_bar(self, words: list[str], where: str) -> Bar:
        if "%" in words:
            if words != ["%"]:
                raise ChartError(f"{where}: % stands alone in its bar, not in {' '.join(words)!r}")
            return self._before("%", where)
        if len(words) > self._meter:
            raise ChartError(f"{where}: {' '.join(words)!r} has more than the {self._meter} beats of a bar")
        held = any(word in _HOLDS for word in words)
        if held and len(words) != self._meter:
            raise ChartError(
                f"{where}: {' '.join(words)!r} names {len(words)} of {self._meter} beats; "
                f"a bar with {' or '.join(_HOLDS)} names every beat"
            )
        chords: dict[int, Chord] = {}
        for beat, word in zip(even_split(len(words), self._meter), words, strict=True):
            if word not in _HOLDS:
                chords[beat] = _read_chord(word, where)
            elif beat == 0:
                chords[beat] = self._before(word, where).chords[-1]
        return Bar(tuple(chords), tuple(chords.values()))

    def _before(self, word: str, where: str) -> Bar:
        if not self._bars:
            raise ChartError(f"{where}: {word!r} has no bar before it in its section")
        return self._bars[-1]


def _read_chord(word: str, where: str) -> Chord:
    try:
        return parse_chord(word)
    except ChordError as error:
        raise ChartError(f"{where}: {error}") from None
