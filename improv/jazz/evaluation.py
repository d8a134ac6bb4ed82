"""How well the jazz model predicts solos.

Conventions: teacher-forced, each solo whole and in its own key, from an empty memory; every note is
counted once; nats. Pitch is scored given the note's onset and everything before it; rhythm is the gap
to the next onset and the length, given everything before and the pitch. The last note of a solo has
no next onset, so only its length is scored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from improv.jazz.dataset import encode_solo
from improv.jazz.wjazzd import Solo
from models.dataset import IGNORED, Columns
from models.network import Predictor
from models.numeric import log_softmax


@dataclass
class Figures:
    """Sums over notes."""

    notes: int = 0
    pitch_nll: float = 0.0
    pitch_top1: float = 0.0
    pitch_top3: float = 0.0
    gap_nll: float = 0.0
    length_nll: float = 0.0
    rhythm_top1: float = 0.0
    """Notes whose gap and length were both the likeliest."""

    def per_note(self) -> dict[str, float]:
        """Means a note, with `rhythm_nll` (gap and length) and `joint_nll` (all three)."""
        found: dict[str, float] = {"notes": self.notes}
        for entry in fields(self)[1:]:
            found[entry.name] = getattr(self, entry.name) / max(1, self.notes)
        found["rhythm_nll"] = found["gap_nll"] + found["length_nll"]
        found["joint_nll"] = found["pitch_nll"] + found["rhythm_nll"]
        return found


def evaluate(
    network: Predictor, solos: Sequence[Solo], report: Callable[[int], None] = lambda _: None
) -> dict[str, float]:
    """Figures a note over all solos; `report` is told how many solos are done."""
    figures = Figures()
    for done, solo in enumerate((solo for solo in solos if solo.notes), start=1):
        _add_solo(network, encode_solo(solo), figures)
        report(done)
    return figures.per_note()


def _add_solo(network: Predictor, columns: Columns, figures: Figures) -> None:
    network.forget()
    for t in range(len(columns.ids)):
        advice = {
            name: head.advice[t].astype(np.float32)
            for name, head in columns.heads.items()
            if head.advice is not None
        }
        network.step(columns.ids[t].tolist(), columns.dense[t], advice)
        right = True
        for name, head in columns.heads.items():
            target = int(head.target[t])
            if target == IGNORED:
                continue
            logits = log_softmax(
                network.logits(name, head.inputs[t].tolist(), head.shifts[t].tolist(), advice.get(name))
            )
            nll = -float(logits[target])
            likelier = int(np.count_nonzero(logits > logits[target]))
            setattr(figures, f"{name}_nll", getattr(figures, f"{name}_nll") + nll)
            if name == "pitch":
                figures.pitch_top1 += likelier == 0
                figures.pitch_top3 += likelier < 3
            else:
                right = right and likelier == 0
        figures.rhythm_top1 += right
        figures.notes += 1
