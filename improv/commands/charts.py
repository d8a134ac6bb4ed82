"""`improv charts`: what ships, or one chart drawn as a lead sheet."""

import argparse
import json

from grammar.chart import Chart, drawn
from improv.library import chart_names, load_chart


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("chart", nargs="?", metavar="NAME|FILE", help="draw this chart")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the charts, or one of them."""
    if arguments.chart is not None:
        chart = load_chart(arguments.chart)
        print(json.dumps(_detailed(chart), ensure_ascii=False) if arguments.json else _drawn(chart))
        return 0
    charts = {name: load_chart(name) for name in chart_names()}
    if arguments.json:
        print(
            json.dumps(
                [{"name": name, **_summary(chart)} for name, chart in charts.items()], ensure_ascii=False
            )
        )
    else:
        print(_table(charts))
    return 0


def _summary(chart: Chart) -> dict[str, object]:
    return {
        "title": chart.title,
        "bars": chart.bar_count,
        "tempo": chart.tempo,
        "meter": f"{chart.meter}/4",
        "feel": chart.feel,
    }


def _detailed(chart: Chart) -> dict[str, object]:
    sections = {
        section.name: [
            [{"beat": beat, "chord": chord.symbol} for beat, chord in zip(bar.beats, bar.chords, strict=True)]
            for bar in section.bars
        ]
        for section in chart.sections
    }
    told = {"composer": chart.composer, "key": chart.key}
    return _summary(chart) | told | {"form": list(chart.form), "sections": sections}


def _table(charts: dict[str, Chart]) -> str:
    rows = [("NAME", "TITLE", "BARS", "TEMPO", "METER", "FEEL")]
    for name, chart in charts.items():
        meter = f"{chart.meter}/4"
        rows.append((name, chart.title, str(chart.bar_count), f"{chart.tempo:g}", meter, chart.feel))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(
            cell.rjust(width) if column in (2, 3) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _drawn(chart: Chart) -> str:
    facts = [chart.composer, chart.key, f"{chart.tempo:g} bpm", f"{chart.meter}/4", chart.feel]
    return "\n".join((chart.title, ", ".join(fact for fact in facts if fact), "", *drawn(chart)))
