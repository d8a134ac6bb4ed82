"""What the rules and the docstrings say of real bass lines, held to the lines."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from grammar.bass_rules import HISTORY, RULES, BassPlace
from improv.band.dataset import agreement, has_bass, motion
from improv.band.vocabulary import HIGHEST, LOWEST
from improv.jazz.wjazzd import Solo

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def training(all_solos: dict[int, Solo], split_path: Path) -> list[Solo]:
    """The training solos that have a bass."""
    return [
        solo for melid in json.loads(split_path.read_text())["train"] if has_bass(solo := all_solos[melid])
    ]


def refused(solos: list[Solo]) -> tuple[int, dict[str, float]]:
    """The beats, and in percent those on which each rule would have refused what was played."""
    beats, found = 0, Counter[str]()
    for solo in solos:
        for i, pitch in enumerate(solo.bass):
            if pitch is not None:
                before = [p for p in solo.bass[max(0, i - HISTORY) : i] if p is not None]
                place = BassPlace(before, i * 24, solo.changes)
                found.update(rule.name for rule in RULES if rule.refused(place) >> pitch & 1)
                beats += 1
    return beats, {rule.name: 100 * found[rule.name] / beats for rule in RULES}


def test_real_bassists_break_each_rule_as_often_as_it_says(training: list[Solo]) -> None:
    solos = [solo for solo in training if not solo.beats[0] and solo.changes.meter in (3, 4)]
    clear = [solo for solo in solos if (agreement(solo) or 0) >= 0.6 and (motion(solo) or 0) >= 0.75]
    (beats, everyone), (clear_beats, clearly) = refused(solos), refused(clear)
    assert (beats, clear_beats) == (69_953, 8_280)
    for rule in RULES:
        told = re.search(r"\(([\d.]+) % / ([\d.]+) %\)", rule.refused.__doc__ or "")
        assert told is not None, rule.name
        for words, share in zip(told.groups(), (everyone, clearly), strict=True):
            assert float(words) == pytest.approx(share[rule.name], abs=0.51 if float(words) > 9 else 0.06)


def test_bass_is_annotated_for_a_whole_solo_or_not_at_all(all_solos: dict[int, Solo]) -> None:
    found = [pitch for solo in all_solos.values() if has_bass(solo) for pitch in solo.bass]
    assert None not in found
    assert min(p for p in found if p is not None) >= LOWEST
    assert max(p for p in found if p is not None) <= HIGHEST
    assert len(found) > 110_000
