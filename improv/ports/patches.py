"""Patches: what a user has connected to the virtual ports, remembered and connected again.

Conventions: ports by name, as in `improv.ports.patched`; `ours` is a virtual port of ours, a peer a port of
others. `look` and `lose` belong to the thread that opens ports (`improv.ports.watcher`).

A connection that is gone while its peer is there was undone by somebody, and is forgotten. One that went with
its peer, or with the server, is owed: it is made again when both ports are there.
"""

from collections.abc import Callable

from improv.ports.patched import Patcher


class Patches:
    """The connections of our virtual ports."""

    def __init__(self, find: Callable[[], Patcher | None]) -> None:
        """Remember what the patchbay says that `find` gives; it is asked again when its server has died."""
        self._find = find
        self._bay: Patcher | None = None
        self._made: dict[str, tuple[str, ...]] = {}
        """To each of ours the peers that it was connected to at the last look."""
        self._owed: dict[str, tuple[str, ...]] = {}
        """To each of ours the peers that it is to be connected to again."""

    @property
    def able(self) -> bool:
        """Whether anybody tells what is connected just now."""
        return self._bay is not None and self._bay.served

    def look(self, ours: str, plays: bool) -> tuple[str, ...]:
        """See what one of ours is connected to, and connect it to what it is owed.

        Args:
            ours: a virtual port that is there.
            plays: whether it is an output.

        Returns:
            The peers that it has been connected to again.
        """
        bay = self._answering()
        if bay is None:
            return ()
        now, before = bay.connected(ours), self._made.get(ours, ())
        gone = [peer for peer in before if peer not in now and not bay.there(peer)]
        owed = [peer for peer in dict.fromkeys((*self._owed.get(ours, ()), *gone)) if peer not in now]
        again = [peer for peer in owed if bay.connect(*((ours, peer) if plays else (peer, ours)))]
        if not bay.served:  # it died meanwhile: what it said is worth nothing
            return ()
        self._made[ours] = (*now, *again)
        self._owed[ours] = tuple(peer for peer in owed if peer not in again)
        return tuple(again)

    def lose(self) -> None:
        """The server has died: all that was connected is owed.

        The patchbay is left alone from now on: libjack frees it when the next client is made.
        """
        self._bay = None
        for ours, made in self._made.items():
            self._owed[ours] = tuple(dict.fromkeys((*self._owed.get(ours, ()), *made)))
        self._made.clear()

    def close(self) -> None:
        """Give the patchbay back."""
        if self._bay is not None:
            self._bay.close()
        self._bay = None

    def _answering(self) -> Patcher | None:
        if self._bay is not None and not self._bay.served:
            self.lose()
        self._bay = self._bay or self._find()
        return self._bay
