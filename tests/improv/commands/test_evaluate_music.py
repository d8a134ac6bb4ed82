import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grammar.changes import changes_from_beats
from grammar.chords import parse_chord
from improv.channels import IMPROV
from improv.cli import main
from improv.measures.figures import MEASURES
from improv.measures.overlap import FEATURES
from improv.midifile import FileNote, Track, write_midi

if TYPE_CHECKING:
    from tests.improv.conftest import Row, Transcription

    MakeRow = type[Row]
    MakeSolo = type[Transcription]
    Write = Callable[[Path, Sequence[Transcription], bool], Path]


@pytest.fixture
def data(tmp_path: Path, write_wjazzd: "Write", make_row: "MakeRow", make_solo: "MakeSolo") -> Path:
    """A folder with four solos of four bars, one to train on and three to validate on."""
    solos = []
    for melid in (5, 6, 7, 8):
        rows = [make_row(1 + k // 4, 1 + k % 4, 1, 1, 60 + k * (melid - 4) % 13) for k in range(16)]
        solos.append(make_solo(melid, ["F7"] * 8 + ["C7"] * 8, rows))
    write_wjazzd(tmp_path / "wjazzd.db", solos, True)
    (tmp_path / "split.json").write_text('{"train": [5], "validation": [6, 7, 8]}')
    return tmp_path


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two files of four bars."""
    changes = changes_from_beats([parse_chord("F7")] * 8 + [parse_chord("C7")] * 8, 4)
    names = []
    for step in (1, 2):
        notes = tuple(FileNote(24 * k, 60 + step * k % 12, 20, 80) for k in range(16))
        names.append(str(tmp_path / f"{step}.mid"))
        write_midi(
            names[-1], [Track("improv", IMPROV, None, notes)], tempo=150, meter=4, changes=changes, ticks=384
        )
    return names


def test_the_json_has_all_measures_of_both_sets_and_all_overlaps(
    data: Path, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "music", *files, "--against", str(data), "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.out.count("\n") == 1
    found = json.loads(printed.out)
    assert found["figures"].keys() == {"real", "generated"}
    assert {each["pieces"] for each in found["figures"].values()} == {3, 2}
    for figures in found["figures"].values():
        assert figures.keys() == {"pieces", *MEASURES}
    for areas in found["overlap"].values():
        assert areas.keys() == FEATURES.keys()
    assert found["overlap"].keys() == {"real", "generated"}


def test_for_people_it_is_a_table_and_a_page(
    data: Path, files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, begins in (("page.svg", "<svg"), ("page.html", "<!DOCTYPE html>")):
        page = tmp_path / name
        words = ["evaluate", "music", *files, "--against", str(data), "--bars", "2", "--page", str(page)]
        assert main(words) == 0
        assert page.read_text("utf-8").startswith(begins)
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 2 + len(MEASURES) + len(FEATURES)


def test_which_solos_can_be_said_and_they_are_not_copied_from(
    data: Path, files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = tmp_path / "ids.json"
    ids.write_text("[5, 6]")
    words = ["evaluate", "music", *files, "--against", str(data), "--solos", str(ids), "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["figures"]["real"]["pieces"] == 2
    assert found["figures"]["real"]["copied"] is None


def test_what_is_wrong_is_told_in_one_line(
    data: Path, files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = tmp_path / "ids.json"
    ids.write_text("[6, 99]")
    one = tmp_path / "one.json"
    one.write_text("[6]")
    against = ["--against", str(data)]
    for words, told in (
        ([str(tmp_path / "none.mid"), *against], "none.mid"),
        ([str(ids), *against], "not a MIDI file"),
        ([*files, "--against", str(tmp_path / "nowhere")], "nowhere"),
        ([*files, *against, "--solos", str(ids)], "no solo 99"),
        ([*files, *against, "--solos", str(one)], "two real solos"),
        ([*files, *against, "--bars", "1"], "--bars 1"),
        ([*files, *against, "--page", str(tmp_path / "page.pdf")], ".svg or .html"),
        ([*files, *against, "--page", str(tmp_path / "no" / "page.svg")], "no folder"),
        (files, "--against"),
    ):
        capsys.readouterr()
        assert main(["evaluate", "music", *words]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.count("\n") == 1
        assert told in printed.err


def test_continuations_are_asked_about(
    tmp_path: Path,
    write_wjazzd: "Write",
    make_row: "MakeRow",
    make_solo: "MakeSolo",
    capsys: pytest.CaptureFixture[str],
) -> None:
    solos = []
    for melid in range(1, 5):
        rows = [make_row(1 + k // 2, 1 + k % 2, 1, 1, 60 + melid * k % 13) for k in range(32)]
        solos.append(make_solo(melid, ["F7"] * 64, rows))
    data = write_wjazzd(tmp_path / "wjazzd.db", solos, True)
    assert main(["evaluate", "continuation", str(data), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["questions"] == 4
    assert 0 <= found["continuation"] <= 1
    ids = tmp_path / "ids.json"
    ids.write_text("[1, 2]")
    assert main(["evaluate", "continuation", str(data), "--solos", str(ids)]) == 2
    assert "nothing to ask" in capsys.readouterr().err
