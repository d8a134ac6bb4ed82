"""The log of a take: one JSON object a line (`improv.live.lines`), appended as it is played.

Conventions: a log is never written over: where a file of its name lies already, the log goes beside it.
One thread hands each line to the system at once, so that it outlives the program; another brings it to the
disk within a second, so that it outlives the machine's power too. What a full disk does not take is kept and
tried again; that is told once, and the music goes on.
"""

import contextlib
import errno
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Thread
from typing import Any

from improv.errors import UserError
from improv.live.lines import Line, command_line, event_line, passed_line
from improv.live.lock import hold
from improv.session.commands import Command
from improv.session.events import Control, Other
from improv.session.session import SessionEvent

FORMAT = 2
READ = (1, 2)
"""Formats that can be read; the first has neither clock nor pedal."""
SYNC_EVERY = 0.5
"""Seconds between two syncs; the disk takes its time too."""
RETRY_EVERY = 2.0
"""Seconds between attempts on a disk that is full."""
KEPT_BYTES = 64_000_000
"""What waits for a disk to have room, at most; some nine hours."""
ENDING = ".jsonl"


class Journal:
    """An open log; `event`, `command`, `passed` and `lines` never block and never fail."""

    def __init__(self, path: Path, head: dict[str, Any], complain: Callable[[str], None]) -> None:
        """Begin a log. Raises OSError when it cannot be created.

        `complain` is called from the writer's thread, at most twice: when it cannot be written, and when
        it can be again.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, descriptor = _create(path)
        self._grown = _Grown(descriptor)
        self._complain = complain
        self._lines: SimpleQueue[Line | None] = SimpleQueue()
        self._lines.put({"kind": "take", "format": FORMAT, **head})
        self.failing = False
        """Whether the newest lines are not on the disk because it does not take them."""
        self._closed = Flag()
        self._sync_failed: OSError | None = None
        self._syncer = Thread(target=self._sync, name="journal to disk", daemon=True)
        self._writer = Thread(target=self._write, name="journal", daemon=True)
        self._syncer.start()
        self._writer.start()

    def event(self, event: SessionEvent) -> None:
        """Log what the session hears."""
        self._lines.put(event_line(event))

    def command(self, command: Command) -> None:
        """Log what the session wants done."""
        self._lines.put(command_line(command))

    def passed(self, event: Control | Other) -> None:
        """Log what the player does that is no note."""
        line = passed_line(event)
        if line is not None:
            self._lines.put(line)

    def lines(self, lines: Iterable[Line]) -> None:
        """Log further lines."""
        for line in lines:
            self._lines.put(line)

    def close(self) -> None:
        """Write everything, say that this is the end, and give the file back."""
        self._lines.put({"kind": "end"})
        self._lines.put(None)
        self._writer.join(5.0)

    def _write(self) -> None:
        """The writer's thread: hand every line to the system as it comes."""
        told, open_ = False, True
        tried = time.monotonic()
        while open_:
            lines, open_ = self._next_lines()
            self._grown.add(lines)
            now = time.monotonic()
            if self.failing and now - tried < RETRY_EVERY and open_:
                continue
            tried = now
            try:
                self._grown.write()
                if self._sync_failed is not None:
                    raise self._sync_failed
            except OSError as error:
                self._sync_failed, self.failing = None, True
                if not told:
                    told = True
                    why = error.strerror or error
                    self._complain(f"cannot write the log {self.path}: {why}; playing on, and trying again")
                continue
            if self.failing:
                self.failing = False
                self._complain(f"the log {self.path} goes on, and nothing is missing")
        self._closed.set()
        self._syncer.join()
        self._grown.close()

    def _sync(self) -> None:
        """The syncer's thread: a disk that takes its time must not keep lines from the system."""
        while not self._closed.wait(SYNC_EVERY):
            self._sync_once()
        self._sync_once()

    def _sync_once(self) -> None:
        try:
            self._grown.sync()
        except OSError as error:
            self._sync_failed = error

    def _next_lines(self) -> tuple[list[Line], bool]:
        """What waits to be written, and whether more can come; waits for a while where nothing does."""
        lines: list[Line] = []
        with contextlib.suppress(Empty):
            line = self._lines.get(timeout=SYNC_EVERY)
            while True:
                if line is None:
                    return lines, False
                lines.append(line)
                line = self._lines.get_nowait()
        return lines, True


class _Grown:
    """A file that grows; what it does not take waits in order."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting = bytearray()
        self._unsynced = self._given_up = False

    def add(self, lines: Iterable[Line]) -> None:
        """Append lines, so far only in memory; with too many waiting, no more are taken: a hole would lie."""
        for line in lines:
            self._given_up = self._given_up or len(self._waiting) > KEPT_BYTES
            if not self._given_up:
                self._waiting += json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n"

    def write(self) -> None:
        """Hand everything to the system. Raises OSError; what was taken until then is not written again."""
        while self._waiting:
            written = os.write(self._descriptor, self._waiting)
            del self._waiting[:written]
            self._unsynced = True

    def sync(self) -> None:
        """Wait until it is on the disk. Raises OSError."""
        if not self._unsynced:
            return
        self._unsynced = False  # before: what is written from here on is for the next time
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a pipe or device: nothing to sync
                self._unsynced = True
                raise

    def close(self) -> None:
        """Give the file back."""
        with contextlib.suppress(OSError):  # already told
            os.close(self._descriptor)


def takes_folder() -> Path:
    """Where takes are logged unless it is said otherwise."""
    from platformdirs import user_state_path

    return user_state_path("improv") / "takes"


def _create(path: Path) -> tuple[Path, int]:
    """Open a new file under the first free name: NAME, NAME-2, NAME-3, …; a device is opened as it is."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    for number in count(1):
        free = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        try:
            descriptor = os.open(free, flags | os.O_EXCL, 0o644)
        except FileExistsError:
            if free.is_file() or free.is_dir():
                continue
            return free, os.open(free, flags, 0o644)
        hold(descriptor)
        _sync_folder(free.parent)
        return free, descriptor
    raise AssertionError("numbers do not end")


def _sync_folder(folder: Path) -> None:
    """Bring a new file's name to the disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_journal(path: Path) -> Iterator[Line]:
    """The lines of a log; a last line cut short by a crash is left out.

    Raises UserError for a file that is not a log.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot read the log ({error.strerror})") from error
    yield from parse_journal(data, str(path))


def parse_journal(data: bytes, source: str) -> Iterator[Line]:
    """The lines of a log's bytes; raises UserError, which calls it `source`, for what is no log."""
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise UserError(f"{source}: cannot read the log (not text)") from error
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            if number == len(lines):  # no newline behind it: the writer was cut off here
                return
            raise UserError(f"{source}:{number}: not a line of a take's log") from error
        if not isinstance(entry, dict) or (number == 1 and entry.get("format") not in READ):
            raise UserError(f"{source}:{number}: not the log of a take")
        yield entry
