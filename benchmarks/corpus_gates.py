"""Fit how far the corpus is heeded, on solos that neither a teacher nor the counts have seen.

    python benchmarks/corpus_gates.py DATA --teacher DIR [--model DIR]

The teacher is a network of pitches, of `improv train jazz DATA --part pitch --leave-out K/N`. The counts are
over the solos to train on that it learned, the powers are fitted on those that it left out, and the corpus
that is written beside MODEL's checkpoint of pitches counts all of them. Needs torch.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from improv.jazz.corpus import CORPUS, Corpus, Gates, corpus_of, packed, tally
from improv.jazz.dataset import encode_solo, only
from improv.jazz.encoding import INPUTS, PARTS, expert_maps
from improv.jazz.experience import contexts
from improv.jazz.recall import INTERVAL_SLOTS, WIDEST
from improv.jazz.solos import read_split
from improv.jazz.training import read_teachers
from improv.jazz.vocabulary import NO_PITCH, PITCHES
from improv.jazz.wjazzd import Solo, read_solos
from models.checkpoint import Checkpoint
from models.scores import opinion
from models.spec import FAINT
from models.twin import Dropout, Twin

ROUNDS = 50
FIRM = 1e-3
"""What the square of a power's slope costs."""
NOTHING = Gates(1.0, np.zeros(0, np.float32), np.zeros((0, 0), np.float32))


def main() -> None:
    """Count, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path, help="the database, or its folder with split.json")
    parser.add_argument("--teacher", type=Path, required=True, metavar="DIR")
    parser.add_argument("--model", type=Path, default=Path("checkpoints/jazz"), metavar="DIR")
    arguments = parser.parse_args()
    (teacher,) = read_teachers([arguments.teacher])
    everything = {solo.melid: solo for solo in read_solos(arguments.data) if solo.notes}
    split = read_split(arguments.data, list(everything))
    learned = [everything[melid] for melid in split.train if melid in everything]
    out = set(teacher.meta["left_out"])
    unseen = [solo for solo in learned if solo.melid in out]
    known = corpus_of(tally([solo for solo in learned if solo.melid not in out]), NOTHING, NOTHING)
    own, rows, target = (torch.cat(parts) for parts in zip(*map(asker(teacher, known), unseen), strict=True))
    everybodys = known.rows(0, 0).shape[0]
    told, untold = (fit(own, rows[:, :count], target) for count in (rows.shape[1], everybodys))
    (arguments.model / "pitch" / CORPUS).write_bytes(packed(corpus_of(tally(learned), told, untold)))


def asker(teacher: Checkpoint, known: Corpus) -> Callable[[Solo], tuple[Tensor, Tensor, Tensor]]:
    """From a solo: log probabilities of the teacher (N, PITCHES), rows by pitch, and what was played."""
    twin = Twin(teacher.spec, {"pitch": expert_maps()["pitch"]}, Dropout()).eval()
    twin.take(teacher.weights)
    names = [entry.name for entry in INPUTS]

    def ask(solo: Solo) -> tuple[Tensor, Tensor, Tensor]:
        columns = only(encode_solo(solo), PARTS["pitch"])
        own = torch.from_numpy(np.log(opinion(twin, columns, 0)["pitch"] + 1e-12))
        intervals, performers, lasts = (
            columns.ids[:, names.index(name)].tolist() for name in ("interval", "performer", "pitch")
        )
        found = [
            by_pitch(known.rows(context, performer), last)
            for context, performer, last in zip(contexts(intervals), performers, lasts, strict=True)
        ]
        target = torch.from_numpy(columns.heads["pitch"].target.astype(np.int64))
        return own, torch.from_numpy(np.array(found)), target

    return ask


def by_pitch(rows: npt.NDArray[np.float32], last: int) -> npt.NDArray[np.float32]:
    """(rows, PITCHES + 1): what a row says of each pitch, and its sum."""
    found = np.zeros((len(rows), PITCHES + 2 * INTERVAL_SLOTS), np.float32)
    if last != NO_PITCH:
        found[:, last - WIDEST + INTERVAL_SLOTS :][:, :INTERVAL_SLOTS] = rows
    within = found[:, INTERVAL_SLOTS : INTERVAL_SLOTS + PITCHES]
    return np.concatenate([within, rows.sum(axis=1, keepdims=True)], axis=1)


def fit(own: Tensor, rows: Tensor, target: Tensor) -> Gates:
    """The powers at which the product of the teacher and the rows is the likeliest."""
    count = rows.shape[1]
    logs, sums = torch.log1p(rows[..., :PITCHES] / FAINT), rows[..., PITCHES]
    scale = torch.ones(1, requires_grad=True)
    w, V = (torch.zeros(*shape, requires_grad=True) for shape in ((count,), (count, count)))
    optimiser = torch.optim.LBFGS([scale, w, V], max_iter=ROUNDS)

    def nats() -> Tensor:
        scores = own * scale + torch.einsum("nk,nkp->np", w + sums @ V.T, logs)
        return functional.cross_entropy(scores, target)

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = nats() + FIRM * (V**2).sum()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return loss

    before = nats().item()
    optimiser.step(closure)  # type: ignore[no-untyped-call]
    print(f"{count} rows: {before:.4f} to {nats().item():.4f} nats a note, scale {scale.item():.3f}")
    return Gates(float(scale), w.detach().numpy(), V.detach().numpy())


if __name__ == "__main__":
    main()
