"""Where the real solos are, if they are at hand."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of the Weimar Jazz Database."""
    places = [Path(os.environ.get("IMPROV_DATA", ROOT / "shared" / "data")), ROOT.parent / "shared" / "data"]
    found = next((place / "wjazzd" for place in places if (place / "wjazzd").is_dir()), None)
    if found is None:
        pytest.skip("the Weimar Jazz Database is not here (set IMPROV_DATA)")
    return found
