"""The takes of a whole session as MIDI files: what `--record` writes when it is over, from its logs."""

from collections.abc import Sequence
from pathlib import Path

from improv.files import write_whole
from improv.takes.folder import read_log
from improv.takes.midi import take_bytes
from improv.takes.take import Take


def write_recordings(path: Path, logs: Sequence[Path]) -> list[Path]:
    """Write the takes of a session's logs, the oldest first; it has several if an engine was started again.

    As `write_takes`; raises UserError for a log that cannot be read, too.
    """
    return write_takes(path, [take for log in logs for take in read_log(log)])


def write_takes(path: Path, takes: Sequence[Take]) -> list[Path]:
    """Write every take in which somebody plays: the first to `path`, the next beside it as NAME-2, ….

    Where nobody plays in any, the first is written all the same. What was kept after the fact is part of
    them, and has no file of its own.

    Returns where they went. Raises UserError where one cannot be written.
    """
    whole = [take for take in takes if not take.kept]
    played = [take for take in whole if not take.silent] or whole[:1]
    paths = [path if i == 1 else path.with_stem(f"{path.stem}-{i}") for i in range(1, len(played) + 1)]
    for where, take in zip(paths, played, strict=True):
        write_whole(where, take_bytes(take))
    return paths
