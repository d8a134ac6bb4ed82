"""The drum set: its pieces as General MIDI numbers, and how loud each is played.

Conventions: a level is the MIDI velocity of a plain stroke, `x`; an accent `X` is louder by `ACCENT`, a
ghost note `o` has `GHOST` of the level.

Brushes are the keys 38 (tap) and 40 (swirl) of the kit that Roland's GS and General MIDI 2 have at program
41. A synth that has no such kit, or ignores the program, has two snares on these keys: played as softly as
brushes are, they will do. The brush slap, 39, is left out, for there a plain synth claps its hands. So
nothing has to be asked of the synth, which could not answer anyway.
"""

RIDE, RIDE_TWO, BELL, CRASH = 51, 59, 53, 49
CLOSED_HAT, FOOT_HAT, OPEN_HAT = 42, 44, 46
KICK, SNARE, CROSS_STICK = 36, 38, 37
HIGH_TOM, MIDDLE_TOM, LOW_TOM = 50, 47, 43
BRUSH_TAP, BRUSH_SWIRL = 38, 40

PIECES: dict[str, tuple[int, int]] = {
    # name: key, level
    "ride": (RIDE, 88),
    "bell": (BELL, 74),
    "crash": (CRASH, 88),
    "hat": (CLOSED_HAT, 74),
    "foot": (FOOT_HAT, 70),
    "open": (OPEN_HAT, 70),
    "kick": (KICK, 74),
    "feather": (KICK, 30),
    "snare": (SNARE, 72),
    "stick": (CROSS_STICK, 76),
    "high": (HIGH_TOM, 74),
    "middle": (MIDDLE_TOM, 74),
    "low": (LOW_TOM, 76),
    "tap": (BRUSH_TAP, 66),
    "swirl": (BRUSH_SWIRL, 58),
}
"""By the names of `improv.band.grooves`."""
ACCENT = 14
GHOST = 0.45


def velocity(piece: str, mark: str, dynamics: float = 1.0) -> float:
    """The velocity of a stroke of a piece; `dynamics` scales the accent."""
    level = PIECES[piece][1]
    return level * GHOST if mark == "o" else level + (ACCENT * dynamics if mark == "X" else 0)
