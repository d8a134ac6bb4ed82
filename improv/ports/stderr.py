"""Keep the C libraries of ALSA and JACK from writing over the screen.

They write straight to file descriptor 2, from their own threads, whenever they like.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

STDERR = 2


@contextmanager
def quiet_stderr(log_path: Path | str = os.devnull) -> Iterator[TextIO]:
    """Point file descriptor 2 at a log (appended to) and yield a stream that is still the old one.

    Enter before the first port is opened. `sys.stderr` goes to the log too, tracebacks with it; what
    is meant for the person goes to the stream. Raises OSError when the log cannot be opened.
    """
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    _flush()
    kept = os.dup(STDERR)
    os.dup2(log, STDERR)
    os.close(log)
    try:
        with open(kept, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False) as person:
            yield person
    finally:
        _flush()
        os.dup2(kept, STDERR)
        os.close(kept)


@contextmanager
def own_stderr() -> Iterator[None]:
    """Keep libraries from file descriptor 2 as `quiet_stderr` does, and `sys.stderr` for the person.

    For a process with a screen, which is drawn on what `sys.__stderr__` is when it begins.
    """
    with quiet_stderr() as person:
        before = sys.stderr, sys.__stderr__
        if sys.stderr is sys.__stderr__:
            sys.stderr = person
        sys.__stderr__ = person  # type: ignore[misc, assignment]  # Textual draws on it
        try:
            yield
        finally:
            sys.stderr, sys.__stderr__ = before  # type: ignore[misc]


def _flush() -> None:
    if sys.stderr is not None:
        sys.stderr.flush()
