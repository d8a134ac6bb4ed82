"""`improv selftest`, as far as it goes without a MIDI system; with one: `tests/improv/selftest`."""

import sys

import pytest

from improv.cli import main
from improv.commands.selftest import SABOTAGES
from improv.ports import rtmidi
from improv.selftest import sabotage
from improv.selftest.checks import NAMES


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--seconds", "1"], "--seconds 1: 5 or more"),
        (["--seconds", "inf"], "--seconds inf"),
        (["--seconds", "nan"], "--seconds nan"),
        (["--sabotage", "jiter"], "did you mean 'jitter'"),
        (["--api", "core" if sys.platform != "darwin" else "alsa"], "does not exist on this system"),
    ],
)
def test_bad_input_is_one_line(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", *words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert says in told.err


def test_a_machine_without_midi_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rtmidi, "APIS", {"jack": rtmidi.APIS["jack"]})
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "improv-no-such-server")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    assert main(["selftest", "--seconds", "5"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("improv: no MIDI system answers; ")
    assert told.err.count("\n") == 1


def test_the_command_knows_every_sabotage() -> None:
    assert set(SABOTAGES) == set(sabotage.SABOTAGES)
    assert {check for _, check in sabotage.SABOTAGES.values()} <= set(NAMES)
