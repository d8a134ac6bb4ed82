"""The band's bass: what rings, what skips, and who chose it."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.chart import Chart, parse_chart
from grammar.notes import Note
from improv.band.bass import FEELS, Style
from improv.band.bassline import FASTEST_SKIP, SKIP_VELOCITY, Bass
from improv.band.notes import Hearing, Moment, Scene, Source
from improv.chance import Chance
from models.network import Network

BLUES = "| F7 | Bb7 | F7 | C-7 F7 |"
Found = tuple[Note, Source, str]


@pytest.fixture(scope="module")
def wild(make_network: Callable[..., Network]) -> Network:
    return make_network()


def played(bass: Bass, chart: Chart, scene: Scene, beats: int = 64) -> list[Found]:
    mind, found = bass.begin(Chance(1), Chance(2)), list[Found]()
    for tick in range(0, 24 * beats, 24):
        mind, notes = bass.play(mind, Moment(tick, chart.meter, chart.changes(), scene))
        found += notes
    return found


def test_the_model_plays_its_feels_and_the_rules_the_others(wild: Network) -> None:
    for feel in ("swing", "bossa", "funk", "ballad"):
        chart = parse_chart(f"feel: {feel}\n{BLUES}")
        sources = {source for _, source, _ in played(Bass(chart.feel, wild), chart, Scene(240.0))}
        assert ("model" in sources) == (feel in FEELS)
        assert {source for _, source, _ in played(Bass(chart.feel), chart, Scene(240.0))} == {"grammar"}
    refusals = [
        (source, refused)
        for _, source, refused in played(Bass("swing", wild), parse_chart(BLUES), Scene(300.0))
    ]
    assert all((source == "grammar") == bool(refused) for source, refused in refusals)


@pytest.mark.parametrize("modelled", [False, True])
def test_skips_are_few_soft_and_only_where_there_is_time(wild: Network, modelled: bool) -> None:
    chart = parse_chart(BLUES)
    bass = Bass("swing", wild if modelled else None)

    def skips(scene: Scene) -> list[tuple[Note, Note]]:
        notes = [note for note, _, _ in played(bass, chart, scene, 400)]
        return [(a, b) for a, b in pairwise(notes) if b.onset % 24]

    found = skips(Scene(140.0))
    assert 8 < len(found) < 50
    for note, skip in found:
        assert skip.pitch == note.pitch
        assert skip.onset == note.onset + 12 > note.end - 1
        assert skip.velocity == SKIP_VELOCITY < note.velocity
    assert skips(Scene(FASTEST_SKIP + 1)) == []
    assert skips(Scene(140.0, density=0.0)) == []
    assert {b.velocity for _, b in skips(Scene(140.0, Hearing(1, 1, 120.0)))} == {SKIP_VELOCITY + 14}


@given(st.sampled_from(["walk", "two"]), st.integers(1, 63))
def test_a_note_rings_until_the_next_and_never_past_the_end(wild: Network, style: Style, beats: int) -> None:
    chart = parse_chart("| F7 | Bb7 | N.C. | C-7 . . F7 |")
    scene = Scene(300.0, ends=24 * beats)
    notes = [note for note, _, _ in played(Bass("swing", wild, style), chart, scene, beats)]
    gap = 1 if style == "walk" else 2
    changes = chart.changes()
    for note, after in pairwise(notes):
        silent = [tick for tick in range(note.onset, after.onset, 24) if changes.at(tick).root is None]
        assert note.end == min([after.onset, *silent]) - gap
    assert not notes or notes[-1].end < 24 * beats


def test_in_two_by_the_rules_a_ballad_rings_too() -> None:
    chart = parse_chart("feel: ballad\n| C6 | F6 |")
    assert [(note.onset, note.duration) for note, _, _ in played(Bass("ballad"), chart, Scene(60.0), 8)] == [
        (0, 46),
        (48, 46),
        (96, 46),
        (144, 46),
    ]
