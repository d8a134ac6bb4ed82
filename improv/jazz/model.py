"""The trained jazz model, found and made ready to play.

Conventions: a model's folder holds a checkpoint for each of `improv.jazz.encoding.PARTS`, in a folder of the
part's name; or one checkpoint itself, of a network with all heads. Beside the checkpoint that answers for the
pitch lies the corpus that advises it (`improv.jazz.corpus`); without one it hears no advice of that kind.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from improv.errors import UserError
from improv.jazz.corpus import CORPUS, UNHEARD, Corpus, CorpusError, unpacked
from improv.jazz.encoding import HEADS, PARTS, expert_maps, jazz_spec, vocabulary_hash
from models.checkpoint import META, Checkpoint, CheckpointError, load, shipped
from models.network import Network, Predictor, check_weights
from models.panel import Panel
from models.spec import Head

KIND = "jazz"


@dataclass(frozen=True, slots=True, eq=False)
class JazzModel:
    """What plays, and the checkpoints that it was made of."""

    network: Predictor
    parts: dict[str, Checkpoint]
    """By name of the part; a whole network's is called "all"."""
    corpus: Corpus = UNHEARD
    counts: bytes | None = None
    """The file of the corpus, if there is one."""

    @property
    def digest(self) -> str:
        """Which weights and counts: of one file its own digest, of several the digest of theirs."""
        digests = [part.digest for part in self.parts.values()]
        digests += [hashlib.sha256(self.counts).hexdigest()] if self.counts is not None else []
        return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def load_jazz(folder: Path | None = None) -> JazzModel:
    """The model of a folder, or the one that ships.

    Raises:
        UserError: a checkpoint is missing, damaged, or of another kind, vocabulary or shape.
    """
    place: Traversable = shipped(KIND) if folder is None else folder
    apart = not (place / META).is_file() and any((place / name / META).is_file() for name in PARTS)
    parts = {name: _load(place / name, heads) for name, heads in PARTS.items()} if apart else {}
    corpus = (place / "pitch" if apart else place) / CORPUS
    try:
        return assemble(
            parts or {"all": _load(place, HEADS)}, corpus.read_bytes() if corpus.is_file() else None
        )
    except (OSError, CorpusError) as error:
        raise UserError(f"{corpus}: {getattr(error, 'strerror', None) or error}") from error


def assemble(parts: Mapping[str, Checkpoint], counts: bytes | None = None) -> JazzModel:
    """The model of some checkpoints, and of the file of a corpus if there is one.

    Raises:
        CorpusError: a corpus that is none.
    """
    maps = expert_maps()
    panel = Panel([Network(part.spec, part.weights, maps) for part in parts.values()])
    return JazzModel(panel, dict(parts), UNHEARD if counts is None else unpacked(counts), counts)


def _load(place: Traversable, heads: tuple[Head, ...]) -> Checkpoint:
    try:
        checkpoint = load(place, KIND, vocabulary_hash())
        spec = checkpoint.spec
        if spec != jazz_spec(spec.hidden, spec.layers, heads):
            raise CheckpointError(f"{place}: of another shape than the jazz model; train it again")
        check_weights(spec, checkpoint.weights)
    except CheckpointError as error:
        raise UserError(str(error)) from error
    except (TypeError, ValueError) as error:
        raise UserError(f"{place}: damaged ({error})") from error
    return checkpoint


def jazz_meta(
    data: str,
    seed: int,
    recipe: Mapping[str, Any],
    figures: Mapping[str, Any],
    left_out: Sequence[int] = (),
    teachers: Sequence[str] = (),
) -> dict[str, Any]:
    """What the meta.json of a jazz checkpoint says beside its shape.

    `left_out` are the solos to train on that it did not learn, `teachers` the digests of those it had.
    """
    return {
        "kind": KIND,
        "vocabulary": vocabulary_hash(),
        "data": data,
        "seed": seed,
        "recipe": dict(recipe),
        "left_out": list(left_out),
        "teachers": list(teachers),
        "figures": dict(figures),
    }
