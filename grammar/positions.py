"""The positions in which a hand holds a chord: close, in shells, rootless, dropped, spread.

Conventions: a voicing is a row of semitones above the root, from the lowest note up. Each position is a
function from a quality of `grammar.chords` to its voicings there, none where the quality has none. These are
what a player may hold, whatever the register, for `grammar.naming` to be measured on; `grammar.voicings` has
those that improv itself plays.

Sources: Levine, *The Jazz Piano Book* (Sher 1989): shells, rootless A and B forms; drop 2 as arrangers use
it: the second voice from the top of a close position an octave lower.
"""

from collections.abc import Callable

from grammar.chords import QUALITIES

Voicing = tuple[int, ...]

ROOTLESS: dict[str, Voicing] = {
    # quality: the A form; the B form has its upper two notes below the lower two
    "maj": (4, 7, 9, 14),
    "6": (4, 7, 9, 14),
    "maj7": (4, 7, 11, 14),
    "min6": (3, 7, 9, 14),
    "min7": (3, 7, 10, 14),
    "minmaj7": (3, 7, 11, 14),
    "7": (4, 9, 10, 14),
    "7alt": (4, 8, 10, 15),
    "7sus": (5, 9, 10, 14),
    "aug7": (4, 8, 10, 14),
    "augmaj7": (4, 8, 11, 14),
    "m7b5": (3, 6, 10, 14),
}
"""Four notes without the root, for two hands or beside a bass."""


def close(quality: str) -> list[Voicing]:
    """The chord tones within an octave, in root position and every inversion."""
    tones = _tones(quality)
    return [(*tones[turn:], *(tone + 12 for tone in tones[:turn])) for turn in range(len(tones))]


def root_position(quality: str) -> list[Voicing]:
    """The chord tones within an octave above the root."""
    return close(quality)[:1]


def inversions(quality: str) -> list[Voicing]:
    """The close position but for its root position."""
    return close(quality)[1:]


def root_shells(quality: str) -> list[Voicing]:
    """Root with seventh (or sixth), with third, and with both, the third also above."""
    third, seventh = _guides(quality)
    if third is None:
        return []
    if seventh is None:
        return [(0, third)]
    return [(0, third), (0, seventh), (0, third, seventh), (0, seventh, third + 12)]


def guide_shells(quality: str) -> list[Voicing]:
    """Third and seventh (or sixth) alone, either below."""
    third, seventh = _guides(quality)
    return [] if third is None or seventh is None else [(third, seventh), (seventh, third + 12)]


def rootless_a(quality: str) -> list[Voicing]:
    """From the third up."""
    return [ROOTLESS[quality]] if quality in ROOTLESS else []


def rootless_b(quality: str) -> list[Voicing]:
    """From the seventh (or sixth) up."""
    return [(*form[2:], *(tone + 12 for tone in form[:2])) for form in rootless_a(quality)]


def drop_two(quality: str) -> list[Voicing]:
    """Of every close position of four notes or more, the second from the top an octave lower."""
    return [
        tuple(sorted((*voicing[:-2], voicing[-2] - 12, voicing[-1])))
        for voicing in close(quality)
        if len(voicing) > 3
    ]


def spread(quality: str) -> list[Voicing]:
    """The root in the bass, the other chord tones from an octave above it on."""
    tones = _tones(quality)
    return [(0, *(tone + 12 for tone in tones[1:]))]


POSITIONS: dict[str, Callable[[str], list[Voicing]]] = {
    "root position": root_position,
    "inversions": inversions,
    "shells with root": root_shells,
    "shells 3 and 7": guide_shells,
    "rootless A": rootless_a,
    "rootless B": rootless_b,
    "drop 2": drop_two,
    "spread": spread,
}
"""Every position, by name."""


def _tones(quality: str) -> Voicing:
    return tuple(degree for degree, letter in enumerate(QUALITIES[quality]) if letter == "C")


def _guides(quality: str) -> tuple[int | None, int | None]:
    """The third or suspended fourth, and the seventh or sixth, where the chord tones have them."""
    tones = _tones(quality)
    third = next((tone for tone in tones if tone in (3, 4, 5)), None)
    return third, next((tone for tone in tones if tone in (9, 10, 11)), None)
