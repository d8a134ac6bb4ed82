"""Where the real solos are, if they are at hand."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of the Weimar Jazz Database."""
    path = Path(os.environ.get("IMPROV_DATA") or ROOT.parent / "shared" / "data") / "wjazzd"
    if not path.exists():
        pytest.skip(f"{path} is not there (IMPROV_DATA names the folder of the data)")
    return path
