"""Where each part goes: which outputs, and on which channel.

Conventions: an output is a number, its place in the list of open outputs; a group is several that get the
same, as a virtual port and the built-in sound do. Channels count from 0 to 15.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from improv.channels import BAND, Role
from improv.errors import UserError, suggest

OUTPUTS: dict[str, tuple[Role, ...]] = {
    "band": BAND,
    "comp": ("comp",),
    "bass": ("bass",),
    "drums": ("drums",),
    "click": ("click",),
    "thru": ("player",),
}
"""What `--out-NAME` sends elsewhere; of two that name the same role, the later and narrower holds."""
OUTPUT_HELP = {
    "comp": "the comping",
    "band": "the band: comp, bass and drums",
    "thru": "what you play",
}
"""What those that say little by themselves are for."""
CHANNELLED: dict[str, Role] = {
    "improv": "improv",
    "comp": "comp",
    "bass": "bass",
    "drums": "drums",
    "click": "click",
    "thru": "player",
}
"""What `--channel NAME=N` sends on another channel."""


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


@dataclass(frozen=True, slots=True)
class Plan:
    """The routing that is asked for, before any output is open. Group 0 is the usual one."""

    outputs: tuple[str, ...] = ()
    """The outputs of the groups from 1 on, as they were named."""
    routes: Mapping[Role, Route] = field(default_factory=dict)

    def routing(self, usual: int) -> Routing:
        """The routing where the first `usual` outputs that are open are the usual group."""
        others = tuple((usual + number,) for number in range(len(self.outputs)))
        return Routing((tuple(range(usual)), *others), self.routes)


def plan_routing(outputs: Mapping[str, str | None], channels: str = "", usual: str | None = None) -> Plan:
    """Plan where each role goes.

    Args:
        outputs: by a name of `OUTPUTS`, the output that was named for it, or None.
        channels: words such as `bass=3`, with channels from 1 to 16.
        usual: the output that was named for all the rest, or None.

    Raises:
        UserError: a word that is not understood.
    """
    named: list[str] = []
    groups: dict[Role, int] = {}
    for name, roles in OUTPUTS.items():
        output = outputs.get(name)
        if output is None:
            continue
        if output != usual and output not in named:
            named.append(output)
        for role in roles:
            groups[role] = 0 if output == usual else named.index(output) + 1
    given = parse_channels(channels.split())
    roles_named = dict.fromkeys((*groups, *given))
    return Plan(tuple(named), {role: Route(groups.get(role, 0), given.get(role)) for role in roles_named})


def parse_channels(words: Iterable[str]) -> dict[Role, int]:
    """Read words such as `bass=3`. Raises UserError for a part or a channel that there is not."""
    channels: dict[Role, int] = {}
    for word in words:
        part, _, number = word.partition("=")
        if part not in CHANNELLED:
            raise UserError(
                f"--channel {word}: no part {part!r}{suggest(part, CHANNELLED)}; the parts are "
                + ", ".join(CHANNELLED)
            )
        if not number.isdecimal() or not 1 <= int(number) <= 16:
            raise UserError(f"--channel {word}: a channel from 1 to 16, as in {part}=3")
        channels[CHANNELLED[part]] = int(number) - 1
    return channels
