"""The simple recurrent cell, also called Elman's.

Notation::

    x_t  input                      (B, D)
    h_t  hidden state               (B, H)
    W_x  weights from the input     (H, D)
    W_h  weights from the hidden    (H, H)
    b    bias                       (H,)

Equations, forward, t = 1 to T::

    a_t = W_x x_t + W_h h_{t-1} + b
    h_t = tanh(a_t)

Equations, backward, t = T to 1; dq is the gradient of the loss by q, dout_t what reaches h_t from the
layers above, and da_{T+1} = 0::

    dh_t  = dout_t + W_h^T da_{t+1}        the loss feels h_t now, and through the next step
    da_t  = dh_t * (1 - h_t^2)             the slope of tanh, by its value
    dx_t  = W_x^T da_t
    dW_x  = sum_t da_t x_t^T
    dW_h  = sum_t da_t h_{t-1}^T
    db    = sum_t da_t

Sources: Elman, "Finding Structure in Time" (1990); backpropagation through time: Werbos,
"Backpropagation Through Time: What It Does and How to Do It" (1990).
"""

from typing import NamedTuple

import numpy as np

from models.numeric import Array
from models.products import backward_product, bias_gradient, forward_product, transposed, weight_gradient

GATES = 1
"""Blocks of H rows in W_x."""


class Params(NamedTuple):
    """What is learned."""

    W_x: Array  # (H, D)
    W_h: Array  # (H, H)
    b: Array  # (H,)


class State(NamedTuple):
    """What is remembered."""

    h: Array  # (B, H)


class Cache(NamedTuple):
    """All that a backward pass needs of a forward pass."""

    x: Array  # (T, B, D)
    h: Array  # (T+1, B, H), h[0] the state before
    params: Params

    @property
    def state(self) -> State:
        """The state after the last step."""
        return State(self.h[-1])


class Grads(NamedTuple):
    """Gradients, each of the shape of what it is the gradient of."""

    x: Array  # (T, B, D)
    state: State
    """Of the state before the first step."""
    params: Params


def shapes(D: int, H: int) -> dict[str, tuple[int, ...]]:
    """The shape of every field of `Params`, in order."""
    return {"W_x": (H, D), "W_h": (H, H), "b": (H,)}


def initial_params(
    D: int, H: int, generator: np.random.Generator, dtype: type[np.float32 | np.float64] = np.float32
) -> Params:
    """Uniform between -1/sqrt(H) and 1/sqrt(H)."""
    bound = H**-0.5

    def uniform(shape: tuple[int, ...]) -> Array:
        return generator.uniform(-bound, bound, shape).astype(dtype)

    return Params(*map(uniform, shapes(D, H).values()))


def initial_state(batch: int, hidden: int, dtype: type[np.float32 | np.float64] = np.float32) -> State:
    """Zeros, (B, H)."""
    return State(np.zeros((batch, hidden), dtype))


def forward(x: Array, state: State, params: Params) -> tuple[Array, Cache]:
    """Hidden states of a whole sequence: x (T, B, D) to out (T, B, H), and the cache."""
    W_x, W_h, b = params
    T, B, _ = x.shape
    H = W_h.shape[1]
    h = np.empty((T + 1, B, H), x.dtype)
    h[0] = state.h
    h[1:] = forward_product(x, W_x)  # (T, B, H), all that does not wait for h
    h[1:] += b
    W_hT = transposed(W_h, T)  # (H, H)
    for t in range(T):
        a = h[t + 1]  # (B, H), becomes h in place
        a += h[t] @ W_hT
        np.tanh(a, out=a)
    return h[1:], Cache(x, h, params)


def backward(dout: Array, cache: Cache, dstate: State | None = None) -> Grads:
    """Backpropagation through time: the gradients of the loss by x, the state before and the parameters.

    dout (T, B, H) is the gradient of the loss by `out`; dstate the gradient that reaches the state after
    the last step from steps beyond, None for none.
    """
    x, h, (W_x, W_h, _) = cache
    T, B, H = dout.shape
    dh = np.zeros((B, H), dout.dtype) if dstate is None else dstate.h  # (B, H)
    da = np.empty_like(dout)  # (T, B, H)
    for t in reversed(range(T)):
        dh = dh + dout[t]
        da[t] = dh * (1 - h[t + 1] ** 2)
        dh = da[t] @ W_h  # (B, H)
    return Grads(
        x=backward_product(da, W_x),  # (T, B, D)
        state=State(dh),
        params=Params(weight_gradient(da, x), weight_gradient(da, h[:-1]), bias_gradient(da)),
    )


def arranged(rows: Array) -> Array:
    """Rows of W_x, W_h or b as a `Stepper` adds them: as they are."""
    return rows


class Stepper:
    """One layer, one sequence, one step at a time, without allocating: what plays live.

    Equal to `forward` with B = 1. The two products become one, over the input and the hidden state laid
    end to end, since a step costs what it takes to read the weights from memory.
    """

    def __init__(self, params: Params, xh: Array | None = None) -> None:
        """Keep the input and the state in xh (D+H,), an array of zeros; in one of its own if None."""
        D, H = params.W_x.shape[1], params.W_h.shape[1]
        self._W = np.ascontiguousarray(np.concatenate([params.W_x, params.W_h], axis=1))  # (H, D+H)
        self.entering = params.b
        """What each step adds to the products: the bias; in its place, the bias and what the input has
        already been made into."""
        self._xh = np.zeros(D + H, self._W.dtype) if xh is None else xh
        self._a = np.zeros(H, self._W.dtype)
        self.x = self._xh[:D]
        """Where the input is written before `step`, (D,)."""
        self.h = self._xh[D:]
        """The hidden state, (H,)."""
        self.parts: tuple[Array, ...] = (self.h,)
        """The arrays of the state, to read or to write over."""

    def step(self) -> Array:
        """Take in `x`, and return the hidden state after it (a view: it changes with the next step)."""
        np.dot(self._W, self._xh, out=self._a)  # (H,)
        self._a += self.entering
        np.tanh(self._a, out=self.h)
        return self.h
