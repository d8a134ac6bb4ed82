"""Options travel through a log unharmed, and what a log must not hold is refused."""

import json
import math
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.errors import UserError
from improv.jazz.model import load_jazz
from improv.live.options import Options, make_plan, make_reach, options_from_json
from improv.live.setting import make_session
from improv.modes import FIRSTS, MODES
from improv.ports.reach import Reach
from improv.ports.routing import OUTPUTS, Route

CHART = "title: Two bars\n| F7 | Bb7 |\n"
PLAIN = Options(chart=CHART, tempo=120.0, seed=1)
names = st.none() | st.text(min_size=1, max_size=20)
paths = st.none() | st.sampled_from(["a.mid", "/b/c d", "é"]).map(Path)
options = st.builds(
    Options,
    chart=st.text(),
    tempo=st.floats(30, 400),
    seed=st.integers(),
    mode=st.sampled_from([mode.name for mode in MODES]),
    first=st.sampled_from(FIRSTS),
    band=st.booleans(),
    bars=st.integers(1, 99),
    choruses=st.none() | st.integers(1, 99),
    click=st.booleans(),
    temperature=st.floats(0.01, 10),
    input_name=names,
    output_name=names,
    **{f"out_{name}": names for name in OUTPUTS},
    channels=st.text(),
    in_channel=st.none() | st.integers(1, 16),
    keys=st.text(),
    mpe=st.text(),
    api=names,
    sound=st.booleans(),
    record=paths,
    log=paths,
    checkpoint=paths,
)


@given(options)
def test_through_json_and_back(given_options: Options) -> None:
    text = json.dumps(given_options.as_json())
    assert options_from_json(json.loads(text)) == given_options


WRONG: list[tuple[str, Any]] = [
    ("chart", 5),
    ("chart", None),
    ("tempo", "fast"),
    ("tempo", 0.0),
    ("tempo", math.nan),
    ("seed", "x"),
    ("seed", 1.5),
    ("bars", 0),
    ("mode", "busk"),
    ("first", "nobody"),
    ("bars", "4"),
    ("choruses", 0),
    ("choruses", []),
    ("temperature", 0.0),
    ("temperature", math.inf),
    ("input_name", 3),
    ("checkpoint", 3),
    ("record", ["a"]),
    ("unknown", 1),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_what_is_no_option_is_refused(name: str, value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        options_from_json({**PLAIN.as_json(), name: value})


@pytest.mark.parametrize("value", [None, [], "options", 3])
def test_what_is_no_object_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        options_from_json(value)


def test_an_option_that_is_missing_is_refused() -> None:
    needed = {field.name for field in fields(Options)} & {"chart", "tempo", "seed"}
    for name in needed:
        with pytest.raises(TypeError):
            options_from_json({key: value for key, value in PLAIN.as_json().items() if key != name})


def test_the_session_plays_by_them() -> None:
    session, digest = make_session(replace(PLAIN, bars=2, choruses=3, click=False, seed=9, temperature=0.5))
    settings = session.settings
    assert (settings.bars, settings.choruses, settings.click, settings.seed) == (2, 3, False, 9)
    assert settings.tempo == 120
    assert settings.chart.title == "Two bars"
    assert session.improviser.taste.temperature == 0.5
    assert digest == load_jazz().digest


def test_a_chart_and_a_checkpoint_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="H7"):
        make_session(replace(PLAIN, chart="title: T\n| H7 |\n"))
    with pytest.raises(UserError, match="nowhere"):
        make_session(replace(PLAIN, checkpoint=tmp_path / "nowhere"))


def test_the_ports_are_planned_by_them() -> None:
    plan = make_plan(replace(PLAIN, output_name="a", out_band="b", out_thru="a", channels="bass=3"))
    assert plan.outputs == ("b",)
    assert plan.routes["bass"] == Route(1, 2)
    assert plan.routes["player"] == Route(0)
    assert make_reach(replace(PLAIN, in_channel=3, keys="C3-C6")) == Reach(2, 48, 84)
    with pytest.raises(UserError, match="bas=3"):
        make_plan(replace(PLAIN, channels="bas=3"))
    for wrong in (replace(PLAIN, keys="x"), replace(PLAIN, in_channel=17)):
        with pytest.raises(UserError, match="--"):
            make_reach(wrong)
