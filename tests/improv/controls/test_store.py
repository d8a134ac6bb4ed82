"""The file: whole or not at all, and never an obstacle."""

from pathlib import Path

import pytest

from improv.controls.profile import Profile
from improv.controls.source import Source
from improv.controls.store import load_profile, save_profile
from improv.errors import UserError


def test_it_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "a" / "controls.json"
    profile, _ = Profile().learn("keep", [Source("CC", 20, 3), Source("NOTE", 36)])
    save_profile(profile, path)
    assert load_profile(path) == (profile, "")
    assert [file.name for file in path.parent.iterdir()] == ["controls.json"]


def test_without_a_file_all_is_as_usual(tmp_path: Path) -> None:
    assert load_profile(tmp_path / "none.json") == (Profile(), "")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"version": 9}', b'{"version": 1, "controls": {"x": []}}'],
)
def test_a_damaged_file_is_one_line_and_all_is_as_usual(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "controls.json"
    path.write_bytes(content)
    profile, told = load_profile(path)
    assert profile == Profile()
    assert told.startswith(f"the controls are as usual: {path} is damaged (")
    assert "\n" not in told
    assert path.read_bytes() == content


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    profile, told = load_profile(tmp_path)
    assert profile == Profile()
    assert "cannot read" in told
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write"):
        save_profile(Profile(), tmp_path / "file" / "controls.json")
