"""The parts of the text screen: what writes and how, whose turn it is, the text, what is kept."""

from collections.abc import Sequence

from improv.tui import text_words as words
from improv.tui.canvas import Canvas
from improv.tui.foot import draw_keys, wrapped
from improv.tui.help_card import framed, key_lines
from improv.tui.lettering import LETTERS, big
from improv.tui.paint import Row, Run, fit, length, spread
from improv.tui.text_keys import KEYS, SPARE
from improv.tui.text_lines import Line, wrap
from improv.tui.text_state import Phase, State

MEASURE = 72
"""The longest line that is pleasant to read."""
HELP_WIDTH, HELP_HEIGHT = 60, 15
NARROW = 72
"""Below it settings have short names, and only the model that writes is named."""

_WORDS: dict[Phase, str] = {"ready": words.READY, "writing": words.WRITING, "finished": words.FINISHED}
_GROUNDS: dict[Phase, str] = {"ready": "ebony", "writing": "improv", "finished": "you"}


class Settings(Canvas[State]):
    """The models, and how the next text is written."""

    def depends(self, view: State) -> object:
        """The settings."""
        return view.model, view.models, view.options.temperature, view.options.top_p, view.options.seed

    def draw(self, view: State, width: int, height: int) -> Sequence[Row]:
        """The one row."""
        return (draw_settings(view, width),)


class Banner(Canvas[State]):
    """Whose turn it is: the model's, or the reader's."""

    def depends(self, view: State) -> object:
        """The phase, and how much is written."""
        return view.phase, len(view.piece.text) if view.piece else 0

    def draw(self, view: State, width: int, height: int) -> Sequence[Row]:
        """The banner's rows."""
        return draw_banner(view, width, height)


class Label(Canvas[State]):
    """What the line to edit is for."""

    def depends(self, view: State) -> object:
        """Whether a file's name is asked for."""
        return view.naming

    def draw(self, view: State, width: int, height: int) -> Sequence[Row]:
        """The one row."""
        return (fit([(label(view), "bold text on ebony")], width, "ebony"),)


class Text(Canvas[State]):
    """The text, as it is sampled."""

    def depends(self, view: State) -> object:
        """The text and how it stands."""
        return view.piece, view.phase, view.back

    def draw(self, view: State, width: int, height: int) -> Sequence[Row]:
        """The rows of the text."""
        return draw_text(view, width, height)


class Kept(Canvas[State]):
    """The kept texts."""

    def depends(self, view: State) -> object:
        """They, and which of them are saved."""
        return view.kept, view.saved

    def draw(self, view: State, width: int, height: int) -> Sequence[Row]:
        """A row, or a column."""
        return draw_kept(view, width, height)


class Message(Canvas[State]):
    """The last thing worth telling the reader."""

    def depends(self, view: State) -> object:
        """The notice."""
        return view.notice

    def draw(self, view: State, width: int, height: int) -> Sequence[Row]:
        """The one row."""
        return wrapped(view.notice, "you on stage", "stage", width, height)


class TextKeys(Canvas[State]):
    """The keys."""

    def depends(self, view: State) -> object:
        """The table alone, which does not change."""
        return None

    def draw(self, view: State, width: int, height: int) -> Sequence[Row]:
        """The one row."""
        return (draw_keys(width, KEYS, SPARE),)


class TextHelp(Canvas[State]):
    """The card over the screen; the keys work on while it is seen."""

    def depends(self, view: State) -> object:
        """The table alone, which does not change."""
        return None

    def draw(self, view: State, width: int, height: int) -> Sequence[Row]:
        """The card."""
        return draw_help(width, height)


def label(state: State) -> str:
    """What stands before the line to edit."""
    return f" {words.FILE if state.naming else words.PRIME}"


