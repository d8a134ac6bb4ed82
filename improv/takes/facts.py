"""What is to be said of a take: figures for a list, for a page, and for programs."""

from collections import Counter
from typing import Any

from improv.takes.catalogue import Entry
from improv.takes.take import IMPROV, YOU, Take

HEADINGS = ("", "NAME", "CHART", "TEMPO", "BARS", "YOU", "IMPROV", "")
_RIGHT = (0, 3, 4, 5, 6)
"""Columns of numbers."""


def summary(entry: Entry) -> dict[str, Any]:
    """A take in figures."""
    take = entry.take
    return {
        "number": entry.number,
        "name": take.name,
        "when": take.when.isoformat(timespec="seconds"),
        "chart": take.setting.chart.title,
        "tempo": take.tempo,
        "bars": take.bars,
        "seconds": round(take.seconds, 3),
        "you": len(take.of(YOU)),
        "improv": len(take.of(IMPROV)),
        "marks": len(take.places),
        "kept": take.kept,
        "undone": take.undone,
        "log_ending": take.setting.ending,
        "resumes": take.setting.resumes,
        "log": str(entry.log),
    }


def detail(entry: Entry) -> dict[str, Any]:
    """A take in full: ticks are counted from the top of the form, on through jumps."""
    take = entry.take
    notes = [
        {
            "part": note.part,
            "onset": round(take.clock.tick(note.at), 3),
            "duration": round(take.clock.tick(note.end) - take.clock.tick(note.at), 3),
            "pitch": note.pitch,
            "velocity": note.velocity,
            "channel": note.channel,
            "source": note.source,
        }
        for note in take.notes
    ]
    return summary(entry) | {
        "seed": take.setting.seed,
        "weights": take.setting.weights,
        "first_tick": take.first,
        "last_tick": round(take.last, 3),
        "meter": take.setting.chart.meter,
        "tempi": [{"tick": tick, "tempo": tempo} for tick, tempo in take.tempi()],
        "chords": [{"tick": tick, "symbol": symbol} for tick, symbol in take.chords()],
        "places": [{"tick": round(take.clock.tick(p.at), 3), "label": p.label} for p in take.places],
        "band": {part: len(take.of(part)) for part in take.band()},
        "notes": notes,
    }


def table(entries: list[Entry]) -> str:
    """The list."""
    rows = [HEADINGS, *(_row(entry) for entry in entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in _RIGHT else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def page(entry: Entry) -> str:
    """The lines above a take's picture."""
    take = entry.take
    chart = take.setting.chart
    tempi = " → ".join(f"{tempo:g}" for _, tempo in take.tempi()[:4]) + " …" * (len(take.tempi()) > 4)
    form = f"{chart.title}, " if take.on_form else "without a clock, "
    length = f"{int(take.seconds) // 60}:{int(take.seconds) % 60:02}"
    band = ", ".join(f"{part} {len(take.of(part))}" for part in take.band())
    lines = [
        f"{take.name} ({', '.join([f'take {entry.number}', *_state(take)])})",
        f"{form}{tempi} bpm, {chart.meter}/4, {chart.feel}; {take.when:%Y-%m-%d %H:%M:%S}, {length}, "
        f"{take.bars} bar{'s' * (take.bars != 1)}",
        f"you {len(take.of(YOU))} notes, improv {len(take.of(IMPROV))}{_sources(take)}",
        *([f"band: {band}"] if band else []),
        f"seed {take.setting.seed}, weights {take.setting.weights[:12]}; {entry.log}",
    ]
    if take.setting.resumes:
        lines.append(f"goes on from {take.setting.resumes}, whose engine died")
    return "\n".join(lines)


def _row(entry: Entry) -> tuple[str, ...]:
    take = entry.take
    return (
        str(entry.number),
        take.name,
        take.setting.chart.title if take.on_form else "-",
        f"{take.tempo:g}",
        str(take.bars),
        str(len(take.of(YOU))),
        str(len(take.of(IMPROV))),
        ", ".join(_remarks(take)),
    )


def _remarks(take: Take) -> list[str]:
    """What the last column says: the date too, unless the name has it, as names have that are not given."""
    marks = len(take.places)
    told = [f"{marks} mark{'s' * (marks != 1)}"] if marks else []
    dated = f"{take.when:%Y-%m-%d}" in take.name
    return _state(take) + told + ([] if dated else [f"{take.when:%Y-%m-%d %H:%M}"])


def _state(take: Take) -> list[str]:
    ending = take.setting.ending
    told = [("kept", take.kept), ("undone", take.undone), ("silent", take.silent)]
    return [word for word, holds in told if holds] + ([ending] if ending != "whole" else [])


def _sources(take: Take) -> str:
    counts = Counter(note.source for note in take.of(IMPROV))
    told = [("redrawn by the grammar", counts["grammar"]), ("fallback", counts["fallback"])]
    words = ", ".join(f"{count} {what}" for what, count in told if count)
    return f" ({words})" if words else ""
