import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.checkpoint import META, WEIGHTS, CheckpointError, load, save, shipped
from models.spec import Spec

Weights = Mapping[str, npt.NDArray[np.float32]]


@pytest.fixture
def folder(tmp_path: Path, spec: Spec, weights: Weights) -> Path:
    """A whole checkpoint."""
    save(tmp_path / "model", spec, weights, {"kind": "toy", "vocabulary": "abc", "seed": 7})
    return tmp_path / "model"


def rewrite(folder: Path, **changes: Any) -> None:
    path = folder / META
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_what_is_saved_is_loaded(folder: Path, spec: Spec, weights: Weights) -> None:
    found = load(folder, "toy", "abc")
    assert found.spec == spec
    assert found.meta["seed"] == 7
    assert found.weights.keys() == weights.keys()
    assert all(np.array_equal(found.weights[name], value) for name, value in weights.items())
    assert found.digest == json.loads((folder / META).read_text())["digest"]


def test_nothing_partial_is_left_behind(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [META, WEIGHTS]


def test_half_precision_is_single_in_memory(folder: Path, spec: Spec, weights: Weights) -> None:
    halves = {name: value.astype(np.float16) for name, value in weights.items()}
    save(folder, spec, halves, {"kind": "toy", "vocabulary": "abc"})
    found = load(folder, "toy", "abc").weights
    assert all(value.dtype == np.float32 for value in found.values())
    assert all(np.array_equal(found[name], value.astype(np.float32)) for name, value in halves.items())


def test_weights_that_lie_otherwise_in_memory_are_the_same(
    folder: Path, spec: Spec, weights: Weights
) -> None:
    save(
        folder,
        spec,
        {name: np.asfortranarray(value) for name, value in weights.items()},
        {"kind": "toy", "vocabulary": "abc"},
    )
    found = load(folder, "toy", "abc").weights
    assert all(np.array_equal(found[name], value) for name, value in weights.items())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_a_flipped_byte_of_the_weights_is_found(folder: Path, data: st.DataObject) -> None:
    path = folder / WEIGHTS
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    flipped = whole[place] ^ data.draw(st.integers(1, 255))
    path.write_bytes(whole[:place] + bytes([flipped]) + whole[place + 1 :])
    try:
        with pytest.raises(CheckpointError, match=WEIGHTS):
            load(folder, "toy", "abc")
    finally:
        path.write_bytes(whole)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data(), st.booleans())
def test_truncated_weights_are_found_with_and_without_a_checksum(
    folder: Path, data: st.DataObject, checked: bool
) -> None:
    path, meta = folder / WEIGHTS, folder / META
    whole, told = path.read_bytes(), meta.read_text()
    if not checked:
        meta.write_text(json.dumps({k: v for k, v in json.loads(told).items() if k != "digest"}))
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    try:
        with pytest.raises(CheckpointError, match=WEIGHTS):
            load(folder, "toy", "abc")
    finally:
        path.write_bytes(whole)
        meta.write_text(told)


def test_another_kind_is_refused(folder: Path) -> None:
    with pytest.raises(CheckpointError, match=f"{META}.*'jazz'"):
        load(folder, "jazz", "abc")


def test_another_vocabulary_is_refused(folder: Path) -> None:
    with pytest.raises(CheckpointError, match="another vocabulary"):
        load(folder, "toy", "xyz")


@pytest.mark.parametrize("name", [META, WEIGHTS])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(CheckpointError, match=r"not a checkpoint \(No such file"):
        load(folder, "toy", "abc")


@pytest.mark.parametrize("text", ["", "{", "[]", '"toy"', "null", "\x00\xff"])
def test_a_meta_that_is_none_is_refused(folder: Path, text: str) -> None:
    (folder / META).write_bytes(text.encode("latin-1"))
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        load(folder, "toy", "abc")


@pytest.mark.parametrize("spec_value", [None, {}, [], {"inputs": []}, {"inputs": [3]}])
def test_a_spec_that_is_none_is_refused(folder: Path, spec_value: object) -> None:
    rewrite(folder, spec=spec_value)
    with pytest.raises(CheckpointError, match="damaged"):
        load(folder, "toy", "abc")


def test_errors_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError) as caught:
        load(tmp_path / "nowhere", "toy", "abc")
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "nowhere") in str(caught.value)


def test_the_shipped_folder_is_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (shipped("dinos") / META).is_file()
