"""Training a text model: from a text to a folder that `improv text --model` writes with.

Needs torch, which is imported here and in `models.train` only: the extra `train`.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from improv.errors import UserError
from improv.files import write_whole
from improv.learning import Weights, converged, rounded, saved_in
from improv.text.alphabet import NEWLINE, Alphabet, alphabet_of
from improv.text.card import write_card
from improv.text.corpus import Corpus
from improv.text.dataset import columns_of, validation_columns
from improv.text.evaluation import evaluate_text
from improv.text.model import KIND, LEXICON, TextModel, beside, load_text
from models.checkpoint import save
from models.language import CHARACTER, identity_maps, language_spec
from models.spec import Spec
from models.streams import Source, Streams
from models.tape import Tape
from models.teachers import Lessons
from models.train import Progress, Recipe, train
from models.twin import Dropout, Twin

EMBEDDING = 64
"""Dimensions of a character."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a network is."""

    cell: str
    hidden: int
    layers: int


def train_text(
    corpus: Corpus,
    name: str,
    size: Size,
    recipe: Recipe,
    folder: Path,
    start: TextModel | None,
    teachers: Sequence[TextModel],
    report: Callable[[Progress], None],
) -> dict[str, float]:
    """Train, from `start` if given, write the model to `folder`, and return its figures.

    With teachers it learns from their opinion, on the lines of the list and on others that they write.
    A run that was stopped goes on from `folder`. Raises UserError for a text that is too short, a folder
    that cannot be written to or gone on from, and a training that diverges.
    """
    found = alphabet_of(corpus.whole)
    alphabet = found if start is None else start.alphabet.extended(found)
    spec = language_spec(alphabet.size, EMBEDDING, size.hidden, size.layers, size.cell)
    grown = None if start is None else _grown(start, spec, recipe.seed)
    validation = validation_columns(corpus.validation, corpus.unit, alphabet)
    with saved_in(folder):
        folder.mkdir(parents=True, exist_ok=True)
        source: Source
        if teachers:
            source = _lessons(corpus, alphabet, teachers, recipe)
        elif corpus.unit == "line":
            source = Streams([columns_of(corpus.train, "line", alphabet)], recipe.batch, recipe.seed)
        else:
            source = Tape(alphabet.encode(corpus.train), CHARACTER, recipe.batch, recipe.seed)
        weights = train(
            spec, identity_maps(alphabet.size), source, validation, recipe, folder, report, start=grown
        )
    meta: dict[str, Any] = {
        "kind": KIND,
        "vocabulary": alphabet.digest,
        "characters": alphabet.characters,
        "unit": corpus.unit,
        "form": corpus.form,
        "data": name,
        "seed": recipe.seed,
        "recipe": asdict(recipe),
        "teachers": [{"name": teacher.name, "digest": teacher.digest} for teacher in teachers],
        "trained_from": None if start is None else {"name": start.name, "digest": start.digest},
    }
    for file, content in beside(corpus.train, start).items():
        if file != LEXICON or corpus.unit == "text":  # who lists names needs no words
            write_whole(folder / file, content)
    figures = _write(folder, spec, converged(weights, folder), meta, corpus)
    write_card(folder)
    return figures


def _lessons(corpus: Corpus, alphabet: Alphabet, teachers: Sequence[TextModel], recipe: Recipe) -> Lessons:
    """Raises UserError for teachers that know other characters, or a text that is no list."""
    if corpus.unit != "line":
        raise UserError("teachers teach lists of names; this is a running text (see --unit)")
    for teacher in teachers:
        if teacher.alphabet != alphabet:
            raise UserError(
                f"{teacher.name}: knows other characters than the list has; teach by models of the same list"
            )
    twins = []
    for teacher in teachers:
        twin = Twin(teacher.spec, identity_maps(alphabet.size), Dropout())
        twin.take(teacher.weights)
        twins.append(twin)
    real = columns_of(corpus.train, "line", alphabet)
    (end,) = alphabet.encode(NEWLINE).tolist()
    return Lessons(twins, real, end, max(real.lengths), recipe.batch, recipe.seed)


def _write(
    folder: Path, spec: Spec, weights: Weights, meta: dict[str, Any], corpus: Corpus
) -> dict[str, float]:
    """What ships is what is measured: the weights are rounded to half precision first."""
    halves, _ = rounded(weights)
    save(folder, spec, halves, meta)
    model = load_text(folder)
    scored = evaluate_text(model, corpus.validation)
    figures = {
        "validation_nll_per_char": round(scored["nll_per_char"], 4),
        "validation_chars": scored["chars"],
        "train_chars": len(corpus.train),
        "parameters": sum(value.size for value in weights.values()),
    }
    save(folder, spec, halves, {**meta, "figures": figures})
    return figures


def _grown(start: TextModel, spec: Spec, seed: int) -> Weights:
    """The weights to start from, with rows for the characters that are new."""
    generator = np.random.default_rng((seed, 2))
    grown = {}
    for name, shape in spec.shapes().items():
        before = start.weights[name]
        fresh = generator.normal(0.0, 0.1, (shape[0] - before.shape[0], *shape[1:])).astype(np.float32)
        if before.ndim == 1:
            fresh -= 5.0  # a character never met is unlikely, to begin with
        grown[name] = np.concatenate([before, fresh])
    return grown
