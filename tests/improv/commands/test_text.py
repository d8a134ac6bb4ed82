import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from improv.cli import main
from improv.text.names import sane

MakeModel = Callable[..., Path]
WILD = ["--temperature", "1.5", "--top-p", "1"]
"""A network that learned nothing finds names when it is wild enough."""


def written(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["text", *words]) == 0
    printed = capsys.readouterr()
    assert printed.err == "", "clean when piped"
    return printed.out


def test_names_one_a_line_new_and_each_once(
    make_model: MakeModel, capsys: pytest.CaptureFixture[str]
) -> None:
    names = written(["--model", str(make_model()), "-n", "30", "--seed", "4", *WILD], capsys).splitlines()
    assert len(names) == len(set(names)) == 30
    assert all(sane(name) and name[0].isupper() for name in names)
    assert "Anna" not in names


def test_the_same_seed_gives_the_same_bytes(
    make_model: MakeModel, capsys: pytest.CaptureFixture[str]
) -> None:
    model = str(make_model("We came, and we played.\n" * 30, "text"))
    words = ["--model", model, "--seed", "7", "--length", "80"]
    assert written(words, capsys) == written(words, capsys)
    assert written(words, capsys) != written([*words[:3], "8", *words[4:]], capsys)


def test_without_a_seed_two_runs_differ(make_model: MakeModel, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--model", str(make_model()), "-n", "8", *WILD]
    assert written(words, capsys) != written(words, capsys)


def test_json_is_one_object_a_text(make_model: MakeModel, capsys: pytest.CaptureFixture[str]) -> None:
    model = str(make_model())
    words = ["--model", model, "-n", "3", "--seed", "1", *WILD]
    plain = written(words, capsys).splitlines()
    objects = [
        json.loads(line)
        for line in written(
            ["--model", model, "-n", "3", "--seed", "1", "--json", *WILD], capsys
        ).splitlines()
    ]
    assert [entry["text"] for entry in objects] == plain
    assert [entry["index"] for entry in objects] == [0, 1, 2]
    assert {entry["seed"] for entry in objects} == {1}


def test_stretches_are_parted_by_a_blank_line(
    make_model: MakeModel, capsys: pytest.CaptureFixture[str]
) -> None:
    model = str(make_model("We came, and we played.\n" * 30, "text"))
    words = ["--model", model, "--seed", "7", "--length", "20"]
    first = written(words, capsys)
    both = written([*words, "-n", "2"], capsys)
    assert both.startswith(first + "\n")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["dinoz"], "did you mean 'dinos'?"),
        (["--model", "no/where"], "no text model 'no/where'"),
        (["dinos", "--model", "sonnets"], "name one model"),
        (["--temperature", "0"], "temperature must be above 0"),
        (["--temperature", "-1"], "temperature must be above 0"),
        (["--temperature", "hot"], "invalid float value"),
        (["--top-p", "0"], "top-p must be above 0"),
        (["-n", "0"], "--count must be from 1"),
        (["--length", "0"], "--length must be from 1"),
        (["--prime", "Q☃"], "never saw"),
    ],
)
def test_a_mistake_is_one_clear_line(
    make_model: MakeModel, words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if "--model" not in words and not words[0].startswith("dino"):
        words = ["--model", str(make_model()), *words]
    capsys.readouterr()
    assert main(["text", *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert complaint in printed.err


def test_a_folder_that_is_no_model_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["text", "--model", str(tmp_path)]) == 2
    assert "not a checkpoint" in capsys.readouterr().err


def test_a_reader_that_leaves_early_ends_it_quietly(make_model: MakeModel) -> None:
    command = f"{sys.executable} -m improv text --model {make_model()} -n 2000 {' '.join(WILD)} | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_writing_loads_neither_torch_nor_what_plays(make_model: MakeModel) -> None:
    program = (
        "import sys; from improv.cli import main; "
        f"code = main(['text', '--model', {str(make_model())!r}, '-n', '1', '--temperature', '1.5']); "
        "print([m for m in ('torch', 'textual', 'rtmidi', 'mido', 'music21') if m in sys.modules]); "
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
