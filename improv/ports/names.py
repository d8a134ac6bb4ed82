"""Port names: the part that stays the same, and which port a player's word means.

Conventions: a raw name is what the system lists now; a stable name is the raw one without the number
that changes when a cable is pulled or the machine restarts.
"""

import re
from collections.abc import Callable, Sequence

from improv.errors import UserError, suggest

INPUT_CLIENT, OUTPUT_CLIENT = "improv-in", "improv-out"
"""Our client's name for each direction; JACK wants them to differ."""
PORT = "improv"
"""The port's name in either client, and the whole name where there are no clients."""

NOT_KEYBOARDS = ("through", "improv")
"""Parts of the names of inputs that nobody plays on."""

_PASSING_NUMBER = {"alsa": re.compile(r" \d+:\d+$"), "winmm": re.compile(r" \d+$")}


def stable_name(raw: str, api: str) -> str:
    """Strip the number that ALSA (` 20:0`) and Windows (` 1`) append."""
    number = _PASSING_NUMBER.get(api)
    return number.sub("", raw) if number else raw


def is_ours(name: str) -> bool:
    """Whether the port looks like one of this program's, in this process or another."""
    return name.startswith((INPUT_CLIENT, OUTPUT_CLIENT)) or name == PORT


def is_keyboard(name: str) -> bool:
    """Whether somebody may play on the input with this name."""
    return not any(part in name.casefold() for part in NOT_KEYBOARDS)


def find_port(wanted: str, raw_names: Sequence[str], api: str, direction: str) -> str:
    """Find the raw name of the port that `wanted` means.

    The whole name before its beginning before any part of it, in any case, the first of equals. Our
    own ports answer only to their whole name, so that no loop comes about by accident. Raises
    UserError that lists the ports there are when none fits; `direction` (input or output) is for it.
    """
    folded = wanted.casefold()
    others = [raw for raw in raw_names if not is_ours(raw)] if wanted else []
    ways: list[tuple[Sequence[str], Callable[[str], bool]]] = [
        (raw_names, lambda raw: wanted in (raw, stable_name(raw, api))),
        (others, lambda raw: folded in (raw.casefold(), stable_name(raw, api).casefold())),
        (others, lambda raw: raw.casefold().startswith(folded)),
        (others, lambda raw: folded in raw.casefold()),
    ]
    for candidates, fits in ways:
        for raw in candidates:
            if fits(raw):
                return raw
    names = [stable_name(raw, api) for raw in raw_names]
    there_are = f"there are: {', '.join(names)}" if names else "there are none at all"
    closest = suggest(wanted, [*names, *(name.partition(":")[0] for name in names)])
    raise UserError(f"no MIDI {direction} {wanted!r} ({api}); {there_are}{closest}")
