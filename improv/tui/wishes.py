"""What the UI has asked for and the engine does not show yet, so that the next key counts from there."""

from typing import Generic, TypeVar

Wanted = TypeVar("Wanted")


class Wishes(Generic[Wanted]):
    """Values by name, each until the engine shows it or patience ends."""

    def __init__(self, patience: float) -> None:
        """Args: patience, the seconds after which a wish counts no more."""
        self._patience = patience
        self._wanted: dict[str, tuple[Wanted, float]] = {}

    def want(self, name: str, value: Wanted, now: float) -> None:
        """Something was asked for."""
        self._wanted[name] = value, now + self._patience

    def see(self, name: str, value: Wanted, now: float) -> None:
        """The engine shows this value: a wish that it fulfils, or that is too old, is over."""
        wanted, until = self._wanted.get(name, (value, now))
        if wanted == value or now >= until:
            self._wanted.pop(name, None)

    def get(self, name: str) -> Wanted | None:
        """What was asked for, or None."""
        found = self._wanted.get(name)
        return None if found is None else found[0]

    def all(self) -> dict[str, Wanted]:
        """Every wish, by name."""
        return {name: value for name, (value, _) in self._wanted.items()}
