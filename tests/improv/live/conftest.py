"""A session small enough to be fast and real enough to play."""

from collections.abc import Callable

import numpy as np
import pytest

from grammar.chart import parse_chart
from improv.band.ensemble import Ensemble
from improv.improviser import Improviser, Taste
from improv.jazz.encoding import expert_maps, jazz_spec
from improv.live.session import Session, Settings
from models.network import Network

BLUES = (
    "title: Test blues\ntempo: 120\n| F7 | Bb7 | F7 | C-7 F7 | Bb7 | Bb7 | F7 | D7 | G-7 | C7 | F7 | C7 |\n"
)

MakeSession = Callable[..., Session]


@pytest.fixture(scope="session")
def network() -> Network:
    """The jazz model's shape with eight units and random weights: it knows nothing, but it plays."""
    spec = jazz_spec(hidden=8)
    rng = np.random.default_rng(5)
    weights = {name: rng.normal(0, 0.4, shape).astype(np.float32) for name, shape in spec.shapes().items()}
    return Network(spec, weights, expert_maps())


@pytest.fixture
def make_session(network: Network) -> MakeSession:
    """A session of the small network over a blues; keyword arguments are `Settings`'."""

    def make(text: str = BLUES, band: bool = False, **settings: object) -> Session:
        chart = parse_chart(text)
        improviser = Improviser(network, chart.changes(), Taste())
        told = Settings(chart=chart, **{"tempo": chart.tempo, **settings})  # type: ignore[arg-type]
        return Session(told, improviser, Ensemble(chart) if band else None)  # the rules play its bass

    return make
