"""Training the bass model: from a database to a checkpoint.

Needs torch, which is imported in `models.train` only: the extra `train`.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from improv.band.card import write_card
from improv.band.dataset import encode_solos, has_bass, transpose
from improv.band.encoding import bass_spec, expert_maps
from improv.band.evaluation import evaluate
from improv.band.model import bass_meta
from improv.band.vocabulary import KEYS
from improv.errors import UserError
from improv.jazz.solos import read_split
from improv.jazz.wjazzd import CITATION, read_solos
from improv.learning import converged, rounded, saved_in
from models.checkpoint import save
from models.network import Network
from models.streams import Streams
from models.train import Progress, Recipe, train
from models.twin import Dropout

DROPOUT = Dropout(embedding=0.15, layer=0.45, weight=0.4, head=0.0)


def train_bass(
    data: Path, folder: Path, hidden: int, layers: int, recipe: Recipe, report: Callable[[Progress], None]
) -> dict[str, float]:
    """Train, write the checkpoint to `folder`, and return its figures on the validation solos.

    A run that was stopped goes on from `folder`. Raises UserError for data that cannot be read or
    learned from, for a folder that cannot be written to or gone on from, and for a training that diverges.
    """
    everything = {solo.melid: solo for solo in read_solos(data)}
    split = read_split(data, list(everything))
    missing = [melid for melid in (*split.train, *split.validation) if melid not in everything]
    if missing:
        raise UserError(f"{data}: the split names solo {missing[0]}, which is not there")
    learnable, validation = (
        [everything[melid] for melid in part if has_bass(everything[melid])]
        for part in (split.train, split.validation)
    )
    if not learnable or not validation:
        raise UserError(f"{data}: too few bass lines: some to train on and some to validate on are needed")
    learned = encode_solos(learnable)
    spec, maps = bass_spec(hidden, layers), expert_maps()
    streams = Streams([transpose(learned, semitones) for semitones in KEYS], recipe.batch, recipe.seed)
    # the validation is told no more of a line than a player is who has not heard it
    unheard = encode_solos(validation, told=False)
    with saved_in(folder):
        weights = train(spec, maps, streams, unheard, recipe, folder, report)
    halves, played = rounded(converged(weights, folder))
    network = Network(spec, played, maps)
    figures = {
        name: round(value, 4) for name, value in evaluate(network, validation, learned_from=learnable).items()
    }
    meta = bass_meta(
        data=f"{CITATION}; the bass lines of {len(learnable)} solos to train on, of {len(validation)} to "
        f"choose the epoch by ({split.source}), in all twelve keys",
        seed=recipe.seed,
        recipe=asdict(recipe),
        figures={"on": "validation solos", **figures},
    )
    save(folder, spec, halves, meta)
    write_card(folder)
    return figures
