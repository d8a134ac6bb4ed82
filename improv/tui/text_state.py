"""The text screen as a value.

Conventions: a stream is one text being sampled; streams are numbered, so that what comes late from one that
was stopped is known and dropped. A text is the reader's to judge once it is finished or was stopped.
"""

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # it brings NumPy, which only the thread that samples needs
    from improv.text.writer import WriteOptions

Phase = Literal["ready", "writing", "finished"]
Question = Literal["name", "overwrite", "leave", "quit"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A text, and what it was written with."""

    model: str
    options: "WriteOptions"
    text: str = ""

    @property
    def name(self) -> str:
        """The model's name."""
        return PurePath(self.model).name


@dataclass(frozen=True, slots=True)
class State:
    """The whole screen."""

    model: str
    """What writes the next text: the name of a model that ships, or a folder."""
    options: "WriteOptions"
    """How the next text is written."""
    models: tuple[str, ...] = ()
    """The models to choose from; `model` is one of them."""
    phase: Phase = "ready"
    stream: int = 0
    """The number of the last stream."""
    piece: Piece | None = None
    """The text on the screen."""
    kept: tuple[Piece, ...] = ()
    saved: tuple[Piece, ...] = ()
    """Those of the kept that are in a file."""
    question: Question | None = None
    """What the reader was asked and has not answered."""
    name: str = ""
    """The file name in the field."""
    notice: str = ""
    """The last thing worth telling the reader."""
    back: int = 0
    """Lines that the text is scrolled back by."""

    @property
    def unsaved(self) -> int:
        """How many kept texts are in no file."""
        return sum(piece not in self.saved for piece in self.kept)

    @property
    def naming(self) -> bool:
        """Whether a file's name is being asked for."""
        return self.question in ("name", "overwrite")


def kept_text(pieces: tuple[Piece, ...]) -> str:
    """Texts as a file has them: single lines one under the other, longer texts apart by an empty line."""
    out = ""
    longer = False
    for piece in pieces:
        text = piece.text.strip("\n")
        lines = "\n" in text
        if out and (lines or longer):
            out += "\n"
        out += text + "\n"
        longer = lines
    return out
