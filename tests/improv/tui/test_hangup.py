"""Terminals that go away while an app is on them."""

import os
import select
import signal
import struct
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from improv.live.journal import read_journal
from improv.tui.hangup import hung_up

pty = pytest.importorskip("pty", reason="no terminals of this kind here")
fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")

LEADER = """
import os, signal, subprocess, sys
signal.signal(signal.SIGHUP, lambda *_: None)  # it alone is told, and waits for who is not
with open(sys.argv[1], "w") as told:
    child = subprocess.Popen(sys.argv[2:])
    print(child.pid, file=told, flush=True)
    print(child.wait(), file=told, flush=True)
"""


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of one; the near end is closed afterwards."""
    far, near = pty.openpty()
    yield far, near
    os.close(near)


def test_a_terminal_that_goes_is_noticed_and_one_that_stays_is_not(terminal: tuple[int, int]) -> None:
    far, near = terminal
    found: list[bool] = []
    over = threading.Event()
    watching = threading.Thread(target=lambda: found.append(hung_up(near, over)))
    watching.start()
    time.sleep(0.1)
    assert found == []
    os.close(far)
    watching.join(5)
    assert found == [True]


def test_an_app_that_is_over_is_watched_no_longer(terminal: tuple[int, int]) -> None:
    far, near = terminal
    over = threading.Event()
    over.set()
    assert not hung_up(near, over)
    assert not hung_up(None, threading.Event())
    os.close(far)


@pytest.mark.parametrize("words", ["play", "text --ui"])
def test_an_app_whose_terminal_goes_ends_though_nobody_tells_it(tmp_path: Path, words: str) -> None:
    told = tmp_path / "told"
    homes = {f"XDG_{name}_HOME": str(tmp_path) for name in ("CONFIG", "DATA", "STATE")}
    program = [sys.executable, "-c", LEADER, str(told), sys.executable, "-m", "improv", *words.split()]
    pid, far = pty.fork()
    if pid == 0:
        os.execve(sys.executable, program, {**os.environ, **homes, "TERM": "xterm-256color"})
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    read_until(far, b"\x1b[?1049h")  # it has the screen
    read_for(far, 1.5)
    os.write(far, b" ")  # on the stage a take begins
    read_for(far, 1.0)
    assert len(told.read_text().split()) == 1, "it runs"
    os.close(far)
    deadline = time.monotonic() + 15
    while len(told.read_text().split()) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    number, *code = told.read_text().split()
    if not code:
        os.kill(int(number), signal.SIGKILL)
    os.waitpid(pid, 0)
    assert code, "it did not end"
    for log in tmp_path.glob("improv/takes/*.jsonl"):
        assert list(read_journal(log))[-1] == {"kind": "end"}
    assert any(tmp_path.glob("improv/takes/*.jsonl")) == (words == "play")


def read_until(fd: int, wanted: bytes) -> None:
    """Read a terminal until it was sent something."""
    shown = b""
    while wanted not in shown:
        try:
            shown += os.read(fd, 65536)
        except OSError:
            raise AssertionError(shown.decode()) from None


def read_for(fd: int, seconds: float) -> None:
    """Read what is drawn, for a while."""
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        if select.select([fd], [], [], 0.1)[0]:
            os.read(fd, 65536)
