"""What is loaded when, seen from a fresh interpreter: starting is quick, and playing needs no torch."""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import grammar
import improv
import models

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"torch", "music21"}
LIBRARIES = {*HEAVY, "numpy", "mido", "rtmidi", "textual", "rich", "safetensors", "miniaudio", "sqlite3"}
TRAINING = {
    "improv.band.training",
    "improv.commands.text_plan",
    "improv.deepjazz.training",
    "improv.jazz.teachers",
    "improv.jazz.training",
    "improv.learning",
    "improv.text.training",
    "models.loop",
    "models.parallel",
    "models.plan",
    "models.recipe",
    "models.resume",
    "models.runlog",
    "models.scores",
    "models.streams",
    "models.tape",
    "models.teachers",
    "models.train",
    "models.twin",
}
"""The only modules that may load torch."""


def loaded_by(code: str) -> set[str]:
    """The top-level modules, and our own, that a fresh interpreter has after running `code`."""
    script = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    names = done.stdout.splitlines()[-1].split()
    return {name.split(".")[0] for name in names} | set(names)


def our_modules() -> list[str]:
    names = [
        module.name
        for package in (grammar, models, improv)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not module.name.endswith("__main__")
    ]
    return sorted(set(names) - TRAINING)


def test_the_command_line_loads_no_library_before_it_knows_the_command() -> None:
    assert not loaded_by("import improv.cli") & LIBRARIES


def test_no_module_but_those_that_train_loads_anything_heavy() -> None:
    imports = "\n".join(f"import {name}" for name in our_modules())
    assert not loaded_by(imports) & HEAVY


@pytest.mark.parametrize(
    ("command", "unwanted"),
    [
        (["charts"], {"textual", "rich", "rtmidi", "mido", "miniaudio", "numpy", "safetensors"}),
        (["charts", "--json"], {"textual", "rich", "rtmidi", "mido", "miniaudio", "numpy", "safetensors"}),
        (["ports"], {"textual", "rich", "miniaudio", "numpy", "safetensors"}),
        (["play", "--help"], {"textual", "rich", "miniaudio", "sqlite3"}),
        (["render", "--help"], {"textual", "rich", "rtmidi", "miniaudio", "sqlite3"}),
        (["train", "--help"], {"textual", "rtmidi", "miniaudio"}),
        (["text", "-n", "1"], {"textual", "rich", "rtmidi", "mido", "miniaudio", "sqlite3"}),
    ],
    ids=" ".join,
)
def test_a_command_loads_only_its_own(command: list[str], unwanted: set[str]) -> None:
    importlib.import_module(f"improv.commands.{command[0]}")
    code = f"from improv.cli import main\ntry:\n    main({command!r})\nexcept SystemExit:\n    pass"
    assert not loaded_by(code) & (unwanted | HEAVY)


def test_the_grammar_loads_no_library() -> None:
    imports = "\n".join(f"import {name}" for name in our_modules() if name.startswith("grammar."))
    assert not loaded_by(imports) & (LIBRARIES | {"improv", "models"})


def test_rendering_loads_neither_ports_nor_the_terminal_ui(tmp_path: Path) -> None:
    importlib.import_module("improv.commands.render")
    target = tmp_path / "solo.mid"
    words = ["render", "blues-f", "-o", str(target), "--choruses", "1"]
    loaded = loaded_by(f"from improv.cli import main\nassert main({words!r}) == 0")
    assert target.exists()
    assert not loaded & (HEAVY | {"textual", "rich", "rtmidi", "miniaudio", "sqlite3"})


def test_sound_loads_no_device_where_none_is_played() -> None:
    assert "miniaudio" not in loaded_by("import improv.sound.instrument, improv.sound.render")
