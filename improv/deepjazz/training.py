"""Training a deepjazz model: from one piece to a folder that `improv render --model` plays from.

Needs torch, which is imported in `models.train` only: the extra `train`. Kim's settings are the defaults of
`recipe_for`, but for the optimiser, which is ours (AdamW and one cycle; his was RMSprop at one rate), and
for the last measures, which are kept back to show how well the model foretells what it has not seen (he
kept none). As in his program the last weights are kept, and the measures learned from stay beside them, for
new ones to go on from; or, with `own_seeds`, measures that the network wrote (`improv.deepjazz.seeds`).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from improv.deepjazz.card import write_card
from improv.deepjazz.dataset import STEP, Lesson, training_windows, validation_windows
from improv.deepjazz.model import (
    CORPUS,
    KIND,
    WINDOW,
    DeepjazzModel,
    corpus_text,
    deepjazz_spec,
)
from improv.deepjazz.seeds import write_seeds
from improv.deepjazz.vocabulary import MOST_WORDS, vocabulary_of
from improv.errors import UserError
from improv.files import write_whole
from improv.learning import converged, rounded, saved_in
from models.checkpoint import save
from models.dataset import Columns
from models.language import CHARACTER, forward, identity_maps, initial_state
from models.loss import softmax_cross_entropy
from models.spec import Spec
from models.streams import Streams
from models.train import Progress, Recipe, train
from models.twin import Dropout

BATCH = 128
LEAST = 2 * WINDOW
"""Terminals to learn from, at least."""

Weights = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a network is."""

    hidden: int = 128
    layers: int = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train; but for the rate, the seed and the threads as Kim did."""

    epochs: int = 128
    batch: int = BATCH
    rate: float = 3e-3
    dropout: float = 0.2
    held_out: float = 0.1
    """The share of the measures, the last ones, that is not learned from."""
    seed: int = 0
    threads: int = 2
    own_seeds: bool = False
    """Whether new measures go on from what the network wrote, and the piece's are not saved."""


def train_deepjazz(
    lesson: Lesson, size: Size, settings: Settings, folder: Path, report: Callable[[Progress], None]
) -> dict[str, float]:
    """Train, write the model to `folder`, and return its figures.

    A run that was stopped goes on from `folder`. Raises UserError for a piece that is too short or has
    too many terminals, a folder that cannot be written to or gone on from, and a training that diverges.
    """
    vocabulary = vocabulary_of(lesson.measures)
    kept = len(lesson.measures) - round(len(lesson.measures) * settings.held_out)
    corpus = vocabulary.encode(terminal for measure in lesson.measures for terminal in measure)
    learned = sum(map(len, lesson.measures[:kept]))
    if learned < LEAST:
        raise UserError(f"{lesson.title}: too short; {learned} terminals to learn from, {LEAST} are needed")
    if vocabulary.size > MOST_WORDS:
        raise UserError(f"{lesson.title}: too long; {vocabulary.size} different terminals")
    spec = deepjazz_spec(vocabulary.size, size.hidden, size.layers)
    windows, unseen = training_windows(corpus[:learned]), validation_windows(corpus, learned)
    recipe = recipe_for(settings, len(windows.lengths))
    with saved_in(folder):
        folder.mkdir(parents=True, exist_ok=True)
        weights = train(
            spec,
            identity_maps(vocabulary.size),
            Streams([windows], recipe.batch, recipe.seed),
            unseen,
            recipe,
            folder,
            report,
        )
    halves, played = rounded(converged(weights, folder))
    figures = {
        "train_nll_per_terminal": round(_nats(spec, played, windows), 4),
        "validation_nll_per_terminal": round(_nats(spec, played, unseen), 4),
        "measures": len(lesson.measures),
        "train_terminals": learned,
        "validation_terminals": len(corpus) - learned,
        "words": vocabulary.size,
        "parameters": sum(value.size for value in weights.values()),
    }
    measures = lesson.measures[:kept]
    if settings.own_seeds:
        model = DeepjazzModel(vocabulary, spec, played, measures, {}, "")
        seeds = write_seeds(model, lesson.measures, settings.seed)
        measures = seeds.measures
        figures |= {"own_measures": len(measures), "own_measures_left_out": seeds.left_out}
    meta: dict[str, Any] = {
        "kind": KIND,
        "vocabulary": vocabulary.digest,
        "words": vocabulary.words,
        "data": lesson.title,
        "credit": lesson.credit,
        "seed": recipe.seed,
        "step": STEP,
        "held_out": settings.held_out,
        "own_seeds": settings.own_seeds,
        "recipe": asdict(recipe),
        "figures": figures,
    }
    write_whole(folder / CORPUS, corpus_text(measures).encode())
    save(folder, spec, halves, meta)
    write_card(folder)
    return figures


def recipe_for(settings: Settings, windows: int) -> Recipe:
    """The recipe for so many windows."""
    batch = min(settings.batch, windows)
    steps = settings.epochs * windows / batch
    return Recipe(
        epochs=settings.epochs,
        keep_last=True,
        batch=batch,
        # the trainer varies the length of what it reads by a quarter: a window is never cut
        window=-(-WINDOW * 4 // 3),
        rate=settings.rate,
        decay=0.0,
        average=1 - 1 / max(10.0, min(1000.0, steps / 30)),
        seed=settings.seed,
        threads=settings.threads,
        dropout=Dropout(embedding=0.0, layer=settings.dropout, weight=0.0, head=0.0),
    )


def _nats(spec: Spec, weights: Weights, columns: Columns) -> float:
    """Nats a terminal foretold, each after its window."""
    read = columns.ids.reshape(-1, WINDOW).T  # (T, B)
    asked = columns.heads[CHARACTER].target.reshape(-1, WINDOW).T
    logits, _ = forward(read, initial_state(spec, read.shape[1]), weights, spec)  # (T, B, V)
    loss, _ = softmax_cross_entropy(logits[-1], asked[-1])
    return float(loss)
