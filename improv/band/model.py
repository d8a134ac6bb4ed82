"""The trained bass model, found and made ready to play."""

from collections.abc import Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from improv.band.encoding import bass_spec, expert_maps
from improv.band.vocabulary import vocabulary_hash
from improv.errors import UserError
from models.checkpoint import Checkpoint, CheckpointError, load, shipped
from models.network import Network

KIND = "bass"


def load_bass(folder: Path | None = None) -> tuple[Network, Checkpoint]:
    """The network of a checkpoint folder, or of the one that ships, and what its meta.json says.

    Raises:
        UserError: the checkpoint is missing, damaged, or of another kind, vocabulary or shape.
    """
    place: Traversable = shipped(KIND) if folder is None else folder
    try:
        checkpoint = load(place, KIND, vocabulary_hash())
        if checkpoint.spec != bass_spec(checkpoint.spec.hidden, checkpoint.spec.layers):
            raise CheckpointError(f"{place}: of another shape than the bass model; train it again")
        return Network(checkpoint.spec, checkpoint.weights, expert_maps()), checkpoint
    except CheckpointError as error:
        raise UserError(str(error)) from error
    except (TypeError, ValueError) as error:
        raise UserError(f"{place}: damaged ({error})") from error


def bass_meta(data: str, seed: int, recipe: Mapping[str, Any], figures: Mapping[str, Any]) -> dict[str, Any]:
    """What the meta.json of a bass checkpoint says beside its shape."""
    return {
        "kind": KIND,
        "vocabulary": vocabulary_hash(),
        "data": data,
        "seed": seed,
        "recipe": dict(recipe),
        "figures": dict(figures),
    }
