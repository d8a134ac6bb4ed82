"""The gated recurrent unit.

Notation::

    x_t  input                                        (B, D)
    h_t  hidden state                                 (B, H)
    W_x  weights from the input                       (3H, D)    rows: r, z, n
    W_h  weights from the hidden                      (3H, H)    rows: r, z, n
    b    bias                                         (3H,)      r, z, n
    b_h  bias of the candidate's part from the hidden (H,)

Equations, forward, t = 1 to T::

    a_t = W_x x_t + b                      three blocks of H: a_r, a_z, a_n
    u_t = W_h h_{t-1}                      three blocks of H: u_r, u_z, u_n
    r_t = sigmoid(a_r + u_r)               reset gate: how much of the past the candidate sees
    z_t = sigmoid(a_z + u_z)               update gate: how much of the past stays
    m_t = u_n + b_h                        the past, as the candidate would see it
    n_t = tanh(a_n + r_t * m_t)            candidate: what would come in its place
    h_t = (1 - z_t) * n_t + z_t * h_{t-1}

Equations, backward, t = T to 1; dq is the gradient of the loss by q, dout_t what reaches h_t from the
layers above; from step T + 1 comes nothing::

    dh_t  = dout_t + dh_{t+1} * z_{t+1} + W_h^T du_{t+1}
    da_n  = (1 - n_t^2) * dh_t * (1 - z_t)                the slope of tanh, by its value
    da_z  = z_t * (1 - z_t) * dh_t * (h_{t-1} - n_t)      the slope of the sigmoid, by its value
    da_r  = r_t * (1 - r_t) * da_n * m_t
    du_t  = da_r, da_z, da_n * r_t         a and u are added, but the reset lies between a_n and u_n
    dx_t  = W_x^T da_t
    dW_x  = sum_t da_t x_t^T
    dW_h  = sum_t du_t h_{t-1}^T
    db    = sum_t da_t
    db_h  = sum_t du_n

Sources: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
Translation" (2014). The reset is applied after the product, as torch and cuDNN do, so that W_h h_{t-1} is
one product; the order of the gates is torch's.
"""

from typing import NamedTuple

import numpy as np

from models.numeric import Array, sigmoid_into
from models.products import backward_product, bias_gradient, forward_product, transposed, weight_gradient

GATES = 3
"""Blocks of H rows in W_x."""


class Params(NamedTuple):
    """What is learned."""

    W_x: Array  # (3H, D)
    W_h: Array  # (3H, H)
    b: Array  # (3H,)
    b_h: Array  # (H,)


class State(NamedTuple):
    """What is remembered."""

    h: Array  # (B, H)


class Cache(NamedTuple):
    """All that a backward pass needs of a forward pass."""

    x: Array  # (T, B, D)
    h: Array  # (T+1, B, H), h[0] the state before
    m: Array  # (T, B, H)
    gates: Array  # (T, B, 3H), r, z and n after their non-linearities
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
    return {"W_x": (3 * H, D), "W_h": (3 * H, H), "b": (3 * H,), "b_h": (H,)}


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
    W_x, W_h, b, b_h = params
    T, B, _ = x.shape
    H = W_h.shape[1]
    h = np.empty((T + 1, B, H), x.dtype)
    m = np.empty((T, B, H), x.dtype)
    h[0] = state.h
    gates = forward_product(x, W_x)  # (T, B, 3H), all that does not wait for h
    gates += b
    W_hT = transposed(W_h, T)  # (H, 3H)
    for t in range(T):
        r, z, n = _blocks(gates[t])  # still a_r, a_z, a_n, (B, H) each
        u = h[t] @ W_hT  # (B, 3H)
        u_r, u_z, u_n = _blocks(u)
        r += u_r
        z += u_z
        sigmoid_into(gates[t, :, : 2 * H])  # r and z side by side
        np.add(u_n, b_h, out=m[t])
        n += r * m[t]
        np.tanh(n, out=n)
        h[t + 1] = n + z * (h[t] - n)
    return h[1:], Cache(x, h, m, gates, params)


