"""Products with a matrix at every time step at once: what a recurrent layer can do outside its loop.

Conventions: vectors lie along the last axis, below any others: (T, B, n), time first, or (B, n). A matrix W
(m, n) multiplies columns, as equations write it (y = W x), and rows from the right (y = x W^T), as the code
does. One product of T * B rows is several times as fast as T products of B rows.
"""

import numpy as np

from models.numeric import Array

LONG = 8
"""Steps from which a copy of a matrix, laid out as a loop reads it, pays for itself."""


def transposed(W: Array, steps: int) -> Array:
    """W^T, (n, m), for so many products in a row: laid out anew where they are many, else a view."""
    return np.ascontiguousarray(W.T) if steps >= LONG else W.T


def forward_product(x: Array, W: Array) -> Array:
    """The product y = W x: x (..., n), W (m, n) to y (..., m)."""
    y: Array = x.reshape(-1, x.shape[-1]) @ W.T  # (T B, m)
    return y.reshape(*x.shape[:-1], len(W))  # (T, B, m)


def backward_product(dy: Array, W: Array) -> Array:
    """The gradient of x, dx = W^T dy: dy (..., m), W (m, n) to dx (..., n)."""
    return forward_product(dy, W.T)


def weight_gradient(dy: Array, x: Array) -> Array:
    """The gradient of W, the sum over time and batch of dy x^T: dy (..., m), x (..., n) to (m, n)."""
    dW: Array = dy.reshape(-1, dy.shape[-1]).T @ x.reshape(-1, x.shape[-1])  # (m, n)
    return dW


def bias_gradient(dy: Array) -> Array:
    """The gradient of a bias, the sum over time and batch of dy: (..., m) to (m,)."""
    db: Array = dy.reshape(-1, dy.shape[-1]).sum(axis=0)  # (m,)
    return db
