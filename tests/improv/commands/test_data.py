import hashlib
import json
import lzma
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from improv.cli import main
from improv.commands.data import DATASETS, OFFICIAL
from improv.jazz.wjazzd import CITATION, read_solos

if TYPE_CHECKING:
    from tests.improv.conftest import Row, Transcription

    MakeRow = type[Row]
    MakeSolo = type[Transcription]
    Write = Callable[[Path, Sequence[Transcription], bool], Path]


@pytest.fixture
def source(tmp_path: Path, write_wjazzd: "Write", make_row: "MakeRow", make_solo: "MakeSolo") -> Path:
    """A database as it is published."""
    solos = [make_solo(n, ["C7"] * 4, [make_row(1, 1, 1, 1, 60), make_row(1, 2, 1, 1, 62)]) for n in (1, 2)]
    return write_wjazzd(tmp_path / "published.db", solos, True)


def refusal(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("improv: ")
    assert printed.err.count("\n") == 1
    return printed.err


def test_it_lists_what_there_is_with_its_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data"]) == 0
    printed = capsys.readouterr().out
    assert f"improv data wjazzd --from {OFFICIAL}" in printed
    assert "Open Database License 1.0" in printed
    assert main(["data", "--json"]) == 0
    assert [entry["name"] for entry in json.loads(capsys.readouterr().out)] == list(DATASETS)


def test_fetched_it_says_where_it_is_and_what_may_be_done_with_it(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "to"
    words = ["data", "wjazzd", "--from", str(source), "-o", str(folder)]
    assert main(words) == 0
    printed = capsys.readouterr()
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    assert printed.err == "", "progress is for terminals"
    for told in (
        f"saved to {folder / 'wjazzd.db'}",
        "2 solos, 4 notes",
        digest,
        "Open Database License 1.0",
        CITATION,
        f"next: improv train jazz {folder}",
    ):
        assert told in printed.out, told
    assert sorted(path.name for path in folder.iterdir()) == ["wjazzd.db", "wjazzd.db.json"]
    assert (folder / "wjazzd.db").read_bytes() == source.read_bytes()
    about = json.loads((folder / "wjazzd.db.json").read_text())
    assert (about["sha256"], about["source"], about["solos"]) == (digest, str(source), 2)
    assert read_solos(folder) == read_solos(source)

    assert main([*words, "--json", "--sha256", digest.upper()]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["new"], again["sha256"], again["notes"]) == (False, digest, 4)


def test_a_packed_one_keeps_that_name(source: Path, tmp_path: Path) -> None:
    packed = tmp_path / "whatever"
    packed.write_bytes(lzma.compress(source.read_bytes()))
    assert main(["data", "wjazzd", "--from", str(packed), "-o", str(tmp_path / "to")]) == 0
    assert (tmp_path / "to" / "wjazzd.db.xz").is_file()
    assert read_solos(tmp_path / "to") == read_solos(source)


def test_without_a_folder_it_is_put_under_data(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["data", "wjazzd", "--from", str(source)]) == 0
    assert (tmp_path / "data" / "wjazzd" / "wjazzd.db").is_file()


@pytest.mark.parametrize("content", [b"<html>moved</html>", b"", b"SQLite format 3\x00" + b"\xff" * 200])
def test_what_is_no_database_is_not_kept(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "page.db"
    source.write_bytes(content)
    folder = tmp_path / "to"
    error = refusal(["data", "wjazzd", "--from", str(source), "-o", str(folder)], capsys)
    assert f"{source}: not the Weimar Jazz Database; nothing was kept" in error
    assert list(folder.iterdir()) == []


def test_another_checksum_than_the_one_asked_for_is_refused(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "to"
    words = ["data", "wjazzd", "--from", str(source), "-o", str(folder)]
    assert "nothing was kept" in refusal([*words, "--sha256", "0" * 64], capsys)
    assert list(folder.iterdir()) == []
    assert "64 hexadecimal digits" in refusal([*words, "--sha256", "abc"], capsys)
    assert main(words) == 0
    assert "is another file; move it away" in refusal([*words, "--sha256", "0" * 64], capsys)
    assert (folder / "wjazzd.db").is_file()


def test_what_there_is_not_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean 'wjazzd'?" in refusal(["data", "wjazd"], capsys)
    assert f"--from {OFFICIAL}" in refusal(["data", "wjazzd"], capsys)
    words = ["data", "wjazzd", "--from", str(tmp_path / "nowhere"), "-o", str(tmp_path / "to")]
    assert "nowhere: cannot read it" in refusal(words, capsys)
