"""A trained deepjazz model, found and made ready to play.

Conventions: a checkpoint of kind "deepjazz" says in its meta.json which terminals it knows (`words`, by id);
beside it lies `corpus.txt`, measures of which each new one goes on from a stretch, one a line in deepjazz's
text form. As in his program they are those it learned from; or, where those are not ours to give away, as in
the checkpoint that ships, measures that the trained network wrote itself (see `improv.deepjazz.seeds`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from grammar.terminals import Kind, Terminal, TerminalError, format_line, parse_text
from improv.deepjazz.vocabulary import Measure, Vocabulary, vocabulary_from_words
from improv.errors import UserError
from models.checkpoint import META, CheckpointError, load, shipped
from models.language import identity_maps, language_spec
from models.network import Network, check_weights
from models.spec import Spec

KIND = "deepjazz"
CORPUS = "corpus.txt"
WINDOW = 20
"""Terminals that a model reads before it says the next one."""
EMBEDDING = 64
"""Dimensions of a terminal; his are one-hot, which is as many as there are."""


@dataclass(frozen=True, slots=True)
class DeepjazzModel:
    """What a checkpoint of kind "deepjazz" holds."""

    vocabulary: Vocabulary
    spec: Spec
    weights: Mapping[str, npt.NDArray[np.float32]]
    measures: tuple[Measure, ...]
    """What each new measure goes on from a stretch of."""
    meta: Mapping[str, Any]
    digest: str

    def network(self) -> Network:
        """The network, to be stepped terminal by terminal."""
        return Network(self.spec, self.weights, identity_maps(self.vocabulary.size))

    def corpus(self) -> list[Terminal]:
        """The measures one after the other."""
        return [terminal for measure in self.measures for terminal in measure]


def deepjazz_spec(words: int, hidden: int, layers: int) -> Spec:
    """Kim's network over so many words: LSTMs plainly one upon the other."""
    return replace(language_spec(words, EMBEDDING, hidden, layers, "lstm"), skip=False)


def load_deepjazz(folder: Path | None = None) -> DeepjazzModel:
    """The model of a checkpoint folder, or the one that ships.

    Raises:
        UserError: the checkpoint is missing, damaged, or of another kind or shape.
    """
    place: Traversable = shipped(KIND) if folder is None else folder
    try:
        checkpoint = load(place, KIND, None)
        vocabulary = vocabulary_from_words(checkpoint.meta["words"])
        spec = checkpoint.spec
        if spec != deepjazz_spec(vocabulary.size, spec.hidden, spec.layers):
            raise CheckpointError(f"{place}: of another shape than a deepjazz model; train it again")
        check_weights(spec, checkpoint.weights)
        text = (place / CORPUS).read_text("utf-8")
        measures = tuple(tuple(parse_text(line)) for line in text.splitlines() if line.strip())
        model = DeepjazzModel(
            vocabulary, spec, checkpoint.weights, measures, checkpoint.meta, checkpoint.digest
        )
        corpus = model.corpus()
        vocabulary.encode(corpus)  # raises KeyError for a terminal that it does not know
        if len(corpus) <= WINDOW or not any(map(opens, vocabulary.terminals)):
            raise CheckpointError(f"{place}/{CORPUS}: damaged (it ends too early)")
    except CheckpointError as error:
        raise UserError(str(error)) from error
    except OSError as error:
        raise UserError(f"{place}: cannot read {CORPUS} ({error.strerror})") from error
    except KeyError as error:
        raise UserError(f"{place}: damaged ({META} and {CORPUS} do not agree on {error})") from error
    except (TerminalError, TypeError, ValueError) as error:
        raise UserError(f"{place}: damaged ({error})") from error
    return model


def opens(terminal: Terminal) -> bool:
    """Whether a measure can begin with it: a note that is not measured from another."""
    return terminal.kind is not Kind.REST and terminal.bounds is None


def corpus_text(measures: Iterable[Sequence[Terminal]]) -> str:
    """What `corpus.txt` holds."""
    return "".join(format_line(measure) + "\n" for measure in measures)
