"""`improv controls`."""

import json
from pathlib import Path

import pytest

from improv.cli import main
from improv.controls.store import profile_path
from improv.controls.table import CONTROLS


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("improv.controls.store.profile_path", lambda: tmp_path / "controls.json")
    monkeypatch.setattr("improv.commands.controls.profile_path", lambda: tmp_path / "controls.json")
    return tmp_path / "controls.json"


def test_a_session_of_it(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["controls"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(CONTROLS)
    assert not place.exists(), "looking changes nothing"
    assert main(["controls", "set", "panic=cc66,note36@10", "swing=CC74"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "panic is CC66, NOTE36@10 now; it was mark",
        "swing is CC74 now",
    ]
    assert main(["controls", "list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["panic"]["sources"] == ["CC66", "NOTE36@10"]
    assert (told["mark"]["sources"], told["mark"]["chosen"]) == ([], False)
    assert main(["controls", "forget", "swing"]) == 0
    assert main(["controls", "reset", "panic"]) == 0
    assert capsys.readouterr().out.splitlines() == ["swing is - now", "panic is CC120 now"]
    assert main(["controls", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["mark"]["sources"] == ["CC66"]
    assert main(["controls", "reset"]) == 0
    assert json.loads(place.read_text()) == {"version": 1, "controls": {}}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["set", "panik=CC20"], "did you mean 'panic'"),
        (["set", "panic"], "say which message, as in panic=CC20"),
        (["set", "panic=CC20", "mark=XX3"], "'XX3' is no message"),
        (["set", "swing=PC3"], "swing is turned"),
        (["set"], "NAME=CC20"),
        (["forget", "zzz"], "no control 'zzz'"),
        (["list", "zzz"], "no control 'zzz'"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(
    place: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["controls", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err
    assert not place.exists()


def test_a_damaged_file_is_told_kept_and_can_be_reset(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place.write_text("{")
    assert main(["controls"]) == 0
    out, err = capsys.readouterr()
    assert "damaged" in err
    assert "mark" in out
    assert main(["controls", "set", "mark=CC20"]) == 2
    assert place.read_text() == "{"
    assert main(["controls", "reset"]) == 0
    assert json.loads(place.read_text())["controls"] == {}


def test_the_file_is_the_user_s() -> None:
    assert profile_path().name == "controls.json"
