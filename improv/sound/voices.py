"""The voices of the embedded instrument, as a readable table.

Conventions: times are seconds; a decay or release time is a time constant (the level falls to 37 %);
levels are linear, 1.0 is full scale; a ratio is a frequency divided by the note's own.

Each voice is a pair of sine operators, the second bending the phase of the first (frequency
modulation), plus a struck overtone that dies early. The player is an electric piano, warm when played
softly and barking when struck hard; the machine is a vibraphone, so that the ear tells them apart.
"""

from dataclasses import dataclass

from improv.channels import BASS, CLICK, CLICK_BEAT, CLICK_DOWNBEAT, COMP, IMPROV


@dataclass(frozen=True, slots=True)
class Voice:
    """How one kind of note sounds."""

    gain: float
    """Level of one note at velocity 127."""
    pan: float
    """-1 left to 1 right."""
    ratio: float
    """Frequency of the modulator."""
    index: float
    """Depth of modulation at velocity 127, radians."""
    index_decay: float
    strike_ratio: float
    strike_level: float
    """Level of the struck overtone, relative to the body."""
    strike_decay: float
    attack: float
    """Length of the straight rise."""
    decay: float
    """Time constant of the held note at middle C; an octave up it is 0.7 of that."""
    sustain: float
    """Share of the level that a held note keeps."""
    release: float
    reverb: float
    """Share sent to the room."""
    one_shot: bool = False
    """A struck thing: note-off does not end it."""


ELECTRIC_PIANO = Voice(
    gain=0.30,
    pan=0.12,
    ratio=1.0,
    index=1.7,
    index_decay=0.55,
    strike_ratio=14.0,
    strike_level=0.10,
    strike_decay=0.09,
    attack=0.0015,
    decay=2.2,
    sustain=0.0,
    release=0.07,
    reverb=0.16,
)

VIBRAPHONE = Voice(
    gain=0.34,
    pan=-0.12,
    ratio=4.0,
    index=0.55,
    index_decay=0.22,
    strike_ratio=10.0,
    strike_level=0.09,
    strike_decay=0.03,
    attack=0.001,
    decay=1.6,
    sustain=0.0,
    release=0.09,
    reverb=0.22,
)

COMP_PIANO = Voice(
    gain=0.13,
    pan=-0.30,
    ratio=1.0,
    index=0.7,
    index_decay=0.35,
    strike_ratio=7.0,
    strike_level=0.03,
    strike_decay=0.05,
    attack=0.004,
    decay=1.5,
    sustain=0.0,
    release=0.12,
    reverb=0.20,
)

UPRIGHT_BASS = Voice(
    gain=0.37,
    pan=0.0,
    ratio=1.0,
    index=1.3,
    index_decay=0.16,
    strike_ratio=5.0,
    strike_level=0.05,
    strike_decay=0.03,
    attack=0.003,
    decay=0.9,
    sustain=0.0,
    release=0.06,
    reverb=0.05,
)

WOODBLOCK = Voice(
    gain=0.34,
    pan=0.0,
    ratio=1.47,
    index=0.9,
    index_decay=0.008,
    strike_ratio=2.72,
    strike_level=0.25,
    strike_decay=0.006,
    attack=0.0005,
    decay=0.022,
    sustain=0.0,
    release=0.02,
    reverb=0.08,
    one_shot=True,
)

BY_CHANNEL: dict[int, Voice] = {COMP: COMP_PIANO, BASS: UPRIGHT_BASS, IMPROV: VIBRAPHONE, CLICK: WOODBLOCK}
"""Channel (0 to 15) to its voice; every other channel, the player's, is the electric piano."""


def voice_of(channel: int) -> Voice:
    """The voice that a channel (0 to 15) plays with."""
    return BY_CHANNEL.get(channel, ELECTRIC_PIANO)


def frequency_of(channel: int, pitch: int) -> float:
    """Hertz of a MIDI pitch, A4 (69) being 440; on the percussion channel those of a block of wood."""
    if channel == CLICK:
        # wood, not a key: the accent a fifth above the plain click, lower numbers ever smaller blocks
        return (
            1725.0
            if pitch == CLICK_DOWNBEAT
            else 1150.0 * 2.0 ** ((CLICK_BEAT - min(pitch, CLICK_BEAT)) / 24.0)
        )
    return float(440.0 * 2.0 ** ((pitch - 69) / 12.0))