def draw_settings(state: State, width: int) -> Row:
    """Models at the left, figures at the right; the figures are kept whole."""
    wide = width >= NARROW
    options = state.options
    figures = (
        ("temperature " if wide else "T ", f"{options.temperature:.2f}"),
        ("top-p " if wide else "p ", f"{options.top_p:.2f}"),
        ("seed " if wide else "s ", f"{options.seed}"),
    )
    right: list[Run] = []
    for name, value in figures:
        right += [("  ", "dim on ebony"), (name, "dim on ebony"), (value, "bold you on ebony")]
    right.append((" ", "dim on ebony"))
    left: list[Run] = []
    for model, name in zip(state.models, names(state), strict=True):
        if model == state.model:
            left.append((f" {name}", "bold underline bright on ebony"))
        elif wide:
            left.append((f" {name}", "dim on ebony"))
    return spread(_parted(left), right, width, "ebony")


def names(state: State) -> list[str]:
    """The models' names as the screen shows them."""
    return [model.rstrip("/").rpartition("/")[2] or model for model in state.models]


def _parted(runs: Sequence[Run]) -> list[Run]:
    """Leading spaces as runs of their own, so that they are not underlined."""
    return [part for text, ink in runs for part in ((" ", "dim on ebony"), (text[1:], ink))]


def draw_banner(state: State, width: int, height: int) -> tuple[Row, ...]:
    """The word of the phase, large where there is room, and what enter or the reader can do."""
    word, ground = _WORDS[state.phase], _GROUNDS[state.phase]
    ink = f"{'text' if ground == 'ebony' else 'stage'} on {ground}"
    scale = 2 if height >= 7 and width >= 120 else 1
    letters = big(word, scale)
    hints = _hints(state)
    if height < 3 or len(letters[0]) + max(map(len, hints)) + 6 > width:
        right = f"{hints[0]}  " if len(word) + len(hints[0]) + 6 <= width else ""
        lines = [spread([(f"  {word}", f"bold {ink}")], [(right, f"bold {ink}")], width, ground)]
    else:
        above = (len(letters) - len(hints)) // 2
        side = [""] * above + hints + [""] * (len(letters) - len(hints) - above)
        lines = [
            spread([(f"  {line}", ink)], [(f"{hint}  ", f"bold {ink}")], width, ground)
            for line, hint in zip(letters, side, strict=True)
        ]
    above = (height - len(lines)) // 2
    blank = fit((), width, ground)
    return (*[blank] * above, *lines, *[blank] * (height - len(lines) - above))


def _hints(state: State) -> list[str]:
    count = len(state.piece.text.strip("\n")) if state.piece else 0
    if state.phase == "writing":
        return [words.ENTER_STOPS, words.count_of(count) if count else words.LOADING]
    if state.phase == "finished":
        return [words.KEEP_OR_DISCARD, words.count_of(count)]
    return [words.ENTER_WRITES]


def overflow(state: State, width: int, height: int) -> int:
    """Lines that do not fit in so many rows and cells."""
    if state.piece is None:
        return 0
    return max(0, len(_lines(state, width)) - (height - _head_rows(height)))


def draw_text(state: State, width: int, height: int) -> tuple[Row, ...]:
    """The text with what it was written with above; its end, or the lines scrolled back to."""
    piece = state.piece
    margin = _margin(width)
    if piece is None:
        lines = [line for _, line in wrap(words.NOTHING_YET, _measure(width))]
        return _filled([fit([(" " * margin + line, "dim on stage")], width) for line in lines], width, height)
    text = piece.text.strip("\n")
    if state.phase == "finished" and "\n" not in text and len(text) <= _measure(width):
        body = _alone(text, width, height - _head_rows(height))
        hidden = 0
    else:
        lines_ = _lines(state, width)
        rows = height - _head_rows(height)
        hidden = max(0, len(lines_) - rows - state.back)
        shown = lines_[hidden : hidden + rows]
        primed = _primed(piece.text, piece.options.prime)
        body = [fit(_inked(line, primed, margin), width) for line in shown]
        if state.phase == "writing" and hidden + rows >= len(lines_):
            cursor: Run = ("▌", "improv on stage")
            body[-1] = fit([*_inked(lines_[-1], primed, margin), cursor], width)
    told = words.written_with(piece.name, piece.options.temperature, piece.options.top_p, piece.options.seed)
    more: list[Run] = [(f"  ↑ {hidden} ", "dim on stage")] if hidden else [(" ", "dim on stage")]
    head = [spread([(" " * margin + told, "dim on stage")], more, width), fit((), width)]
    return _filled([*head[: _head_rows(height)], *body], width, height)


