"""What a drummer plays, style by style, as tabs (`improv.band.tabs`) of the pieces of `improv.band.kit`.

Conventions: patterns stand by how many beats they last: one of two bars is played where there is one, else
one of a bar, else one for each group of two or three beats (`grammar.meter`), so every meter has them. Of
several tabs of a piece one is drawn each time, by weight. `time` goes on whatever happens; `comping` answers
the soloist as the piano does; `fills` lead into the next phrase, their length in beats.
"""

from dataclasses import dataclass, field

from grammar.form import Feel
from improv.band.rhythms import Tab

Lines = dict[str, tuple[Tab, ...]]
"""Tabs by piece."""
Comping = tuple[tuple[float, str, str], ...]
"""Weight, piece and letters; an empty piece plays nothing."""
Fill = dict[str, str]
"""Letters by piece."""


@dataclass(frozen=True, slots=True)
class Groove:
    """A style."""

    steps: int
    """Letters a beat."""
    time: dict[int, Lines]
    """By beats."""
    comping: dict[int, Comping] = field(default_factory=dict)
    """By beats."""
    fills: dict[int, tuple[Fill, ...]] = field(default_factory=dict)
    """By beats; the hands leave the time for them."""
    fill_steps: int = 3
    crash: bool = True
    """Whether a fill leads to a crash."""
    loose: float = 999.0
    """Beats a minute from which on the kick's feathering rests."""


def _one(letters: str) -> tuple[Tab, ...]:
    return (Tab(1, letters),)


_SWING_COMPING: dict[int, Comping] = {
    2: (
        (6.0, "", "...."),
        (2.0, "snare", "...o"),
        (2.0, "snare", ".x.."),
        (1.5, "snare", "...x"),
        (1.0, "snare", ".o.x"),
        (1.0, "kick", "...x"),
        (1.0, "kick", ".x.."),
        (0.5, "snare", "x..x"),
    ),
    3: (
        (5.0, "", "......"),
        (2.0, "snare", "...x.."),
        (2.0, "snare", ".....o"),
        (1.0, "snare", ".x...x"),
        (1.0, "kick", "...x.."),
        (1.0, "kick", ".....x"),
    ),
}
_SWING_FILLS: dict[int, tuple[Fill, ...]] = {
    1: (
        {"snare": "xox"},
        {"snare": "x.x"},
        {"snare": "o.x", "kick": ".x."},
        {"snare": "..X"},
    ),
    2: (
        {"snare": "xox x.x"},
        {"snare": "x.x ..x", "kick": ".x. .x."},
        {"snare": "xxx ...", "middle": "... x.x"},
        {"snare": "x.. x..", "low": "..x ..X"},
    ),
    4: (
        {"snare": "xox xox ... ...", "high": "... ... xxx ...", "low": "... ... ... x.X"},
        {"snare": "x.x ..x x.x ...", "kick": ".x. .x. .x. x..", "low": "... ... ... ..X"},
        {"snare": "xoo xoo xoo x.X"},
        {
            "high": "x.x ... ... ...",
            "middle": "... x.x ... ...",
            "low": "... ... x.x ...",
            "snare": "... ... ... xxX",
        },
    ),
}
_STRAIGHT_FILLS: dict[int, tuple[Fill, ...]] = {
    1: ({"snare": "x.xo"}, {"snare": "..xx"}, {"snare": "x...", "low": "..x."}),
    2: (
        {"snare": "x.xo ..x."},
        {"snare": "xx.. ....", "high": "..xx ....", "low": ".... x.X."},
        {"snare": "..x. x.x.", "kick": "x... ...."},
    ),
    4: (
        {"snare": "x.oo x.oo x.xx ....", "low": ".... .... .... X.X."},
        {
            "snare": "x.x. .... .... ....",
            "high": ".... x.x. .... ....",
            "middle": ".... .... x.x. ....",
            "low": ".... .... .... xxX.",
        },
    ),
}

