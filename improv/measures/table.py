"""A comparison as a table for people, plain or in Markdown.

Conventions: shares in per cent with one decimal, what is counted and small numbers with two; `-` where there
is no figure.
"""

from collections.abc import Sequence

from improv.measures.compare import Comparison
from improv.measures.figures import MEASURES, Value
from improv.measures.overlap import FEATURES

Row = tuple[str, ...]


def rows(comparison: Comparison) -> list[Row]:
    """The heading, then a row a measure, then a row an overlap area."""
    sets = (comparison.real, *comparison.others)
    found: list[Row] = [("", *(each.name for each in sets), "published: real", "best model")]
    found.append(("pieces", *(str(len(each.pieces)) for each in sets), "", ""))
    for name, known in MEASURES.items():
        published = known.published or (None, None)
        figures = [each.means[name] for each in sets]
        found.append(
            (
                known.title + (" %" if known.unit == "%" else ""),
                *(spelled(value, known.unit) for value in figures),
                *(spelled(value, known.unit) if known.published else "" for value in published),
            )
        )
    for name, (title, _) in FEATURES.items():
        found.append(
            (
                f"overlap, {title}",
                "" if comparison.ceiling is None else f"{comparison.ceiling[name].area:.2f}",
                *(f"{comparison.overlaps[each.name][name].area:.2f}" for each in comparison.others),
                "",
                "",
            )
        )
    return found


def spelled(value: Value, unit: str) -> str:
    """A figure as it is printed, without its unit."""
    if value is None:
        return "-"
    return f"{100 * value:.1f}" if unit == "%" else f"{value:.2f}"


def plain(table: Sequence[Row]) -> str:
    """Columns aligned with spaces."""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    return "\n".join(
        f"{row[0]:{widths[0]}}  "
        + "  ".join(f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in table
    )


def markdown(table: Sequence[Row]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(row) + " |" for row in table]
    return "\n".join([lines[0], "|---" * len(table[0]) + "|", *lines[1:]])
