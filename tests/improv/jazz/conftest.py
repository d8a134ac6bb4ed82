"""The real database, where it is at hand."""

import lzma
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from improv.jazz.wjazzd import Solo, read_solos

ROOT = Path(__file__).parents[3]

# a busy machine is no failure
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def data_file(*parts: str) -> Path:
    """A file of the data, or a skip."""
    path = Path(os.environ.get("IMPROV_DATA") or ROOT.parent / "shared" / "data").joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not there (IMPROV_DATA names the folder of the data)")
    return path


@pytest.fixture(scope="session")
def split_path() -> Path:
    """The real split."""
    return data_file("wjazzd", "split.json")


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real database, unpacked once."""
    packed = data_file("wjazzd", "wjazzd.sqlite.xz")
    path = tmp_path_factory.mktemp("wjazzd") / "wjazzd.sqlite"
    path.write_bytes(lzma.decompress(packed.read_bytes()))
    return path


@pytest.fixture(scope="session")
def all_solos(database: Path) -> dict[int, Solo]:
    """Every real solo, by melid."""
    return {solo.melid: solo for solo in read_solos(database)}
