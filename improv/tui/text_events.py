"""What can happen on the text screen, and what it then wants done in the world: small frozen values."""

from dataclasses import dataclass

from improv.tui.text_state import Piece


@dataclass(frozen=True, slots=True)
class Primed:
    """The line with the prime reads so."""

    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """The line with the file's name reads so."""

    name: str


@dataclass(frozen=True, slots=True)
class Warmer:
    """Change the temperature by so many steps."""

    steps: int


@dataclass(frozen=True, slots=True)
class Wider:
    """Change top-p by so many steps."""

    steps: int


@dataclass(frozen=True, slots=True)
class OtherModel:
    """Go on to the next model."""


@dataclass(frozen=True, slots=True)
class Enter:
    """Write, stop, or yes: whatever stands next to enter on the screen."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep the text on the screen, and write the next."""


@dataclass(frozen=True, slots=True)
class Discard:
    """Forget the text on the screen, and write the next."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The text kept last is to be judged again."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """A stream went on."""

    stream: int
    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A stream came to its end, or failed for a reason."""

    stream: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Save:
    """Ask for a file's name."""

    suggestion: str


@dataclass(frozen=True, slots=True)
class Exists:
    """There is a file of that name, so nothing was written."""

    name: str


@dataclass(frozen=True, slots=True)
class Saved:
    """The texts are in the file."""

    pieces: tuple[Piece, ...]
    name: str


@dataclass(frozen=True, slots=True)
class NotSaved:
    """The file could not be written."""

    why: str


@dataclass(frozen=True, slots=True)
class Back:
    """Escape: no, stop, or leave."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave the screen."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Leave the program."""


@dataclass(frozen=True, slots=True)
class Scroll:
    """Back (above 0) or on by lines, when `most` lines lie above the screen."""

    lines: int
    most: int


Event = (
    Primed | Named | Warmer | Wider | OtherModel | Enter | Keep | Discard | TakeBack | Wrote | Ended | Save
    | Exists | Saved | NotSaved | Back | Leave | Quit | Scroll
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Begin:
    """Sample a text from a new stream."""

    stream: int
    piece: Piece


@dataclass(frozen=True, slots=True)
class Halt:
    """Stop sampling, now."""


@dataclass(frozen=True, slots=True)
class Store:
    """Write texts to a file."""

    pieces: tuple[Piece, ...]
    name: str
    overwrite: bool


@dataclass(frozen=True, slots=True)
class Exit:
    """Leave the screen, or the program."""

    program: bool


Command = Begin | Halt | Store | Exit
