"""What a network is made of: a value that the twin trains from and the runtime loads from.

Conventions: ids in, logits out. A head is a product of experts: each expert scores a small alphabet
of its own (its slots), and a shift, given at every step, says which slot each id of the head's
vocabulary takes. So an expert can speak of intervals from the last note while the head speaks of
pitches, and the network needs to know of neither. A head may also take advice: distributions that come
from outside, such as what followed the last time, and that count as far as the network lets them.
"""

from dataclasses import asdict, dataclass
from typing import Any

from models.cells import CELLS


@dataclass(frozen=True, slots=True)
class Input:
    """An id that enters by an embedding."""

    name: str
    size: int
    """Ids, 0 to size - 1."""
    width: int
    """Embedding dimensions."""
    left_out: float = 0.0
    """Share of the windows in training in which it is unknown, id 0: so that it may be left out later."""


@dataclass(frozen=True, slots=True)
class Expert:
    """One factor of a head's product."""

    name: str
    slots: int
    """Size of the expert's own alphabet."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Distributions p_k from outside, k = 1 to K, in the alphabet of one of the head's experts.

    To the score of slot s it adds the sum over k of g_k log(1 + p_k(s) / `FAINT`), where the gates g come
    linearly from what the experts read: a product of experts whose exponents the network sets.
    """

    expert: str
    sources: int
    """K."""
    first: int
    """The slot that the distributions begin at."""
    slots: int
    """Slots that they span; what of a distribution lies outside is missing from its sum."""
    width: int = 0
    """Dimensions in which the trunk reads it too, beside each source's sum; 0: the trunk does not."""
    owner: str = ""
    """An input by which some sources are known; where it is unknown, id 0, they are silent. The twin sees to
    that in training, when an input may be left out; elsewhere whoever advises does."""
    owned: int = 0
    """Which: so many, the last ones."""


FAINT = 0.02
"""A probability of this counts log 2 times its gate, and none at all counts nothing."""


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
    advice: Advice | None = None


@dataclass(frozen=True, slots=True)
class Spec:
    """Stacked recurrent layers between embeddings and heads."""

    inputs: tuple[Input, ...]
    dense: int
    """Real-valued inputs beside the embeddings."""
    hidden: int
    """Units of each layer."""
    layers: int
    heads: tuple[Head, ...]
    cell: str = "lstm"
    """The recurrent cell of every layer, a name in `models.cells.CELLS`."""
    skip: bool = False
    """Whether each layer reads the input beside the layer below, and the heads read all layers (Graves,
    "Generating Sequences With Recurrent Neural Networks", 2013)."""

    @property
    def width(self) -> int:
        """Dimensions of the first layer's input."""
        heard = sum(advice.sources + advice.width for _, advice in self.heard)
        return self.dense + sum(entry.width for entry in self.inputs) + heard

    @property
    def heard(self) -> tuple[tuple[str, Advice], ...]:
        """The heads whose advice the trunk reads, and that advice."""
        return tuple((head.name, head.advice) for head in self.heads if head.advice and head.advice.width)

    @property
    def trunk(self) -> int:
        """Dimensions of what the heads read."""
        return self.hidden * (self.layers if self.skip else 1)

    def layer_width(self, layer: int) -> int:
        """Dimensions of a layer's input; with `skip` the layer below comes first, the input after it."""
        return self.width if layer == 0 else self.hidden + (self.width if self.skip else 0)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Every parameter's name and shape, in the order they are stored."""
        found: dict[str, tuple[int, ...]] = {}
        for entry in self.inputs:
            found[f"embed.{entry.name}"] = (entry.size, entry.width)
        for layer in range(self.layers):
            for part, shape in CELLS[self.cell].shapes(self.layer_width(layer), self.hidden).items():
                found[f"{self.cell}.{layer}.{part}"] = shape
        for head in self.heads:
            if head.width:
                found[f"{head.name}.W"] = (head.width, self.trunk)
                found[f"{head.name}.b"] = (head.width,)
            for entry in head.inputs:
                found[f"{head.name}.embed.{entry.name}"] = (entry.size, head.width)
            if head.advice:
                found[f"{head.name}.advice.W"] = (head.advice.sources, head.width or self.trunk)
                found[f"{head.name}.advice.b"] = (head.advice.sources,)
                if head.advice.width:
                    shape = (head.advice.width, head.advice.sources * head.advice.slots)
                    found[f"{head.name}.advice.read"] = shape
            for expert in head.experts:
                found[f"{head.name}.{expert.name}.W"] = (expert.slots, head.width or self.trunk)
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
    cell = dict(value).get("cell", "lstm")
    CELLS[cell]  # a KeyError for a cell that there is not
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
                advice=Advice(**head["advice"]) if head.get("advice") else None,
            )
            for head in value["heads"]
        ),
        cell=cell,
        skip=value.get("skip", False),
    )
