import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.errors import UserError
from improv.jazz.solos import SPLIT, read_ids, read_split
from improv.jazz.wjazzd import Solo


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ids.json"


def test_a_list_is_read_in_its_order(path: Path) -> None:
    path.write_text("[17, 5]")
    assert read_ids(path) == [17, 5]


def test_of_named_lists_the_validation_is_read_or_the_one_asked_for(path: Path) -> None:
    path.write_text('{"train": [1, 2], "validation": [3], "note": "x"}')
    assert read_ids(path) == [3]
    assert read_ids(path, "train") == [1, 2]


def test_a_single_named_list_needs_no_name(path: Path) -> None:
    path.write_text('{"heldout": [4]}')
    assert read_ids(path) == [4]


def test_an_unknown_list_names_those_there_are(path: Path) -> None:
    path.write_text('{"train": [1], "validatoin": [2]}')
    with pytest.raises(UserError, match=r"did you mean 'validatoin'.*it has train, validatoin"):
        read_ids(path)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", "3", '"x"', "null", "[true]", "[1.0]", '["1"]', '{"validation": []}']
)
def test_what_holds_no_ids_is_one_line_with_the_file(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        read_ids(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_binary_missing_and_bottomless_files_are_one_line(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="cannot read ids"):
        read_ids(path)
    with pytest.raises(UserError, match="cannot read ids \\(No such file"):
        read_ids(tmp_path / "nowhere.json")
    with pytest.raises(UserError, match="cannot read ids \\(Is a directory"):
        read_ids(tmp_path)
    path.write_text("[" * 100_000)
    with pytest.raises(UserError, match="cannot read ids"):
        read_ids(path)


@given(st.lists(st.integers(1, 500), min_size=6, unique=True))
def test_without_a_split_every_tenth_solo_validates(melids: list[int]) -> None:
    split = read_split(Path("nowhere"), melids)
    assert sorted(split.train + split.validation) == sorted(melids)
    assert not set(split.train) & set(split.validation)
    assert split.validation == melids[5::10]


def test_a_split_beside_the_data_is_used(tmp_path: Path) -> None:
    (tmp_path / SPLIT).write_text('{"train": [1, 2], "validation": [3]}')
    for data in (tmp_path, tmp_path / "wjazzd.db"):
        split = read_split(data, [1, 2, 3, 4])
        assert (split.train, split.validation, split.source) == ([1, 2], [3], SPLIT)


@pytest.mark.parametrize(
    "text", ['{"train": [1]}', '{"validation": [1]}', "[1, 2]", "{", '{"train": [], "validation": []}']
)
def test_a_split_needs_both_its_lists(tmp_path: Path, text: str) -> None:
    """One list must not be taken for both: a model would be validated on what it learned."""
    (tmp_path / SPLIT).write_text(text)
    with pytest.raises(UserError, match=SPLIT):
        read_split(tmp_path, [1, 2])


@pytest.mark.data
def test_the_real_split_is_read_and_names_every_solo_once(
    split_path: Path, all_solos: dict[int, Solo]
) -> None:
    split = read_split(split_path.parent, sorted(all_solos))
    assert (len(split.train), len(split.validation)) == (376, 41)
    assert sorted(split.train + split.validation) == sorted(all_solos)
    assert read_ids(split_path) == json.loads(split_path.read_text())["validation"]
