import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from improv.cli import main

if TYPE_CHECKING:
    from tests.improv.conftest import Row, Transcription

    MakeRow = type[Row]
    MakeSolo = type[Transcription]
    Write = Callable[[Path, Sequence[Transcription], bool], Path]

KEYS = {"notes", "pitch_nll", "pitch_top1", "pitch_top3", "rhythm_nll", "rhythm_top1", "joint_nll"}


@pytest.fixture
def data(tmp_path: Path, write_wjazzd: "Write", make_row: "MakeRow", make_solo: "MakeSolo") -> Path:
    """Two made-up solos of 8 and 4 notes."""
    chords = ["F7"] * 4
    first = [make_row(1, 1 + k // 2, 1 + k % 2, 2, 65 + k) for k in range(8)]
    second = [make_row(1, 1 + k, 1, 1, 72 - k) for k in range(4)]
    return write_wjazzd(
        tmp_path / "wjazzd.db", [make_solo(5, chords, first), make_solo(6, chords, second)], True
    )


def figures(words: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    capsys.readouterr()
    assert main(["evaluate", "jazz", *words, "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.out.count("\n") == 1, "one JSON object and nothing else"
    found: dict[str, float] = json.loads(printed.out)
    return found


def test_the_shipped_model_is_measured_on_all_solos_or_on_some(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    everything = figures([str(data)], capsys)
    assert everything.keys() >= KEYS
    assert everything["notes"] == 12
    ids = tmp_path / "ids.json"
    parts = []
    for melid in (5, 6):
        ids.write_text(f"[{melid}]")
        parts.append(figures([str(data), "--solos", str(ids)], capsys))
    assert [part["notes"] for part in parts] == [8, 4]
    for name in KEYS - {"notes"}:
        assert everything[name] == pytest.approx((8 * parts[0][name] + 4 * parts[1][name]) / 12, abs=1e-5)
    assert everything["joint_nll"] == pytest.approx(
        everything["pitch_nll"] + everything["rhythm_nll"], abs=1e-5
    )
    assert 0 <= everything["pitch_top1"] <= everything["pitch_top3"] <= 1


def test_for_people_it_is_a_table(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "jazz", str(data)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["notes", "12"]
    assert {line.split()[0] for line in lines} >= KEYS


@pytest.mark.parametrize("content", [None, "{", "[]", "[5, 99]", '{"a": [1], "b": [2]}'])
def test_bad_ids_are_one_line_with_the_file_or_the_solo(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    ids = tmp_path / "ids.json"
    if content is not None:
        ids.write_text(content)
    assert main(["evaluate", "jazz", str(data), "--solos", str(ids), "--json"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert "ids.json" in printed.err or "no solo 99" in printed.err


def test_a_bad_database_and_a_bad_model_are_one_line(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, told in (
        ([str(tmp_path / "nowhere")], "nowhere"),
        ([str(Path(__file__))], "not the Weimar Jazz Database"),
        ([str(data), "--model", str(tmp_path)], "not a checkpoint"),
    ):
        capsys.readouterr()
        assert main(["evaluate", "jazz", *words]) == 2
        printed = capsys.readouterr()
        assert printed.err.startswith("improv: ")
        assert printed.err.count("\n") == 1
        assert told in printed.err
