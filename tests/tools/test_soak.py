"""The soak: what it plays is the same for a seed, what it finds wrong it tells, and it can be stopped."""

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from grammar.chart import format_chart
from improv.library import load_chart
from improv.live.options import Options
from improv.requests import Start
from tools.soak.clicks import MINUTE, Clicks
from tools.soak.figures import LIMITS, Figures, broken_limits, table
from tools.soak.script import script
from tools.soak.simulated import HOUR, Simulation

ROOT = Path(__file__).parents[2]


def options() -> Options:
    return Options(chart=format_chart(load_chart("blues-f")), tempo=160.0, seed=1, sound=False)


def simulation(folder: Path) -> Simulation:
    return Simulation(options(), trace=False, folder=folder)


def test_a_seed_is_a_script_in_order_of_time() -> None:
    happenings = list(islice(script(3), 20_000))
    assert happenings == list(islice(script(3), 20_000))
    assert happenings[0][1].request == Start()
    times = [t for t, _ in happenings]
    assert times == sorted(times)
    assert {one.cable for _, one in happenings} == {"", "pulled", "back"}
    assert len({type(one.request) for _, one in happenings}) == 10


def test_half_a_minute_breaks_no_limit(tmp_path: Path) -> None:
    soak = simulation(tmp_path)
    shown: list[float] = []

    def progress(figures: Figures) -> bool:
        shown.append(figures.hours)
        return True

    soak.run(HOUR // 120, 1, progress)
    figures = soak.figures
    assert figures.hours == pytest.approx(1 / 120)
    assert figures.notes > 100
    assert figures.clicks > 20
    assert broken_limits(figures, {**LIMITS, "resident": 50.0}) == []  # so soon, much is still being made
    assert shown == sorted(shown)


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    """A note that nobody ends, and a click that is late by a thousandth of a beat."""
    soak = simulation(tmp_path)
    soak.stage.ledgers[0].send(bytes((0x91, 60, 80)))
    soak.stage.ledgers[0].send(bytes((0x91, 60, 80)))
    soak.run(HOUR // 1000, 1, lambda figures: True)
    assert soak.figures.stuck == 1
    assert soak.figures.broken == 1
    assert broken_limits(soak.figures, LIMITS) == ["stuck", "broken"]
    assert table(soak.figures, LIMITS).count("BROKEN") == 2


def test_a_click_that_drifts_is_found_and_one_that_pauses_is_not() -> None:
    good, late = Clicks(), Clicks()
    for beat in range(1000):
        t = beat * MINUTE // 120
        if beat != 500:
            good.heard(t, 24 * beat, 120.0)
        late.heard(t + beat * 1000, 24 * beat, 120.0)
    assert good.worst < 1
    assert late.worst == pytest.approx(999_000)


def test_it_can_be_stopped_and_reports(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tools.soak", "--hours", "5", "--json"]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "of 5 h" in process.stderr.readline()
    process.terminate()
    out, _ = process.communicate(timeout=30)
    figures = json.loads(out)
    assert figures["stopped"]
    assert 0 < figures["hours"] < 5
    assert process.returncode == int(bool(figures["broken_limits"]))
