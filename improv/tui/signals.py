"""Signals that end an app."""

import asyncio
import contextlib
import signal

from textual.app import App

from improv.signals import ENDS


def exit_on_signals(app: App[None]) -> None:
    """Leave in good order, the terminal as it was, when the system asks for it."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, *ENDS):
        # neither a loop on Windows nor one outside the main thread takes them
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, app.exit)
