"""The whole band: the same notes for the same scenes, each in its beat, none without a chord."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.chart import FEELS, Chart, parse_chart
from grammar.chords import ALIASES
from grammar.notes import TICKS_PER_BEAT
from improv.band.ensemble import BandMind, Ensemble
from improv.band.notes import BandNote, Hearing, Scene
from models.network import Network

SYMBOLS = [f"{root}{suffix}" for root in ("C", "F#", "Bb") for suffix in ALIASES if "|" not in suffix]
SYMBOLS += ["N.C.", "C-7/G", "F7b9#11", "A7b9b13", "C7#9", "D13b9", "F/G"]
hearings = st.builds(Hearing, st.floats(0, 8), st.floats(0, 8), st.floats(1, 127))
scenes = st.builds(
    Scene,
    st.floats(40, 320),
    hearings,
    swing=st.floats(0, 2),
    dynamics=st.floats(0, 2),
    density=st.floats(0, 2),
)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    meter, feel = draw(st.integers(2, 7)), draw(st.sampled_from(FEELS))
    bars = draw(st.lists(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=2), min_size=1, max_size=6))
    written = " | ".join(" ".join(bar) for bar in bars)
    return parse_chart(f"feel: {feel}\nmeter: {meter}/4\n| {written} |\n")


@pytest.fixture(scope="module")
def wild(make_network: Callable[..., Network]) -> Network:
    return make_network()


def played(ensemble: Ensemble, mind: BandMind, ticks: range, scene: Scene) -> list[BandNote]:
    found: list[BandNote] = []
    for tick in ticks:
        mind, notes = ensemble.play(mind, tick, scene)
        assert all(tick <= note.onset < tick + TICKS_PER_BEAT for note in notes)
        found += notes
    return found


@given(charts(), scenes, st.integers(0, 999), st.booleans())
@settings(max_examples=60)
def test_its_laws(wild: Network, chart: Chart, scene: Scene, seed: int, modelled: bool) -> None:
    ensemble = Ensemble(chart, wild if modelled else None)
    mind = ensemble.begin(seed)
    changes = chart.changes()
    ticks = range(-changes.bar, 2 * changes.length, TICKS_PER_BEAT)
    notes = played(ensemble, mind, ticks, scene)
    assert notes == played(ensemble, ensemble.begin(seed), ticks, scene)
    for each in notes:
        assert each.duration > 0
        assert 1 <= each.note.velocity <= 127
        assert 0 <= each.note.pitch <= 127
        if each.role != "drums":
            place = each.note.onset % TICKS_PER_BEAT
            ahead = each.role == "comp" and place >= 12
            chord = changes.at(each.note.onset - place + TICKS_PER_BEAT if ahead else each.note.onset)
            assert chord.root is not None
    for role in ("bass", "comp", "drums"):
        by_key: dict[int, list[BandNote]] = {}
        for each in notes:
            if each.role == role:
                by_key.setdefault(0 if role == "bass" else each.note.pitch, []).append(each)
        for line in by_key.values():
            for a, b in pairwise(line):
                assert a.onset + a.duration <= b.onset + 1e-9, (a, b)
