"""What walking bass lines measure beside real ones: the LSTM with and without its grammar, and the rules.

    python benchmarks/bass_table.py DATA [--model DIR] [--seeds 2] [--taste temperature=0.9 top_p=0.95]
    python benchmarks/bass_table.py DATA --rules      how often real bassists break each rule
    python benchmarks/bass_table.py DATA --ngrams     nats a beat of every n-gram tried

Lines over the whole changes of the validation solos that swing in 4/4 from a first beat on, at their tempo.
Real ones: the same solos' own; those of the training solos; and of these the ones that walk (another pitch
on 75 % of the beats) and have the chord's bass note on 60 % of the changes, for the database's pitches were
found by a program that old recordings mislead. Shares are of the beats that they speak of.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path

from grammar.bass_rules import HISTORY, RULES, BassPlace
from grammar.changes import Changes
from grammar.notes import TICKS_PER_BEAT
from improv.band.bass import Bassist, BassTaste, choices
from improv.band.dataset import agreement, has_bass, motion
from improv.band.encoding import begins
from improv.band.model import load_bass
from improv.band.ngram import WAYS, ngram_nats
from improv.band.notes import Moment, Scene
from improv.band.roots import Roots, play
from improv.chance import Chance
from improv.jazz.solos import read_split
from improv.jazz.wjazzd import Solo, read_solos

AGREES, WALKS = 0.6, 0.75

ROWS = (
    "bass note where a chord begins",
    "chord tone where a chord begins",
    "a semitone into a chord",
    "chord tone on 1 and 3",
    "chord tone on 2 and 4",
    "outside the scale",
    "step (1 or 2)",
    "third to fifth (3 to 7)",
    "sixth to octave (8 to 12)",
    "wider",
    "same pitch again",
    "mean pitch",
)
"""In the table's order."""


@dataclass(frozen=True, slots=True)
class BassLine:
    """A pitch a beat over changes."""

    changes: Changes
    pitches: Sequence[int | None]


def main() -> None:
    """Play, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path, help="the database, or its folder with split.json")
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="a checkpoint (default: the one that ships)"
    )
    parser.add_argument("--seeds", type=int, default=2, metavar="N", help="lines a chart (%(default)s)")
    parser.add_argument("--taste", nargs="+", default=[], metavar="NAME=VALUE", help="how to play")
    parser.add_argument("--rules", action="store_true", help="how often real bassists break each rule")
    parser.add_argument("--ngrams", action="store_true", help="nats a beat of every n-gram tried")
    arguments = parser.parse_args()
    solos = {solo.melid: solo for solo in read_solos(arguments.data)}
    split = read_split(arguments.data, list(solos))
    training, validation = (
        [solos[melid] for melid in part if has_bass(solos[melid])] for part in (split.train, split.validation)
    )
    if arguments.ngrams:
        for name, way in WAYS.items():
            for order in (2, 3, 4, 5):
                print(f"{ngram_nats(training, validation, way, order):8.4f}  {name}, order {order}")
        return
    if arguments.rules:
        found = [solo for solo in training if not solo.beats[0] and solo.changes.meter in (3, 4)]
        print_rules(broken(found), broken(filter(is_clear, found)))
        return
    charts = [solo for solo in validation if swings(solo)]
    taste = tasted(arguments.taste)
    free = replace(taste, grammar=False)
    network, _ = load_bass(arguments.model)

    def played(how: BassTaste) -> Iterator[BassLine]:
        for solo in charts:
            for seed in range(arguments.seeds):
                bassist = Bassist(network, solo.changes, solo.tempo, taste=how)
                notes = [choice.note for choice in choices(bassist, 0, solo.changes.length, seed)]
                yield line_of(solo.changes, {note.onset: note.pitch for note in notes})

    def by_rules() -> Iterator[BassLine]:
        for solo in charts:
            for seed in range(arguments.seeds):
                line, pitches = Roots(Chance(seed)), dict[int, int]()
                for tick in range(0, solo.changes.length, TICKS_PER_BEAT):
                    moment = Moment(tick, solo.changes.meter, solo.changes, Scene(solo.tempo))
                    line, notes = play(line, "swing", moment)
                    pitches.update((note.onset, note.pitch) for note in notes)
                yield line_of(solo.changes, pitches)

    real = [solo for solo in training if swings(solo)]
    print_figures(
        {
            "real, training": figures(map(own, real)),
            "real, clear": figures(map(own, filter(is_clear, real))),
            "real, validation": figures(map(own, charts)),
            "LSTM and grammar": figures(played(taste)),
            "LSTM alone": figures(played(free)),
            "rules": figures(by_rules()),
        }
    )


def swings(solo: Solo) -> bool:
    """Whether a solo swings in 4/4, its first beat the first of a bar."""
    return solo.feel == "SWING" and solo.changes.meter == 4 and not solo.beats[0]


def is_clear(solo: Solo) -> bool:
    """Whether a line walks and agrees with its chords, so that little of it was misheard."""
    return (agreement(solo) or 0) >= AGREES and (motion(solo) or 0) >= WALKS


def own(solo: Solo) -> BassLine:
    """A solo's own line."""
    return BassLine(solo.changes, solo.bass)


