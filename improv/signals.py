"""The signals that end a process in order."""

import signal

ENDS: tuple[int, ...] = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""The second comes when the terminal's window is closed; Windows has none."""
