"""Build the wheel, install it where the sources are not, and run it there.

Says in one line what is missing: a weight or a chart that the wheel lost, a dependency that only this
checkout has, a command that needs the working directory.
"""

import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("improv", "models", "grammar", "checkpoints")
COMMANDS = (
    ["--help"],
    ["charts"],
    ["play", "--help"],
    ["render", "blues-f", "-o", "jazz.mid", "--choruses", "1"],
    ["render", "blues-f", "-o", "deepjazz.mid", "--choruses", "1", "--model", "deepjazz"],
)


def main() -> int:
    """Check the wheel; 0 when it is whole and works."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        if absent := sorted(wanted() - contents(wheel)):
            return fail("the wheel lacks " + ", ".join(absent))
        size = wheel.stat().st_size / 1e6
        try:
            improv = install(wheel, folder / "venv")
            for command in COMMANDS:
                run([str(improv), *command], folder, home(folder))
            run(
                [str(improv.with_name("python")), "-P", "-c", "import checkpoints, grammar, improv, models"],
                folder,
            )
        except subprocess.CalledProcessError as error:
            return fail(f"{' '.join(map(str, error.cmd))} (exit code {error.returncode})\n{error.output}")
    print(f"{wheel.name} ({size:.1f} MB) holds every weight and chart, installs and runs")
    return 0


def fail(what: str) -> int:
    """Report and give the exit code."""
    print(f"wheel check: {what}", file=sys.stderr)
    return 1


def build(folder: Path) -> Path:
    """The wheel, built without touching the checkout."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def wanted() -> set[str]:
    """What must be inside: everything in the packages that git would keep."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PACKAGES]
    tracked = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    names = {name for name in tracked.split("\0") if name and (ROOT / name).exists()}
    weights = {str(path.relative_to(ROOT)) for path in (ROOT / "checkpoints").rglob("*.safetensors")}
    return names | weights


def contents(wheel: Path) -> set[str]:
    """The names inside."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def install(wheel: Path, place: Path) -> Path:
    """A fresh virtual environment with the wheel and what it depends on; the path of its command."""
    venv.create(place, with_pip=True)
    bin_folder = place / ("Scripts" if os.name == "nt" else "bin")
    command = [str(bin_folder / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*command, str(wheel)], place)
    return bin_folder / "improv"


def home(folder: Path) -> dict[str, str]:
    """The environment in which a program finds and leaves its user's files under `folder`."""
    return {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}


def run(command: list[str], folder: Path, told: Mapping[str, str] = MappingProxyType({})) -> None:
    """Run in `folder`, with `told` in its environment. Raises CalledProcessError with what it said."""
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | dict(told)
    subprocess.run(
        command,
        cwd=folder,
        env=clean,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


if __name__ == "__main__":
    sys.exit(main())
