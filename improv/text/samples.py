"""Figures on what was sampled: names, and sonnets.

Conventions: shares are of 1. A run is five words in a row, over the ends of lines too, but not from one
text into the next; it is copied where the text that the model learned from has it. What real text of the
same kind has in common with that text is what chance and the language account for.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from improv.text.names import LONGEST, SHORTEST, pronounceable
from improv.verse.form import judge
from improv.verse.speech import Speaker
from improv.verse.words import words

RUN = 5
"""Words of a run."""

Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameFigures:
    """How names turned out: shares of all that were sampled."""

    count: int
    new: float
    """Not in the list that the model learned from."""
    distinct: float
    """Different names among them."""
    sane_length: float
    """Of 4 to 20 letters."""
    pronounceable: float
    """By the rule of `improv.text.names`."""


@dataclass(frozen=True, slots=True)
class SonnetFigures:
    """How sonnets turned out."""

    count: int
    scheme_kept: float
    """Sonnets of fourteen lines that all rhyme as they must."""
    lines_kept: float
    """Sonnets of fourteen lines."""
    length_kept: float
    """Sonnets whose every line can have nine to eleven syllables."""
    lines_in_length: float
    """Lines that can, of all lines."""
    rhymes_kept: float
    """Pairs of lines that rhyme, of all that must."""
    real_words: float
    """Words that are some, of all words."""
    copied_runs: float
    """Runs that are copied, of all runs."""


def name_figures(names: Sequence[str], known: Callable[[str], bool]) -> NameFigures:
    """The figures of some names; `known` tells those that the model learned from. At least one name."""
    count = len(names)
    return NameFigures(
        count,
        sum(not known(name) for name in names) / count,
        len({name.casefold() for name in names}) / count,
        sum(SHORTEST <= len(name) <= LONGEST for name in names) / count,
        sum(map(pronounceable, names)) / count,
    )


def sonnet_figures(
    texts: Sequence[str], speaker: Speaker, real: Callable[[str], bool], learned: Collection[Run]
) -> SonnetFigures:
    """The figures of some sonnets.

    Args:
        texts: at least one.
        speaker: how words are spoken.
        real: whether a word is one.
        learned: the runs of the text that the model learned from.
    """
    judged = [judge(text, speaker) for text in texts]
    rhymes = [kind is not None for one in judged for kind in one.rhymes]
    in_length = [ok for one in judged for ok in one.in_length]
    written = [word for text in texts for word in words(text)]
    return SonnetFigures(
        len(texts),
        _share(one.scheme_kept for one in judged),
        _share(one.lines_kept for one in judged),
        _share(one.length_kept for one in judged),
        _share(in_length),
        _share(rhymes),
        _share(map(real, written)),
        copied(texts, learned),
    )


def runs(text: str) -> list[Run]:
    """The runs of a text, one beginning at each word but the last four."""
    written = words(text)
    return [tuple(written[place : place + RUN]) for place in range(len(written) - RUN + 1)]


def copied(texts: Iterable[str], learned: Collection[Run]) -> float:
    """The share of the runs of some texts that are among those learned; 0 where there are none."""
    return _share(run in learned for text in texts for run in runs(text))


def _share(answers: Iterable[bool]) -> float:
    """How many of the answers are yes; 0 where there are none."""
    given = list(answers)
    return sum(given) / len(given) if given else 0.0
