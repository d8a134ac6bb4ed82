"""Whose turn it is, and how much of it is left: the largest thing on the screen."""

from collections.abc import Sequence

from improv.snapshot import Turn
from improv.tui.canvas import Canvas
from improv.tui.lettering import big
from improv.tui.paint import Row, fit, merge, spread
from improv.tui.place import Place
from improv.tui.view import View

WORDS: dict[Turn, str] = {
    "player": "YOUR TURN",
    "machine": "IMPROV",
    "both": "TOGETHER",
    "count-in": "COUNT IN",
    "stopped": "READY",
}
"""What the banner says in each turn."""
LOST = "ENGINE LOST"
GROUNDS: dict[Turn, str] = {
    "player": "you",
    "machine": "improv",
    "both": "text",
    "count-in": "text",
    "stopped": "ebony",
}
"""The banner's colour in each turn."""


class Banner(Canvas[View]):
    """The turn, in big letters, with a countdown, the beats and the way through the turn."""

    def depends(self, view: View) -> object:
        """The turn and the beat, and the progress in cells."""
        shown = view.snapshot
        return view.alive, shown.turn, shown.mode, shown.chord, view.place, _progress(view, self.size.width)

    def draw(self, view: View, width: int, height: int) -> Sequence[Row]:
        """The banner's rows."""
        return draw_banner(view, width, height)


def draw_banner(view: View, width: int, height: int) -> tuple[Row, ...]:
    """The banner's rows: one, three (big letters) or seven and more (letters of double size)."""
    turn = view.snapshot.turn if view.alive else "stopped"
    word = WORDS[turn] if view.alive else LOST
    ground = GROUNDS[turn] if view.alive else "bright"
    front = f"{'text' if ground == 'ebony' else 'stage'} on {ground}"
    place = view.place if view.alive else None
    counts = place is not None and not place.free
    hint = _hint(view)
    count, unit = _left(place) if counts else ("", hint)
    scale = 2 if height >= 7 and width >= 120 else 1
    letters, digits = big(word, scale), big(count, scale) if counts else ()
    held = view.snapshot.chord if counts else ""
    if len(letters[0]) + len("".join(digits[:1])) + len(held) + 6 > width and held:
        digits = ()  # what is held matters more than how much is left
    if height < 3 or len(letters[0]) + len("".join(digits[:1])) + 6 > width:
        rest = f"{view.snapshot.chord}  {count} {unit}  ".lstrip() if counts else f"{hint}  "
        if len(word) + len(rest) + 3 > width:
            rest = f"{count} " if len(word) + 5 <= width else ""
        lines = [spread([(f"  {word}", f"bold {front}")], [(rest, f"bold {front}")], width, ground)]
    else:
        room = width - len(letters[0]) - len("".join(digits[:1])) - 6
        side = _side(view if counts else None, unit, hint, len(letters), room)
        lines = [
            spread(
                [("  " + text, front)],
                [(side[line], f"bold {front}"), (f"  {digits[line]}  " if digits else "  ", front)],
                width,
                ground,
            )
            for line, text in enumerate(letters)
        ]
    above = (height - len(lines)) // 2
    blank = fit((), width, ground)
    rows = [blank] * above + lines + [blank] * (height - len(lines) - above)
    if counts and height >= 3:
        rows[-1] = _with_progress(rows[-1], _progress(view, width), width, ground)
    return tuple(rows)


def _left(place: Place | None) -> tuple[str, str]:
    """What is left of the turn: bars, or in the last bar beats."""
    if place is None:
        return "", ""
    if place.bars_left > 1:
        return str(place.bars_left), "BARS LEFT"
    return str(place.beats_left), "BEATS LEFT" if place.beats_left != 1 else "BEAT LEFT"


def _side(view: View | None, unit: str, hint: str, lines: int, room: int) -> list[str]:
    """The small text beside the countdown: the chord held, what it counts, the beats; short where it must."""
    wordings = [[hint], [hint.partition(":")[0]]]
    if view is not None and view.place is not None:
        lamps = ["●" if beat == view.place.beat else "○" for beat in range(view.chart.meter)]
        short = unit.partition(" ")[0]
        held = [view.snapshot.chord] if view.snapshot.chord and lines > 2 else []
        wordings = [
            [*held, unit, " ".join(lamps)],
            [*held, short, " ".join(lamps)],
            [*held, short, "".join(lamps)],
            held or [""],
        ]
    texts = next((texts for texts in wordings if max(len(text) for text in texts) <= room), [""])
    size = max(len(text) for text in texts)
    above = (lines - len(texts)) // 2
    below = lines - above - len(texts)
    return [f"{text:>{size}}" for text in [""] * above + texts + [""] * below]


def _hint(view: View) -> str:
    """What is said where nothing is counted."""
    if not view.alive:
        return "enter resumes"
    if view.place is None:
        return "space starts"
    if view.place.free:
        return "free time: a silence ends your phrase" if view.snapshot.turn == "player" else "free time"
    return ""


def _with_progress(row: Row, done: int, width: int, ground: str) -> Row:
    """The row, of which only the upper half is used, with a bar of `done` cells in its lower half."""
    colour = "dim" if ground == "text" else "bright"
    text = "".join(part for part, _ in row)
    inks = [
        f"stage on {ground}"
        if place >= done
        else f"stage on {colour}"
        if character == "▀"
        else f"{colour} on {ground}"
        for place, character in enumerate(text)
    ]
    return merge(
        ["▄" if place < done and text[place] == " " else text[place] for place in range(width)], inks
    )


def _progress(view: View, width: int) -> int:
    """Cells of the turn that are done."""
    place = view.place
    if place is None or place.free:
        return 0
    done = view.snapshot.tick - place.turn_begins
    return max(0, min(width, done * width // max(1, place.turn_ends - place.turn_begins)))
