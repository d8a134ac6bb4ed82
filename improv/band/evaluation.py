"""How well the bass model foretells bass lines.

Conventions: teacher-forced, each line whole and in its own key, from an empty memory, nothing told of
what the line is like; every beat with a pitch is counted once; nats.
"""

from collections.abc import Callable, Sequence

import numpy as np

from improv.band.dataset import encode_solo, has_bass, manner_of
from improv.band.encoding import PITCH, Manner
from improv.band.ngram import ngram_nats
from improv.jazz.wjazzd import Solo
from models.dataset import IGNORED
from models.network import Network
from models.numeric import log_softmax


def evaluate(
    network: Network,
    solos: Sequence[Solo],
    learned_from: Sequence[Solo] = (),
    report: Callable[[int], None] = lambda _: None,
) -> dict[str, float]:
    """Figures a beat over all lines; `report` is told how many solos are done.

    With solos to learn n-grams from, none of them among those scored, also what an n-gram makes of the
    same beats.
    """
    beats = 0
    sums = {"pitch_nll": 0.0, "pitch_top1": 0.0, "pitch_top3": 0.0, "told_nll": 0.0}
    lines = [solo for solo in solos if has_bass(solo)]
    for done, solo in enumerate(lines, start=1):
        ranks = _scored(network, solo, Manner(solo.tempo, solo.feel))
        beats += len(ranks)
        sums["pitch_nll"] += sum(nll for nll, _ in ranks)
        sums["pitch_top1"] += sum(likelier == 0 for _, likelier in ranks)
        sums["pitch_top3"] += sum(likelier < 3 for _, likelier in ranks)
        sums["told_nll"] += sum(nll for nll, _ in _scored(network, solo, manner_of(solo)))
        report(done)
    found: dict[str, float] = {"beats": beats}
    found.update({name: value / max(1, beats) for name, value in sums.items()})
    if learned_from and lines:
        found["ngram_nll"] = ngram_nats(learned_from, lines)
    return found


def _scored(network: Network, solo: Solo, manner: Manner) -> list[tuple[float, int]]:
    """For each beat with a pitch its nats, and how many pitches were thought likelier."""
    columns = encode_solo(solo, manner)
    head = columns.heads[PITCH.name]
    network.forget()
    found = []
    for t in range(len(columns.ids)):
        network.step(columns.ids[t].tolist(), columns.dense[t])
        target = int(head.target[t])
        if target != IGNORED:
            logits = log_softmax(network.logits(PITCH.name, (), head.shifts[t].tolist()))
            found.append((-float(logits[target]), int(np.count_nonzero(logits > logits[target]))))
    return found
