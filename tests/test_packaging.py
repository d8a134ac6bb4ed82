"""What ships is what is here: the wheel is whole, and its description true."""

import importlib
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grammar.chart import parse_chart
from improv.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("improv", "models", "grammar", "checkpoints")
WEIGHTS = sorted((ROOT / "checkpoints").rglob("*.safetensors"))


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    pytest.importorskip("hatchling", reason="needs hatchling, of the extra 'dev'")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


@pytest.mark.parametrize("package", PACKAGES)
def test_the_wheel_holds_each_package_whole(wheel: zipfile.ZipFile, package: str) -> None:
    here = {
        str(path.relative_to(ROOT))
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
    }
    inside = {name for name in wheel.namelist() if name.startswith(f"{package}/")}
    assert inside == here


def test_weights_travel_with_their_description(wheel: zipfile.ZipFile) -> None:
    names = {Path(name) for name in wheel.namelist()}
    assert WEIGHTS
    for folder in {path.parent.relative_to(ROOT) for path in WEIGHTS}:
        assert folder / "meta.json" in names
        places = (folder, folder.parent)  # a model of several parts has one card for all
        assert any(name.parent in places and name.suffix == ".md" for name in names), "a model card"


def test_the_wheel_carries_the_licence_and_the_command(wheel: zipfile.ZipFile) -> None:
    metadata = {name.split(".dist-info/")[1]: name for name in wheel.namelist() if ".dist-info/" in name}
    assert "improv = improv.cli:main" in wheel.read(metadata["entry_points.txt"]).decode()
    assert "MIT License" in wheel.read(metadata["licenses/LICENSE"]).decode()


def test_playing_needs_no_torch(project: dict[str, Any]) -> None:
    assert not [need for need in project["project"]["dependencies"] if need.startswith(("torch", "music21"))]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_its_module(command: str) -> None:
    module = importlib.import_module(f"improv.commands.{command}")
    assert callable(module.add_arguments)
    assert callable(module.run)


@pytest.mark.parametrize("package", ["improv", "models", "grammar"])
def test_the_packages_say_that_they_are_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()


def test_an_init_module_holds_a_docstring_and_nothing_else() -> None:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("__init__.py"):
            assert len(path.read_text().strip().split('"""')) == 3, path
            assert path.read_text().strip().endswith('"""'), path


@pytest.mark.parametrize("target", ["play", "test", "check", "help"])
def test_make_knows_what_the_readme_promises(target: str) -> None:
    answer = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert f"make {target}" in answer


def test_the_readmes_chart_is_one() -> None:
    blocks = re.findall(r"```\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    charts = [block for block in blocks if block.startswith("title:")]
    assert len(charts) == 1
    assert parse_chart(charts[0], "README.md").bar_count == 12
