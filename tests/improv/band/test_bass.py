"""The walking bass: one voice in its register, under its rules, the same however it is asked."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.bass_rules import HIGH, LOW, BassPlace, permitted_bass
from grammar.changes import Changes, changes_from_beats
from grammar.chart import Feel, parse_chart
from grammar.chords import NO_CHORD, ROOTS, parse_chord
from grammar.notes import overlaps
from improv.band.bass import FEELS, Bassist, BassTaste, Line, Style, choices, walk
from improv.band.encoding import begins
from improv.band.model import load_bass
from improv.chance import Chance
from improv.library import chart_names, load_chart
from models.network import Network

feels = st.sampled_from(sorted(FEELS))
styles: st.SearchStrategy[Style] = st.sampled_from(["walk", "two"])


@pytest.fixture(scope="module")
def wild(make_network: Callable[..., Network]) -> Network:
    """A network with strong opinions and no sense."""
    return make_network()


@st.composite
def forms(draw: st.DrawFn) -> Changes:
    meter = draw(st.integers(2, 7))
    bars = draw(st.integers(1, 3))
    suffix = st.sampled_from(["7", "-7", "j7", "m7b5", "/E"])
    chord = st.builds(lambda a, b: parse_chord(a + b), st.sampled_from(ROOTS), suffix) | st.just(NO_CHORD)
    return changes_from_beats(draw(st.lists(chord, min_size=meter * bars, max_size=meter * bars)), meter)


@given(forms(), feels, styles, st.integers(0, 999), st.floats(0.3, 3))
def test_it_is_one_voice_in_its_register_and_silent_without_a_chord(
    wild: Network, changes: Changes, feel: Feel, style: Style, seed: int, temperature: float
) -> None:
    bassist = Bassist(wild, changes, 140.0, feel, style, BassTaste(temperature=temperature))
    start, ticks = -changes.bar, 2 * changes.length
    line = walk(bassist, start, ticks, seed)
    assert line == walk(bassist, start, ticks, seed)
    assert not overlaps(line)
    for note in line:
        assert LOW <= note.pitch <= HIGH
        assert note.onset % 24 == 0
        assert start <= note.onset < note.end <= start + ticks
        assert 1 <= note.velocity <= 127
        beats = range(note.onset, note.end, 24)
        assert all(changes.at(tick).root is not None for tick in beats)
    struck = {note.onset for note in line}
    for tick in range(start, start + ticks, 24):
        chord = changes.at(tick)
        if chord.root is not None and (style == "walk" or begins(changes, tick)):
            assert tick in struck


@given(forms(), st.integers(0, 999))
def test_every_note_is_one_that_the_rules_permit(wild: Network, changes: Changes, seed: int) -> None:
    bassist = Bassist(wild, changes, 140.0)
    line = Line(Chance(seed))
    for tick in range(0, changes.length, 24):
        place = BassPlace(line.previous, tick, changes)
        line, choice = bassist.play(line, tick)
        if choice is not None:
            assert permitted_bass(place).allowed[choice.note.pitch]
            assert (choice.source == "grammar") == bool(choice.refused)


@given(forms(), st.integers(0, 999), st.integers(1, 20))
def test_a_beat_can_be_taken_back(wild: Network, changes: Changes, seed: int, beats: int) -> None:
    """The line is a value: what is tried from it leaves no trace."""
    bassist = Bassist(wild, changes, 140.0)
    straight = list(choices(bassist, 0, beats * 24, seed))
    line, found = Line(Chance(seed)), []
    for tick in range(0, beats * 24, 24):
        bassist.play(bassist.play(line, tick)[0], tick + 24)
        line, choice = bassist.play(line, tick)
        found += [] if choice is None else [choice]
    assert found == straight


def test_without_the_grammar_it_plays_what_it_likes(wild: Network) -> None:
    changes = parse_chart("| C7 | F7 |").changes()
    free = list(choices(Bassist(wild, changes, 140.0, taste=BassTaste(grammar=False)), 0, 9600, 1))
    assert {choice.source for choice in free} == {"model"}
    leaps = [abs(a.note.pitch - b.note.pitch) for a, b in pairwise(free)]
    assert max(leaps) > 12


def test_a_bass_in_two_strikes_half_bars_and_chords(wild: Network) -> None:
    changes = parse_chart("| C7 | F7 . . Bb7 |").changes()
    bassist = Bassist(wild, changes, 60.0, "ballad")
    assert bassist.style == "two"
    assert [(note.onset, note.duration) for note in walk(bassist, 0, 192, 0)] == [
        (0, 46),
        (48, 46),
        (96, 46),
        (144, 22),
        (168, 22),
    ]


def test_a_bossa_is_not_the_models(wild: Network) -> None:
    with pytest.raises(ValueError, match="bossa"):
        Bassist(wild, parse_chart("| C7 |").changes(), 140.0, "bossa")


@pytest.mark.parametrize("name", chart_names())
def test_the_shipped_model_walks_over_every_chart(name: str) -> None:
    chart = load_chart(name)
    if chart.feel not in FEELS:
        return
    network, _ = load_bass()
    changes = chart.changes()
    found = list(choices(Bassist(network, changes, chart.tempo, chart.feel), 0, 4 * changes.length, 1))
    arrivals = [choice.note for choice in found if begins(changes, choice.note.onset)]
    if arrivals:
        roots = [changes.at(note.onset).bass == note.pitch % 12 for note in arrivals]
        assert sum(roots) / len(roots) > 0.7
    tones = [changes.at(choice.note.onset).letter(choice.note.pitch) == "C" for choice in found]
    assert sum(tones) / len(tones) > 0.55
    assert sum(choice.source == "grammar" for choice in found) / len(found) < 0.35
    assert 36 < sum(choice.note.pitch for choice in found) / len(found) < 46
