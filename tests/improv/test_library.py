"""The charts that ship, and those in files."""

from pathlib import Path

import pytest

from grammar.chart import format_chart, parse_chart
from improv.errors import UserError
from improv.library import chart_names, load_chart


@pytest.mark.parametrize("name", chart_names())
def test_every_chart_that_ships_is_whole(name: str) -> None:
    chart = load_chart(name)
    assert parse_chart(format_chart(chart)) == chart
    assert chart.title != name
    assert chart.bar_count >= 8
    assert chart.changes().length == chart.bar_count * chart.meter * 24


def test_the_forms_every_player_knows_are_there() -> None:
    forms = {name: load_chart(name).bar_count for name in chart_names()}
    expected = {
        "blues-f": 12,
        "blues-bb": 12,
        "minor-blues": 12,
        "bird-blues": 12,
        "rhythm-changes": 32,
        "two-five-one": 48,
        "modal": 32,
        "ballad": 32,
        "waltz": 32,
        "bossa": 16,
        "minor-cycle": 32,
        "turnaround": 8,
        "thirds-cycle": 16,
        "vamp": 8,
        "funk": 16,
    }
    assert expected.items() <= forms.items()


def test_two_five_one_visits_every_key() -> None:
    chords = load_chart("two-five-one").changes().chords
    for quality in ("min7", "7", "maj7"):
        assert {chord.root for chord in chords if chord.quality == quality} == set(range(12))
    for two, five, one in zip(chords[::3], chords[1::3], chords[2::3], strict=True):
        assert two.root is not None
        assert (two.root + 5) % 12 == five.root
        assert (two.root + 10) % 12 == one.root


def test_a_file_is_a_chart_too(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes("\ufefftitle: Mine\r\n| C7 | F♯-7 |\r\n".encode())
    assert load_chart(str(path)).title == "Mine"


def test_a_misspelt_name_brings_the_right_one() -> None:
    with pytest.raises(UserError, match=r"no chart 'rythm-changes'; did you mean 'rhythm-changes'\?"):
        load_chart("rythm-changes")
    with pytest.raises(UserError, match=r"no chart file 'blues-g.txt'; did you mean 'blues-f'\?|'blues-bb'"):
        load_chart("blues-g.txt")
    with pytest.raises(UserError, match=r"no chart 'zzz'; `improv charts` lists"):
        load_chart("zzz")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"bad\.txt: no bars; write chords"),
        (b"title: x\n| C7 | H7 |", r"bad\.txt:2: unknown chord 'H7'"),
        (b"title: x\n| C\xff7 |", r"bad\.txt:2: not UTF-8 text"),
        (b"MThd\0\0\0\6", r"bad\.txt is not a chart: a chart is plain text"),
    ],
)
def test_a_bad_file_is_one_clear_line(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(data)
    with pytest.raises(UserError, match=message) as raised:
        load_chart(str(path))
    assert "\n" not in str(raised.value)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder"):
        load_chart(str(tmp_path))
    with pytest.raises(UserError, match="no chart named"):
        load_chart("")
    with pytest.raises(UserError, match="no chart file"):
        load_chart(str(tmp_path / "none"))
