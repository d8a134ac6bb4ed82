from pathlib import Path

import pytest

from improv.text.writer import WriteOptions
from improv.tui.text_events import Exists, NotSaved, Saved, Store
from improv.tui.text_save import store, suggested
from improv.tui.text_state import Piece

PIECES = (Piece("dinos", WriteOptions(), "Rex\n"), Piece("my/plays/", WriteOptions(), "Éxeunt\nall\n"))


def test_a_new_file_is_written_in_utf_8(tmp_path: Path) -> None:
    assert store(Store(PIECES, "new.txt", False), tmp_path) == Saved(PIECES, "new.txt")
    assert (tmp_path / "new.txt").read_bytes() == "Rex\n\nÉxeunt\nall\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["new.txt"]


def test_a_file_that_is_there_is_overwritten_only_when_told_to(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("old")
    assert store(Store(PIECES, "old.txt", False), tmp_path) == Exists("old.txt")
    assert (tmp_path / "old.txt").read_text() == "old"
    assert store(Store(PIECES, "old.txt", True), tmp_path) == Saved(PIECES, "old.txt")
    assert (tmp_path / "old.txt").read_text("utf-8").startswith("Rex")


@pytest.mark.parametrize(
    "name", [".", "nowhere/a.txt", "a" * 300, "a\0b", "~nobody-of-that-name/a", "a\nb/c"]
)
def test_what_cannot_be_written_is_told_in_a_line(tmp_path: Path, name: str) -> None:
    failed = store(Store(PIECES, name, True), tmp_path)
    assert isinstance(failed, NotSaved)
    assert failed.why
    assert len(failed.why.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_suggestion_is_free_and_after_the_model(tmp_path: Path) -> None:
    assert suggested(PIECES[:1], tmp_path) == "dinos.txt"
    assert suggested(PIECES, tmp_path) == "plays.txt"
    (tmp_path / "dinos.txt").touch()
    (tmp_path / "dinos-2.txt").symlink_to("nowhere")
    assert suggested(PIECES[:1], tmp_path) == "dinos-3.txt"
