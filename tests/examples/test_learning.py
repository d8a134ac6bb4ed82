import numpy as np
import pytest

from examples.learning import Weights, learn, table


def test_learning_goes_down_to_the_least_loss(capsys: pytest.CaptureFixture[str]) -> None:
    target = np.array([0.5, -0.3])

    def gradients(weights: Weights) -> tuple[float, Weights]:
        apart = weights["w"] - target
        return float((apart**2).sum()), {"w": 2 * apart}

    found = learn({"w": np.zeros(2)}, gradients, 400, 0.05)
    assert np.allclose(found["w"], target, atol=1e-3)
    told = capsys.readouterr()
    assert "step 400 of 400" in told.err
    assert not told.out


def test_a_table_has_straight_columns() -> None:
    assert table([("a", "bbb", "c"), ("dd", "e", "f")]).splitlines() == ["a   bbb  c", "dd  e    f"]
