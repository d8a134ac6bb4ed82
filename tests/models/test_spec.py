import json
from dataclasses import replace

import pytest

from models.spec import Spec, spec_from_json


def test_a_spec_survives_json(spec: Spec) -> None:
    assert spec_from_json(json.loads(json.dumps(spec.as_json()))) == spec


def test_every_parameter_has_one_name_and_the_width_counts_all_inputs(spec: Spec) -> None:
    assert spec.width == 3 + 2 + 2
    assert spec.shapes() == {
        "embed.colour": (4, 3),
        "embed.shape": (3, 2),
        "lstm.0.W_x": (24, 7),
        "lstm.0.W_h": (24, 6),
        "lstm.0.b": (24,),
        "lstm.1.W_x": (24, 6),
        "lstm.1.W_h": (24, 6),
        "lstm.1.b": (24,),
        "direct.absolute.W": (5, 6),
        "direct.absolute.b": (5,),
        "direct.moved.W": (3, 6),
        "direct.moved.b": (3,),
        "deep.W": (7, 6),
        "deep.b": (7,),
        "deep.embed.hint": (3, 7),
        "deep.absolute.W": (4, 7),
        "deep.absolute.b": (4,),
        "deep.turned.W": (4, 7),
        "deep.turned.b": (4,),
    }


def test_another_number_of_layers_changes_only_the_layers(spec: Spec) -> None:
    fewer, more = replace(spec, layers=1).shapes(), replace(spec, layers=3).shapes()
    assert set(more) - set(fewer) == {
        f"lstm.{layer}.{part}" for layer in (1, 2) for part in ("W_x", "W_h", "b")
    }


@pytest.mark.parametrize("value", [{}, {"inputs": [{"name": "x"}]}, {"inputs": 3}])
def test_what_is_no_spec_is_refused(value: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError)):
        spec_from_json(value)
