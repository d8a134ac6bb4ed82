from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from models.network import Network
from models.numeric import log_softmax
from models.panel import Panel
from models.spec import Spec

Weights = Mapping[str, npt.NDArray[np.float32]]
Maps = dict[str, tuple[npt.NDArray[np.int16], ...]]
DrawWeights = Callable[[Spec, int], Weights]

DENSE = np.array([0.5, -0.5], np.float32)


@pytest.fixture
def networks(spec: Spec, maps: Maps, draw_weights: DrawWeights) -> tuple[Network, Network]:
    """One that answers for both heads, and a larger one that answers for the second."""
    larger = replace(spec, hidden=9, heads=spec.heads[1:])
    return Network(spec, draw_weights(spec, 1), maps), Network(larger, draw_weights(larger, 2), maps)


def test_a_head_of_one_is_answered_by_it_and_a_head_of_both_by_their_mean(
    networks: tuple[Network, Network],
) -> None:
    panel = Panel(networks)
    panel.step((1, 2), DENSE)
    assert panel.heads == ("direct", "deep")
    assert np.array_equal(panel.logits("direct", (), (0, 1)), networks[0].logits("direct", (), (0, 1)))
    answers = [log_softmax(network.logits("deep", (2,), (0, 3))) for network in networks]
    assert np.allclose(panel.logits("deep", (2,), (0, 3)), np.mean(answers, axis=0))


def test_memory_is_that_of_all_and_a_copy(networks: tuple[Network, Network]) -> None:
    panel = Panel(networks)
    panel.step((1, 2), DENSE)
    saved = panel.memory
    kept = saved.copy()
    each = [network.memory for network in networks]
    panel.step((3, 0), DENSE)
    after = panel.memory
    assert not np.array_equal(after, saved)
    assert np.array_equal(saved, kept)
    panel.memory = saved
    assert all(np.array_equal(n.memory, before) for n, before in zip(networks, each, strict=True))
    panel.step((3, 0), DENSE)
    assert np.array_equal(panel.memory, after)
    panel.forget()
    assert not panel.memory.any()


def test_networks_that_read_otherwise_are_refused(spec: Spec, maps: Maps, draw_weights: DrawWeights) -> None:
    other = replace(spec, dense=spec.dense + 1)
    networks = [Network(each, draw_weights(each, 0), maps) for each in (spec, other)]
    with pytest.raises(ValueError, match="same inputs"):
        Panel(networks)
    with pytest.raises(ValueError, match="needs a network"):
        Panel([])