def _head_rows(height: int) -> int:
    return 2 if height >= 8 else 1 if height >= 4 else 0


def _measure(width: int) -> int:
    return max(1, min(MEASURE, width - 4))


def _margin(width: int) -> int:
    return max(0, (width - _measure(width)) // 2)


def _lines(state: State, width: int) -> list[Line]:
    assert state.piece is not None
    text = state.piece.text
    return wrap(text if state.phase == "writing" else text.rstrip("\n"), _measure(width))


def _primed(text: str, prime: str) -> int:
    """How many characters of the text are the reader's own."""
    return len(prime) if text.casefold().startswith(prime.casefold()) else 0


def _inked(line: Line, primed: int, margin: int) -> list[Run]:
    at, text = line
    own = max(0, min(len(text), primed - at))
    runs = [(" " * margin, "text on stage"), (text[:own], "bold you on stage"), (text[own:], "text on stage")]
    return [run for run in runs if run[0]]


def _alone(text: str, width: int, height: int) -> list[Row]:
    """A name, large where its letters are known and there is room, in the middle."""
    lines: tuple[str, ...] = (text,)
    if height >= 5 and all(letter in LETTERS for letter in text.upper()):
        large = big(text.upper())
        lines = (*large, "", text) if len(large[0]) + 2 <= width else lines
    above = max(0, (height - len(lines)) // 2)
    inks = ["improv on stage"] * (len(lines) - 1) + ["bold bright on stage"]
    rows = [
        fit([(" " * max(0, (width - length([(line, ink)])) // 2), "text on stage"), (line, ink)], width)
        for line, ink in zip(lines, inks, strict=True)
    ]
    return [fit((), width)] * above + rows


def _filled(rows: Sequence[Row], width: int, height: int) -> tuple[Row, ...]:
    return (*rows[:height], *[fit((), width)] * (height - len(rows)))


def draw_kept(state: State, width: int, height: int) -> tuple[Row, ...]:
    """How many are kept, and how the newest of them begin: the newest last, or first in a single row."""
    title = words.kept_title(len(state.kept), state.unsaved)
    entries: list[Run] = []
    for piece in state.kept:
        saved = piece in state.saved
        first = next((line for line in piece.text.split("\n") if line.strip()), "").strip()
        entries.append((f"{'✓' if saved else '•'} {first}", f"{'dim' if saved else 'you'} on stage"))
    if height == 1:
        runs: list[Run] = [(f" {title}", "dim on stage")]
        runs += [(f"  {text}", ink) for text, ink in reversed(entries)]
        return (fit(runs, width),)
    edge: Run = ("│ ", "grid on stage")
    rows = [fit([edge, (title, "bold text on stage")], width)]
    if not entries:
        rows.append(fit([edge, (words.NOTHING_KEPT, "faint on stage")], width))
    rows += [fit([edge, entry], width) for entry in entries[-(height - 1) :]]
    return tuple(rows[:height]) + (fit([edge], width),) * (height - len(rows))


def draw_help(width: int, height: int) -> tuple[Row, ...]:
    """The keys, framed."""
    inside: list[list[Run]] = [
        *key_lines(KEYS),
        [],
        *[[(f" {line}", "text on ebony")] for line in words.HELP],
    ]
    return framed(f" {words.TITLE} ", inside, width, height)
