"""Tabs: what one reads is what is struck; and every tab of the band's tables lasts as long as it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.chart import FEELS, METERS
from grammar.meter import GROUPS
from improv.band.grooves import GROOVES
from improv.band.kit import PIECES
from improv.band.rhythms import COMPING
from improv.band.roots import FIGURES
from improv.band.tabs import Stroke, beats, strokes


@given(st.text("xXo=. ", max_size=24), st.sampled_from((1, 2, 3, 4)))
def test_strokes_follow_each_other(tab: str, steps: int) -> None:
    found = strokes(tab, steps)
    assert len(found) == sum(tab.count(mark) for mark in "xXo")
    ends = [stroke.place + stroke.length for stroke in found]
    assert all(end <= after.place for end, after in zip(ends, found[1:], strict=False))
    assert strokes(tab.replace(" ", ""), steps) == found


def test_a_charleston() -> None:
    assert strokes("x==x", 2) == (Stroke(0, 36, "x"), Stroke(36, 12, "x"))
    assert beats("x==x", 2) == 2


@pytest.mark.parametrize(("tab", "steps"), [("x-x", 2), ("x", 5)])
def test_what_is_no_tab(tab: str, steps: int) -> None:
    with pytest.raises(ValueError, match=r"tab|steps"):
        strokes(tab, steps)


@pytest.mark.parametrize("feel", FEELS)
def test_every_style_has_whole_patterns_for_every_meter(feel: str) -> None:
    groove, comping = GROOVES[feel], COMPING[feel]  # type: ignore[index]
    parts = {beats for meter in METERS for beats in GROUPS[meter]}
    assert parts <= groove.time.keys()
    assert parts <= comping.tabs.keys()
    for span, tabs in comping.tabs.items():
        assert all(tab.weight > 0 and tab.beats(comping.steps) == span for tab in tabs)
    for span, lines in groove.time.items():
        assert lines.keys() <= PIECES.keys()
        for tabs in lines.values():
            assert all(tab.weight > 0 and tab.beats(groove.steps) == span for tab in tabs)
    for span, answers in groove.comping.items():
        for weight, piece, letters in answers:
            assert weight > 0
            assert piece in PIECES or (not piece and not strokes(letters, groove.steps))
            assert beats(letters, groove.steps) == span
    for span, fills in groove.fills.items():
        for fill in fills:
            assert fill.keys() <= PIECES.keys()
            assert {beats(letters, groove.fill_steps) for letters in fill.values()} == {span}


def test_every_figure_of_the_bass_has_a_degree_a_stroke() -> None:
    for steps, figures in FIGURES.values():
        for span, choices in figures.items():
            for figure in choices:
                assert beats(figure.letters, steps) == span
                assert len(strokes(figure.letters, steps)) == len(figure.degrees.split())
                assert set(figure.degrees.split()) <= {"1", "5", "7", "8", "a"}
