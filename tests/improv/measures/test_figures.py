import json
from collections.abc import Callable
from math import log2

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grammar.changes import changes_from_beats
from grammar.chords import parse_chord
from grammar.notes import Note
from improv.measures.compare import Comparison, compare, measured
from improv.measures.copying import Source, source_of
from improv.measures.figures import MEASURES, means, measure
from improv.measures.overlap import FEATURES
from improv.measures.page import html, picture
from improv.measures.panel import ticks
from improv.measures.piece import Piece
from improv.measures.table import markdown, plain, rows

Make = Callable[..., Piece]
BOUNDS = {"bits": (0.0, log2(12)), "%": (0.0, 1.0), "": (0.0, 1.0), "notes": (0.0, 1e9)}


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    symbols = draw(st.lists(st.sampled_from(["C7", "F-7", "Bbj7", "Dm7b5", "NC"]), min_size=1, max_size=4))
    onsets = draw(st.lists(st.integers(0, 8 * 96 - 1), unique=True, max_size=30).map(sorted))
    notes = tuple(Note(onset, draw(st.integers(48, 84)), draw(st.integers(1, 60))) for onset in onsets)
    changes = changes_from_beats([parse_chord(symbol) for symbol in symbols for _ in range(4)], 4)
    return Piece("", notes, changes, draw(st.sampled_from([90.0, 200.0])), 8)


def transposed(piece: Piece, by: int) -> Piece:
    beats = [piece.changes.at(24 * beat).transposed(by) for beat in range(piece.changes.length // 24)]
    notes = tuple(Note(note.onset, note.pitch + by, note.duration) for note in piece.notes)
    return Piece(piece.name, notes, changes_from_beats(beats, 4), piece.tempo, piece.bars)


@settings(max_examples=25, deadline=None)
@given(pieces(), st.integers(-11, 11))
def test_no_measure_depends_on_the_key(piece: Piece, by: int) -> None:
    source = source_of([piece])
    here, there = measure(piece, source), measure(transposed(piece, by), source)
    for name in MEASURES:
        assert there[name] == (None if here[name] is None else pytest.approx(here[name], abs=1e-5)), name


@settings(max_examples=25, deadline=None)
@given(pieces())
def test_every_measure_keeps_its_bounds(piece: Piece) -> None:
    for name, value in measure(piece, source_of([])).items():
        low, high = BOUNDS[MEASURES[name].unit]
        assert value is None or low - 1e-9 <= value <= high + 1e-9, name


def test_of_copying_nothing_is_said_without_training_solos(make_piece: Make) -> None:
    found = measure(make_piece([(0, 60)]), None)
    assert found.keys() == MEASURES.keys()
    assert found["copied"] is None
    assert found["longest_run"] is None


def test_a_set_is_the_mean_of_its_pieces_or_of_their_notes(make_piece: Make) -> None:
    one, three = make_piece([(0, 60)]), make_piece([(0, 61), (12, 61), (24, 61)])
    values: dict[str, list[float | None]] = {name: [1.0, 0.0] for name in MEASURES}
    values["groove"] = [None, 0.25]
    values["structure_mid"] = [None, None]
    found = means([one, three], values)
    assert found["chord_tones"] == pytest.approx(1 / 4)
    assert found["restated"] == pytest.approx(1 / 2)
    assert found["groove"] == 0.25
    assert found["structure_mid"] is None


@pytest.fixture
def comparison(make_piece: Make) -> Comparison:
    """Three scales against two."""

    def scale(start: int, step: int) -> Piece:
        return make_piece([(24 * k, start + step * k, 20) for k in range(16)], bars=4, tempo=90)

    def source(_: int) -> Source | None:
        return None

    real = measured("real", [scale(48, 1), scale(55, 2), scale(60, 1)], source)
    return compare(real, [measured("played & more", [scale(50, 1), scale(52, 2)], source)], [scale(50, 2)])


def test_the_json_has_every_measure_of_every_set_and_every_overlap(comparison: Comparison) -> None:
    found = json.loads(json.dumps(comparison.as_json()))
    assert found["figures"].keys() == {"real", "played & more"}
    for figures in found["figures"].values():
        assert figures.keys() == {"pieces", *MEASURES}
    assert found["figures"]["real"]["pieces"] == 3
    assert found["overlap"].keys() == {"played & more", "real"}
    for areas in found["overlap"].values():
        assert areas.keys() == FEATURES.keys()
        assert all(0 <= each["area"] <= 1 and each["divergence"] >= 0 for each in areas.values())


def test_progress_counts_pieces(make_piece: Make) -> None:
    told: list[tuple[int, int]] = []
    measured("", [make_piece()] * 2, lambda _: None, lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


def test_tables_have_a_row_a_measure_and_an_overlap(comparison: Comparison) -> None:
    table = rows(comparison)
    assert {len(row) for row in table} == {5}
    assert len(table) == 2 + len(MEASURES) + len(FEATURES)
    assert len({len(line) for line in plain(table).splitlines()}) == 1
    lines = markdown(table).splitlines()
    assert len(lines) == len(table) + 1
    assert {line.count("|") for line in lines} == {6}


def test_the_picture_is_well_formed_and_has_a_panel_each(comparison: Comparison) -> None:
    from xml.etree import ElementTree

    drawn = picture(comparison)
    root = ElementTree.fromstring(drawn)
    space = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f"{space}g")) == len(MEASURES) + len(FEATURES)
    words = "".join(root.itertext())
    assert "played & more, 2 solos" in words
    assert "nothing to measure" in words  # of copying
    assert "nan" not in drawn
    assert drawn in html(drawn)


@example(0.0, 0.3)
@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_ticks_are_few_and_within(low: float, width: float) -> None:
    found = ticks(low, low + width)
    assert 2 <= len(found) <= 8
    assert all(low - 1e-6 * width <= tick <= low + width * (1 + 1e-6) for tick in found)
