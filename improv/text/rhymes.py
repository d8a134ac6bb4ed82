"""The words of a lexicon by what they rhyme with.

Conventions: kinds of rhyme as in `improv.verse.rhyme`.
"""

from collections.abc import Iterable

from improv.verse.rhyme import Ending, Kind, endings
from improv.verse.speech import Speaker

Offer = tuple[str, str, Kind]
"""A word, what is before its rhyme, and how good it is."""


class Rhymes:
    """An index that answers which words rhyme with another. It is not changed once made."""

    def __init__(self, words: Iterable[str], speaker: Speaker) -> None:
        self._speaker = speaker
        self._by_key: dict[str, list[Offer]] = {}
        self._endings: dict[str, frozenset[Ending]] = {}
        self._rich: dict[int, list[str]] = {}
        for word in words:
            self._endings[word] = endings(word, speaker)
            for key, onset, kind in self._endings[word]:
                self._by_key.setdefault(key, []).append((word, onset, kind))

    def partners(self, word: str) -> dict[str, Kind]:
        """The words that rhyme with this one, and how well; as `improv.verse.rhyme.rhyme` says."""
        found: dict[str, Kind] = {}
        mine = self._endings.get(word)
        for key, onset, kind in endings(word, self._speaker) if mine is None else mine:
            for other, its_onset, its_kind in self._by_key.get(key, ()):
                if other != word and its_onset != onset:
                    worse = max(kind, its_kind)
                    found[other] = min(found.get(other, worse), worse)
        return found

    def rich(self, fewest: int) -> list[str]:
        """The words of the index that rhyme perfectly with as many others."""
        if fewest not in self._rich:
            self._rich[fewest] = [word for word in self._endings if self.perfect(word) >= fewest]
        return self._rich[fewest]

    def perfect(self, word: str) -> int:
        """How many words rhyme perfectly with this one."""
        return sum(kind is Kind.PERFECT for kind in self.partners(word).values())
