"""The accompaniment: in range, in the harmony, the same for the same chance."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.changes import Changes, changes_from_beats
from grammar.chart import FEELS, Feel, parse_chart
from grammar.chords import ALIASES, QUALITIES, parse_chord
from grammar.notes import Note, overlaps
from improv.comp import BASS_RANGE, CELLS, GROUPS, PIANO_RANGE, VOICINGS, bass, comp
from improv.library import chart_names, load_chart

SYMBOLS = [f"{root}{suffix}" for root in ("C", "F#", "Bb") for suffix in ALIASES]
SYMBOLS += ["N.C.", "C-7/G", "F7b9#11", "A7b9b13", "C7#9", "D13b9", "G7#5#9"]
feels = st.sampled_from(FEELS)


@st.composite
def forms(draw: st.DrawFn) -> Changes:
    meter = draw(st.integers(2, 7))
    bars = draw(st.integers(1, 4))
    symbols = draw(st.lists(st.sampled_from(SYMBOLS), min_size=meter * bars, max_size=meter * bars))
    return changes_from_beats([parse_chord(symbol) for symbol in symbols], meter)


def spans(changes: Changes) -> tuple[int, int]:
    return -changes.bar, changes.length * 2


@given(forms(), st.integers(0, 999), feels)
def test_the_piano_plays_the_harmony_in_range(changes: Changes, seed: int, feel: Feel) -> None:
    start, ticks = spans(changes)
    notes = comp(changes, start, ticks, Random(seed), feel)
    assert notes == comp(changes, start, ticks, Random(seed), feel)
    for note in notes:
        place = note.onset % 24
        chord = changes.at(note.onset - place + 24 if place >= 12 else note.onset)
        assert note.pitch % 12 in chord.scale
        assert chord.root is not None
        assert note.pitch in PIANO_RANGE
        assert start <= note.onset < note.end <= start + ticks
    for pitch in {note.pitch for note in notes}:
        assert not overlaps(note for note in notes if note.pitch == pitch)


@given(forms(), st.integers(0, 999), feels)
def test_the_bass_is_one_voice_in_range(changes: Changes, seed: int, feel: Feel) -> None:
    start, ticks = spans(changes)
    notes = bass(changes, start, ticks, Random(seed), feel)
    assert notes == bass(changes, start, ticks, Random(seed), feel)
    assert not overlaps(notes)
    assert all(note.pitch in BASS_RANGE and note.onset % 24 == 0 and note.duration > 0 for note in notes)
    assert all(start <= note.onset and note.end <= start + ticks for note in notes)
    on = {note.onset: note for note in notes}
    for beat in range(start, start + ticks, 24):
        chord = changes.at(beat)
        if beat % changes.length in changes.onsets and chord.bass is not None:
            assert on[beat].pitch % 12 == chord.bass
        if chord.root is None:
            assert beat not in on


@pytest.mark.parametrize("name", chart_names())
def test_every_chart_gets_a_band(name: str) -> None:
    chart = load_chart(name)
    changes = chart.changes()
    played = comp(changes, 0, changes.length, Random(1), chart.feel)
    walked = bass(changes, 0, changes.length, Random(1), chart.feel)
    assert len({note.onset for note in played}) > chart.bar_count / 2
    if chart.feel in ("ballad", "bossa"):
        assert chart.bar_count <= len(walked) <= chart.bar_count * 3
    else:
        assert len(walked) == chart.bar_count * chart.meter
    assert sum(a.pitch == b.pitch for a, b in pairwise(walked)) <= len(walked) / 8


def test_voices_move_little() -> None:
    changes = load_chart("two-five-one").changes()
    notes = comp(changes, 0, changes.length, Random(3))
    chords: dict[int, list[int]] = {}
    for note in notes:
        chords.setdefault(note.onset, []).append(note.pitch)
    moved = [
        abs(a - b) for before, after in pairwise(chords.values()) for a, b in zip(before, after, strict=True)
    ]
    assert sum(moved) / len(moved) < 3
    assert max(moved) <= 7


def test_every_quality_has_a_voicing_and_every_meter_its_rhythms() -> None:
    assert VOICINGS.keys() == QUALITIES.keys()
    for meter, groups in GROUPS.items():
        assert sum(groups) == meter
    for beats, cells in CELLS.items():
        for cell, _ in cells:
            assert all(onset + length <= beats * 24 for onset, length in cell)
            assert all(a[0] + a[1] <= b[0] for a, b in pairwise(cell))


def test_altered_chords_are_voiced_altered() -> None:
    changes = parse_chart("| C7b9 |").changes()
    classes = {note.pitch % 12 for note in comp(changes, 0, 96 * 8, Random(0))}
    assert classes == {4, 9, 10, 1}


def test_a_charleston_anticipates() -> None:
    changes = parse_chart("| D-7 G7 |").changes()
    notes = comp(changes, 0, 96 * 40, Random(0))
    pushed = [note for note in notes if note.onset % 96 == 36]
    assert pushed
    assert {note.pitch % 12 for note in pushed} == {11, 4, 5, 9}


def test_a_ballad_is_in_two() -> None:
    line = bass(parse_chart("feel: ballad\n| C6 | F6 |").changes(), 0, 192, Random(0), "ballad")
    assert [(note.onset, note.pitch % 12) for note in line] == [(0, 0), (48, 7), (96, 5), (144, 0)]


def test_nothing_sounds_without_a_chord() -> None:
    changes = parse_chart("| N.C. |").changes()
    assert comp(changes, 0, 960, Random(0)) == []
    assert bass(changes, 0, 960, Random(0)) == []
    assert isinstance(bass(parse_chart("| C |").changes(), 0, 24, Random(0))[0], Note)
