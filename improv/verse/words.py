"""The words of a line.

Conventions: words are in lower case, with straight apostrophes, and keep the apostrophes that are
theirs: "'tis", "o'er", "lov'd", "beauty's", "th'". One that opens or closes a quotation is not the
word's; after an s it can be either, and is left out. A hyphen parts words.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

APHETIC: Final = (
    "t(?:is|was|were|will|would|wixt)|gainst|mongst|midst|bout|scap'd|scapes?|gan|gins|greeing|em|neath"
)
"""Words that lost their beginning, and show it by an apostrophe; a regular expression."""
APOCOPIC: Final = "th|i|o|a|wi|ha|ma"
"""Words that lost their end, and show it by an apostrophe: "th' expense"."""

_WORD: Final = re.compile(
    rf"(?<![a-z])(?:'(?:{APHETIC})(?![a-z'])|(?:{APOCOPIC})'(?![a-z])|[a-z]+(?:'[a-z]+)*)"
)


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return _WORD.findall(text.lower().replace("’", "'"))


def counted(lines: Iterable[str]) -> Counter[str]:
    """How often each word occurs: a lexicon."""
    return Counter(word for line in lines for word in words(line))
