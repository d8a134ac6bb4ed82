"""A session that is fast and plays; and how hard the laws are tried: a little, or by `make fuzz` for long."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from grammar.chart import parse_chart
from improv.band.ensemble import Ensemble
from improv.improviser import Improviser, Taste
from improv.jazz.encoding import expert_maps, jazz_spec
from improv.session.session import Session, Settings
from models.network import Network

CHART = "title: Laws\ntempo: 200\n| F7 | Bb7 | C-7 F7 | Bb7 |\n"
FUZZ = "fuzz"

settings.register_profile(
    FUZZ,
    max_examples=2000,
    stateful_step_count=120,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


@pytest.fixture
def budget() -> settings:
    """How often a law is tried."""
    if settings.get_current_profile_name() == FUZZ:
        return settings.get_profile(FUZZ)
    return settings(
        max_examples=25,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )


@pytest.fixture
def is_fuzz() -> bool:
    """Whether there is time."""
    return settings.get_current_profile_name() == FUZZ


@pytest.fixture(scope="session")
def network() -> Network:
    """The jazz model's shape with eight units and random weights: it knows nothing, but it plays."""
    spec = jazz_spec(hidden=8)
    rng = np.random.default_rng(5)
    weights = {name: rng.normal(0, 0.4, shape).astype(np.float32) for name, shape in spec.shapes().items()}
    return Network(spec, weights, expert_maps())


@pytest.fixture
def make_session(network: Network) -> Callable[..., Session]:
    """A session of the small network with its band; keyword arguments are `Settings`'."""

    def make(**chosen: object) -> Session:
        chart = parse_chart(CHART)
        improviser = Improviser(network, chart.changes(), Taste())
        told = Settings(chart=chart, **{"tempo": chart.tempo, **chosen})  # type: ignore[arg-type]
        return Session(told, improviser, Ensemble(chart))  # the rules play its bass

    return make
