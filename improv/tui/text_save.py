"""The files that kept texts go to."""

from pathlib import Path

from improv.errors import UserError
from improv.files import write_whole
from improv.tui.text_events import Exists, NotSaved, Saved, Store
from improv.tui.text_state import Piece, kept_text

ENDING = ".txt"


def suggested(pieces: tuple[Piece, ...], folder: Path) -> str:
    """A file's name that is free in a folder, after the model that wrote the last text."""
    stem = pieces[-1].name if pieces else "text"
    names = (f"{stem}{number}{ENDING}" for number in ("", *(f"-{count}" for count in range(2, 1000))))
    return next((name for name in names if not _there(folder / name)), stem + ENDING)


def store(command: Store, folder: Path) -> Exists | Saved | NotSaved:
    """Write the texts, whole or not at all; a file that is there is overwritten only when told to."""
    try:
        path = folder / Path(command.name).expanduser()
        if path.is_dir():
            raise UserError(f"{command.name} is a folder: name a file in it")
        if not command.overwrite and _there(path):
            return Exists(command.name)
        write_whole(path, kept_text(command.pieces).encode())
    except UserError as error:
        return NotSaved(" ".join(str(error).splitlines()))
    except (OSError, RuntimeError, ValueError) as error:  # a name too long, nobody's home, a null
        why = getattr(error, "strerror", None) or error
        return NotSaved(f"cannot write {command.name}: {why}")
    return Saved(command.pieces, command.name)


def _there(path: Path) -> bool:
    return path.exists() or path.is_symlink()
