"""Picking the true continuation of eight bars out of four, by what the model thinks of each.

Conventions: a question is a solo's prompt, its next eight bars, and eight bars each of three other solos of
the same meter, of other tunes, all from bar line to bar line. Every candidate is heard over the chart of the
true one: a player knows the chords ahead, and could otherwise tell a wrong candidate by its chords alone.
Candidates stand as they were played or, harder, wrong ones are moved to the key (by -6 to 5 semitones) in
which the most of their notes are chord tones there, the smallest move among equals.

The choice is by likelihood ratio: nats of a candidate after the prompt over the chart, less what the same
notes cost anywhere. Where wrong candidates are drawn from all that is played, Bayes' rule makes that the
best choice there is; the plain likelihood, a note, finds the candidate that is easiest anywhere. Anywhere is
the mean of four places: alone, of nobody in particular and without a chord; and after the prompts of three
other tunes over their charts. Of the 157 validation questions that is right on 150, with one other place on
149; the choice was made on these. How the notes were played is not told: by its recording's loudness alone
the true candidate might be known.

Source: the continuation task of Wu and Yang, "The Jazz Transformer on the Front Line", ISMIR 2020, after
MIREX's Patterns for Prediction. There a candidate is scored by the probability of its tokens, chords and
tempo among them; chance is 25 %, and their best model gets 83 %.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
import numpy.typing as npt

from grammar.changes import Changes, changes_from_beats
from grammar.chords import NO_CHORD
from grammar.notes import TICKS_PER_BEAT, Note
from improv.jazz.evaluation import score
from improv.jazz.model import JazzModel
from improv.jazz.wjazzd import Solo

BARS = 8
"""Of the prompt and of each continuation."""
CANDIDATES = 4
PLACES = 3
"""Other prompts after which a candidate is heard too."""
LEAST_NOTES = 8
"""Bars with less notes are not asked about."""
KEYS = sorted(range(-6, 6), key=abs)
TEMPO = 170.0
"""Beats a minute at which a candidate is heard alone: the solos' median."""
HEADS = ("pitch", "gap", "length")

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Passage:
    """Eight bars of a solo."""

    solo: Solo
    start: int
    """Ticks."""
    end: int

    @property
    def notes(self) -> tuple[Note, ...]:
        """Those that begin in it."""
        return tuple(note for note in self.solo.notes if self.start <= note.onset < self.end)


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt and what may follow; the first candidate is the true one."""

    prompt: Passage
    candidates: tuple[Passage, ...]
    elsewhere: tuple[Passage, ...] = ()
    """Prompts of other tunes, of the same meter."""


def nats(model: JazzModel, solo: Solo, first: int = 0) -> Numbers:
    """What each note of a solo costs, (notes, 3): its pitch, the gap after it, its length.

    nan where nothing is asked: of the notes before `first`, and of the last note's gap.
    """
    scores = score(model, solo, first)
    return np.stack([scores.heads[name].nats for name in HEADS], axis=1)


def questions(solos: Sequence[Solo], seed: int) -> list[Question]:
    """One for every sixteen bars of every solo that have notes enough on both sides; wrong ones are drawn."""
    random, elsewhere = Random(seed), Random(f"{seed}, elsewhere")
    asked = [(prompt, true) for solo in solos for prompt, true in _pairs(solo)]
    found = []
    for prompt, true in asked:
        others = [
            other
            for other in asked
            if other[1].solo.melid != true.solo.melid
            and other[1].solo.title != true.solo.title
            and other[1].solo.changes.meter == true.solo.changes.meter
        ]
        if len(others) >= CANDIDATES - 1:
            wrong = random.sample([each for _, each in others], CANDIDATES - 1)
            places = elsewhere.sample([each for each, _ in others], PLACES)
            found.append(Question(prompt, (true, *wrong), tuple(places)))
    return found


def _pairs(solo: Solo) -> list[tuple[Passage, Passage]]:
    meter = solo.changes.meter
    ticks = BARS * meter * TICKS_PER_BEAT
    found = []
    beat = 0
    while beat + 2 * BARS * meter <= len(solo.beats):
        if solo.beats[beat] != 0:
            beat += 1
            continue
        start = beat * TICKS_PER_BEAT
        prompt = Passage(solo, start, start + ticks)
        true = Passage(solo, start + ticks, start + 2 * ticks)
        if min(len(prompt.notes), len(true.notes)) >= LEAST_NOTES:
            found.append((prompt, true))
        beat += 2 * BARS * meter
    return found


def evaluate_continuation(
    model: JazzModel,
    solos: Sequence[Solo],
    seed: int,
    report: Callable[[int, int], None] = lambda a, b: None,
) -> dict[str, float]:
    """The share of questions answered right, 0 to 1, in four ways, and how many were asked.

    `continuation`: eight bars given, candidates as they were played; `_same_key`: moved to the key;
    `_whole`: all of the solo so far given; `_plain`: by plain likelihood, the mean a note. `report` is told
    how many questions are done, and of how many.
    """
    asked = questions(solos, seed)
    right = dict.fromkeys(
        ("continuation", *(f"continuation_{way}" for way in ("same_key", "whole", "plain"))), 0
    )
    for done, question in enumerate(asked, start=1):
        played = [continued(question, candidate) for candidate in range(CANDIDATES)]
        after = [_after(model, *each) for each in played]
        anywhere = [_anywhere(model, question, *each) for each in played]
        sizes = [len(solo.notes) - first for solo, first in played]
        whole = [continued(question, candidate, whole=True) for candidate in range(CANDIDATES)]
        after_all = [_after(model, *each) for each in whole]
        moved = [continued(question, candidate, same_key=True) for candidate in range(1, CANDIDATES)]
        scores = {
            "continuation": np.subtract(after, anywhere),
            "continuation_same_key": [
                after[0] - anywhere[0],
                *(_after(model, *each) - _anywhere(model, question, *each) for each in moved),
            ],
            "continuation_whole": np.subtract(after_all, anywhere),
            "continuation_plain": np.divide(after, sizes),
        }
        for name, found in scores.items():
            right[name] += int(np.argmin(found)) == 0
        report(done, len(asked))
    shares = {name: count / len(asked) if asked else 0.0 for name, count in right.items()}
    return {"questions": len(asked), **shares}


def _after(model: JazzModel, solo: Solo, first: int) -> float:
    """Nats of the notes from `first` on, and of when the first of them comes, after those before."""
    costs = nats(model, solo, first - 1)
    return float(np.nansum(costs[first:]) + costs[first - 1, HEADS.index("gap")])


def _anywhere(model: JazzModel, question: Question, solo: Solo, first: int) -> float:
    """What the notes from `first` on cost in the mean where they do not belong."""
    costs = [_alone(model, solo, first)]
    for prompt in question.elsewhere:
        later = prompt.end - question.candidates[0].start
        notes = [replace(note, onset=note.onset + later) for note in solo.notes[first:]]
        given = _ended(prompt.notes, notes[0].onset)
        heard = replace(prompt.solo, notes=(*given, *notes), phrases=(), played=())
        costs.append(_after(model, heard, len(given)))
    return sum(costs) / len(costs)


def _alone(model: JazzModel, solo: Solo, first: int) -> float:
    """Nats of the notes from `first` on, without those before, a chord or a manner, at `TEMPO`."""
    silent = changes_from_beats([NO_CHORD] * len(solo.beats), solo.changes.meter)
    alone = replace(
        solo,
        notes=solo.notes[first:],
        changes=silent,
        tempo=TEMPO,
        performer="",
        style="",
        instrument="",
        feel="",
    )
    return float(np.nansum(nats(model, alone)))


def continued(
    question: Question, candidate: int, same_key: bool = False, whole: bool = False
) -> tuple[Solo, int]:
    """The prompt and one candidate as one solo over the true chart, and which note is the candidate's first.

    Args:
        question: what is asked.
        candidate: which, from 0, the true one.
        same_key: whether a wrong one is moved to the key that fits the chart.
        whole: whether all of the solo so far is given, not only the prompt.
    """
    prompt, true = question.prompt, question.candidates[0]
    passage = question.candidates[candidate]
    moved = [replace(note, onset=note.onset - passage.start + true.start) for note in passage.notes]
    key = best_key(moved, prompt.solo.changes) if same_key and candidate else 0
    given = tuple(n for n in prompt.solo.notes if n.onset < true.start) if whole else prompt.notes
    notes = [*_ended(given, moved[0].onset), *(replace(n, pitch=n.pitch + key) for n in moved)]
    return replace(prompt.solo, notes=tuple(notes), phrases=(), played=()), len(given)


def _ended(notes: tuple[Note, ...], onset: int) -> tuple[Note, ...]:
    """The notes of one voice, the last over by an onset."""
    last = notes[-1]
    return (*notes[:-1], replace(last, duration=min(last.duration, onset - last.onset)))


def best_key(notes: Sequence[Note], changes: Changes) -> int:
    """The semitones, -6 to 5, by which most notes become chord tones; the least move among equals."""
    chords = [(note.pitch, changes.at(note.onset)) for note in notes]
    return max(KEYS, key=lambda key: sum(chord.letter(pitch + key) == "C" for pitch, chord in chords))
