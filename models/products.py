"""Products with a matrix at every time step at once: what a recurrent layer can do outside its loop.

Conventions: a sequence is (T, B, n), time first. A matrix W (m, n) multiplies columns, as equations write
it (y_t = W x_t), and rows of a batch from the right (y = x W^T), as the code does. One product of T * B
rows is several times as fast as T products of B rows.
"""

from models.numeric import Array


def forward_product(x: Array, W: Array) -> Array:
    """y_t = W x_t: x (T, B, n), W (m, n) to y (T, B, m)."""
    T, B, n = x.shape
    y: Array = x.reshape(T * B, n) @ W.T  # (T B, m)
    return y.reshape(T, B, -1)  # (T, B, m)


def backward_product(dy: Array, W: Array) -> Array:
    """dx_t = W^T dy_t, the gradient of x: dy (T, B, m), W (m, n) to dx (T, B, n)."""
    return forward_product(dy, W.T)


def weight_gradient(dy: Array, x: Array) -> Array:
    """The gradient of W, dW = sum over t and the batch of dy_t x_t^T: dy (T, B, m), x (T, B, n) to (m, n)."""
    T, B, m = dy.shape
    dW: Array = dy.reshape(T * B, m).T @ x.reshape(T * B, -1)  # (m, n)
    return dW


def bias_gradient(dy: Array) -> Array:
    """The gradient of a bias, db = sum over t and the batch of dy_t: (T, B, m) to (m,)."""
    db: Array = dy.sum(axis=(0, 1))  # (m,)
    return db
