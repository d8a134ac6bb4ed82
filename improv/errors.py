"""Errors that a person can mend: one clear line, exit code 2, no traceback."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(Exception):
    """What is wrong, where, and what to do, in one line."""


def suggest(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?` when a known word is close to `word`, else nothing."""
    by_folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.5)
    return f"; did you mean {by_folded[close[0]]!r}?" if close else ""