def backward(dout: Array, cache: Cache, dstate: State | None = None) -> Grads:
    """Backpropagation through time: the gradients of the loss by x, the state before and the parameters.

    dout (T, B, H) is the gradient of the loss by `out`; dstate the gradient that reaches the state after
    the last step from steps beyond, None for none.
    """
    x, h, m, gates, (W_x, W_h, _, _) = cache
    T, B, H = dout.shape
    dh = np.zeros((B, H), dout.dtype) if dstate is None else dstate.h  # (B, H)
    da = np.empty_like(gates)  # (T, B, 3H)
    du = np.empty_like(gates)  # (T, B, 3H)
    for t in reversed(range(T)):
        r, z, n = _blocks(gates[t])
        da_r, da_z, da_n = _blocks(da[t])
        da[t] = gates[t] * (1 - gates[t])  # (B, 3H), the slopes of the sigmoids
        da_n[:] = 1 - n**2  # and of the tanh
        dh = dh + dout[t]
        da_n *= dh * (1 - z)
        da_z *= dh * (h[t] - n)
        da_r *= da_n * m[t]
        du[t] = da[t]
        du[t, :, 2 * H :] *= r
        dh = dh * z + du[t] @ W_h  # (B, H)
    return Grads(
        x=backward_product(da, W_x),  # (T, B, D)
        state=State(dh),
        params=Params(
            W_x=weight_gradient(da, x),
            W_h=weight_gradient(du, h[:-1]),
            b=bias_gradient(da),
            b_h=bias_gradient(du[:, :, 2 * H :]),
        ),
    )


def _blocks(a: Array) -> tuple[Array, Array, Array]:
    """Views of the blocks r, z, n."""
    H = a.shape[-1] // GATES
    return a[..., :H], a[..., H : 2 * H], a[..., 2 * H :]


def arranged(rows: Array) -> Array:
    """Rows of W_x or b as a `Stepper` adds them: as they are."""
    return rows


class Stepper:
    """One layer, one sequence, one step at a time, without allocating: what plays live.

    Equal to `forward` with B = 1.
    """

    def __init__(self, params: Params, xh: Array | None = None) -> None:
        """Keep the input and the state in xh (D+H,), an array of zeros; in one of its own if None."""
        W_x, W_h, b, self._b_h = params
        D, H = W_x.shape[1], W_h.shape[1]
        self._W_x, self._W_h = np.ascontiguousarray(W_x), np.ascontiguousarray(W_h)
        self._a = np.zeros(3 * H, W_x.dtype)
        self._u = np.zeros(3 * H, W_x.dtype)
        self.entering = b
        """What each step adds to the product with the input: the bias; in its place, the bias and what the
        input has already been made into."""
        xh = np.zeros(D + H, W_x.dtype) if xh is None else xh
        self.x = xh[:D]
        """Where the input is written before `step`, (D,)."""
        self.h = xh[D:]
        """The hidden state, (H,)."""
        self.parts: tuple[Array, ...] = (self.h,)
        """The arrays of the state, to read or to write over."""
        self._r, self._z, self._n = _blocks(self._a)
        self._m = _blocks(self._u)[2]
        self._rz, self._u_rz = self._a[: 2 * H], self._u[: 2 * H]

    def step(self) -> Array:
        """Take in `x`, and return the hidden state after it (a view: it changes with the next step)."""
        np.dot(self._W_x, self.x, out=self._a)  # (3H,)
        self._a += self.entering
        np.dot(self._W_h, self.h, out=self._u)  # (3H,)
        self._rz += self._u_rz
        sigmoid_into(self._rz)
        self._m += self._b_h
        self._m *= self._r
        self._n += self._m
        np.tanh(self._n, out=self._n)
        self.h -= self._n
        self.h *= self._z
        self.h += self._n
        return self.h
