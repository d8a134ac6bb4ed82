import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra 'train'")

from models.recipe import Progress
from models.runlog import CURVE, HEARD, RunLog, Stop

pytestmark = pytest.mark.torch

PROGRESS = Progress(1, 0.25, 2.0, None, False, 4.0, 100, loss=1.5, batches=1)


def shown(folder: Path, *batches: int) -> None:
    with RunLog(folder) as log:
        for batch in batches:
            log.show(replace(PROGRESS, batches=batch, loss=float(batch)))


def lines(folder: Path) -> list[int]:
    return [json.loads(line)["batch"] for line in (folder / CURVE).read_text().splitlines()]


def test_a_run_that_goes_on_takes_back_what_was_after(tmp_path: Path) -> None:
    shown(tmp_path, 1, 2, 3, 4)
    shown(tmp_path, 3, 4, 5)
    assert lines(tmp_path) == [1, 2, 3, 4, 5]


def test_a_line_half_written_by_a_killed_run_is_dropped(tmp_path: Path) -> None:
    shown(tmp_path, 1, 2)
    with (tmp_path / CURVE).open("a") as file:
        file.write('{"batch": 3, "lo')
    shown(tmp_path, 3)
    assert lines(tmp_path) == [1, 2, 3]


def test_a_finished_run_leaves_the_curve_alone(tmp_path: Path) -> None:
    shown(tmp_path, 1, 2)
    shown(tmp_path)
    assert lines(tmp_path) == [1, 2]


def test_a_line_is_told_where_there_is_something_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with RunLog(tmp_path, "note") as log:
        log.show(PROGRESS)
        log.show(replace(PROGRESS, validation={"pitch": 1.25}, best=True))
    told = capsys.readouterr().err
    assert told == "epoch 1 (25.0%): train 2.0000 validation pitch 1.2500 (best); 25 notes/s\n"
    last = json.loads((tmp_path / CURVE).read_text().splitlines()[-1])
    assert last == {"batch": 1, "share": 0.25, "loss": 1.5, "validation": {"pitch": 1.25}}


@pytest.mark.parametrize("number", HEARD)
def test_a_signal_is_heard_and_the_second_one_is_as_it_was(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with Stop(patient=False) as stop:
        assert not stop()
        os.kill(os.getpid(), number)
        assert stop()
        assert stop.signal == number
        assert signal.getsignal(number) == before
    assert signal.getsignal(number) == before


def test_a_patient_one_hears_any_number(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Stop(patient=True) as stop:
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGTERM)
        assert stop()
    assert signal.getsignal(signal.SIGTERM) == before
