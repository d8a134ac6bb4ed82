"""Writing with a text model: a name, a sonnet, or a stretch of text, as an iterator of its pieces.

Conventions: the same model, options and index give the same text. A text begins as if after a line's end,
with the prime, which is part of it. Pieces are a few characters each, sampled as they are asked for.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from improv.errors import UserError
from improv.text.alphabet import NEWLINE, UNKNOWN
from improv.text.model import TextModel
from improv.text.names import LONGEST, capitalised, sane
from models.language import CHARACTER
from models.network import Network
from models.sampling import probabilities, sample


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write."""

    temperature: float = 0.8
    top_p: float = 0.95
    prime: str = ""
    """What the text begins with."""
    seed: int = 0
    index: int = 0
    """Which of the texts of this seed."""
    length: int = 600
    """Characters of a stretch, at least; it goes on to a line's end."""
    free: bool = False
    """Whether a sonnet may take any form."""
    allow_known: bool = False
    """Whether a name, or a sonnet's line, may be one that the model learned from."""


TRIES = 40
"""Names refused at the temperature asked for; after them it rises, so that the search ends."""
WARMER = 1.05
"""By how much it rises with each further one."""
HOPELESS = 400
"""Names refused before it is said that there is none."""
STRETCH = 4
"""A stretch that finds no line's end goes on to so many times its length."""


def check_options(model: TextModel, options: WriteOptions) -> None:
    """See, before anything is written, that it can be.

    Raises:
        UserError: a temperature or top-p out of bounds, or a prime with a character the model never saw.
    """
    if not 0 < options.temperature < 100:
        raise UserError(f"the temperature must be above 0 (0.8 is a good one), not {options.temperature}")
    if not 0 < options.top_p <= 1:
        raise UserError(f"top-p must be above 0 and at most 1, not {options.top_p}")
    stranger = model.alphabet.unknown(options.prime)
    if stranger is not None:
        known = "".join(c for c in model.alphabet.characters if c.isprintable())
        raise UserError(f"{model.name} never saw {stranger!r}, which is in the prime; it knows {known}")
    if model.unit == "line" and NEWLINE in options.prime:
        raise UserError("the prime of a name is the beginning of one name, without a line's end")
    if model.unit == "line" and len(options.prime) >= LONGEST:
        raise UserError(f"the prime leaves no room: a name has at most {LONGEST} letters")


def write(model: TextModel, options: WriteOptions, taken: Collection[str] = ()) -> Iterator[str]:
    """One text in pieces; a name is none of those `taken`, and comes with its line's end.

    Raises:
        UserError: as `check_options`, or no new name can be found.
    """
    check_options(model, options)
    if model.unit == "line":
        yield write_name(model, options, taken) + NEWLINE
    elif model.form == "sonnet" and not options.free:
        from improv.text.sonnet import write_sonnet  # the dictionary is only for those who rhyme

        yield from write_sonnet(model, options)
    else:
        yield from write_stretch(model, options)


def generator_of(options: WriteOptions) -> np.random.Generator:
    """The randomness of one text."""
    return np.random.default_rng((options.seed & (2**64 - 1), options.index))


def write_name(model: TextModel, options: WriteOptions, taken: Collection[str] = ()) -> str:
    """A name that is new, can be said, and is none of those `taken`.

    Raises:
        UserError: none was found.
    """
    generator, network = generator_of(options), model.network()
    prime = capitalised(options.prime)
    if model.alphabet.unknown(prime) is not None:
        prime = options.prime
    for tried in range(HOPELESS):
        warmth = options.temperature * WARMER ** max(0, tried - TRIES)
        name = capitalised(_name(network, model, prime, warmth, options.top_p, generator))
        fresh = options.allow_known or not model.known(name)
        if fresh and sane(name) and name not in taken:
            return name
    beginning = f" that begins with {options.prime!r}" if options.prime else ""
    raise UserError(f"{model.name}: found no new name{beginning}; try a higher temperature or another seed")


def _name(
    network: Network,
    model: TextModel,
    prime: str,
    temperature: float,
    top_p: float,
    generator: np.random.Generator,
) -> str:
    network.forget()
    _read(network, model, NEWLINE + prime)
    name = prime
    while len(name) <= LONGEST:
        character = _next(network, model, temperature, top_p, generator)
        if character == NEWLINE:
            break
        name += character
    return name


def write_stretch(model: TextModel, options: WriteOptions) -> Iterator[str]:
    """A stretch of text, to the first line's end after its length."""
    generator, network = generator_of(options), model.network()
    _read(network, model, NEWLINE + options.prime)
    if options.prime:
        yield options.prime
    written = len(options.prime)
    while written < STRETCH * options.length:
        character = _next(network, model, options.temperature, options.top_p, generator)
        written += 1
        if written == 1 and character == NEWLINE:  # a text does not begin with its end
            continue
        yield character
        if character == NEWLINE and written >= options.length:
            return
    yield NEWLINE


def _read(network: Network, model: TextModel, text: str) -> None:
    for i in model.alphabet.encode(text).tolist():
        network.step((i,))


def _next(
    network: Network, model: TextModel, temperature: float, top_p: float, generator: np.random.Generator
) -> str:
    logits = network.logits(CHARACTER, (), (0,)).copy()
    logits[UNKNOWN] = -np.inf
    chosen = sample(probabilities(logits, temperature, top_p), generator.random())
    network.step((chosen,))
    return model.alphabet.characters[chosen - 1]
