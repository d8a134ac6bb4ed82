"""The whole band: the same notes for the same scenes, each in its beat, none without a chord."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.chart import FEELS, Chart, Feel, parse_chart
from grammar.chords import ALIASES, ROOTS
from grammar.notes import TICKS_PER_BEAT
from improv.band.ensemble import BandMind, Ensemble
from improv.band.kit import PIECES
from improv.band.notes import BandNote, Hearing, Scene
from improv.library import load_chart
from models.network import Network

GOLDEN = Path(__file__).parents[2] / "golden" / "band.txt"
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


@given(charts(), scenes, st.integers(0, 99), st.integers(1, 20))
@settings(max_examples=40)
def test_nothing_sounds_after_the_end(
    wild: Network, chart: Chart, scene: Scene, seed: int, beats: int
) -> None:
    ensemble = Ensemble(chart, wild)
    ends = beats * TICKS_PER_BEAT
    notes = played(ensemble, ensemble.begin(seed), range(0, ends, TICKS_PER_BEAT), replace(scene, ends=ends))
    assert all(note.onset + note.duration <= ends + 1e-9 and note.note.end <= ends for note in notes)


@pytest.mark.parametrize("feel", FEELS)
def test_the_harmony_may_be_anothers_from_any_beat_on(wild: Network, feel: Feel) -> None:
    """As where a left hand leads: from that beat on nothing is heard of the chart's chords."""
    ensemble = Ensemble(parse_chart(f"feel: {feel}\n| C7 | F7 | C7 | G7 |"), wild)
    led = parse_chart("| Eb7alt |").changes()
    mind, played = ensemble.begin(3), list[BandNote]()
    for tick in range(0, 16 * 24, 24):
        mind, notes = ensemble.play(mind, tick, Scene(140.0, changes=led if tick >= 10 * 24 else None))
        played += [note for note in notes if tick >= 10 * 24]
    chords = [note for note in played if note.role == "comp"]
    assert chords
    assert all(led.at(0).letter(note.note.pitch) in "CL" for note in chords)
    first = next(note for note in played if note.role == "bass")
    assert first.note.onset == 10 * 24, "the bass says it at once"
    assert led.at(0).letter(first.note.pitch) == "C"


def test_beats_may_be_left_out(wild: Network) -> None:
    ensemble = Ensemble(load_chart("blues-f"), wild)
    mind = ensemble.begin(0)
    for tick in (0, 24, 24 * 7, 24 * 50, 24 * 51):
        mind, notes = ensemble.play(mind, tick, Scene(160.0))
        assert {note.role for note in notes} >= {"bass", "drums"}


def test_every_style_reads_as_it_did(request: pytest.FixtureRequest) -> None:
    """Four bars of each style by the rules, as tabs: twelve places a beat, each loud, plain or soft."""
    text = "\n".join(line for feel in FEELS for line in tabs(feel)) + "\n"
    if request.config.getoption("--regenerate"):
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


def tabs(feel: Feel) -> Iterator[str]:
    meter = 3 if feel == "waltz" else 4
    chart = parse_chart(f"feel: {feel}\nmeter: {meter}/4\n| D-7 | G7alt | Cmaj7 | A7b9 |")
    ensemble = Ensemble(chart)
    notes = played(ensemble, ensemble.begin(1), range(0, 4 * meter * 24, 24), Scene(120.0))
    names = {key: piece for piece, (key, _) in reversed(PIECES.items())}
    rows: dict[str, list[str]] = {}
    for note in notes:
        key, loud = note.note.pitch, note.note.velocity
        name = names[key] if note.role == "drums" else note.role
        row = rows.setdefault(name, ["."] * (4 * meter * 12))
        mark = "o" if loud < 48 else "X" if loud > 86 else "x"
        row[note.note.onset // 2] = ROOTS[key % 12][0] if note.role == "bass" else mark
    yield f"{feel}:"
    for name, row in sorted(rows.items()):
        beats = ["".join(row[i : i + 12]) for i in range(0, len(row), 12)]
        bars = [" ".join(beats[i : i + meter]) for i in range(0, len(beats), meter)]
        yield f"{name:<8}| {' | '.join(bars)} |"
