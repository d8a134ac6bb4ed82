"""What C libraries write stays off the screen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from improv.ports.stderr import own_stderr, quiet_stderr


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


SCREEN = """
import os, sys
from improv.ports.stderr import own_stderr
with own_stderr():
    os.write(2, b"jack chatter\\n")
    print("a word to the player", file=sys.stderr)
    print("a screen", file=sys.__stderr__, flush=True)
print("after", file=sys.stderr)
"""


def test_a_screen_is_drawn_where_libraries_do_not_write() -> None:
    done = subprocess.run([sys.executable, "-c", SCREEN], capture_output=True, text=True, check=True)
    assert done.stderr == "a word to the player\na screen\nafter\n"


def test_what_is_captured_stays_captured(capsys: pytest.CaptureFixture[str]) -> None:
    with own_stderr():
        sys.stderr.write("told\n")
    assert capsys.readouterr().err == "told\n"
