"""What a pianist plays behind a solo, style by style, as tabs (`improv.band.tabs`).

Conventions: a style's rhythms stand by how many beats they last. Where a rhythm of two bars is there it
is played, else one of a bar, else one for each group of two or three beats (`grammar.meter`).
"""

from dataclasses import dataclass

from grammar.form import Feel
from improv.band.tabs import beats


@dataclass(frozen=True, slots=True)
class Tab:
    """A rhythm."""

    weight: float
    """How likely against the others of its length."""
    letters: str

    def beats(self, steps: int) -> int:
        """How long it is, with `steps` letters a beat."""
        return beats(self.letters, steps)


@dataclass(frozen=True, slots=True)
class Style:
    """The rhythms of a style."""

    steps: int
    """Letters a beat."""
    tabs: dict[int, tuple[Tab, ...]]
    """By beats."""
    gives_way: bool = True
    """Whether hits come and go with the soloist, or the rhythm carries the style."""


_SWING = {
    2: (
        Tab(4, "x==x"),  # the Charleston
        Tab(4, "...x"),
        Tab(2, "x==="),
        Tab(2, ".x.."),
        Tab(1, "..x."),
        Tab(1, ".x.x"),
        Tab(1, "x..."),
        Tab(4, "...."),
    ),
    3: (
        Tab(4, "x==x=="),
        Tab(3, "x====="),
        Tab(2, "..x.x."),
        Tab(2, "...x=="),
        Tab(1, ".x...x"),
        Tab(2, "......"),
    ),
}
COMPING: dict[Feel, Style] = {
    "swing": Style(2, _SWING),
    "waltz": Style(
        2,
        {
            **_SWING,
            3: (
                Tab(3, "..x=x="),
                Tab(3, "x==x=="),
                Tab(2, "x====="),
                Tab(2, "...x=="),
                Tab(1, "..x=.."),
                Tab(1, ".x=..x"),
                Tab(2, "......"),
            ),
        },
    ),
    "straight": Style(
        2,
        {
            2: (
                Tab(4, "x==="),
                Tab(3, "x==x"),
                Tab(2, ".x=="),
                Tab(2, "x=x="),
                Tab(1, "...x"),
                Tab(2, "...."),
            ),
            3: (
                Tab(4, "x====="),
                Tab(3, "x==x=="),
                Tab(2, ".x==x="),
                Tab(2, "......"),
            ),
        },
    ),
    "ballad": Style(
        2,
        {
            2: (Tab(5, "x==="), Tab(1, "x==x"), Tab(1, ".x==")),
            3: (Tab(5, "x====="), Tab(2, "x===x=")),
        },
        gives_way=False,
    ),
    "bossa": Style(
        2,
        {
            8: (  # the guitar's rhythms, whose accents lie over the bar line
                Tab(4, "x==x==x= .x==x==x"),
                Tab(3, "x=.x..x= ..x=.x=."),
                Tab(2, "x==x=.x= .x=.x=.x"),
                Tab(2, ".x=x=.x= .x=x=.x="),
                Tab(1, "x======= x======="),
            ),
            2: (Tab(3, "x==x"), Tab(2, ".x=."), Tab(1, "x===")),
            3: (Tab(3, "x==x=."), Tab(2, ".x=.x="), Tab(1, "x=====")),
        },
        gives_way=False,
    ),
    "funk": Style(
        4,
        {
            4: (
                Tab(3, "X... ...x .... ...."),
                Tab(3, "..x. ...x ..x. ...."),
                Tab(2, ".... x..x ..x. ...."),
                Tab(2, "X..x .... .... ..x."),
                Tab(1, "..xx ..x. ..xx ..x."),
                Tab(1, "x=== ==.. .... ..x."),
                Tab(2, ".... .... .... ...."),
            ),
            2: (
                Tab(3, "X... ...x"),
                Tab(3, "..x. ...x"),
                Tab(1, "..x. ..x."),
                Tab(2, ".... ...."),
            ),
            3: (
                Tab(3, "X... ...x ...."),
                Tab(2, "..x. ...x ..x."),
                Tab(2, ".... .... ...."),
            ),
        },
    ),
}
"""By the feel of the chart."""
