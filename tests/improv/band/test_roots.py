"""The bass by rules: one voice on the chords."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.changes import Changes, changes_from_beats
from grammar.chart import FEELS, Feel, parse_chart
from grammar.chords import ROOTS, parse_chord
from grammar.notes import Note, overlaps
from improv.band.notes import Moment, Scene
from improv.band.roots import RANGE, Roots, play, starts
from improv.chance import Chance
from improv.library import chart_names, load_chart


@st.composite
def forms(draw: st.DrawFn) -> Changes:
    meter, bars = draw(st.integers(2, 7)), draw(st.integers(1, 4))
    suffix = st.sampled_from(["7", "-7", "maj7", "m7b5", "7alt", "/E", "sus"])
    chord = st.builds(lambda a, b: parse_chord(a + b), st.sampled_from(ROOTS), suffix) | st.just(
        parse_chord("N.C.")
    )
    return changes_from_beats(draw(st.lists(chord, min_size=meter * bars, max_size=meter * bars)), meter)


def played(changes: Changes, feel: Feel, ticks: int, seed: int = 1, start: int = 0) -> list[Note]:
    line, found = Roots(Chance(seed)), list[Note]()
    for tick in range(start, start + ticks, 24):
        line, notes = play(line, feel, Moment(tick, changes.meter, changes, Scene(120.0)))
        assert all(tick <= note.onset < tick + 24 for note in notes)
        found += notes
    return found


@given(forms(), st.sampled_from(FEELS), st.integers(0, 99))
def test_it_is_one_voice_that_says_the_chords(changes: Changes, feel: Feel, seed: int) -> None:
    start, ticks = -changes.bar, 2 * changes.length
    notes = played(changes, feel, ticks, seed, start)
    assert not overlaps(notes)
    assert all(note.pitch in RANGE and note.duration > 0 for note in notes)
    on = {note.onset: note for note in notes}
    for beat in range(start, start + ticks, 24):
        chord = changes.at(beat)
        if starts(changes, beat) and chord.bass is not None:
            assert on[beat].pitch % 12 == chord.bass
    assert all(changes.at(note.onset).root is not None for note in notes)


@pytest.mark.parametrize("name", chart_names())
def test_every_chart_gets_a_bass(name: str) -> None:
    chart = load_chart(name)
    line = played(chart.changes(), chart.feel, chart.changes().length)
    a_bar = len(line) / chart.bar_count
    if chart.feel in ("ballad", "bossa", "funk"):
        assert 1 <= a_bar <= (6 if chart.feel == "funk" else 4)
    else:
        assert a_bar == chart.meter
        assert sum(a.pitch == b.pitch for a, b in pairwise(line)) <= len(line) / 8


def test_a_ballad_is_in_two() -> None:
    line = played(parse_chart("feel: ballad\n| C6 | F6 |").changes(), "ballad", 192)
    assert [(note.onset, note.pitch % 12) for note in line] == [(0, 0), (48, 7), (96, 5), (144, 0)]


def test_a_bossa_is_roots_and_fifths() -> None:
    line = played(parse_chart("feel: bossa\n| C-7 |").changes(), "bossa", 96 * 20)
    assert {note.pitch % 12 for note in line} == {0, 7}
    assert {note.onset % 96 for note in line} == {0, 36, 48, 84}


def test_funk_has_sixteenths_and_octaves() -> None:
    line = played(parse_chart("feel: funk\n| D-7 | G7 |").changes(), "funk", 96 * 40)
    assert any(note.onset % 12 == 6 for note in line)
    assert any(b.pitch - a.pitch == 12 for a, b in pairwise(line))
