"""What C libraries write stays off the screen."""

import os
import sys
from pathlib import Path

import pytest

from improv.ports.stderr import quiet_stderr


def test_chatter_goes_to_the_log_and_our_words_to_the_person(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log"
    with quiet_stderr(log) as person:
        os.write(2, b"jack chatter\n")
        print("a word to the player", file=person)
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "a word to the player\nafter\n"
    assert log.read_text() == "jack chatter\n"


def test_an_error_inside_leaves_things_as_they_were(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), quiet_stderr():
        raise KeyError
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_nested_logs_each_take_their_own(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    outer, inner = tmp_path / "outer", tmp_path / "inner"
    with quiet_stderr(outer):
        with quiet_stderr(inner):
            os.write(2, b"deep\n")
        os.write(2, b"less\n")
    assert (outer.read_text(), inner.read_text()) == ("less\n", "deep\n")
    assert capfd.readouterr().err == ""
    assert sys.stderr is not None
