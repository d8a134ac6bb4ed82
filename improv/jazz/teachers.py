"""Learning from the opinion of several networks of solos that they have not learned: distillation.

Conventions: a teacher speaks only of the solos that were left out when it was trained, as the
"left_out" of its meta.json says; so teachers that between them left every solo out speak of all of them as
of new ones. What is learned of a note is `TRUST` times their mean probability of every answer, and for
the rest the truth. Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015);
that teachers judge what they have not seen is the cross-fitting of Wolpert, "Stacked generalization" (1992).

Needs torch, by way of `models.twin`.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from improv.errors import UserError
from improv.jazz.encoding import expert_maps
from models.checkpoint import Checkpoint
from models.dataset import IGNORED, Columns
from models.scores import opinion
from models.twin import Dropout, Twin

TRUST = 0.5
"""Share of what is learned that is the teachers' opinion."""


def leave_out(melids: Sequence[int], fold: tuple[int, int]) -> list[int]:
    """Every n-th solo, the k-th first, for (k, n); k from 1."""
    k, n = fold
    return list(melids[k - 1 :: n])


def taught(columns: Columns, melids: Sequence[int], teachers: Sequence[Checkpoint]) -> Columns:
    """The columns of some solos with what the teachers think of them.

    Raises UserError for a solo that no teacher left out, and for teachers that answer other questions.
    """
    votes = np.zeros(len(melids), np.int64)
    sums = {name: np.zeros((len(head.target), 0), np.float32) for name, head in columns.heads.items()}
    for teacher in teachers:
        spec = teacher.spec
        if {head.name for head in spec.heads} != set(columns.heads):
            raise UserError("a teacher of another part: all must be of the part that is trained")
        twin = Twin(spec, {head.name: expert_maps()[head.name] for head in spec.heads}, Dropout())
        twin.take(teacher.weights)
        left_out = set(teacher.meta.get("left_out", ()))
        for i, melid in enumerate(melids):
            if melid in left_out:
                votes[i] += 1
                _add(twin.eval(), columns, i, sums)
    if not votes.all():
        silent = melids[int(np.argmin(votes))]
        raise UserError(f"no teacher left out solo {silent}: train teachers with --leave-out K/N for every K")
    steps: npt.NDArray[np.float32] = np.repeat(votes, columns.lengths).astype(np.float32)[:, None]
    heads = {
        name: replace(head, opinion=_mixed(sums[name] / steps, head.target))
        for name, head in columns.heads.items()
    }
    return replace(columns, heads=heads)


def _add(twin: Twin, columns: Columns, i: int, sums: dict[str, npt.NDArray[np.float32]]) -> None:
    start, end = columns.starts[i], columns.starts[i] + columns.lengths[i]
    for name, found in opinion(twin, columns, i).items():
        if not sums[name].shape[1]:
            sums[name] = np.zeros((len(sums[name]), found.shape[-1]), np.float32)
        sums[name][start:end] += found


def _mixed(opinion: npt.NDArray[np.float32], target: npt.NDArray[np.int16]) -> npt.NDArray[np.float16]:
    mixed = TRUST * opinion
    asked = np.flatnonzero(target != IGNORED)
    mixed[asked, target[asked]] += 1 - TRUST
    return mixed.astype(np.float16)
