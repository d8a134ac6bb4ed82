"""Who plays, and in which manner: what the jazz model may be told beside the notes, or left to guess.

Conventions: id 0 is "not told"; the names are those of the Weimar Jazz Database, whose spelling is kept.
"""

from dataclasses import dataclass

from grammar.chart import Feel
from improv.errors import UserError, suggest

PERFORMERS = (
    "Art Pepper",
    "Ben Webster",
    "Benny Carter",
    "Benny Goodman",
    "Bix Beiderbecke",
    "Bob Berg",
    "Branford Marsalis",
    "Buck Clayton",
    "Cannonball Adderley",
    "Charlie Parker",
    "Charlie Shavers",
    "Chet Baker",
    "Chris Potter",
    "Chu Berry",
    "Clifford Brown",
    "Coleman Hawkins",
    "Curtis Fuller",
    "David Liebman",
    "David Murray",
    "Dexter Gordon",
    "Dickie Wells",
    "Dizzy Gillespie",
    "Don Byas",
    "Don Ellis",
    "Eric Dolphy",
    "Fats Navarro",
    "Freddie Hubbard",
    "Gerry Mulligan",
    "Hank Mobley",
    "Harry Edison",
    "Henry Allen",
    "Herbie Hancock",
    "J.C. Higginbotham",
    "J.J. Johnson",
    "Joe Henderson",
    "Joe Lovano",
    "John Abercrombie",
    "John Coltrane",
    "Johnny Dodds",
    "Johnny Hodges",
    "Joshua Redman",
    "Kai Winding",
    "Kenny Dorham",
    "Kenny Garrett",
    "Kenny Wheeler",
    "Kid Ory",
    "Lee Konitz",
    "Lee Morgan",
    "Lester Young",
    "Lionel Hampton",
    "Louis Armstrong",
    "Michael Brecker",
    "Miles Davis",
    "Milt Jackson",
    "Nat Adderley",
    "Ornette Coleman",
    "Pat Metheny",
    "Paul Desmond",
    "Pepper Adams",
    "Phil Woods",
    "Rex Stewart",
    "Roy Eldridge",
    "Sidney Bechet",
    "Sonny Rollins",
    "Sonny Stitt",
    "Stan Getz",
    "Steve Coleman",
    "Steve Lacy",
    "Steve Turre",
    "Von Freeman",
    "Warne Marsh",
    "Wayne Shorter",
    "Woody Shaw",
    "Wynton Marsalis",
    "Zoot Sims",
)
"""The soloists of the database."""
STYLES = (
    "BEBOP",
    "COOL",
    "FREE",
    "FUSION",
    "HARDBOP",
    "POSTBOP",
    "SWING",
    "TRADITIONAL",
)
"""Their styles."""
INSTRUMENTS = (
    "as",
    "bcl",
    "bs",
    "cl",
    "cor",
    "g",
    "p",
    "ss",
    "tb",
    "tp",
    "ts",
    "ts-c",
    "vib",
)
"""Their instruments, as annotated: ts is a tenor saxophone, tp a trumpet."""
FEELS = (
    "A:LATIN/B:SWING",
    "BALLAD",
    "FUNK",
    "FUNK/SWING",
    "LATIN",
    "LATIN/FUNK",
    "LATIN/SWING",
    "SWING",
    "TWOBEAT",
)
"""The rhythm's feel."""


@dataclass(frozen=True, slots=True)
class Manner:
    """Ids of all that is told; 0 for what is not."""

    performer: int = 0
    style: int = 0
    instrument: int = 0
    feel: int = 0

    @property
    def ids(self) -> tuple[int, int, int, int]:
        """In the order of the model's inputs."""
        return self.performer, self.style, self.instrument, self.feel


UNTOLD = Manner()


def manner_of(performer: str = "", style: str = "", instrument: str = "", feel: str = "") -> Manner:
    """The manner of a solo; a name that is not in the tables counts as not told."""
    return Manner(
        _id(PERFORMERS, performer), _id(STYLES, style), _id(INSTRUMENTS, instrument), _id(FEELS, feel)
    )


def manner_for(feel: Feel, like: str | None = None) -> Manner:
    """The manner to play in over a chart of a feel, and like a soloist or in a style, in any case of letters.

    Raises UserError for a name that is neither, with the nearest one that is.
    """
    annotated = _ANNOTATED[feel]
    if like is None:
        return manner_of(feel=annotated)
    known = {entry.casefold(): entry for entry in (*PERFORMERS, *STYLES)}
    found = known.get(like.strip().casefold())
    if found is None:
        near = suggest(like.strip(), (*PERFORMERS, *STYLES))
        raise UserError(
            f"{like!r}: no soloist or style that the model knows{near}; "
            f"the styles are {', '.join(STYLES).lower()}"
        )
    return manner_of(performer=found, style=found, feel=annotated)


_ANNOTATED: dict[Feel, str] = {
    "swing": "SWING",
    "waltz": "SWING",
    "bossa": "LATIN",
    "straight": "LATIN",
    "ballad": "BALLAD",
    "funk": "FUNK",
}
"""A chart's feel as the database calls it."""


def _id(table: tuple[str, ...], name: str) -> int:
    return table.index(name) + 1 if name in table else 0
