"""What a network is made of: a value that the twin trains from and the runtime loads from.

Conventions: ids in, logits out. A head is a product of experts: each expert scores a small alphabet
of its own (its slots), and a shift, given at every step, says which slot each id of the head's
vocabulary takes. So an expert can speak of intervals from the last note while the head speaks of
pitches, and the network needs to know of neither.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Input:
    """An id that enters by an embedding."""

    name: str
    size: int
    """Ids, 0 to size - 1."""
    width: int
    """Embedding dimensions."""


@dataclass(frozen=True, slots=True)
class Expert:
    """One factor of a head's product."""

    name: str
    slots: int
    """Size of the expert's own alphabet."""


@dataclass(frozen=True, slots=True)
class Head:
    """Logits over one vocabulary."""

    name: str
    size: int
    """Ids of the vocabulary."""
    width: int
    """Hidden units between trunk and experts; 0: the experts read the trunk itself."""
    inputs: tuple[Input, ...]
    """Ids known by the time this head is asked, beside the trunk (only with width > 0)."""
    experts: tuple[Expert, ...]


@dataclass(frozen=True, slots=True)
class Spec:
    """A stacked LSTM between embeddings and heads."""

    inputs: tuple[Input, ...]
    dense: int
    """Real-valued inputs beside the embeddings."""
    hidden: int
    """Units of each layer."""
    layers: int
    heads: tuple[Head, ...]
    cell: str = "lstm"
    """The recurrent cell of every layer, a name in `models.cells.CELLS`."""

    @property
    def width(self) -> int:
        """Dimensions of the first layer's input."""
        return self.dense + sum(entry.width for entry in self.inputs)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Every parameter's name and shape, in the order they are stored."""
        found: dict[str, tuple[int, ...]] = {}
        for entry in self.inputs:
            found[f"embed.{entry.name}"] = (entry.size, entry.width)
        for layer in range(self.layers):
            found[f"lstm.{layer}.W_x"] = (4 * self.hidden, self.hidden if layer else self.width)
            found[f"lstm.{layer}.W_h"] = (4 * self.hidden, self.hidden)
            found[f"lstm.{layer}.b"] = (4 * self.hidden,)
        for head in self.heads:
            if head.width:
                found[f"{head.name}.W"] = (head.width, self.hidden)
                found[f"{head.name}.b"] = (head.width,)
            for entry in head.inputs:
                found[f"{head.name}.embed.{entry.name}"] = (entry.size, head.width)
            for expert in head.experts:
                found[f"{head.name}.{expert.name}.W"] = (expert.slots, head.width or self.hidden)
                found[f"{head.name}.{expert.name}.b"] = (expert.slots,)
        return found

    def as_json(self) -> dict[str, Any]:
        """Plain values for meta.json."""
        return asdict(self)


def spec_from_json(value: dict[str, Any]) -> Spec:
    """The inverse of `Spec.as_json`.

    Raises:
        KeyError, TypeError: the value is not a spec.
    """
    return Spec(
        inputs=tuple(Input(**entry) for entry in value["inputs"]),
        dense=value["dense"],
        hidden=value["hidden"],
        layers=value["layers"],
        heads=tuple(
            Head(
                name=head["name"],
                size=head["size"],
                width=head["width"],
                inputs=tuple(Input(**entry) for entry in head["inputs"]),
                experts=tuple(Expert(**entry) for entry in head["experts"]),
            )
            for head in value["heads"]
        ),
    )
