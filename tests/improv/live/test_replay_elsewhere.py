"""A take replayed on other processors: the kernels of the matrix products differ, the notes do not."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from grammar.chart import format_chart
from improv.library import load_chart
from improv.live.clock import FakeClock
from improv.live.engine import Engine
from improv.live.front import Front
from improv.live.journal import Journal
from improv.live.link import News
from improv.live.options import Options
from improv.live.setting import make_session
from improv.ports.loopback import Recorder, Script
from improv.requests import Request, Start
from improv.session.events import NoteOff, NoteOn, encode
from improv.session.session import LEAD

SECOND = 1_000_000_000
TOP = LEAD + SECOND
PROCESSORS = {
    # what OpenBLAS and NumPy are told to do without, each a generation further back
    "Haswell": {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL"},
    "Nehalem": {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL"},
}


class Starting:
    """A view that starts and watches nothing."""

    def __init__(self) -> None:
        self._asked: list[Request] = [Start()]

    def tell(self, news: News) -> None:
        """Take no notice."""

    def requests(self) -> list[Request]:
        """Start, once."""
        asked, self._asked = self._asked, []
        return asked


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of three choruses with the model that ships, and a player who plays eighths in each turn."""
    path = tmp_path_factory.mktemp("take") / "take.jsonl"
    options = Options(chart=format_chart(load_chart("blues-f")), tempo=240.0, seed=11, bars=2, choruses=3)
    session, digest = make_session(options)
    clock = FakeClock()
    keys = [
        (t + held, encode(NoteOn(0, pitch, 90)) if not held else encode(NoteOff(0, pitch)))
        for t, pitch in ((SECOND + i * SECOND // 8 + i * 1_234_567, 60 + (i * 7) % 17) for i in range(280))
        if (t - TOP) % (4 * SECOND) < 2 * SECOND - SECOND // 4  # turns of two seconds
        for held in (0, SECOND // 10)
    ]
    journal = Journal(path, {"options": options.as_json(), "weights": digest}, pytest.fail)
    front = Front([Script(keys, clock.now)], [Recorder(clock.now)], clock)
    engine = Engine(session, front, clock, Starting(), journal)
    while clock.now() < 39 * SECOND:
        front.serve()
        engine.turn()
        clock.advance(3_000_000)
    engine.end()
    return path


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the kernels named are those of x86-64")
@pytest.mark.parametrize("processor", PROCESSORS)
def test_the_same_notes_on_another_processor(take: Path, processor: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "improv", "replay", "--json", str(take)],
        env={**os.environ, **PROCESSORS[processor]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    figures = json.loads(done.stdout)
    assert figures["same"], figures["difference"]
    assert figures["notes"] > 60
    assert done.returncode == 0
