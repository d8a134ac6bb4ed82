"""How well the jazz model predicts solos.

Conventions: teacher-forced, each solo whole and in its own key, from an empty memory; every note is
counted once; nats. Pitch is scored given the note's onset and everything before it; rhythm is the gap
to the next onset and the length, given everything before and the pitch. The last note of a solo has
no next onset, so only its length is scored.

With the grammar, which on the stage redraws what it refuses: a pitch's probability is `HEED` times the
model's among the pitches that the rules permit, and for the rest the model's own, since players do what the
rules refuse (register aside, 1.8 % of the training notes).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grammar.rules import HISTORY, permitted
from improv.jazz.dataset import encode_solo
from improv.jazz.encoding import HEADS
from improv.jazz.model import JazzModel
from improv.jazz.vocabulary import HIGHEST, LOWEST
from improv.jazz.wjazzd import Solo
from models.dataset import IGNORED
from models.numeric import log_softmax

HEED = 0.982
"""How far the grammar is trusted where it is scored."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scored:
    """One head on the notes of a solo, (notes,) each; nan and -1 where nothing was asked."""

    nats: Floats
    rank: npt.NDArray[np.int64]
    """How many answers were likelier than the right one."""


@dataclass(frozen=True, slots=True)
class SoloScores:
    """What a model made of a solo."""

    heads: dict[str, Scored]
    """Of the heads that the model has."""
    with_grammar: Floats
    """(notes,), nats of the pitches with the grammar."""
    refused: int
    """Notes that the grammar would have refused."""


def score(model: JazzModel, solo: Solo, first: int = 0) -> SoloScores:
    """What each note of a solo costs, from an empty memory; those before `first` are heard and not asked."""
    network = model.network
    columns = encode_solo(solo, model.corpus)
    notes = len(columns.ids)
    names = [head.name for head in HEADS if head.name in network.heads]
    found = {name: Scored(np.full(notes, np.nan), np.full(notes, -1)) for name in names}
    with_grammar = np.full(notes, np.nan)
    refused = 0
    network.forget()
    for t in range(notes):
        advice = {
            name: head.advice[t].astype(np.float32)
            for name, head in columns.heads.items()
            if head.advice is not None
        }
        network.step(columns.ids[t].tolist(), columns.dense[t], advice)
        for name in names if t >= first else ():
            head = columns.heads[name]
            target = int(head.target[t])
            if target == IGNORED:
                continue
            logits = log_softmax(
                network.logits(name, head.inputs[t].tolist(), head.shifts[t].tolist(), advice.get(name))
            )
            found[name].nats[t] = -logits[target]
            found[name].rank[t] = np.count_nonzero(logits > logits[target])
            if name == "pitch":
                allowed = _allowed(solo, t)
                refused += not allowed[target]
                heeded = np.exp(logits[target]) / np.exp(logits[allowed]).sum() if allowed[target] else 0.0
                with_grammar[t] = -np.log(HEED * heeded + (1 - HEED) * np.exp(logits[target]))
    return SoloScores(found, with_grammar, refused)


def evaluate(
    model: JazzModel, solos: Sequence[Solo], report: Callable[[int], None] = lambda _: None
) -> dict[str, float]:
    """Figures a note over all solos; `report` is told how many solos are done."""
    scores = []
    for done, solo in enumerate((solo for solo in solos if solo.notes), start=1):
        scores.append(score(model, solo))
        report(done)
    notes = sum(len(found.with_grammar) for found in scores)
    figures: dict[str, float] = {"notes": notes}
    ranks = {}
    for head in HEADS:
        if head.name in model.network.heads:
            nats = np.concatenate([found.heads[head.name].nats for found in scores] or [np.zeros(0)])
            figures[f"{head.name}_nll"] = float(np.nansum(nats)) / max(1, notes)
            ranks[head.name] = np.concatenate(
                [found.heads[head.name].rank for found in scores] or [np.zeros(0, np.int64)]
            )
    if "pitch" in ranks:
        figures["pitch_top1"] = float(np.sum(ranks["pitch"] == 0)) / max(1, notes)
        figures["pitch_top3"] = float(np.sum((ranks["pitch"] >= 0) & (ranks["pitch"] < 3))) / max(1, notes)
        figures["pitch_nll_with_grammar"] = sum(float(found.with_grammar.sum()) for found in scores) / max(
            1, notes
        )
        figures["grammar_refused"] = sum(found.refused for found in scores) / max(1, notes)
    if "gap" in ranks:
        # what was not asked counts as right: after the last note there is no gap
        right = (ranks["gap"] <= 0) & (ranks["length"] <= 0)
        figures["rhythm_nll"] = figures["gap_nll"] + figures["length_nll"]
        figures["rhythm_top1"] = float(right.sum()) / max(1, notes)
    if len(ranks) == len(HEADS):
        figures["joint_nll"] = figures["pitch_nll"] + figures["rhythm_nll"]
    return figures


def _allowed(solo: Solo, t: int) -> npt.NDArray[np.bool_]:
    """Which pitch ids the grammar permits for note t; the piano is the register."""
    before = solo.notes[max(0, t - HISTORY - 2) : t]
    verdict = permitted(before, solo.notes[t].onset, solo.changes, LOWEST, HIGHEST)
    return np.array(verdict.allowed[LOWEST : HIGHEST + 1])
