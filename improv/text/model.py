"""A trained text model, found and made ready to write.

Conventions: a checkpoint of kind "text" says in its meta.json which characters it knows (`characters`) and
its text's unit; beside it lie `lexicon.txt`, the words of what it learned from with their counts, and
`known.npy`, the hashes of its lines, so that what it writes can be told from what it read.
"""

import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from improv.errors import UserError, suggest
from improv.text.alphabet import Alphabet
from improv.text.corpus import UNITS, Unit
from improv.verse.words import counted
from models.checkpoint import META, CheckpointError, load, shipped
from models.language import identity_maps, language_spec
from models.network import Network, check_weights
from models.spec import Spec

KIND = "text"
SHIPPED = ("dinos", "sonnets", "shakespeare")
"""The models that come with the program."""
LEXICON, KNOWN = "lexicon.txt", "known.npy"
MOST_WORDS = 50_000
"""Words of a lexicon at most, the commonest."""


@dataclass(frozen=True, slots=True)
class TextModel:
    """What a checkpoint of kind "text" holds."""

    name: str
    alphabet: Alphabet
    spec: Spec
    weights: Mapping[str, npt.NDArray[np.float32]]
    unit: Unit
    form: str | None
    """The form that what it writes keeps: "sonnet", or None."""
    meta: Mapping[str, Any]
    digest: str
    lexicon: Mapping[str, int]
    """Words of what it learned from, in small letters, and how often each was met."""
    known_lines: npt.NDArray[np.uint64]
    """Sorted hashes of the lines that it learned from."""

    def network(self) -> Network:
        """The network, to be stepped character by character."""
        return Network(self.spec, self.weights, identity_maps(self.alphabet.size))

    def known(self, line: str) -> bool:
        """Whether a line is one that it learned from, but for case, spaces and punctuation."""
        wanted = line_hash(line)
        at = int(np.searchsorted(self.known_lines, wanted))
        return at < len(self.known_lines) and self.known_lines[at] == wanted


def load_text(place: str | Path) -> TextModel:
    """A model by the name of one that ships, or by its folder.

    Raises:
        UserError: there is none, it is damaged, or it is of another kind.
    """
    name = str(place)
    ships = isinstance(place, str) and place in SHIPPED
    folder: Traversable = shipped(name) if ships else Path(place)
    if not ships and not Path(place).is_dir():
        raise UserError(
            f"no text model {name!r}; those that ship are {', '.join(SHIPPED)}, others are folders"
            f"{suggest(name, SHIPPED)}"
        )
    try:
        checkpoint = load(folder, KIND, None)
        meta = checkpoint.meta
        alphabet = Alphabet(str(meta["characters"]))
        spec = checkpoint.spec
        if spec != language_spec(alphabet.size, spec.width, spec.hidden, spec.layers, spec.cell):
            raise CheckpointError(f"{folder}: of another shape than a text model; train it again")
        if meta["unit"] not in UNITS:
            raise CheckpointError(f"{folder}/{META}: the unit {meta['unit']!r} is none")
        model = TextModel(
            name=Path(name).name,
            alphabet=alphabet,
            spec=spec,
            weights=checkpoint.weights,
            unit=meta["unit"],
            form=meta.get("form"),
            meta=meta,
            digest=checkpoint.digest,
            lexicon=_lexicon(folder / LEXICON),
            known_lines=_hashes(folder / KNOWN),
        )
        check_weights(spec, model.weights)
    except CheckpointError as error:
        raise UserError(str(error)) from error
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{folder}: damaged ({error})") from error
    return model


def lexicon_of(text: str) -> dict[str, int]:
    """The words of a text and their counts, the commonest first."""
    return _commonest(counted(text.split("\n")))


def _commonest(words: Mapping[str, int]) -> dict[str, int]:
    found = sorted(words.items(), key=lambda entry: (-entry[1], entry[0]))
    return dict(found[:MOST_WORDS])


def hashes_of(text: str) -> npt.NDArray[np.uint64]:
    """The sorted hashes of a text's lines; of lines of a single word too, which are names."""
    lines = {line_hash(line) for line in text.split("\n") if line.strip()}
    return np.array(sorted(lines), dtype=np.uint64)


def line_hash(line: str) -> np.uint64:
    """64 bits that stand for a line, but for case, spaces and punctuation."""
    letters = "".join(c for c in line.casefold() if c.isalnum())
    return np.uint64(int.from_bytes(blake2b(letters.encode(), digest_size=8).digest(), "big"))


def beside(text: str, start: TextModel | None = None) -> dict[str, bytes]:
    """The files that lie beside the weights of a model that learned from a text, by name.

    What the model knew that it started from is known to it too.
    """
    words, lines = Counter(lexicon_of(text)), hashes_of(text)
    if start is not None:
        words.update(start.lexicon)
        lines = np.union1d(lines, start.known_lines)
    lexicon = "".join(f"{word} {count}\n" for word, count in _commonest(words).items())
    buffer = io.BytesIO()
    np.save(buffer, lines, allow_pickle=False)
    return {LEXICON: lexicon.encode(), KNOWN: buffer.getvalue()}


def _lexicon(path: Traversable) -> dict[str, int]:
    if not path.is_file():
        return {}
    entries = (line.rpartition(" ") for line in path.read_text("utf-8").splitlines())
    return {word: int(count) for word, _, count in entries}


def _hashes(path: Traversable) -> npt.NDArray[np.uint64]:
    if not path.is_file():
        return np.zeros(0, np.uint64)
    found = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
    return np.asarray(found, dtype=np.uint64)
