"""A terminal's screen as an SVG: `tmux capture-pane -peN -t PANE | python tools/picture.py > screen.svg`.

Every cell is placed by itself and block characters are drawn as rectangles, so the picture looks the
same whatever fonts its reader has.
"""

import sys
from collections.abc import Iterator
from xml.sax.saxutils import escape

from rich.ansi import AnsiDecoder
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.text import Text

WIDTH, HEIGHT, BASELINE = 8.4, 17.0, 12.6
INK, PAPER = "#e9dcc3", "#0c0a07"
BLOCKS = {
    # character: left, top, width, height in cells
    "█": (0, 0, 1, 1),
    "▀": (0, 0, 1, 0.5),
    "▄": (0, 0.5, 1, 0.5),
    "▌": (0, 0, 0.5, 1),
    "▐": (0.5, 0, 0.5, 1),
    "▘": (0, 0, 0.5, 0.5),
    "▖": (0, 0.5, 0.5, 0.5),
}


def main() -> None:
    """Read ANSI from standard input, write SVG to standard output."""
    lines = list(AnsiDecoder().decode(sys.stdin.read().rstrip("\n")))  # colours carry over line ends
    columns = max(line.cell_len for line in lines)
    width, height = columns * WIDTH, len(lines) * HEIGHT
    shapes = [shape for row, line in enumerate(lines) for shape in _line(line, row)]
    sys.stdout.write(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height:.1f}" '
        f'width="{width:.0f}" height="{height:.0f}" font-size="14" '
        f'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace">\n'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>\n' + "\n".join(shapes) + "\n</svg>\n"
    )


def _line(line: Text, row: int) -> Iterator[str]:
    column = 0
    for text, style, _ in _segments(line):
        ink, paper = INK, PAPER
        if style is not None:
            ink = style.color.get_truecolor().hex if style.color else INK
            paper = style.bgcolor.get_truecolor().hex if style.bgcolor else PAPER
            if style.reverse:
                ink, paper = paper, ink
        if paper != PAPER:
            yield _rectangle(column, row, cell_len(text), 1, paper)
        weight = ' font-weight="bold"' if style is not None and style.bold else ""
        for character in text:
            if character in BLOCKS:
                left, top, width, height = BLOCKS[character]
                yield _rectangle(column + left, row + top, width, height, ink)
            elif character != " ":
                x, y = column * WIDTH, row * HEIGHT + BASELINE
                yield f'<text x="{x:.1f}" y="{y:.1f}" fill="{ink}"{weight}>{escape(character)}</text>'
            column += cell_len(character)


def _segments(line: Text) -> list[Segment]:
    return list(line.render(Console(color_system="truecolor"), end=""))


def _rectangle(column: float, row: float, width: float, height: float, colour: str) -> str:
    # a hair too large, so that no seam shows between neighbours
    return (
        f'<rect x="{column * WIDTH:.1f}" y="{row * HEIGHT:.1f}" width="{width * WIDTH + 0.2:.1f}" '
        f'height="{height * HEIGHT + 0.2:.1f}" fill="{colour}"/>'
    )


if __name__ == "__main__":
    main()
