import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.errors import UserError
from improv.text.model import KNOWN, LEXICON, beside, hashes_of, lexicon_of, line_hash, load_text

MakeModel = Callable[..., Path]


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_model_of_any_cell_is_read_and_steps(make_model: MakeModel, cell: str) -> None:
    model = load_text(make_model(cell=cell))
    network = model.network()
    network.step((1,))
    logits = network.logits("char", (), (0,))
    assert logits.shape == (model.alphabet.size,)
    assert np.isfinite(logits).all()
    assert model.spec.cell == cell


def test_what_it_learned_from_is_known_again(make_model: MakeModel) -> None:
    model = load_text(make_model())
    assert model.known("Anna")
    assert model.known("  anna! ")
    assert not model.known("Annabella")
    assert model.lexicon["anna"] == 1


def test_a_model_without_a_lexicon_knows_nothing_and_writes_on(make_model: MakeModel) -> None:
    folder = make_model()
    (folder / LEXICON).unlink()
    (folder / "known.npy").unlink()
    model = load_text(folder)
    assert not model.known("Anna")
    assert model.lexicon == {}


@pytest.mark.parametrize("name", ["dino", "sonets", "Shakespear"])
def test_a_typo_suggests_the_model_that_was_meant(name: str) -> None:
    with pytest.raises(UserError, match="did you mean"):
        load_text(name)


def test_a_folder_that_is_no_model_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"not a checkpoint \(No such file") as caught:
        load_text(tmp_path)
    assert "\n" not in str(caught.value)
    with pytest.raises(UserError, match="no text model"):
        load_text(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"kind": "jazz"}, "kind"),
        ({"characters": "\nab"}, "shape"),
        ({"unit": "verse"}, "unit"),
        ({"spec": {}}, "damaged"),
        ({"characters": None}, "shape"),
    ],
)
def test_a_damaged_meta_is_one_clear_line(
    make_model: MakeModel, change: dict[str, object], complaint: str
) -> None:
    folder = make_model()
    meta = json.loads((folder / "meta.json").read_text())
    (folder / "meta.json").write_text(json.dumps({**meta, **change}))
    with pytest.raises(UserError, match=complaint):
        load_text(folder)


@given(st.text("ab c'.", max_size=40))
def test_a_line_is_known_but_for_case_spaces_and_punctuation(line: str) -> None:
    assert line_hash(line) == line_hash(f"  {line.upper()}!")
    assert line_hash(line + "d") != line_hash(line)


def test_hashes_are_sorted_and_few() -> None:
    found = hashes_of("b\na\n\na\nB!\n")
    assert len(found) == 2
    assert (np.sort(found) == found).all()


def test_a_lexicon_begins_with_the_commonest() -> None:
    assert list(lexicon_of("we came and we went, and we played").items())[:2] == [("we", 3), ("and", 2)]


def test_what_the_start_knew_is_known_too(make_model: MakeModel) -> None:
    start = load_text(make_model("Anna\nBertha\n"))
    files = beside("Carla\nBertha\n", start)
    assert files[LEXICON].decode() == "bertha 2\nanna 1\ncarla 1\n"
    known = np.load(io.BytesIO(files[KNOWN]))
    assert known.tolist() == sorted(line_hash(name) for name in ("Anna", "Bertha", "Carla"))
