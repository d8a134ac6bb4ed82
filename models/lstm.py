"""The long short-term memory cell.

Notation::

    x_t  input                      (B, D)
    h_t  hidden state               (B, H)
    c_t  cell state                 (B, H)
    W_x  weights from the input     (4H, D)    rows: i, f, g, o
    W_h  weights from the hidden    (4H, H)    rows: i, f, g, o
    b    bias                       (4H,)

Equations::

    a_t = W_x x_t + W_h h_{t-1} + b        four blocks of H: a_i, a_f, a_g, a_o
    i_t = sigmoid(a_i)                     input gate: what to write
    f_t = sigmoid(a_f)                     forget gate: what to keep
    g_t = tanh(a_g)                        what is written
    o_t = sigmoid(a_o)                     output gate: what to show
    c_t = f_t * c_{t-1} + i_t * g_t
    h_t = o_t * tanh(c_t)

Sources: Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997); the forget gate: Gers,
Schmidhuber and Cummins, "Learning to Forget" (2000). The order of the gates is torch's.
"""

from typing import NamedTuple

import numpy as np

from models.numeric import Array, sigmoid, sigmoid_into


class Params(NamedTuple):
    """What is learned."""

    W_x: Array  # (4H, D)
    W_h: Array  # (4H, H)
    b: Array  # (4H,)


class State(NamedTuple):
    """What is remembered."""

    h: Array  # (B, H)
    c: Array  # (B, H)


class Cache(NamedTuple):
    """All that a backward pass needs of a forward pass."""

    x: Array  # (T, B, D)
    h: Array  # (T+1, B, H), h[0] the state before
    c: Array  # (T+1, B, H)
    gates: Array  # (T, B, 4H), after their non-linearities

    @property
    def state(self) -> State:
        """The state after the last step."""
        return State(self.h[-1], self.c[-1])


def initial_state(batch: int, hidden: int, dtype: type[np.float32 | np.float64] = np.float32) -> State:
    """Zeros, (B, H)."""
    return State(np.zeros((batch, hidden), dtype), np.zeros((batch, hidden), dtype))


def forward(x: Array, state: State, params: Params) -> tuple[Array, Cache]:
    """Hidden states of a whole sequence: x (T, B, D) to out (T, B, H), and the cache."""
    W_x, W_h, b = params
    T, B, _ = x.shape
    H = W_h.shape[1]
    h = np.empty((T + 1, B, H), x.dtype)
    c = np.empty((T + 1, B, H), x.dtype)
    gates = np.empty((T, B, 4 * H), x.dtype)
    h[0], c[0] = state
    from_input = x @ W_x.T + b  # (T, B, 4H)
    for t in range(T):
        a = from_input[t] + h[t] @ W_h.T  # (B, 4H)
        i, f, g, o = _blocks(a)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c[t + 1] = f * c[t] + i * g
        h[t + 1] = o * np.tanh(c[t + 1])
        gates[t] = np.concatenate([i, f, g, o], axis=-1)  # (B, 4H)
    return h[1:], Cache(x, h, c, gates)


def _blocks(a: Array) -> tuple[Array, Array, Array, Array]:
    H = a.shape[-1] // 4
    return a[..., :H], a[..., H : 2 * H], a[..., 2 * H : 3 * H], a[..., 3 * H :]


class Stepper:
    """One layer, one sequence, one step at a time, without allocating: what plays live.

    Equal to `forward` with B = 1. The two products become one, over the input and the hidden state
    laid end to end, since a step costs what it takes to read the weights from memory.
    """

    def __init__(self, params: Params) -> None:
        D, H = params.W_x.shape[1], params.W_h.shape[1]
        self._W = np.ascontiguousarray(np.concatenate([params.W_x, params.W_h], axis=1))  # (4H, D+H)
        self._b = params.b
        self._xh = np.zeros(D + H, self._W.dtype)
        self._a = np.zeros(4 * H, self._W.dtype)
        self._shown = np.zeros(H, self._W.dtype)
        self.x = self._xh[:D]
        """Where the input is written before `step`, (D,)."""
        self.h = self._xh[D:]
        """The hidden state, (H,)."""
        self.c = np.zeros(H, self._W.dtype)
        """The cell state, (H,)."""
        self._i, self._f, self._g, self._o = _blocks(self._a)
        self._if = self._a[: 2 * H]

    def step(self) -> Array:
        """Take in `x`, and return the hidden state after it (a view: it changes with the next step)."""
        a = self._a
        np.dot(self._W, self._xh, out=a)  # (4H,)
        a += self._b
        sigmoid_into(self._if)
        np.tanh(self._g, out=self._g)
        sigmoid_into(self._o)
        self.c *= self._f
        self._i *= self._g
        self.c += self._i
        np.tanh(self.c, out=self._shown)
        np.multiply(self._o, self._shown, out=self.h)
        return self.h
