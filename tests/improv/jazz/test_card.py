import json
from pathlib import Path
from typing import Any

import pytest

from improv.jazz.card import CARD, TRIED, format_card, write_card
from improv.jazz.wjazzd import CITATION
from models.checkpoint import META


@pytest.fixture
def meta() -> dict[str, Any]:
    """What a training writes."""
    return {
        "spec": {"layers": 2, "hidden": 320},
        "figures": {"notes": 1234, "on": "validation solos", "pitch_nll": 2.0123456, "joint_nll": 5.5},
        "recipe": {"epochs": 3, "rate": 0.01, "dropout": {"layer": 0.3}},
        "data": f"{CITATION}; 10 solos",
        "seed": 4,
    }


def test_the_card_cites_the_data_and_shows_the_figures(meta: dict[str, Any]) -> None:
    card = format_card({"all": meta}, "")
    assert card.count(CITATION) == 2
    assert "1234 notes of the validation solos" in card
    assert "| 2.012 | nats a note | pitch" in card
    assert "2 layers of 320" in card
    assert "epochs 3, rate 0.01; dropout layer 0.3" in card


def test_a_card_is_of_all_parts_or_there_is_none(meta: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "pitch").mkdir()
    (tmp_path / "pitch" / META).write_text(json.dumps(meta))
    assert not write_card(tmp_path)
    assert not (tmp_path / CARD).exists()
    rhythm = {**meta, "figures": {"notes": 1234, "on": "validation solos", "rhythm_nll": 3.25}}
    (tmp_path / "rhythm").mkdir()
    (tmp_path / "rhythm" / META).write_text(json.dumps(rhythm))
    assert write_card(tmp_path)
    card = (tmp_path / CARD).read_text()
    assert "for pitch and an LSTM of 2 layers of 320 for rhythm" in card
    assert "| 5.262 | nats a note | all three" in card


def test_what_was_tried_is_taken_in(meta: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / META).write_text(json.dumps(meta))
    write_card(tmp_path)
    without = (tmp_path / CARD).read_text()
    (tmp_path / TRIED).write_text("## Tried\n\nA larger one.\n")
    write_card(tmp_path)
    assert "A larger one." in (tmp_path / CARD).read_text()
    assert "Tried" not in without
