"""No test reads or writes the files of its user: their profile, their takes, what other programs keep."""

import subprocess
import sys
from pathlib import Path

from improv.controls.store import profile_path
from improv.live.journal import takes_folder

PLACES = """
from pathlib import Path
from platformdirs import user_cache_path, user_data_path
from improv.controls.store import profile_path
from improv.live.journal import takes_folder
caches, data = user_cache_path("improv"), user_data_path("improv")
for place in (Path.home(), profile_path(), takes_folder(), caches, data):
    print(place)
"""


def test_what_a_program_keeps_for_its_user_is_in_the_tests_home(home: Path) -> None:
    asked = [sys.executable, "-c", PLACES]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    places = [Path(line) for line in done.stdout.splitlines()]
    assert len(places) == 5
    assert all(place.is_relative_to(home) for place in places), places


def test_so_it_is_in_this_process(home: Path) -> None:
    assert all(place.is_relative_to(home) for place in (Path.home(), profile_path(), takes_folder()))
