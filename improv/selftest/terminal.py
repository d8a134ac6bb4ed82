"""A terminal that nobody looks at: a program draws to it as to any other, and keys are pressed on it."""

import os
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence

ROWS, COLUMNS = 50, 160
"""A large window: the more there is to draw, the harder the test."""


class Terminal:
    """A pseudo-terminal with a program on it."""

    def __init__(self, words: Sequence[str], inherited: Sequence[int], told: Mapping[str, str]) -> None:
        """Run a Python module on a new terminal.

        Args:
            words: the module and its arguments.
            inherited: descriptors that it keeps.
            told: what is added to its environment.
        """
        import fcntl  # here, as Windows has none of the three and still lists our modules
        import pty
        import termios

        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.set_blocking(self._master, False)
        self.process = subprocess.Popen(
            [sys.executable, "-m", *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            pass_fds=inherited,
            start_new_session=True,  # Ctrl-C on the person's terminal is not for this one
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **told},
        )
        os.close(slave)
        self.drawn = 0
        """Bytes so far."""
        self.last = b""
        """The end of what was drawn, for an error."""

    def fileno(self) -> int:
        """For whoever waits until there is something to read."""
        return self._master

    def read(self) -> None:
        """Take off what was drawn; a terminal that is not read holds its program up."""
        try:
            while data := os.read(self._master, 1 << 16):
                self.drawn += len(data)
                self.last = (self.last + data)[-20000:]
        except OSError:  # nothing waits, or the program has ended
            return

    def press(self, key: bytes) -> None:
        """Press a key."""
        os.write(self._master, key)

    def close(self) -> None:
        """End the program, if it has not ended, and give the terminal back."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        os.close(self._master)
