from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grammar.chords import ALIASES, QUALITIES, Chord, parse_chord
from grammar.keys import KEYS, Key
from grammar.naming import Expected, name_chord, read_chord
from grammar.positions import POSITIONS, Voicing, root_position, rootless_a, rootless_b, spread
from grammar.shapes import SHAPES, Shape
from grammar.symbols import written
from grammar.voicings import voicings

ROOT = 48
held_keys = st.frozensets(st.integers(36, 84), min_size=1, max_size=7)
charts = st.builds(
    lambda root, suffix, bass: parse_chord(root + suffix + bass),
    st.sampled_from(["C", "Db", "F#", "Bb"]),
    st.sampled_from([alias for alias in sorted(ALIASES) if not alias.startswith("#")]),
    st.sampled_from(["", "/G", "/D"]),
)
expectations = st.builds(
    Expected,
    st.none() | charts,
    st.none() | charts,
    st.none() | charts,
    st.none() | st.sampled_from(KEYS),
)


def pitches(voicing: Voicing, root: int = 0) -> list[int]:
    return [ROOT + root + degree for degree in voicing]


def symbols(held: list[int], expected: Expected) -> list[str]:
    return [reading.chord.symbol for reading in read_chord(held, expected)]


@given(held_keys, expectations, st.integers(-12, 12))
def test_transposing_transposes_the_name(held: frozenset[int], expected: Expected, up: int) -> None:
    found = read_chord(held, expected)
    moved = read_chord({pitch + up for pitch in held}, expected.transposed(up))
    assert [reading.chord.transposed(up) for reading in found] == [
        reading.chord.transposed(0) for reading in moved
    ]


@given(held_keys, expectations, st.data())
def test_doubling_a_key_higher_and_order_change_nothing(
    held: frozenset[int], expected: Expected, data: st.DataObject
) -> None:
    doubled = [pitch + 12 * data.draw(st.integers(1, 2)) for pitch in held if data.draw(st.booleans())]
    shuffled = data.draw(st.permutations([*held, *doubled]))
    assert read_chord(shuffled, expected) == read_chord(held, expected)


@given(charts, st.data())
def test_a_charts_own_voicing_is_named_as_the_chart_has_it(chart: Chord, data: st.DataObject) -> None:
    assert chart.root is not None
    usual = [voicing for position in POSITIONS.values() for voicing in position(chart.quality)]
    held = pitches(data.draw(st.sampled_from(usual)), chart.root)
    assume(all(chart.letter(pitch) in "CL" for pitch in held))
    assert name_chord(held, chart) is chart


@given(charts, st.data())
def test_what_improv_itself_plays_over_a_chart_is_named_as_the_chart_has_it(
    chart: Chord, data: st.DataObject
) -> None:
    held = data.draw(st.sampled_from(voicings(chart)))
    assume(all(chart.letter(pitch) in "CL" for pitch in held))
    assert name_chord(held, chart) is chart


@given(held_keys, expectations)
def test_what_is_named_explains_what_is_held(held: frozenset[int], expected: Expected) -> None:
    found = read_chord(held, expected, count=5)
    assert sorted((reading.score for reading in found), reverse=True) == [r.score for r in found]
    assert len({(reading.chord.root, reading.chord.quality) for reading in found}) == len(found)
    for reading in found:
        outside = {pitch % 12 for pitch in held if reading.chord.letter(pitch) in "S."}
        assert len(outside) <= 2


@pytest.mark.parametrize("quality", SHAPES)
@pytest.mark.parametrize("form", [root_position, spread])
def test_a_root_in_the_bass_with_all_chord_tones_needs_no_chart(
    quality: str, form: Callable[[str], list[Voicing]]
) -> None:
    written_as = "7" if quality == "7alt" else quality  # its chord tones alone are not altered
    for root in range(12):
        for voicing in form(quality):
            assert name_chord(pitches(voicing, root)) == written(root, written_as, frozenset(voicing))


@pytest.mark.parametrize("form", [rootless_a, rootless_b])
def test_rootless_forms_are_named_as_the_chord_that_is_due(form: Callable[[str], list[Voicing]]) -> None:
    for quality in QUALITIES:
        for voicing in form(quality) if quality != "NC" else []:
            chart = written(5, quality, frozenset())
            named = name_chord(pitches(voicing, 5), chart)
            assert named is not None
            assert (named.root, SHAPES[named.quality].family) == (5, SHAPES[quality].family)


