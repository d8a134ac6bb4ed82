"""The bass checkpoint: read, refused, described."""

import json
from pathlib import Path

import pytest

from improv.band.card import CARD, TRIED, format_card, write_card
from improv.band.model import KIND, bass_meta, load_bass
from improv.errors import UserError
from improv.jazz.wjazzd import CITATION
from models.checkpoint import META, WEIGHTS, save


def copy_of_the_shipped(folder: Path) -> Path:
    _, checkpoint = load_bass()
    save(folder, checkpoint.spec, checkpoint.weights, checkpoint.meta)
    return folder


def test_the_shipped_model_is_small_and_described() -> None:
    network, checkpoint = load_bass()
    assert sum(value.size for value in checkpoint.weights.values()) < 1_000_000
    assert network.spec == checkpoint.spec
    assert checkpoint.meta["kind"] == KIND
    assert CITATION in checkpoint.meta["data"]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("kind", "jazz", "kind 'bass'"),
        ("vocabulary", "other", "another vocabulary"),
        ("digest", "0", "damaged"),
    ],
)
def test_another_checkpoint_is_refused_in_a_line(tmp_path: Path, field: str, value: str, told: str) -> None:
    folder = copy_of_the_shipped(tmp_path)
    meta = json.loads((folder / META).read_text())
    (folder / META).write_text(json.dumps({**meta, field: value}))
    with pytest.raises(UserError, match=told):
        load_bass(folder)


def test_a_shape_of_another_kind_and_torn_weights_are_refused(tmp_path: Path) -> None:
    folder = copy_of_the_shipped(tmp_path)
    meta = json.loads((folder / META).read_text())
    other = {**meta, "spec": {**meta["spec"], "dense": 3}}
    (folder / META).write_text(json.dumps(other))
    with pytest.raises(UserError, match="another shape"):
        load_bass(folder)
    (folder / WEIGHTS).write_bytes(b"")
    with pytest.raises(UserError, match="damaged"):
        load_bass(folder)
    with pytest.raises(UserError, match="not a checkpoint"):
        load_bass(tmp_path / "nowhere")


def test_the_card_shows_the_figures_and_takes_in_what_was_tried(tmp_path: Path) -> None:
    recipe = {"epochs": 3, "rate": 0.01, "dropout": {"layer": 0.3}}
    figures = {"on": "validation solos", "beats": 1234, "pitch_nll": 2.34567, "pitch_top1": 0.3}
    meta = {**bass_meta(f"{CITATION}; 10 lines", 4, recipe, figures), "spec": {"layers": 2, "hidden": 96}}
    card = format_card(meta, "")
    assert card.count(CITATION) == 2
    assert "ODbL 1.0" in card
    assert "1234 beats of the validation solos" in card
    assert "| 2.346 | nats a beat |" in card
    assert "2 layers of 96" in card
    assert "seed 4; epochs 3, rate 0.01; dropout layer 0.3" in card
    (tmp_path / META).write_text(json.dumps(meta))
    (tmp_path / TRIED).write_text("## Tried\n\nA larger one.\n")
    write_card(tmp_path)
    assert "A larger one." in (tmp_path / CARD).read_text()
