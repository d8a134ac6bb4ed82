"""What the gates of an LSTM do while it plays jazz: a walk through, one gate after the other.

    python -m examples.gates                            # in the terminal, 80 columns
    python -m examples.gates --svg gates.svg            # as a picture
    python -m examples.gates --chart blues-bb --seed 8  # over another line
    python -m examples.gates --midi take.mid            # a file that `improv render` wrote, or yours
    python -m examples.gates --solo 17 --data DATA      # a solo of the Weimar Jazz Database

Takes some seconds, needs no data. The line is read back, note by note, by the hand-written forward pass
of `models.lstm`; the cache that it leaves for the backward pass holds every gate at every note.

An average over a layer shows nothing: its units do different things. So each panel shows one unit, by
this rule: of all units of all layers, the one whose gate goes most closely with an event of the music
(correlation over notes) on lines over the other shipped charts; never chosen on the line that is shown.
"""

import argparse
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from examples.common import Parser, at_least, find_database, improvised, improvised_solos, start
from examples.gate_picture import picture
from examples.gate_strips import WIDTH, systems
from examples.gate_traces import EVENTS, Traces, Unit, choose, traced
from examples.gate_views import Panel, Step, View, panel, window
from examples.midi_line import midi_line
from grammar.chords import ROOTS
from grammar.notes import TICKS_PER_BEAT
from improv.errors import UserError
from improv.files import check_writable, write_whole
from improv.jazz.model import load_jazz
from improv.jazz.wjazzd import Solo, read_solos

CHART, SEED = "bird-blues", 13
"""A line with four phrases in eight bars."""
ELSEWHERE_SEED = 0
"""Seed of the lines that units are chosen on."""


STEPS = (
    Step(
        "f", "Forget gate f: what stays", "phrase start", -1,
        "f multiplies the memory: 1 keeps it, 0 wipes it. Look where a phrase starts, after a rest: this "
        "unit forgets what was played before the breath.",
    ),
    Step(
        "i", "Input gate i: how much is written", "new chord", 1,
        "i says how much of the news goes into the memory. Look at the first note over each new chord: "
        "this unit opens, and writes down what has changed.",
    ),
    Step(
        "g", "Candidate g: what is written", "note on the beat", 0,
        "g is the news itself, from -1 to 1. This unit tells beat from off-beat: its sign turns as the "
        "line steps on and off the beat.",
    ),
    Step(
        "o", "Output gate o: what is shown", "phrase start", 1,
        "o lets the memory out to the next layer, or keeps it to itself. This unit speaks up as a phrase "
        "starts and is quiet inside it.",
    ),
    Step(
        "c", "Cell state c: what it comes to", "register", 0,
        "c = f c + i g, note after note: a running sum that leaks. This unit keeps its forget gate open, "
        "so its memory reaches back over several notes: it follows the register of the line.",
    ),
)  # fmt: skip


