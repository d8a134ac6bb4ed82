"""Charts by name or by file: those that ship, and those a player has written.

Conventions: a chart that ships is `improv/charts/NAME.txt`; a word with a path separator or a file's
ending, or that names a file, is a path.
"""

from importlib.resources import files
from pathlib import Path

from grammar.chart import Chart, ChartError, parse_chart
from improv.errors import UserError, suggest

ENDING = ".txt"
MAXIMUM_BYTES = 1_000_000
"""Larger files are no charts."""


def chart_names() -> list[str]:
    """The names of the charts that ship, sorted."""
    folder = files("improv").joinpath("charts")
    return sorted(
        entry.name.removesuffix(ENDING) for entry in folder.iterdir() if entry.name.endswith(ENDING)
    )


def load_chart(name_or_path: str) -> Chart:
    """The chart that ships under a name, or that a file holds.

    A name wins over a file without an ending of the same name.

    Raises:
        UserError: no such chart or file, a file that is no text, or a chart that is not understood.
    """
    names = chart_names()
    if name_or_path in names:
        name = name_or_path + ENDING
        return _parse(files("improv").joinpath("charts", name).read_bytes(), name)
    if not name_or_path.strip():
        raise UserError("no chart named; `improv charts` lists those that ship")
    try:
        path = Path(name_or_path).expanduser()
        is_file, is_folder = path.is_file(), path.is_dir()
    except (OSError, RuntimeError) as error:  # a name too long, nobody's home
        why = getattr(error, "strerror", None) or error
        raise UserError(f"no chart {name_or_path!r}: {why}") from None
    if is_file:
        return _parse(_read(path), str(path))
    if is_folder:
        raise UserError(f"{name_or_path} is a folder; name a chart's file, or one that `improv charts` lists")
    if path.suffix or len(path.parts) > 1:
        raise UserError(f"no chart file {name_or_path!r}{suggest(path.stem, names)}")
    hint = suggest(name_or_path, names) or "; `improv charts` lists those that ship"
    raise UserError(f"no chart {name_or_path!r}{hint}")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None


def _parse(data: bytes, source: str) -> Chart:
    if len(data) > MAXIMUM_BYTES or b"\0" in data:
        raise UserError(f"{source} is not a chart: a chart is plain text, as `improv charts blues-f` shows")
    try:
        return parse_chart(data.decode("utf-8"), source)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UserError(f"{source}:{line}: not UTF-8 text; save the chart as plain text in UTF-8") from None
    except ChartError as error:
        raise UserError(str(error)) from None
