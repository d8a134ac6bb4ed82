"""The long short-term memory cell.

Notation::

    x_t  input                      (B, D)
    h_t  hidden state               (B, H)
    c_t  cell state                 (B, H)
    W_x  weights from the input     (4H, D)    rows: i, f, g, o
    W_h  weights from the hidden    (4H, H)    rows: i, f, g, o
    b    bias                       (4H,)

Equations, forward, t = 1 to T::

    a_t = W_x x_t + W_h h_{t-1} + b        four blocks of H: a_i, a_f, a_g, a_o
    i_t = sigmoid(a_i)                     input gate: what to write
    f_t = sigmoid(a_f)                     forget gate: what to keep
    g_t = tanh(a_g)                        what is written
    o_t = sigmoid(a_o)                     output gate: what to show
    c_t = f_t * c_{t-1} + i_t * g_t
    s_t = tanh(c_t)                        what there is to show
    h_t = o_t * s_t

Equations, backward, t = T to 1; dq is the gradient of the loss by q, dout_t what reaches h_t from the
layers above; from step T + 1 comes nothing::

    dh_t  = dout_t + W_h^T da_{t+1}
    dc_t  = dh_t * o_t * (1 - s_t^2) + dc_{t+1} * f_{t+1}
    da_i  = i_t * (1 - i_t) * dc_t * g_t           the slope of the sigmoid, by its value
    da_f  = f_t * (1 - f_t) * dc_t * c_{t-1}
    da_g  = (1 - g_t^2) * dc_t * i_t               the slope of tanh, by its value
    da_o  = o_t * (1 - o_t) * dh_t * s_t
    dx_t  = W_x^T da_t
    dW_x  = sum_t da_t x_t^T
    dW_h  = sum_t da_t h_{t-1}^T
    db    = sum_t da_t

Where f stays near 1, dc passes from step to step as it is: that is why it can learn over long gaps.

Sources: Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997); the forget gate: Gers,
Schmidhuber and Cummins, "Learning to Forget" (2000). The order of the gates is torch's.
"""

from typing import NamedTuple

import numpy as np

from models.numeric import Array, sigmoid_into
from models.products import backward_product, bias_gradient, forward_product, transposed, weight_gradient

GATES = 4
"""Blocks of H rows in W_x."""


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
    s: Array  # (T, B, H)
    gates: Array  # (T, B, 4H), i, f, g and o after their non-linearities
    params: Params

    @property
    def state(self) -> State:
        """The state after the last step."""
        return State(self.h[-1], self.c[-1])


class Grads(NamedTuple):
    """Gradients, each of the shape of what it is the gradient of."""

    x: Array  # (T, B, D)
    state: State
    """Of the state before the first step."""
    params: Params


def shapes(D: int, H: int) -> dict[str, tuple[int, ...]]:
    """The shape of every field of `Params`, in order."""
    return {"W_x": (4 * H, D), "W_h": (4 * H, H), "b": (4 * H,)}


def initial_params(
    D: int, H: int, generator: np.random.Generator, dtype: type[np.float32 | np.float64] = np.float32
) -> Params:
    """Uniform between -1/sqrt(H) and 1/sqrt(H); the forget gates start open: memory first.

    Source: Jozefowicz, Zaremba and Sutskever, "An Empirical Exploration of Recurrent Network
    Architectures" (2015), for the open gates.
    """
    bound = H**-0.5

    def uniform(shape: tuple[int, ...]) -> Array:
        return generator.uniform(-bound, bound, shape).astype(dtype)

    params = Params(*map(uniform, shapes(D, H).values()))
    params.b[H : 2 * H] += 1
    return params


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
    s = np.empty((T, B, H), x.dtype)
    h[0], c[0] = state
    gates = forward_product(x, W_x)  # (T, B, 4H), all that does not wait for h
    gates += b
    W_hT = transposed(W_h, T)  # (H, 4H)
    for t in range(T):
        a = gates[t]  # (B, 4H), becomes i, f, g, o in place
        a += h[t] @ W_hT
        i, f, g, o = _blocks(a)
        sigmoid_into(a[:, : 2 * H])  # i and f side by side
        np.tanh(g, out=g)
        sigmoid_into(o)
        c[t + 1] = f * c[t] + i * g
        np.tanh(c[t + 1], out=s[t])
        h[t + 1] = o * s[t]
    return h[1:], Cache(x, h, c, s, gates, params)


