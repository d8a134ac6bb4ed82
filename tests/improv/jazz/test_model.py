import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from improv.errors import UserError
from improv.jazz.dataset import encode_solo, only
from improv.jazz.encoding import HEADS, PARTS, expert_maps, jazz_spec
from improv.jazz.evaluation import evaluate
from improv.jazz.model import jazz_meta, load_jazz
from improv.jazz.solos import read_ids
from improv.jazz.wjazzd import Solo
from models.checkpoint import META, WEIGHTS, save
from models.dataset import concatenate
from models.network import Network
from models.panel import Panel

ENOUGH = 1.95
"""Nats a note that the pitches of the model that ships have to be below."""


def random_weights(hidden: int, seed: int = 0) -> dict[str, npt.NDArray[np.float32]]:
    generator = np.random.default_rng(seed)
    return {
        name: generator.normal(0, 0.1, shape).astype(np.float32)
        for name, shape in jazz_spec(hidden).shapes().items()
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole, tiny checkpoint."""
    save(tmp_path / "tiny", jazz_spec(8), random_weights(8), jazz_meta("made up", 0, {}, {}))
    return tmp_path / "tiny"


def change(folder: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    path = folder / META
    meta = json.loads(path.read_text())
    edit(meta)
    path.write_text(json.dumps(meta))


def test_a_folder_or_the_shipped_model_is_loaded(folder: Path) -> None:
    model = load_jazz(folder)
    assert isinstance(model.network, Panel)
    assert [network.spec for network in model.network.networks] == [jazz_spec(8)]
    assert model.digest == model.parts["all"].digest
    shipped = load_jazz()
    assert set(shipped.parts) == set(PARTS)
    assert set(shipped.network.heads) == {head.name for head in HEADS}
    assert shipped.digest not in {part.digest for part in shipped.parts.values()}


def test_two_parts_are_one_model_and_one_alone_is_told(tmp_path: Path, folder: Path) -> None:
    for part, heads in PARTS.items():
        spec = jazz_spec(8, heads=heads)
        weights = {name: np.ones(shape, np.float32) for name, shape in spec.shapes().items()}
        save(tmp_path / "two" / part, spec, weights, jazz_meta("made up", 0, {}, {}))
    assert set(load_jazz(tmp_path / "two").network.heads) == {"pitch", "gap", "length"}
    (tmp_path / "two" / "rhythm" / META).unlink()
    with pytest.raises(UserError, match="rhythm: not a checkpoint"):
        load_jazz(tmp_path / "two")


def edits() -> dict[str, Callable[[dict[str, Any]], None]]:
    def larger_head(meta: dict[str, Any]) -> None:
        meta["spec"]["heads"][0]["size"] += 1

    def renamed_input(meta: dict[str, Any]) -> None:
        meta["spec"]["inputs"][0]["name"] = "other"

    return {
        "of another kind": lambda meta: meta.update(kind="text"),
        "trained on another vocabulary": lambda meta: meta.update(vocabulary="x"),
        "wider than its weights": lambda meta: meta["spec"].update(hidden=9),
        "of as many units as a word": lambda meta: meta["spec"].update(hidden="8"),
        "of half a layer": lambda meta: meta["spec"].update(layers=0.5),
        "without a layer": lambda meta: meta["spec"].update(layers=None),
        "with a head too large": larger_head,
        "with an input renamed": renamed_input,
        "without a spec": lambda meta: meta.pop("spec"),
    }


@pytest.mark.parametrize("name", edits())
def test_a_checkpoint_is_refused_in_one_line(folder: Path, name: str) -> None:
    change(folder, edits()[name])
    with pytest.raises(UserError) as caught:
        load_jazz(folder)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("place", [0, 7, 8, 100, -1])
def test_a_damaged_checkpoint_is_refused_in_one_line(folder: Path, place: int) -> None:
    data = bytearray((folder / WEIGHTS).read_bytes())
    data[place] ^= 0x40
    (folder / WEIGHTS).write_bytes(bytes(data))
    with pytest.raises(UserError, match=WEIGHTS) as caught:
        load_jazz(folder)
    assert "\n" not in str(caught.value)


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere: not a checkpoint"):
        load_jazz(tmp_path / "nowhere")


@pytest.mark.torch
@pytest.mark.parametrize("hidden", [16, 320])
def test_the_network_that_plays_equals_torch_over_200_steps(hidden: int) -> None:
    """On every head, at random ids: no rounding builds up."""
    torch = pytest.importorskip("torch", reason="needs the extra 'train'")
    from models.twin import Batch, Dropout, Twin

    spec, maps = jazz_spec(hidden), expert_maps()
    torch.manual_seed(hidden)
    twin = Twin(spec, maps, Dropout()).eval()
    generator = np.random.default_rng(hidden)
    T = 200

    def ids(sizes: list[int]) -> npt.NDArray[np.int64]:
        columns = [generator.integers(0, size, T) for size in sizes]
        return np.stack(columns, axis=-1) if columns else np.zeros((T, 0), np.int64)

    trunk = ids([entry.size for entry in spec.inputs])
    dense = generator.integers(0, 2, (T, spec.dense)).astype(np.float32)
    inputs = {head.name: ids([entry.size for entry in head.inputs]) for head in spec.heads}
    shifts = {head.name: ids([len(table) for table in maps[head.name]]) for head in spec.heads}
    advice = {
        head.name: generator.dirichlet(np.full(head.advice.slots, 0.1), (T, head.advice.sources)).astype(
            np.float32
        )
        for head in spec.heads
        if head.advice
    }
    for head in spec.heads:
        if head.advice and head.advice.owned:  # as the corpus has it
            owner = [entry.name for entry in spec.inputs].index(head.advice.owner)
            advice[head.name][trunk[:, owner] == 0, -head.advice.owned :] = 0
    batch = Batch(
        torch.from_numpy(trunk)[:, None],
        torch.from_numpy(dense)[:, None],
        {name: torch.from_numpy(found)[:, None] for name, found in inputs.items()},
        {name: torch.from_numpy(found)[:, None] for name, found in shifts.items()},
        {},
        {name: torch.from_numpy(found)[:, None] for name, found in advice.items()},
    )
    with torch.no_grad():
        expected, _ = twin(batch, twin.initial_state(1))
    network = Network(spec, twin.arrays(), maps)
    worst = 0.0
    for t in range(T):
        given = {name: found[t] for name, found in advice.items()}
        network.step(trunk[t].tolist(), dense[t], given)
        for name, logits in expected.items():
            found = network.logits(name, inputs[name][t].tolist(), shifts[name][t].tolist(), given[name])
            worst = max(worst, float(np.abs(found - logits[t, 0].numpy()).max()))
    assert worst < 2e-5


@pytest.mark.torch
@pytest.mark.data
def test_the_shipped_model_is_as_good_as_its_meta_says(all_solos: dict[int, Solo], split_path: Path) -> None:
    """Torch takes all validation solos at once; the network that plays agrees on one of them."""
    torch = pytest.importorskip("torch", reason="needs the extra 'train'")
    from models.train import evaluate as evaluate_twin
    from models.twin import Dropout, Twin

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # on a busy machine torch's threads wait for each other
    model = load_jazz()
    solos = [all_solos[melid] for melid in read_ids(split_path)]
    columns = concatenate([encode_solo(solo, model.corpus) for solo in solos])
    shortest = min(solos, key=lambda solo: len(solo.notes))
    alone = encode_solo(shortest, model.corpus)
    whole: dict[str, float] = {}
    one: dict[str, float] = {}
    for part, checkpoint in model.parts.items():
        maps = {head.name: expert_maps()[head.name] for head in PARTS[part]}
        twin = Twin(checkpoint.spec, maps, Dropout())
        twin.take(checkpoint.weights)
        whole |= evaluate_twin(twin.eval(), only(columns, PARTS[part]))
        one |= evaluate_twin(twin, only(alone, PARTS[part]))
    torch.set_num_threads(threads)
    assert whole["pitch"] < ENOUGH

    played = evaluate(model, [shortest])
    notes = len(shortest.notes)
    assert played["notes"] == notes
    assert played["pitch_nll"] == pytest.approx(one["pitch"], abs=1e-5)
    assert played["length_nll"] == pytest.approx(one["length"], abs=1e-5)
    # the last note has no gap: torch averages over the gaps, the figures over the notes
    assert played["gap_nll"] == pytest.approx(one["gap"] * (notes - 1) / notes, abs=1e-5)

    figures: dict[str, Any] = {}
    for checkpoint in model.parts.values():
        figures |= checkpoint.meta["figures"]
    assert figures["notes"] == sum(len(solo.notes) for solo in solos), "meta.json has no figures"
    assert figures["pitch_nll"] == pytest.approx(whole["pitch"], abs=1e-3)
    assert figures["length_nll"] == pytest.approx(whole["length"], abs=1e-3)
    assert figures["gap_nll"] == pytest.approx(whole["gap"] * (1 - len(solos) / figures["notes"]), abs=1e-3)


@pytest.mark.data
def test_without_torch_the_shipped_model_is_as_good_on_a_few_solos(
    all_solos: dict[int, Solo], split_path: Path
) -> None:
    """Two of the 41 validation solos: all would take a quarter of a minute and more."""
    model = load_jazz()
    solos = [all_solos[melid] for melid in read_ids(split_path)]
    solos.sort(key=lambda solo: len(solo.notes))
    assert evaluate(model, solos[10:30:10])["pitch_nll"] < ENOUGH
