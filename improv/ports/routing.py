"""Where each part goes: which outputs, and on which channel.

Conventions: an output is a number, its place in the list of open outputs; a group is several that get the
same, as a virtual port and the built-in sound do. Channels count from 0 to 15.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from improv.channels import Role


@dataclass(frozen=True, slots=True)
class Route:
    """Where one role goes."""

    group: int = 0
    channel: int | None = None
    """None: the one that the note has."""


USUAL = Route()


@dataclass(frozen=True, slots=True)
class Routing:
    """Every role's route; the usual one for those that are not named."""

    groups: tuple[tuple[int, ...], ...] | None = None
    """Which outputs each group is made of; None: one group of them all."""
    routes: Mapping[Role, Route] = field(default_factory=dict)

    def route(self, role: Role) -> Route:
        """Where a role goes."""
        return self.routes.get(role, USUAL)

    def group_count(self) -> int:
        """How many groups there are."""
        return 1 if self.groups is None else len(self.groups)

    def members(self, group: int, outputs: int) -> tuple[int, ...]:
        """The outputs of a group, of so many that are open."""
        return tuple(range(outputs)) if self.groups is None else self.groups[group]
