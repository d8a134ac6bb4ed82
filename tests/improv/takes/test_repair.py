"""A log that was cut off at any byte, whatever lies behind the cut, is made whole up to its last line."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from improv.errors import UserError
from improv.live.journal import Journal, parse_journal
from improv.takes.folder import append, read_log, recover
from improv.takes.read import read_takes
from improv.takes.repair import is_closed, repaired

if TYPE_CHECKING:
    from tests.improv.takes.conftest import Log

fixtures = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
behind = st.one_of(
    st.just(b""),
    st.integers(1, 5000).map(bytes),
    st.binary(max_size=40),
    st.just(b'{"kind":\n'),
    st.just(b"3\n"),
)


def data_of(log: "Log", end: bool = True) -> bytes:
    lines = [*log.lines, *([{"kind": "end"}] if end else [])]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


@fixtures
@given(data=st.data(), garbage=behind)
def test_a_log_cut_at_any_byte_is_made_whole(night: "Log", data: st.DataObject, garbage: bytes) -> None:
    whole = data_of(night)
    cut = data.draw(st.integers(0, len(whole) - 1))
    torn = whole[:cut] + garbage
    mended = repaired(torn)
    ends = [i + 1 for i, byte in enumerate(whole[:cut]) if byte == ord("\n")]
    if not ends:
        assert mended.lines == 0
        return
    assert mended.data.startswith(whole[: ends[-1]]), "every line that was whole is kept"
    assert mended.lines >= len(ends)
    assert is_closed(mended.data)
    assert repaired(mended.data).data == mended.data
    assert len(torn) - mended.dropped <= len(mended.data)
    lines = list(parse_journal(mended.data, "night"))
    takes = read_takes(lines, "night", "night")
    before = read_takes(list(parse_journal(whole[: ends[-1]], "night")), "night", "night")
    if mended.lines == len(ends):
        assert [take.notes for take in takes] == [take.notes for take in before]


def test_a_whole_log_stays_as_it_is(night: "Log") -> None:
    whole = data_of(night)
    mended = repaired(whole)
    assert (mended.data, mended.dropped) == (whole, 0)


def test_on_the_disk(night: "Log", tmp_path: Path) -> None:
    """What was there stays beside it; a second time there is nothing to do."""
    whole = data_of(night, end=False)
    path = tmp_path / "night.jsonl"
    path.write_bytes(whole + b'{"kind":"ev')
    assert read_log(path)[0].setting.ending == "cut off"
    done = recover(path)
    assert done is not None
    assert (done.takes, done.dropped, done.seconds) == (1, 11, 10)
    assert (tmp_path / "night.jsonl.torn").read_bytes() == whole + b'{"kind":"ev'
    (take,) = read_log(path)
    assert take.setting.ending == "recovered"
    assert take.notes == night.takes()[0].notes
    assert recover(path) is None

    path.write_bytes(whole + b"\0" * 4096)
    assert recover(path) is not None
    assert (tmp_path / "night.jsonl.torn2").exists(), "nothing that was torn is written over"


def test_a_line_without_its_newline_is_not_glued_to_the_next(night: "Log", tmp_path: Path) -> None:
    path = tmp_path / "night.jsonl"
    path.write_bytes(data_of(night)[:-1])
    assert recover(path) is not None
    assert read_log(path)[0].notes == night.takes()[0].notes


def test_nothing_can_be_had_back_of_half_a_head(tmp_path: Path) -> None:
    path = tmp_path / "night.jsonl"
    path.write_bytes(b'{"kind":"take","form')
    with pytest.raises(UserError, match="nothing to recover"):
        recover(path)
    assert path.read_bytes() == b'{"kind":"take","form'


def test_a_log_that_is_being_played_is_left_alone(night: "Log", tmp_path: Path) -> None:
    head = {name: value for name, value in night.lines[0].items() if name not in ("kind", "format")}
    journal = Journal(tmp_path / "night.jsonl", head, pytest.fail)
    journal.lines(night.lines[1:])
    path = tmp_path / "night.jsonl"
    while not path.stat().st_size:
        pass
    assert recover(path) is None
    with pytest.raises(UserError, match="is being played"):
        append(path, {"kind": "later"})
    journal.close()
    assert read_log(path)[0].setting.ending == "whole"
    append(path, {"kind": "later", "do": "undo", "take": "1"})
    assert read_log(path)[0].undone
    assert read_log(path)[0].setting.ending == "whole"


def test_nothing_is_added_to_a_log_that_was_cut_off(night: "Log", tmp_path: Path) -> None:
    path = tmp_path / "night.jsonl"
    path.write_bytes(data_of(night, end=False))
    with pytest.raises(UserError, match="recover first"):
        append(path, {"kind": "later"})
