"""The recurrent cells, side by side: one table that networks, training and tests are written over.

Conventions: x is (T, B, D), out (T, B, H), a state's parts (B, H), float32 or, in gradient checks,
float64. A cell is its module's functions; the equations stand at the head of each module.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar

from models import gru, lstm, rnn
from models.numeric import Array

P = TypeVar("P")
"""A cell's Params."""
S = TypeVar("S")
"""A cell's State."""
C = TypeVar("C")
"""A cell's Cache."""
G = TypeVar("G")
"""A cell's Grads."""


class LiveLayer(Protocol):
    """One layer, one sequence, one step at a time, without allocating."""

    x: Array  # (D,)
    """Where the input is written before `step`."""
    h: Array  # (H,)
    """The hidden state."""
    parts: tuple[Array, ...]
    """The arrays of the state, h first, to read or to write over; zeros at the start."""
    entering: Array  # (gates H,)
    """What each step adds to the products: the bias; or in its place, as `Cell.arranged` lays rows out, the
    bias and what the input has already been made into."""

    def step(self) -> Array:
        """Take in `x`, and return the hidden state after it (a view: it changes with the next step)."""
        ...


@dataclass(frozen=True, slots=True)
class Cell(Generic[P, S, C, G]):
    """One kind of recurrent layer."""

    name: str
    gates: int
    """Blocks of H rows in W_x."""
    Params: type[P]
    """A NamedTuple: W_x (gates H, D), W_h (gates H, H), b (gates H,), of a GRU also b_h (H,)."""
    State: type[S]
    """A NamedTuple: h (B, H), of an LSTM also c (B, H)."""
    shapes: Callable[[int, int], dict[str, tuple[int, ...]]]
    """(D, H): each field of Params and its shape, in order."""
    initial_params: Callable[..., P]
    """(D, H, generator, dtype=float32): parameters drawn to start training from."""
    initial_state: Callable[..., S]
    """(batch, hidden, dtype=float32): zeros."""
    forward: Callable[[Array, S, P], tuple[Array, C]]
    """(x, state, params): out and a cache, whose `state` is the state after the last step."""
    backward: Callable[..., G]
    """(dout, cache, dstate=None): gradients by x, state and params; dstate reaches the last state."""
    Stepper: Callable[..., LiveLayer]
    """(params, xh=None, c=None): one sequence, step by step; xh (D+H,), of an LSTM also c (H,), are arrays to
    keep the input and the state in."""
    arranged: Callable[[Array], Array]
    """Rows of W_x, W_h or b, (gates H, ...), as a Stepper adds them."""


AnyCell = Cell[Any, Any, Any, Any]


def _cell(name: str, module: Any) -> AnyCell:
    return Cell(
        name=name,
        gates=module.GATES,
        Params=module.Params,
        State=module.State,
        shapes=module.shapes,
        initial_params=module.initial_params,
        initial_state=module.initial_state,
        forward=module.forward,
        backward=module.backward,
        Stepper=module.Stepper,
        arranged=module.arranged,
    )


CELLS: Mapping[str, AnyCell] = MappingProxyType(
    {name: _cell(name, module) for name, module in (("rnn", rnn), ("gru", gru), ("lstm", lstm))}
)
"""Every cell by its name."""
