import numpy as np
import numpy.typing as npt
import pytest

from grammar.changes import changes_from_beats
from grammar.chords import parse_chord
from grammar.notes import Note
from improv.jazz.encoding import expert_maps, jazz_spec
from improv.jazz.evaluation import evaluate
from improv.jazz.model import JazzModel
from improv.jazz.vocabulary import GAPS, LENGTHS, PITCHES
from improv.jazz.wjazzd import Solo
from models.network import Network


def model(bias: dict[str, tuple[int, float]] | None = None) -> JazzModel:
    """A network without an opinion, or with one: an id of an absolute expert and its logit."""
    spec = jazz_spec(4)
    weights: dict[str, npt.NDArray[np.float32]] = {
        name: np.zeros(shape, np.float32) for name, shape in spec.shapes().items()
    }
    for head, (chosen, logit) in (bias or {}).items():
        weights[f"{head}.absolute.b"][chosen] = logit
    return JazzModel(Network(spec, weights, expert_maps()), {})


def solo(*notes: Note) -> Solo:
    changes = changes_from_beats([parse_chord("C7")] * 8, 4)
    return Solo(1, "", "", 120.0, "", notes, changes, tuple(beat % 4 for beat in range(8)))


THREE = solo(Note(0, 60, 12), Note(12, 62, 12), Note(24, 64, 12))


def test_no_opinion_is_as_wide_as_the_alphabets() -> None:
    found = evaluate(model(), [THREE])
    assert found["notes"] == 3
    assert found["pitch_nll"] == pytest.approx(np.log(PITCHES), abs=1e-5)
    assert found["gap_nll"] == pytest.approx(2 / 3 * np.log(len(GAPS)), abs=1e-5)
    assert found["length_nll"] == pytest.approx(np.log(len(LENGTHS)), abs=1e-5)
    assert found["rhythm_nll"] == pytest.approx(found["gap_nll"] + found["length_nll"])
    assert found["joint_nll"] == pytest.approx(found["pitch_nll"] + found["rhythm_nll"])


def test_a_right_opinion_is_counted_as_right() -> None:
    sure = model({"pitch": (60 - 21, 30.0), "gap": (11, 30.0), "length": (11, 30.0)})
    found = evaluate(sure, [THREE])
    assert found["pitch_top1"] == pytest.approx(1 / 3)
    assert found["rhythm_top1"] == 1
    assert found["rhythm_nll"] == pytest.approx(0, abs=1e-6)
    wrong = evaluate(model({"length": (3, 30.0), "gap": (11, 30.0)}), [THREE])
    assert wrong["rhythm_top1"] == 0


def test_every_solo_starts_from_an_empty_memory_and_counts_by_its_notes() -> None:
    generator = np.random.default_rng(0)
    spec = jazz_spec(6)
    weights = {
        name: generator.normal(0, 0.5, shape).astype(np.float32) for name, shape in spec.shapes().items()
    }
    random = JazzModel(Network(spec, weights, expert_maps()), {})
    other = solo(Note(5, 70, 3))
    first, second = evaluate(random, [THREE]), evaluate(random, [other])
    both = evaluate(random, [other, THREE])
    for name in first:
        if name != "notes":
            assert both[name] == pytest.approx((3 * first[name] + second[name]) / 4)


def test_reports_count_solos_and_solos_without_notes_are_left_out() -> None:
    reports: list[int] = []
    found = evaluate(model(), [solo(), THREE, THREE], reports.append)
    assert found["notes"] == 6
    assert reports == [1, 2]
    assert evaluate(model(), [])["notes"] == 0