def backward(dout: Array, cache: Cache, dstate: State | None = None) -> Grads:
    """Backpropagation through time: the gradients of the loss by x, the state before and the parameters.

    dout (T, B, H) is the gradient of the loss by `out`; dstate the gradient that reaches the state after
    the last step from steps beyond, None for none.
    """
    x, h, c, s, gates, (W_x, W_h, _) = cache
    T, B, H = dout.shape
    dh, dc = np.zeros((2, B, H), dout.dtype) if dstate is None else dstate  # (B, H) each
    da = np.empty_like(gates)  # (T, B, 4H)
    for t in reversed(range(T)):
        i, f, g, o = _blocks(gates[t])
        da_i, da_f, da_g, da_o = _blocks(da[t])
        da[t] = gates[t] * (1 - gates[t])  # (B, 4H), the slopes of the sigmoids
        da_g[:] = 1 - g**2  # and of the tanh
        dh = dh + dout[t]
        dc = dc + dh * o * (1 - s[t] ** 2)
        da_i *= dc * g
        da_f *= dc * c[t]
        da_g *= dc * i
        da_o *= dh * s[t]
        dc = dc * f
        dh = da[t] @ W_h  # (B, H)
    return Grads(
        x=backward_product(da, W_x),  # (T, B, D)
        state=State(dh, dc),
        params=Params(weight_gradient(da, x), weight_gradient(da, h[:-1]), bias_gradient(da)),
    )


def _blocks(a: Array) -> tuple[Array, Array, Array, Array]:
    """Views of the four blocks."""
    H = a.shape[-1] // GATES
    return a[..., :H], a[..., H : 2 * H], a[..., 2 * H : 3 * H], a[..., 3 * H :]


def arranged(rows: Array) -> Array:
    """Rows of W_x, W_h or b, (4H, ...), as a `Stepper` adds them: i, f, o, g, all but those of g halved.

    By sigmoid(a) = tanh(a / 2) / 2 + 1 / 2 one tanh then serves all gates; halving rounds nothing.
    """
    i, f, g, o = np.split(rows, GATES)
    found: Array = np.ascontiguousarray(np.concatenate([i / 2, f / 2, o / 2, g]))
    return found


class Stepper:
    """One layer, one sequence, one step at a time, without allocating: what plays live.

    Equal to `forward` with B = 1. The two products become one, over the input and the hidden state
    laid end to end, since a step costs what it takes to read the weights from memory.
    """

    def __init__(self, params: Params, xh: Array | None = None, c: Array | None = None) -> None:
        """Keep the input and the state in xh (D+H,) and c (H,), arrays of zeros; in its own if None."""
        D, H = params.W_x.shape[1], params.W_h.shape[1]
        self._W = arranged(np.concatenate([params.W_x, params.W_h], axis=1))  # (4H, D+H)
        self.entering = arranged(params.b)
        """What each step adds to the products: the bias; in its place, and as `arranged`, the bias and what
        the input has already been made into."""
        self._xh = np.zeros(D + H, self._W.dtype) if xh is None else xh
        self._a = np.zeros(4 * H, self._W.dtype)
        self._s = np.zeros(H, self._W.dtype)
        self.x = self._xh[:D]
        """Where the input is written before `step`, (D,)."""
        self.h = self._xh[D:]
        """The hidden state, (H,)."""
        self.c = np.zeros(H, self._W.dtype) if c is None else c
        """The cell state, (H,)."""
        self.parts: tuple[Array, ...] = (self.h, self.c)
        """The arrays of the state, to read or to write over."""
        self._i, self._f, self._o, self._g = _blocks(self._a)
        self._ifo = self._a[: 3 * H]

    def step(self) -> Array:
        """Take in `x`, and return the hidden state after it (a view: it changes with the next step)."""
        a, ifo = self._a, self._ifo
        np.dot(self._W, self._xh, out=a)  # (4H,)
        a += self.entering
        np.tanh(a, out=a)
        ifo *= 0.5
        ifo += 0.5
        self.c *= self._f
        self._g *= self._i
        self.c += self._g
        np.tanh(self.c, out=self._s)
        np.multiply(self._o, self._s, out=self.h)
        return self.h
