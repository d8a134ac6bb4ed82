import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import gates
from examples.common import improvised
from examples.gate_strips import WIDTH
from examples.gate_traces import EVENTS, agreement, choose, traced
from examples.gate_views import chords_within, window
from examples.midi_line import midi_line
from improv.jazz.model import load_jazz
from improv.jazz.wjazzd import Solo

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def solo() -> Solo:
    return improvised("blues-f", 3)


def test_the_traces_are_the_cells_equations(solo: Solo) -> None:
    model = load_jazz()
    traces, spec = traced(solo, model), model.parts["pitch"].spec
    before = np.concatenate([np.zeros_like(traces["c"][:1]), traces["c"][:-1]])
    assert np.allclose(traces["c"], traces["f"] * before + traces["i"] * traces["g"], atol=1e-5)
    for part, low in (("i", 0), ("f", 0), ("o", 0), ("g", -1)):
        assert traces[part].shape == (len(solo.notes), spec.layers, spec.hidden)
        assert low <= traces[part].min() < traces[part].max() <= 1


@given(st.integers(0, 2**32 - 1), st.integers(3, 20))
def test_agreement_is_pearsons_correlation(seed: int, notes: int) -> None:
    generator = np.random.default_rng(seed)
    values, event = generator.normal(size=(notes, 2, 3)), generator.normal(size=notes)
    found = agreement(values, event)
    for layer in range(2):
        for unit in range(3):
            assert np.isclose(found[layer, unit], np.corrcoef(values[:, layer, unit], event)[0, 1])
    assert not agreement(np.ones((notes, 1, 1)), event).any()


@pytest.mark.parametrize("sign", [-1, 0, 1])
def test_the_unit_that_goes_with_the_event_is_chosen(solo: Solo, sign: int) -> None:
    event = EVENTS["phrase start"](solo)
    noise = np.random.default_rng(0).normal(0, 1, (len(event), 2, 9))
    noise[:, 1, 4] = (sign or -1) * event + 0.01 * noise[:, 1, 4]
    noise[:, 0, 2] = (sign or -1) * event * 1e-3  # agrees wholly, but does not move
    unit = choose("f", "phrase start", sign, [solo], [{"f": noise}])
    assert (unit.layer, unit.number) == (1, 4)
    assert unit.agreement * (sign or -1) > 0.9


def test_phrases_start_after_rests_and_chords_with_their_first_note(solo: Solo) -> None:
    starts, chords = EVENTS["phrase start"](solo), EVENTS["new chord"](solo)
    for t, note in enumerate(solo.notes[1:], 1):
        before = solo.notes[t - 1]
        assert starts[t] == (note.onset - before.end >= 24)
        between = range(before.onset + 1, note.onset + 1)
        assert chords[t] == any(tick % solo.changes.length in solo.changes.onsets for tick in between)


def test_the_lesson_fits_the_terminal_and_the_same_seed_tells_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert gates.main(["--chart", "blues-f", "--seed", "3", "--bars", "1-4"]) == 0
    first = capsys.readouterr().out
    improvised.cache_clear()
    assert gates.main(["--chart", "blues-f", "--seed", "3", "--bars", "1-4"]) == 0
    assert capsys.readouterr().out == first
    assert "\x1b" not in first
    assert max(map(len, first.splitlines())) <= WIDTH + 1
    for step in gates.STEPS:
        assert step.title in first


def test_the_picture_is_whole_and_has_a_mark_for_every_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "gates.svg"
    assert gates.main(["--chart", "blues-f", "--seed", "3", "--svg", str(path)]) == 0
    tree = ElementTree.parse(path).getroot()
    view = window(improvised("blues-f", 3), 1, 8)
    assert len(tree.findall(f"{SVG}rect")) == 1 + len(view.notes) + len(gates.STEPS)
    words = " ".join(text.text or "" for text in tree.iter(f"{SVG}text"))
    for _, symbol in chords_within(view, 0, 8 * 96):
        assert symbol in words


def test_a_rendered_file_is_read_back_with_its_chords(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from improv.cli import main as improv

    path = tmp_path / "take.mid"
    assert improv(["render", "blues-f", "-o", str(path), "--choruses", "1", "--seed", "3"]) == 0

    line, played = midi_line(path, None), improvised("blues-f", 3)
    assert [note.pitch for note in line.notes] == [note.pitch for note in played.notes]
    assert [line.changes.at(tick).symbol for tick in range(0, 1152, 24)] == [
        played.changes.at(tick).symbol for tick in range(0, 1152, 24)
    ]
    moved = [abs(a.onset - b.onset) for a, b in zip(line.notes, played.notes, strict=True)]
    assert np.mean(np.array(moved) <= 4) > 0.9


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--chart", "blues-g"], "did you mean"),
        (["--bars", "40-44"], "no notes there"),
        (["--bars", "1-99"], "at most"),
        (["--bars", "4-1"], "bars are like 1-8"),
        (["--bars", "x"], "range of bars"),
        (["--seed", "-1"], "below 0"),
        (["--midi", "nowhere.mid"], "nowhere.mid"),
        (["--solo", "1", "--data", "nowhere"], "no Weimar Jazz Database"),
        (["--svg", "nowhere/gates.svg"], "nowhere"),
        (["--wings"], "--wings"),
    ],
)
def test_bad_input_is_one_clear_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert gates.main(words) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert not told.out
