"""Names and numbers: no name twice, no number that changes, a typo that is mended."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from improv.errors import UserError
from improv.requests import Keep, Start, Stop, UndoTake
from improv.takes.catalogue import Entry, catalogue, check_name, find, free_name
from improv.takes.read import read_takes

if TYPE_CHECKING:
    from tests.improv.takes.conftest import Log

SECOND = 1_000_000_000
fixtures = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def evening(make_log: Callable[..., "Log"], kept: list[str], logs: int = 2) -> tuple[Entry, ...]:
    """Logs of two takes each, with stretches kept under the names given."""
    found = []
    for number in range(logs):
        log = make_log(began=f"2026-03-04T2{number}:00:00+01:00")
        for start in (0, 20):
            log.asked(start * SECOND, Start())
            log.key((start + 3) * SECOND, 60)
            for name in kept:
                log.asked((start + 4) * SECOND, Keep(1, name))
            log.asked((start + 5) * SECOND, Stop())
        path = Path(f"2026-03-04_2{number}.jsonl")
        found.append((path, read_takes(log.lines, path.stem, path.name)))
    return catalogue(found)


@fixtures
@given(kept=st.lists(st.sampled_from(["", "encore", "encore-2", "solo"]), max_size=4))
def test_no_two_takes_have_the_same_name(make_log: Callable[..., "Log"], kept: list[str]) -> None:
    entries = evening(make_log, kept)
    names = [entry.take.name for entry in entries]
    assert len(set(names)) == len(names) == 2 * 2 * (1 + len(kept))
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    for entry in entries:
        assert find(entries, entry.take.name) == entry
        assert find(entries, str(entry.number)) == entry
    earlier = evening(make_log, kept, logs=1)
    assert [entry.take.name for entry in earlier] == names[: len(earlier)], "a later log changes nothing"


@given(st.text(max_size=5), st.sets(st.text(max_size=5)))
def test_a_free_name_is_free(name: str, taken: set[str]) -> None:
    free = free_name(name, taken)
    assert free not in taken
    assert free == name or name in taken


def test_words_for_takes(make_log: Callable[..., "Log"]) -> None:
    entries = evening(make_log, ["encore"])
    assert [entry.take.name for entry in entries] == [
        "2026-03-04_20", "2026-03-04_20-2", "encore", "encore-2",
        "2026-03-04_21", "2026-03-04_21-2", "encore-3", "encore-4",
    ]  # fmt: skip
    assert find(entries, "last").number == 8
    assert find(entries, "2026-03-04_21").number == 5, "a whole name, though another begins so"
    for word, told in (
        ("encor", "4 takes begin with 'encor': encore, encore-2, encore-3, encore-4"),
        ("enkore", "no take 'enkore'; did you mean 'encore'"),
        ("lst", "did you mean 'last'"),
        ("9", "no take 9: there are 1 to 8"),
        ("xyzzy", "no take 'xyzzy'; improv takes list shows them"),
        ("", "no take ''"),
    ):
        with pytest.raises(UserError, match=told):
            find(entries, word)
    with pytest.raises(UserError, match="there is none yet"):
        find((), "last")


def test_last_is_the_last_that_is_shown(night: "Log") -> None:
    night.asked(20 * SECOND, Start())
    night.asked(23 * SECOND, Stop())
    entries = catalogue([(Path("night.jsonl"), night.takes())])
    assert [entry.take.silent for entry in entries] == [False, True]
    assert find(entries, "last").number == 1
    night.lines.append({"kind": "later", "do": "undo", "take": "1"})
    with pytest.raises(UserError, match="undone or silent"):
        find(catalogue([(Path("night.jsonl"), night.takes())]), "last")
    night.asked(30 * SECOND, UndoTake())
    assert night.takes()[1].undone


@pytest.mark.parametrize("name", ["last", "12", "a/b", "x.jsonl", " a", "", "a\nb", "night"])
def test_names_that_a_take_cannot_have(night: "Log", name: str) -> None:
    with pytest.raises(UserError):
        check_name(name, catalogue([(Path("night.jsonl"), night.takes())]))
