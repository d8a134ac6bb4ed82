"""How many threads NumPy's products use, which must be said before NumPy is loaded."""

import os

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def use_one_thread() -> None:
    """One thread, unless the user says otherwise: for products this small it is fastest.

    It holds for this process, if NumPy is not loaded yet, and for those that it starts.
    """
    for variable in VARIABLES:
        os.environ.setdefault(variable, "1")
