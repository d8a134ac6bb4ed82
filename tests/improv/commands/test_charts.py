"""`improv charts`, as it prints."""

import json

import pytest

from improv.cli import main
from improv.library import chart_names


def test_the_list_is_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["charts"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["NAME", "TITLE", "BARS", "TEMPO", "METER", "FEEL"]
    assert [row.split()[0] for row in rows] == chart_names()
    for column in ("TITLE", "METER", "FEEL"):
        assert all(row[head.index(column) - 1] == " " != row[head.index(column)] for row in rows)
    assert all(row == row.rstrip() and row.isascii() for row in rows)


def test_a_chart_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["charts", "blues-f"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Blues in F",
        "F, 160 bpm, 4/4, swing",
        "",
        "A  | F7  | Bb7 | F7      | C-7 F7     |",
        "   | Bb7 | Bo7 | F7      | A-7b5 D7b9 |",
        "   | G-7 | C7  | F7 D7b9 | G-7 C7     |",
    ]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["charts", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in listed] == chart_names()
    assert main(["charts", "waltz", "--json"]) == 0
    waltz = json.loads(capsys.readouterr().out)
    assert (waltz["bars"], waltz["meter"], waltz["form"]) == (32, "3/4", ["A", "B", "A", "C"])
    assert waltz["sections"]["C"][7] == [{"beat": 0, "chord": "G-7"}, {"beat": 2, "chord": "C7"}]


def test_a_bad_name_is_one_line_and_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["charts", "blues-d"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert "did you mean" in output.err
