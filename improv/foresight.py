"""What the network makes of a note before it is struck: a step that is taken while nobody waits.

Conventions: what is kept is the answer of a pure function, found again by what it was asked; so whether
something was worked out ahead makes no note another, and a replay need not know of it.

A step costs most where it is needed most: between two keys other work has the processor's caches, and the
weights come back from memory while the key waits.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grammar.changes import Changes
from grammar.rules import Verdict
from models.numeric import Array

if TYPE_CHECKING:
    from improv.improviser import Taste
    from improv.mind import Mind


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """All that a step, and what is then thought of the pitch, follow from."""

    mind: "Mind"
    onset: int
    """Ticks."""
    tempo: float
    changes: Changes
    taste: "Taste"

    def same(self, other: "Question") -> bool:
        """Whether the answer is the same; minds and changes are compared by identity, which costs nothing."""
        return (
            self.mind is other.mind
            and self.onset == other.onset
            and self.tempo == other.tempo
            and self.changes is other.changes
            and self.taste == other.taste
        )


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What became of it."""

    mind: "Mind"
    logits: Array  # (PITCHES,)
    verdict: Verdict | None
    """The grammar's, of every pitch; None where it is not heeded."""


class Foresight:
    """The two newest questions, and their answers."""

    def __init__(self) -> None:
        self._known: deque[tuple[Question, Answer]] = deque(maxlen=2)

    def answer(self, question: Question, work: Callable[[Question], Answer]) -> Answer:
        """What is known, or else is worked out and kept in place of the oldest."""
        for known, answer in self._known:
            if question.same(known):
                return answer
        answer = work(question)
        self._known.append((question, answer))
        return answer
