"""Roles, MIDI channels and General MIDI programs.

Conventions: channels count from 0 to 15 (a synth shows 1 to 16), programs from 0 to 127. The player's
notes pass through on the channel they came on, usually 0.
"""

from typing import Literal

from grammar.form import Feel

Role = Literal["improv", "player", "click", "comp", "bass", "drums"]
"""Whose note it is; a message that is no note has the role of who scheduled it."""
Part = Literal["improv", "comp", "bass", "drums", "click"]
"""What the machine plays, as it is muted and routed."""
PARTS: tuple[Part, ...] = ("improv", "comp", "bass", "drums", "click")
BAND: tuple[Part, ...] = ("comp", "bass", "drums")

PLAYER, COMP, BASS, IMPROV, DRUMS = 0, 1, 2, 3, 9
CLICK = DRUMS
CHANNELS: dict[Role, int] = {
    "player": PLAYER,
    "comp": COMP,
    "bass": BASS,
    "improv": IMPROV,
    "drums": DRUMS,
    "click": CLICK,
}

PROGRAMS = {PLAYER: 0, COMP: 4, BASS: 32, IMPROV: 66}
"""Acoustic grand, electric piano, acoustic bass, tenor saxophone; channel 9 is the drum set."""
KITS: dict[Feel, int] = {"swing": 32, "waltz": 32, "straight": 32, "ballad": 40, "bossa": 0, "funk": 0}
"""The drum set by the chart's feel, as Roland's GS and General MIDI 2 number them: 32 jazz, 40 brushes, 0
standard. Where a synth has no such kit it plays the standard one: see `improv.band.kit`."""


def programs(feel: Feel) -> dict[int, int]:
    """The program of each channel for a chart of a feel, the drum set's included."""
    return {**PROGRAMS, DRUMS: KITS[feel]}


CLICK_DOWNBEAT, CLICK_BEAT = 76, 77
"""High and low wood block."""
