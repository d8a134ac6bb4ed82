"""A profile: which message means which control.

Conventions: a message means one control at most. What a player has chosen comes before what is usual, and a
message of one channel before the same of any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from improv.controls.source import Source, parse_source
from improv.controls.table import CONTROLS, usual_sources
from improv.errors import UserError, suggest

VERSION = 1

SHAPES = frozenset({0, 1, 6, 7, 11, 32, 38, 64, *range(96, 102), *range(120, 128)})
"""Controllers that shape the sound or belong to a protocol: moved while one learns, they are not learned.

Bank, modulation, data, volume, expression, sustain, parameter numbers, and the channel modes."""
PROTOCOL = SHAPES - {1, 7, 11, 64, 120, 123}
"""Those that no control may take at all."""


@dataclass(frozen=True)
class Profile:
    """What is chosen, and what follows for every message."""

    chosen: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)
    """By control; no source: it answers to nothing. Controls that are not named are as usual."""
    devices: tuple[str, ...] = ()
    """The names of the inputs that are heard."""
    _meanings: Mapping[Source, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        meanings = {source: name for name in CONTROLS for source in self.sources(name)}
        object.__setattr__(self, "_meanings", meanings)

    def sources(self, name: str) -> tuple[Source, ...]:
        """What a control answers to."""
        if name in self.chosen:
            return self.chosen[name]
        taken = [source for sources in self.chosen.values() for source in sources]
        return tuple(
            source
            for source in usual_sources(name, self.devices)
            if not any(source == other or source.overlaps(other) for other in taken)
        )

    def meaning(self, source: Source) -> str | None:
        """The control that a message means; the source has the channel it came on."""
        exact = self._meanings.get(source)
        if exact is not None or source.channel is None:
            return exact
        return self._meanings.get(Source(source.kind, source.number))

    def learn(self, name: str, sources: Sequence[Source]) -> tuple["Profile", tuple[str, ...]]:
        """Let a control answer to these and nothing else; also from which others they were taken.

        Raises UserError for a control that does not exist and a message that it cannot answer to.
        """
        control = CONTROLS[known(name)]
        for source in sources:
            if control.turn is not None and source.kind != "CC":
                raise UserError(f"{name} is turned: it needs a controller such as CC20, not {source}")
            if source.kind == "CC" and source.number in PROTOCOL:
                raise UserError(f"{source} belongs to the MIDI protocol: choose another for {name}")
        others: dict[str, tuple[Source, ...]] = {}
        for other in CONTROLS:
            before = self.sources(other)
            kept = tuple(s for s in before if not any(s.overlaps(source) for source in sources))
            if other != name and kept != before:
                others[other] = kept
        # usual sources come back by themselves when what took them is forgotten
        changed = {other: kept for other, kept in others.items() if other in self.chosen}
        chosen = {**self.chosen, **changed, name: tuple(dict.fromkeys(sources))}
        return replace(self, chosen=chosen), tuple(others)

    def forget(self, name: str) -> "Profile":
        """Let a control answer to nothing. Raises UserError where there is no such control."""
        return replace(self, chosen={**self.chosen, known(name): ()})

    def reset(self, name: str | None = None) -> "Profile":
        """Let a control be as usual, or all. Raises UserError where there is no such control."""
        if name is None:
            return replace(self, chosen={})
        known(name)
        return replace(self, chosen={other: s for other, s in self.chosen.items() if other != name})

    def as_json(self) -> dict[str, Any]:
        """What is chosen, for a file."""
        return {
            "version": VERSION,
            "controls": {name: [str(source) for source in sources] for name, sources in self.chosen.items()},
        }


def known(name: str) -> str:
    """The name itself. Raises UserError where there is no such control."""
    if name not in CONTROLS:
        raise UserError(f"no control {name!r}{suggest(name, CONTROLS)}; improv controls lists them")
    return name


def profile_from_json(value: Any) -> Profile:
    """The inverse of `as_json`. Raises ValueError for anything else."""
    if not isinstance(value, dict) or value.get("version") != VERSION:
        raise ValueError(f"no profile of version {VERSION}")
    controls = value.get("controls")
    if not isinstance(controls, dict):
        raise ValueError("no controls")
    profile = Profile()
    for name, words in controls.items():
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError(f"{name}: no list of messages")
        try:
            profile, _ = profile.learn(name, [parse_source(word) for word in words])
        except UserError as error:
            raise ValueError(str(error)) from error
    return profile