GROOVES: dict[Feel, Groove] = {
    "swing": Groove(
        steps=2,
        time={
            2: {
                "ride": (Tab(10, "x. Xx"), Tab(2, "x. X."), Tab(1, "xx X."), Tab(1, "xx Xx")),
                "foot": _one(".. x."),
                "feather": _one("x. x."),
            },
            3: {
                "ride": (Tab(6, "x. Xx x."), Tab(2, "x. X. xx"), Tab(1, "x. Xx xx")),
                "foot": _one(".. x. .."),
                "feather": _one("x. x. x."),
            },
        },
        comping=_SWING_COMPING,
        fills=_SWING_FILLS,
        loose=240.0,
    ),
    "waltz": Groove(
        steps=2,
        time={
            2: {
                "ride": (Tab(6, "x. Xx"), Tab(2, "x. X.")),
                "foot": _one(".. x."),
                "feather": _one("x. .."),
            },
            3: {
                "ride": (Tab(6, "x. Xx x."), Tab(3, "x. X. x."), Tab(2, "x. X. xx"), Tab(1, "xx Xx x.")),
                "foot": (Tab(4, ".. x. .."), Tab(2, ".. x. x.")),
                "feather": _one("x. .. .."),
            },
        },
        comping=_SWING_COMPING,
        fills=_SWING_FILLS,
        loose=240.0,
    ),
    "straight": Groove(
        steps=2,
        time={
            2: {
                "ride": (Tab(5, "xo xo"), Tab(3, "x. xo"), Tab(2, "xo .x"), Tab(1, "x. x.")),
                "foot": _one(".. x."),
                "feather": _one("x. .x"),
            },
            3: {
                "ride": (Tab(5, "xo xo xo"), Tab(2, "x. xo .x")),
                "foot": _one(".. x. .."),
                "feather": _one("x. .x .."),
            },
        },
        comping={
            2: ((6.0, "", "...."), (2.0, "stick", "...x"), (2.0, "snare", ".o.."), (1.0, "kick", ".x.x")),
            3: ((5.0, "", "......"), (2.0, "stick", "....x."), (1.0, "snare", ".o.o..")),
        },
        fills=_STRAIGHT_FILLS,
        fill_steps=4,
    ),
    "ballad": Groove(
        steps=2,
        time={
            2: {
                "swirl": _one("x= x="),
                "tap": (Tab(5, ".. x."), Tab(3, ".. xo"), Tab(1, ".o x.")),
                "foot": _one(".. o."),
            },
            3: {
                "swirl": _one("x= x= x="),
                "tap": (Tab(4, ".. x. x."), Tab(2, ".. xo x.")),
                "foot": _one(".. o. .."),
            },
        },
        comping={2: ((8.0, "", "...."), (1.0, "feather", "...x")), 3: ((8.0, "", "......"),)},
        fills={1: ({"tap": "xxx"}, {"tap": "x.x"}), 2: ({"tap": "x.x xxx"}, {"tap": "xoo x.x"})},
        crash=False,
    ),
    "bossa": Groove(
        steps=2,
        time={
            8: {
                "hat": (Tab(4, "xo xo xo xo xo xo xo xo"),),
                "stick": (Tab(6, "x. .x .. x. .. x. .x .."), Tab(2, "x. .x .. x. .x .. x. ..")),
                "kick": _one("o. .o x. .o o. .o x. .o"),  # the surdo: the second beat is the low drum's
                "foot": _one(".. o. .. o. .. o. .. o."),
            },
            2: {"hat": _one("xo xo"), "stick": _one("x. .x"), "kick": _one("o. .x")},
            3: {"hat": _one("xo xo xo"), "stick": _one("x. .x .."), "kick": _one("o. .. .x")},
        },
        fills=_STRAIGHT_FILLS,
        fill_steps=4,
        crash=False,
    ),
    "funk": Groove(
        steps=4,
        time={
            4: {
                "hat": (
                    Tab(4, "xoxo xoxo xoxo xoxo"),
                    Tab(2, "xoxo xoxx xoxo x.x."),
                    Tab(2, "x.xo x.xo x.xo x.xo"),
                ),
                "open": (Tab(5, ".... .... .... ...."), Tab(1, ".... .... .... ...x")),
                "snare": (
                    Tab(4, ".... X..o .o.. X..."),
                    Tab(3, ".... X... .o.o X..o"),
                    Tab(2, "..o. X..o .... X.o."),
                ),
                "kick": (
                    Tab(3, "X... ..x. ..x. ...."),
                    Tab(3, "X..x .... x.x. ...."),
                    Tab(2, "X.x. ...x ..x. ...x"),
                    Tab(1, "X... .... x... ...."),
                ),
            },
            2: {
                "hat": _one("xoxo xoxo"),
                "snare": (Tab(2, ".... X..o"), Tab(1, "..o. X...")),
                "kick": (Tab(2, "X... ..x."), Tab(1, "X.x. ....")),
            },
            3: {
                "hat": _one("xoxo xoxo xoxo"),
                "snare": (Tab(2, ".... X... .o.."), Tab(1, ".... X..o ....")),
                "kick": (Tab(2, "X... ..x. ...."), Tab(1, "X..x .... ..x.")),
            },
        },
        fills=_STRAIGHT_FILLS,
        fill_steps=4,
    ),
}
"""By the feel of the chart."""
HANDS = frozenset(("ride", "bell", "hat", "open", "snare", "stick", "tap", "swirl", "feather"))
"""The pieces of the time that rest during a fill; the left foot never does."""
