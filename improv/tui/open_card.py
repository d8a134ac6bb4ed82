"""Which card lies over the stage, and which of its rows is chosen."""

from improv.requests import Request
from improv.tui.cards import CARDS
from improv.tui.view import View

HELP = "help"
"""The card without rows."""


class OpenCard:
    """At most one card; each remembers the row that was chosen last."""

    def __init__(self) -> None:
        self.name = ""
        """Empty: none lies there."""
        self._chosen: dict[str, int] = {}

    @property
    def has_rows(self) -> bool:
        """Whether there is a card, with rows to choose from."""
        return self.name in CARDS

    @property
    def chosen(self) -> int:
        """The number of the chosen row."""
        return self._chosen.get(self.name, 0)

    def toggle(self, name: str) -> None:
        """Lay this card there, or take it away."""
        self.name = "" if self.name == name else name

    def choose(self, by: int) -> None:
        """Choose a row further down or up."""
        self._chosen[self.name] = max(0, min(len(CARDS[self.name].rows) - 1, self.chosen + by))

    def asks(self, view: View, how: str, by: int) -> Request | None:
        """What a key on the chosen row asks for: `change` by steps, `set` or `reset`."""
        card = CARDS[self.name]
        row = card.rows[self.chosen]
        match how:
            case "change":
                return card.change(view, row, by)
            case "set":
                return card.set(view, row)
            case _:
                return card.reset(view, row)