def line_of(changes: Changes, pitches: dict[int, int]) -> BassLine:
    """A line of pitches by onset."""
    return BassLine(changes, [pitches.get(tick) for tick in range(0, changes.length, TICKS_PER_BEAT)])


def tasted(words: Sequence[str]) -> BassTaste:
    """A taste from words such as top_p=0.95."""
    known = {entry.name: type(getattr(BassTaste(), entry.name)) for entry in fields(BassTaste)}
    given = dict(word.split("=", 1) for word in words)
    return replace(BassTaste(), **{name: known[name](value) for name, value in given.items()})


def figures(lines: Iterable[BassLine]) -> dict[str, float]:
    """Shares over all lines; `beats` a count, `mean pitch` a MIDI number."""
    hits, of = Counter[str](), Counter[str]()

    def count(name: str, value: float) -> None:
        hits[name] += value  # type: ignore[assignment]  # a sum of pitches is a number too
        of[name] += 1

    for line in lines:
        for i, pitch in enumerate(line.pitches):
            tick = i * TICKS_PER_BEAT
            chord = line.changes.at(tick)
            if pitch is None or chord.root is None:
                continue
            beat = i % 4
            letter = chord.letter(pitch)
            if begins(line.changes, tick):
                count("bass note where a chord begins", pitch % 12 == chord.bass)
                count("chord tone where a chord begins", letter == "C")
            count(f"chord tone on {'1 and 3' if beat % 2 == 0 else '2 and 4'}", letter == "C")
            count("outside the scale", letter == ".")
            count("mean pitch", pitch)
        for i, (a, b) in enumerate(pairwise(line.pitches), start=1):
            if a is None or b is None:
                continue
            if begins(line.changes, i * TICKS_PER_BEAT):
                count("a semitone into a chord", abs(a - b) == 1)
            count("step (1 or 2)", 1 <= abs(a - b) <= 2)
            count("third to fifth (3 to 7)", 3 <= abs(a - b) <= 7)
            count("sixth to octave (8 to 12)", 8 <= abs(a - b) <= 12)
            count("wider", abs(a - b) > 12)
            count("same pitch again", a == b)
    return {"beats": of["mean pitch"], **{name: hits[name] / max(1, of[name]) for name in ROWS}}


def print_figures(columns: dict[str, dict[str, float]]) -> None:
    """A table in Markdown, a column a kind of line."""
    print(f"| | {' | '.join(columns)} |")
    print(f"|---|{'---|' * len(columns)}")
    for name in ("beats", *ROWS):
        values = [column[name] for column in columns.values()]
        shown = [
            f"{v:.0f}" if name == "beats" else f"{v:.1f}" if name == "mean pitch" else f"{v:.1%}"
            for v in values
        ]
        print(f"| {name} | {' | '.join(shown)} |")


def broken(solos: Iterable[Solo]) -> dict[str, float]:
    """The share of the beats on which each rule, and any of them, would have refused what was played."""
    beats, found = 0, Counter[str]()
    for solo in solos:
        previous: list[int] = []
        for i, pitch in enumerate(solo.bass):
            if pitch is None:
                previous = []
                continue
            place = BassPlace(previous[-HISTORY:], i * TICKS_PER_BEAT, solo.changes)
            refusing = [rule.name for rule in RULES if rule.refused(place) >> pitch & 1]
            found.update(refusing)
            found["any"] += bool(refusing)
            beats += 1
            previous.append(pitch)
    names = [rule.name for rule in RULES]
    return {"beats": beats, **{name: found[name] / max(1, beats) for name in [*names, "any"]}}


def print_rules(everyone: dict[str, float], clear: dict[str, float]) -> None:
    """A table in Markdown, a line a rule."""
    print("| rule | all lines | clear lines |\n|---|---|---|")
    for name, share in everyone.items():
        pair = (share, clear[name])
        print(f"| {name} | {' | '.join(f'{v:.0f}' if name == 'beats' else f'{v:.2%}' for v in pair)} |")


if __name__ == "__main__":
    main()