NAMES: list[tuple[str, str, str]] = [
    # degrees above C3, what the chart has, the name
    ("0 4 7", "", "C"),
    ("4 7 12", "", "C"),
    ("0 3 7", "", "C-"),
    ("0 7", "", "C5"),
    ("0", "", "C5"),
    ("0 10", "", "C7"),
    ("0 11", "", "Cmaj7"),
    ("0 4 7 9", "", "C6"),
    ("9 12 16 19", "", "A-7"),
    ("0 3 7 9", "", "C-6"),
    ("9 12 15 19", "", "A-7b5"),
    ("0 3 6 9", "", "Co7"),
    ("0 4 8", "", "C+"),
    ("0 4 10 14", "", "C9"),
    ("0 4 10 14 21", "", "C13"),
    ("0 4 10 13", "", "C7(b9)"),
    ("0 4 10 15", "", "C7(#9)"),
    ("0 4 10 13 20", "", "C7alt"),
    ("0 4 10 18", "", "C7(#11)"),
    ("0 4 10 14 18 21", "", "C13(#11)"),
    ("0 4 11 14 18", "", "Cmaj9(#11)"),
    ("0 2 4 7", "", "Cadd9"),
    ("0 4 9 14", "", "C6/9"),
    ("0 5 7", "", "Csus"),
    ("0 5 7 10", "", "C7sus"),
    ("7 17 21 24", "", "G9sus"),  # F/G
    # rootless, with and without a reason
    ("4 9 10 14", "C7", "C7"),
    ("4 9 10 14", "F7", "C13"),
    ("4 9 10 14", "G-", "G-6/9"),
    ("4 9 10 14", "", "C13"),
    ("4 7 11 14", "", "E-7"),
    ("4 7 11 14", "Cmaj7", "Cmaj7"),
    ("4 8 10 15", "C7", "C7alt"),
    ("4 10 13", "C7", "C7(b9)"),
    ("1 4 7 10", "A7b9", "A7b9"),
    ("5 9 11 16", "G7", "G7"),
    # shells
    ("4 10", "C7", "C7"),
    ("4 10", "F#7", "F#7"),
    ("4 11", "Cmaj7", "Cmaj7"),
    ("0 10", "C-7", "C-7"),
    ("4", "C7", "C7"),
    # against the chart
    ("0 4 7", "C-7", "C"),
    ("6 10 13 16", "C7", "Gb7"),
    ("9 12 16 19", "C7", "A-7"),
    ("0 4 7 11", "C7", "Cmaj7"),
    # slashes
    ("-8 10 12 19", "", "C7/E"),
    ("0 14 18 21", "", "D7/C"),
    ("0 11 15 18", "", "B/C"),
    ("5 12 16 19", "C/F", "C/F"),
]


@pytest.mark.parametrize(("degrees", "chart", "name"), NAMES)
def test_names(degrees: str, chart: str, name: str) -> None:
    held = [ROOT + int(degree) for degree in degrees.split()]
    named = name_chord(held, parse_chord(chart) if chart else None)
    assert named is not None
    assert named.symbol == name


def test_a_cluster_is_no_chord_and_no_key_is_none() -> None:
    assert name_chord([60, 61, 62, 63]) is None
    assert name_chord([]) is None
    assert name_chord([], parse_chord("C7")) is None


def test_the_chord_before_and_the_key_tell_readings_apart() -> None:
    shell = [52, 58]  # E and Bb: C7 or Gb7
    assert "C7" in symbols(shell, Expected(before=parse_chord("G-7"), key=Key(5)))
    assert symbols(shell, Expected(before=parse_chord("G-7"), key=Key(5)))[0] == "C7"
    assert symbols(shell, Expected(before=parse_chord("Db-7"), key=Key(11)))[0] == "Gb7"


def test_the_next_chord_of_the_chart_may_be_anticipated() -> None:
    expected = Expected(chart=parse_chord("G7"), coming=parse_chord("Cmaj7"))
    assert symbols([52, 55, 59, 62], expected)[0] == "Cmaj7"
    assert symbols([53, 57, 59, 64], expected)[0] == "G7"


def test_every_shape_is_a_quality_and_its_tensions_are_no_chord_tones() -> None:
    assert set(SHAPES) == set(QUALITIES) - {"NC"}
    shape: Shape
    for quality, shape in SHAPES.items():
        assert not [degree for degree in shape.tensions if QUALITIES[quality][degree] == "C"]
