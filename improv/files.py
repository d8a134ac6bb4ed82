"""Files written whole or not at all."""

import contextlib
import os
from pathlib import Path

from improv.errors import UserError


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a reader finds the old one or the new one, never a part.

    A path that exists and is no plain file (a pipe, a device) is written to directly.

    Raises:
        UserError: it cannot be written; what was there is unharmed.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        target = path.resolve()  # through a link, so that the link stays one
        beside = target.with_name(f".{target.name}.{os.getpid()}.part")
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise UserError(f"cannot write {path}: {error.strerror or error}") from None


def check_writable(path: Path) -> None:
    """See, before long work, that a file can be written there later.

    Raises:
        UserError: its folder does not exist or may not be written to, or it is a folder itself.
    """
    try:
        folder = path.resolve().parent
        if path.is_dir():
            raise UserError(f"cannot write {path}: it is a folder")
        if not folder.is_dir():
            raise UserError(f"cannot write {path}: there is no folder {folder}")
        if not os.access(path if path.exists() else folder, os.W_OK):
            raise UserError(f"cannot write {path}: permission denied")
    except (OSError, RuntimeError) as error:  # a name too long, a link to itself
        raise UserError(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from None
