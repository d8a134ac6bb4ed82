"""Charts: what is written is read again, and what is wrong is named with its line."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.changes import Changes
from grammar.chart import FEELS, Bar, Chart, ChartError, Section, drawn, format_chart, parse_chart
from grammar.chords import ALIASES, parse_chord
from grammar.form import even_split

SYMBOLS = [f"{root}{suffix}" for root in ("C", "F#", "Bb") for suffix in ALIASES] + [
    "N.C.",
    "C-7/G",
    "F7b9#11",
]

words = st.text(string.ascii_letters + string.digits + "#'%|:./é–", min_size=1, max_size=8)
lines = st.lists(words, min_size=1, max_size=4).map(" ".join)
names = st.text(string.ascii_letters + string.digits + "#'*", min_size=1, max_size=3)


@st.composite
def bars(draw: st.DrawFn, meter: int) -> Bar:
    later = draw(st.sets(st.integers(1, meter - 1)))
    beats = (0, *sorted(later))
    chords = draw(st.lists(st.sampled_from(SYMBOLS), min_size=len(beats), max_size=len(beats)))
    return Bar(beats, tuple(map(parse_chord, chords)))


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    meter = draw(st.integers(2, 7))
    sections = tuple(
        Section(name, tuple(draw(st.lists(bars(meter), min_size=1, max_size=9))))
        for name in draw(st.lists(names, min_size=1, max_size=3, unique=True))
    )
    known = [section.name for section in sections]
    form = draw(st.permutations(known + draw(st.lists(st.sampled_from(known), max_size=3))))
    return Chart(
        title=draw(lines),
        tempo=draw(st.floats(30, 400) | st.integers(30, 400).map(float)),
        feel=draw(st.sampled_from(FEELS)),
        meter=meter,
        sections=sections,
        form=tuple(form),
        key=draw(lines | st.just("")),
        composer=draw(lines | st.just("")),
    )


@given(charts())
def test_a_chart_reads_as_it_was_written(chart: Chart) -> None:
    assert parse_chart(format_chart(chart)) == chart


@given(charts(), st.integers(1, 6))
def test_rows_hold_every_bar_once(chart: Chart, width: int) -> None:
    rows = chart.rows(width)
    assert tuple(bar for row in rows for bar in row.bars) == chart.bars
    assert [row.first for row in rows] == [sum(len(r.bars) for r in rows[:i]) for i in range(len(rows))]
    assert [row.section for row in rows if row.section] == list(chart.form)
    assert len(list(drawn(chart, width))) == len(rows)


@given(charts())
def test_every_chord_sounds_from_its_beat(chart: Chart) -> None:
    changes = chart.changes()
    assert changes.length == chart.bar_count * changes.bar
    for number, bar in enumerate(chart.bars):
        for beat, chord in zip(bar.beats, bar.chords, strict=True):
            assert changes.at(number * changes.bar + beat * 24) == chord


@given(st.text("ABC7#b|:%./[]\n -", max_size=60))
def test_any_text_is_a_chart_or_one_clear_line(text: str) -> None:
    complaint = None
    try:
        chart = parse_chart(text, "my.txt")
    except ChartError as error:
        complaint = str(error)
    if complaint is None:
        assert parse_chart(format_chart(chart)) == chart
    else:
        assert re.fullmatch(r"my\.txt(:\d+)?: .+", complaint)


@given(st.integers(1, 7), st.integers(2, 7))
def test_shared_bars_start_on_one_and_give_the_longer_share_first(count: int, meter: int) -> None:
    beats = even_split(min(count, meter), meter)
    lengths = [b - a for a, b in zip(beats, (*beats[1:], meter), strict=True)]
    assert beats[0] == 0
    assert min(lengths) >= 1
    assert max(lengths) - min(lengths) <= 1


def bar_texts(text: str) -> list[str]:
    chart = parse_chart(text)
    return [bar.text(chart.meter) for bar in chart.bars]


def test_a_blues() -> None:
    chart = parse_chart(
        """
        title: Blues in F
        tempo: 160
        # F# is no comment, this is
        | F7  | Bb7 | F7      | C-7 . . F7 |
        | Bb7 | %   | F7 / D7 / | / / F#o7 / ||
        """
    )
    assert (chart.title, chart.tempo, chart.feel, chart.meter, chart.bar_count) == (
        "Blues in F",
        160,
        "swing",
        4,
        8,
    )
    symbols = ("F7", "Bb7", "F7", "C-7", "F7", "Bb7", "F7", "D7", "F#o7")
    assert chart.changes() == Changes(
        onsets=(0, 96, 192, 288, 360, 384, 576, 624, 720),
        chords=tuple(map(parse_chord, symbols)),
        length=768,
        meter=4,
    )


def test_chords_share_a_bar() -> None:
    assert parse_chart("| C F G |").bars[0].beats == (0, 2, 3)
    assert parse_chart("meter: 3/4\n| C F |").bars[0].beats == (0, 2)
    assert parse_chart("meter: 5/4\n| C F |").bars[0].beats == (0, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("||: C | F :||", ["C", "F", "C", "F"]),
        ("|: C | F :|: G :| A", ["C", "F", "C", "F", "G", "G", "A"]),
        ("C | F :||", ["C", "F", "C", "F"]),
        ("| C |\n||: F |\n| % :||", ["C", "F", "F", "F", "F"]),
        ("|| C || F ||", ["C", "F"]),
        ("| N.C. | C/G . . / |", ["N.C.", "C/G"]),
    ],
)
def test_repeats_and_bar_lines(text: str, expected: list[str]) -> None:
    assert bar_texts(text) == expected


@pytest.mark.parametrize("form", ["A A B A", "AABA", "A, A, B, A"])
def test_the_form_repeats_sections(form: str) -> None:
    chart = parse_chart(f"form: {form}\n[A] | C |\n[B]\n| F | G |")
    assert chart.form == ("A", "A", "B", "A")
    assert [bar.text(4) for bar in chart.bars] == ["C", "C", "F", "G", "C"]
    assert list(drawn(chart)) == ["A  | C |", "A  | C |", "B  | F | G |", "A  | C |"]


def test_a_waltz_is_in_three_unless_it_says_so() -> None:
    assert parse_chart("feel: waltz\n| C |").meter == 3
    assert parse_chart("feel: Waltz\nmeter: 6/4\n| C |").meter == 6


def test_the_title_is_else_the_files_name() -> None:
    assert parse_chart("| C |", "songs/my tune.txt").title == "my tune"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: x\n\n# c\n| C7 | H7 |", "t:4: unknown chord 'H7': a chord starts with a note name, A to G"),
        ("| C7 | C7foo |", "t:1: unknown chord 'C7foo': cannot read 'foo'"),
        ("tempo: fast\n| C |", "t:1: tempo 'fast' is not a number of beats a minute, 30 to 400"),
        ("tempo: nan\n| C |", "t:1: tempo 'nan' is not a number"),
        ("\ntempo: 500\n| C |", "t:2: tempo '500'"),
        ("feel: swung\n| C |", "t:1: unknown feel 'swung'; did you mean 'swing'?"),
        ("meter: 6/8\n| C |", "t:1: unknown meter '6/8'; write 2/4 to 7/4"),
        ("meter: 9/4\n| C |", "t:1: unknown meter '9/4'"),
        ("temp: 90\n| C |", "t:1: unknown header 'temp'; did you mean 'tempo'?"),
        ("A: | C |", "t:1: unknown header 'A'; a section is [A]"),
        ("tempo: 90\ntempo: 80\n| C |", "t:2: 'tempo' is already on line 1"),
        ("| C | | F |", "t:1: an empty bar; write % to repeat the bar before"),
        ("| % |", "t:1: '%' has no bar before it"),
        ("| . . C . |", "t:1: '.' has no bar before it"),
        ("| C | % F |", "t:1: % stands alone in its bar"),
        ("| C . F |", "t:1: 'C . F' names 3 of 4 beats"),
        ("| C D E F G |", "t:1: 'C D E F G' has more than the 4 beats of a bar"),
        ("C7 F7", "t:1: cannot read 'C7 F7'; write chords between |"),
        ("title: x", "t: no bars; write chords between |"),
        ("", "t: no bars"),
        ("[A]\n[B]\n| C |", "t:1: section 'A' has no bars"),
        ("[A] | C |\n[A] | F |", "t:2: section 'A' is already on line 1; say where it repeats"),
        ("form: A C\n[A] | C |", "t:1: the form has no section 'C'; known are A"),
        ("form: A\n[A] | C |\n[B] | F |", "t:1: section 'B' is not in the form"),
        ("[A]\n||: C | F |", "t:1: section 'A' has ||: without :||"),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str) -> None:
    with pytest.raises(ChartError, match=re.escape(message)):
        parse_chart(text, "t")
