"""The player's side: what of the inputs the player played.

Conventions: raw messages, times in nanoseconds, inputs by their number. The stages, in order: echoes of our
own are left out and MPE is merged (`take`); controls may take what they answer to, on any channel; what is
beyond the player's reach is left out (`passes`). Velocity stays as it is.
"""

from collections.abc import Callable, Sequence

from improv.ports.base import OutPort
from improv.ports.echo import Echoes
from improv.ports.live import lost
from improv.ports.mpe import Mpe
from improv.ports.reach import Reach


class PlayerSide:
    """The stages for each input; one thread uses them."""

    def __init__(
        self,
        inputs: int,
        reach: Reach,
        mpe: Mpe | None = None,
        tell: Callable[[int], None] = lambda port: None,
    ) -> None:
        """Make the stages of so many inputs.

        Without `mpe`, member channels pass unchanged, for a synth that speaks MPE. `tell` is told, once for
        each input and without being waited for, that an echo was heard on it.
        """
        self._reach, self._tell = reach, tell
        self._echoes = [Echoes() for _ in range(inputs)]
        self._mpe = [mpe for _ in range(inputs)]
        self._told: set[int] = set()

    def take(self, t: int, port: int, message: bytes) -> Sequence[bytes]:
        """What is the player's of a message that came at `t` on an input."""
        self._echoes[port], passes = self._echoes[port].hear(t, message)
        if not passes:
            if port not in self._told:
                self._told.add(port)
                self._tell(port)
            return ()
        messages: tuple[bytes, ...] = (message,)
        mpe = self._mpe[port]
        if mpe is not None:
            self._mpe[port], messages = mpe.update(message)
        return messages

    def passes(self, message: bytes) -> bool:
        """Whether a message that no control has taken is within the player's reach."""
        return self._reach.passes(message)

    def sent(self, t: int, message: bytes) -> None:
        """A message goes out at `t`, on an output that something may come back from."""
        self._echoes = [echoes.sending(t, message) for echoes in self._echoes]


class Overheard:
    """An output of which the player's side knows what is sent."""

    def __init__(self, port: OutPort, side: PlayerSide, now: Callable[[], int]) -> None:
        """Stand before a port that something may come back from."""
        self._port, self._side, self._now = port, side, now

    @property
    def name(self) -> str:
        """The port's stable name."""
        return self._port.name

    @property
    def lost(self) -> tuple[str, ...]:
        """What the port says."""
        return lost((self._port,))

    def send(self, message: bytes) -> None:
        """Send one message at once. Raises OSError when the port is lost."""
        self._side.sent(self._now(), message)
        self._port.send(message)

    def close(self) -> None:
        """Give the port back."""
        self._port.close()