def one_note(solo: Solo, unit: Unit, traces: Traces, shown: Sequence[int]) -> str:
    """The cell's equations in numbers, at the shown phrase start where the unit forgets most."""
    parts = {name: values[:, unit.layer, unit.number] for name, values in traces.items()}
    starts = [t for t in shown if t > 0 and EVENTS["phrase start"](solo)[t]] or [t for t in shown if t > 0]
    if not starts:
        return ""
    t = max(starts, key=lambda t: abs(parts["c"][t - 1]) * (1 - parts["f"][t]))
    i, f, g, o, c = (float(parts[name][t]) for name in "ifgoc")
    note, before = solo.notes[t], float(parts["c"][t - 1])
    bar, beat = divmod(note.onset // TICKS_PER_BEAT, solo.changes.meter)
    pitch = f"{ROOTS[note.pitch % 12]}{note.pitch // 12 - 1}"
    return (
        f"One note in numbers: unit {unit.number} of layer {unit.layer + 1} at {pitch}, bar {bar + 1}, "
        f"beat {beat + 1}. Before it c was {before:.2f}. "
        f"c = f c + i g = {f:.2f} × {before:.2f} + {i:.2f} × {g:.2f} = {c:.2f}; "
        f"h = o tanh(c) = {o:.2f} × {np.tanh(c):.2f} = {o * np.tanh(c):.2f}."
    )


def lesson(arguments: argparse.Namespace) -> None:
    """Play or read a line, choose the units, and draw what their gates do."""
    if arguments.svg is not None:
        check_writable(arguments.svg)
    solo = _line(arguments)
    if not solo.notes:
        raise UserError(f"{solo.title}: a line without notes")
    view = window(solo, *arguments.bars)
    model = load_jazz()
    traces = traced(solo, model)
    others = list(improvised_solos(ELSEWHERE_SEED, 1, but=arguments.chart or CHART))
    other_traces = [traced(other, model) for other in others]
    units = [choose(step.part, step.event, step.sign, others, other_traces) for step in STEPS]
    panels = [panel(step, unit, solo, traces) for step, unit in zip(STEPS, units, strict=True)]
    numbers = one_note(solo, units[0], traces, view.notes)
    if arguments.svg is not None:
        write_whole(arguments.svg, picture(view, panels, numbers).encode())
        print(f"{arguments.svg}: {solo.title}, bars {view.first + 1} to {view.first + view.bars}")
        return
    count = sum(len(other.notes) for other in others)
    print(_told(view, panels, numbers, count, traces))


def _told(view: View, panels: Sequence[Panel], numbers: str, count: int, traces: Traces) -> str:
    """The lesson in words and strips."""
    _, layers, hidden = traces["f"].shape
    opening = (
        f"{view.solo.title}. The network has {layers} layers of {hidden} units. Each unit has a memory c "
        "and, at every note, changes it and shows some of it: c = f c + i g, h = o tanh(c). f, i and o are "
        f"gates, 0 shut and 1 open. Each unit shown is the one of all {layers * hidden} that goes most "
        f"closely with an event of the music over {count} notes of other lines (agreement is correlation, "
        "-1 to 1)."
    )
    blocks = [textwrap.fill(opening, WIDTH), systems(view, None)]
    for number, shown in enumerate(panels, 1):
        key = f" v marks a {shown.event}." if shown.marks.any() else ""
        text = textwrap.fill(f"{shown.meaning} {shown.found}{key}", WIDTH)
        blocks += [f"{number}. {shown.title}\n{text}", systems(view, shown)]
    return "\n\n".join([*blocks, textwrap.fill(f"{len(panels) + 1}. {numbers}", WIDTH)])


def _line(arguments: argparse.Namespace) -> Solo:
    if arguments.midi is not None:
        return midi_line(arguments.midi, arguments.chart)
    if arguments.solo is not None:
        database = find_database(arguments.data)
        if database is None:
            raise UserError("--solo needs the Weimar Jazz Database: --data DATA says where it is")
        return read_solos(database, [arguments.solo])[0]
    return improvised(arguments.chart or CHART, arguments.seed)


def _bars(word: str) -> tuple[int, int]:
    """First and last bar, from 1, of words like 1-8."""
    first, _, last = word.partition("-")
    found = int(first), int(last or first)
    if not 1 <= found[0] <= found[1]:
        raise argparse.ArgumentTypeError(f"{word!r}: bars are like 1-8")
    return found


_bars.__name__ = "range of bars"


def main(words: Sequence[str] | None = None) -> int:
    """Run the lesson from the command line."""
    parser = Parser(prog="gates", description="What the gates of an LSTM do while it plays jazz.")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--midi", type=Path, metavar="FILE", help="read the line from a MIDI file")
    source.add_argument("--solo", type=int, metavar="MELID", help="a solo of the Weimar Jazz Database")
    parser.add_argument("--chart", metavar="NAME|FILE", help=f"what is improvised over ({CHART})")
    parser.add_argument("--seed", type=at_least(0), default=SEED, help="another line (%(default)s)")
    parser.add_argument("--bars", type=_bars, default=(1, 8), metavar="1-8", help="which bars are drawn")
    parser.add_argument("--data", type=Path, metavar="DATA", help="folder of the database, for --solo")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="write a picture")
    return start(lesson, parser, words)


if __name__ == "__main__":
    sys.exit(main())
