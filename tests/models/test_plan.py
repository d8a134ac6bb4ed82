import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.dataset import IGNORED, Columns, HeadColumns
from models.spec import Spec

pytest.importorskip("torch", reason="needs the extra 'train'")

from models.plan import ARRAYS, PLAN, Plan, PlanError, read_plan, write_plan
from models.recipe import Recipe
from models.train import main
from models.twin import Dropout

pytestmark = pytest.mark.torch

LENGTHS = (5, 3)


def columns(spec: Spec, seed: int, lengths: tuple[int, ...] = LENGTHS) -> Columns:
    generator = np.random.default_rng(seed)
    steps = sum(lengths)

    def ids(*shape: int) -> Any:
        return generator.integers(0, 3, shape).astype(np.int16)

    heads = {
        head.name: HeadColumns(
            ids(steps, len(head.inputs)), np.zeros((steps, len(head.experts)), np.int16), ids(steps)
        )
        for head in spec.heads
    }
    heads[spec.heads[0].name].target[-1] = IGNORED
    dense = generator.integers(0, 2, (steps, spec.dense)).astype(np.uint8)
    return Columns(ids(steps, len(spec.inputs)), dense, heads, lengths)


@pytest.fixture
def plan(spec: Spec, maps: Any) -> Plan:
    """Two variants that differ in their ids alone."""
    first = columns(spec, 0)
    second = replace(first, ids=(first.ids + 1) % 3)
    recipe = Recipe(epochs=2, batch=2, patience=3, dropout=Dropout(0.0, 0.1, 0.2, 0.3))
    return Plan(spec, maps, (first, second), columns(spec, 1, (4,)), recipe, "some", "made up")


def assert_same(one: Columns, other: Columns) -> None:
    assert one.lengths == other.lengths
    assert one.heads.keys() == other.heads.keys()
    pairs: list[tuple[Any, Any]] = [(one.ids, other.ids), (one.dense, other.dense)]
    for name, head in one.heads.items():
        same = other.heads[name]
        pairs += [(head.inputs, same.inputs), (head.shifts, same.shifts), (head.target, same.target)]
    for mine, yours in pairs:
        assert mine.dtype == yours.dtype
        assert np.array_equal(mine, yours)


def test_a_plan_written_is_the_plan_read(tmp_path: Path, plan: Plan) -> None:
    write_plan(tmp_path / "a" / "plan", plan)
    found = read_plan(tmp_path / "a" / "plan")
    for name in ("spec", "recipe", "vocabulary", "data"):
        assert getattr(found, name) == getattr(plan, name), name
    for one, other in zip(
        (*plan.variants, plan.validation), (*found.variants, found.validation), strict=True
    ):
        assert_same(one, other)
    for name, tables in plan.maps.items():
        assert all(np.array_equal(a, b) for a, b in zip(tables, found.maps[name], strict=True))


def test_what_variants_share_is_stored_once(tmp_path: Path, plan: Plan) -> None:
    write_plan(tmp_path / "one", replace(plan, variants=plan.variants[:1]))
    write_plan(tmp_path / "two", plan)
    one, two = ((tmp_path / name / ARRAYS).stat().st_size for name in ("one", "two"))
    assert two - one < 1.5 * plan.variants[0].ids.nbytes + 200


def break_json(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    def broken(folder: Path) -> None:
        value = json.loads((folder / PLAN).read_text())
        change(value)
        (folder / PLAN).write_text(json.dumps(value))

    return broken


BREAKAGES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "nothing there": (lambda folder: (folder / PLAN).unlink(), "not a plan"),
    "no JSON": (lambda folder: (folder / PLAN).write_text("{"), "not a plan"),
    "another JSON": (lambda folder: (folder / PLAN).write_text("[1]"), "not a plan of format 1"),
    "no arrays": (lambda folder: (folder / ARRAYS).unlink(), "not a plan"),
    "cut off": (lambda folder: (folder / ARRAYS).write_bytes(b"x"), "damaged"),
    "no spec": (break_json(lambda value: value.pop("spec")), "damaged"),
    "another spec": (break_json(lambda value: value["spec"].update(dense=7)), "expected the shape"),
    "a misspelt field": (break_json(lambda value: value["recipe"].update(epoch=3)), "epoch"),
    "half a batch": (break_json(lambda value: value["recipe"].update(batch=0.5)), "whole numbers"),
    "no epochs": (break_json(lambda value: value["recipe"].update(epochs=0)), "whole numbers"),
    "no recipe": (break_json(lambda value: value.update(recipe=None)), "its recipe is none"),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_what_is_no_plan_is_one_line(
    tmp_path: Path, plan: Plan, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage, told = BREAKAGES[name]
    folder = tmp_path / "plan"
    write_plan(folder, plan)
    damage(folder)
    with pytest.raises(PlanError, match=told):
        read_plan(folder)
    assert main([str(folder), "-o", str(tmp_path / "run")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("models.train: ")
    assert error.count("\n") == 1
    assert str(folder) in error
    assert not (tmp_path / "run").exists()


def test_too_many_parts_and_a_run_of_another_plan_are_one_line(
    tmp_path: Path, plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, run = tmp_path / "plan", tmp_path / "run"
    write_plan(folder, plan)
    words = [str(folder), "-o", str(run)]
    assert main([*words, "--accumulate", "3"]) == 2
    assert "2 streams of this process cannot be cut into 3 parts" in capsys.readouterr().err
    assert main(words) == 0
    capsys.readouterr()
    write_plan(folder, replace(plan, recipe=replace(plan.recipe, seed=8)))
    assert main(words) == 2
    assert "was trained with other seed" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main([str(folder), "-o", str(tmp_path / "file")]) == 2
    error = capsys.readouterr().err
    assert str(tmp_path / "file") in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("option", ["--accumulate", "--threads"])
def test_a_number_out_of_range_is_named(
    tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path), "-o", str(tmp_path), option, "0"])
    assert ended.value.code == 2
    assert option in capsys.readouterr().err
