"""The player's side: what of the inputs the player played.

Conventions: raw messages, times in nanoseconds, inputs by their number. The stages, in order: echoes of our
own are left out, MPE is merged, and what is beyond the player's reach is left out. Velocity stays as it is.
"""

from collections import deque
from collections.abc import Sequence
from threading import Lock

from improv.ports.echo import Echoes
from improv.ports.mpe import Mpe
from improv.ports.reach import Reach


class PlayerSide:
    """The stages for each input; the timing thread calls `take`, whichever thread sends calls `sent`."""

    def __init__(self, inputs: int, reach: Reach, mpe: Mpe | None = None) -> None:
        """Make the stages of so many inputs.

        Without `mpe`, member channels pass unchanged, for a synth that speaks MPE.
        """
        self._reach = reach
        self._echoes = [Echoes() for _ in range(inputs)]
        self._mpe = [mpe for _ in range(inputs)]
        self._told: set[int] = set()
        self._news: deque[int] = deque()
        self._lock = Lock()

    def take(self, t: int, port: int, message: bytes) -> Sequence[bytes]:
        """What is the player's of a message that came at `t` on an input."""
        with self._lock:
            self._echoes[port], passes = self._echoes[port].hear(t, message)
        if not passes:
            if port not in self._told:
                self._told.add(port)
                self._news.append(port)
            return ()
        messages: tuple[bytes, ...] = (message,)
        mpe = self._mpe[port]
        if mpe is not None:
            self._mpe[port], messages = mpe.update(message)
        return [one for one in messages if self._reach.passes(one)]

    def sent(self, t: int, message: bytes) -> None:
        """A message goes out at `t`, on an output that something may come back from."""
        with self._lock:
            self._echoes = [echoes.sending(t, message) for echoes in self._echoes]

    def came_back(self) -> list[int]:
        """The inputs, by number, on which an echo has been heard for the first time since the last call."""
        return [self._news.popleft() for _ in range(len(self._news))]
