"""A card with rows, drawn: the chosen row marked, a line about it, and what the keys do."""

from collections.abc import Sequence

from improv.tui.canvas import Canvas
from improv.tui.cards import CARDS
from improv.tui.help_card import framed
from improv.tui.paint import Row, Run, fit, shorten
from improv.tui.view import View

WIDTH, ROWS = 60, 12
"""The card's width, and the rows that it shows at most; it fits the smallest screen."""
BESIDES = 5
"""Lines of a card that are not rows: the frame, the line about the chosen one, the keys, and a blank."""


class RowCard(Canvas[View]):
    """The card that is open, if it is one with rows."""

    def depends(self, view: View) -> object:
        """The card and what its rows are made of."""
        shown = view.snapshot
        return view.card, view.chosen, shown.parts, shown.adjusted, shown.learning, tuple(view.wanted.items())

    def draw(self, view: View, width: int, height: int) -> Sequence[Row]:
        """The card."""
        return draw_card(view, width, height) if view.card in CARDS else ()


def card_height(name: str) -> int:
    """How many lines a card takes, frame included."""
    return min(ROWS, len(CARDS[name].rows)) + BESIDES


def draw_card(view: View, width: int, height: int) -> tuple[Row, ...]:
    """The card `view.card` in `width` cells and `height` rows."""
    card = CARDS[view.card]
    room = max(1, height - BESIDES)
    chosen = max(0, min(len(card.rows) - 1, view.chosen))
    first = max(0, min(chosen - room // 2, len(card.rows) - room))
    inside: list[Sequence[Run]] = []
    for place, name in enumerate(card.rows[first : first + room], first):
        mark: Run = (" ▸ ", "bold you on ebony") if place == chosen else ("   ", "text on ebony")
        more = (place == first > 0, place == first + room - 1 < len(card.rows) - 1)
        inside.append(_with_more(fit((mark, *card.row(view, name)), width - 4, "ebony"), *more))
    help_line = shorten(card.help(view, card.rows[chosen]), width - 5)
    inside += [[], [(f"   {help_line}", "text on ebony")], [(f"   {card.keys}", "dim on ebony")]]
    return framed(f" {card.title} ", inside, width, height)


def _with_more(row: Row, above: bool, below: bool) -> Row:
    """The row with an arrow at its end where there are more rows that way."""
    arrow = "▲" if above else "▼" if below else " "
    return (*row, (f"{arrow} ", "dim on ebony"))
