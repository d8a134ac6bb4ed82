"""Several networks that read the same events: each answers for the heads it has.

Conventions: as for `models.network.Network`, whose place a panel takes. Where several have a head, their log
probabilities are averaged: a product of experts again, and no sharper than its members. Ids, advice and what
a head is asked are the same for all, so their specs agree in inputs, dense and in each shared head.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from models.network import NO_ADVICE, Memory, Network
from models.numeric import Array, log_softmax


class Panel:
    """Networks as one.

    Raises:
        ValueError: there are none, or they read different inputs.
    """

    def __init__(self, networks: Sequence[Network]) -> None:
        if not networks:
            raise ValueError("a panel needs a network")
        first = networks[0].spec
        if any((n.spec.inputs, n.spec.dense) != (first.inputs, first.dense) for n in networks):
            raise ValueError("the networks of a panel read the same inputs")
        self.networks = tuple(networks)
        self._states = [network.state for network in networks]
        self._answering = {
            head.name: [n for n in networks if head.name in {h.name for h in n.spec.heads}]
            for network in networks
            for head in network.spec.heads
        }

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads that somebody answers for."""
        return tuple(self._answering)

    def step(
        self, ids: Sequence[int], dense: Array | None = None, advice: Mapping[str, Array] = NO_ADVICE
    ) -> None:
        """Take one event in, all of them."""
        for network in self.networks:
            network.step(ids, dense, advice)

    def step_for(
        self, head: str, ids: Sequence[int], dense: Array | None, advice: Mapping[str, Array]
    ) -> None:
        """Take one event in, those who answer for the head."""
        for network in self.networks:
            network.step_for(head, ids, dense, advice)

    def step_apart(
        self, head: str, ids: Sequence[int], dense: Array | None, advice: Mapping[str, Array]
    ) -> None:
        """Take one event in, those who do not."""
        for network in self.networks:
            network.step_apart(head, ids, dense, advice)

    def logits(
        self,
        head: str,
        inputs: Sequence[int] = (),
        shifts: Sequence[int] = (),
        advice: Array | None = None,
    ) -> Array:
        """A head's logits after the last step, (size,)."""
        answers = [network.logits(head, inputs, shifts, advice) for network in self._answering[head]]
        if len(answers) == 1:
            return answers[0]
        found: Array = np.mean([log_softmax(answer) for answer in answers], axis=0)
        return found

    @property
    def memory(self) -> Memory:
        """A copy of the states, one after the other."""
        return np.concatenate(self._states)

    @memory.setter
    def memory(self, memory: Memory) -> None:
        at = 0
        for state in self._states:
            state[:] = memory[at : at + len(state)]
            at += len(state)

    def forget(self) -> None:
        """Back to the states before any event."""
        for network in self.networks:
            network.forget()
