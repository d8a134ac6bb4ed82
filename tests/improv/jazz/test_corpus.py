from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.changes import changes_from_beats
from grammar.chords import parse_chord
from grammar.notes import Note
from improv.jazz.corpus import (
    EVERYBODY,
    LEAST,
    ONES_OWN,
    Corpus,
    CorpusError,
    Gates,
    corpus_of,
    packed,
    tally,
    unpacked,
)
from improv.jazz.encoding import INPUTS, PARTS, expert_maps, jazz_spec
from improv.jazz.experience import Experienced, contexts
from improv.jazz.manner import manner_of
from improv.jazz.recall import DOUBT, INTERVAL_SLOTS, WIDEST
from improv.jazz.vocabulary import NO_INTERVAL, NO_PITCH, interval_id, pitch_id
from improv.jazz.wjazzd import Solo
from models.network import Network
from models.panel import Panel
from models.spec import FAINT

fewer = settings(max_examples=40, deadline=None)
CHANGES = changes_from_beats([parse_chord("C7")] * 64, 4)
WHO = ("Charlie Parker", "Miles Davis")
lines = st.lists(st.integers(57, 63), min_size=1, max_size=25)
solos = st.lists(st.tuples(st.sampled_from(WHO), lines), min_size=1, max_size=4)


def gates(count: int, seed: int = 0) -> Gates:
    generator = np.random.default_rng(seed)
    w, V = generator.normal(0, 0.3, count), generator.normal(0, 0.1, (count, count))
    return Gates(0.75, w.astype(np.float32), V.astype(np.float32))


TOLD, UNTOLD = gates(len(EVERYBODY) + len(ONES_OWN)), gates(len(EVERYBODY))


def solo(performer: str, pitches: list[int]) -> Solo:
    notes = tuple(Note(12 * k, pitch, 10) for k, pitch in enumerate(pitches))
    return Solo(1, "", performer, 150.0, "", notes, CHANGES, (0, 1, 2, 3) * 16)


def corpus(played: list[tuple[str, list[int]]]) -> Corpus:
    return corpus_of(tally([solo(*each) for each in played]), TOLD, UNTOLD)


def ids(pitches: list[int]) -> list[int]:
    """The ids of the intervals that the networks read before each note but the first."""
    return [NO_INTERVAL, *(interval_id(b, a) for a, b in pairwise(pitches))][:-1]


def counted(played: list[list[int]], line: list[int], order: int) -> Counter[int]:
    """What followed the last `order` intervals of a line."""
    found: Counter[int] = Counter()
    wanted = np.diff(line[-order - 1 :]).tolist()
    for pitches in played:
        for i in range(order + 1, len(pitches)):
            if np.diff(pitches[i - order - 1 : i]).tolist() == wanted:
                found[pitches[i] - pitches[i - 1]] += 1
    return found


@fewer
@given(solos, lines)
def test_rows_are_shares_of_what_followed(played: list[tuple[str, list[int]]], line: list[int]) -> None:
    whole = corpus(played)
    *_, context = contexts(ids([*line, 60]))
    parker = manner_of(performer=WHO[0]).performer
    rows = whole.rows(context, parker)
    assert rows.shape == (len(EVERYBODY) + len(ONES_OWN), INTERVAL_SLOTS)
    assert np.array_equal(whole.rows(context, 0), rows[: len(EVERYBODY)])
    own = [pitches for who, pitches in played if who == WHO[0]]
    everybody = [pitches for _, pitches in played]
    asked = [*((everybody, k) for k in EVERYBODY), *((own, k) for k in ONES_OWN)]
    for row, (among, order) in zip(rows, asked, strict=True):
        if len(line) <= order:
            continue
        found = counted(among, line, order)
        expected = np.zeros(INTERVAL_SLOTS)
        for interval, count in found.items():
            if count >= LEAST:
                expected[interval + WIDEST] = count / (found.total() + DOUBT)
        assert np.allclose(row, expected, atol=1e-3)


@fewer
@given(solos, st.integers(-12, 12))
def test_it_is_the_same_in_every_key(played: list[tuple[str, list[int]]], semitones: int) -> None:
    moved = [(who, [pitch + semitones for pitch in pitches]) for who, pitches in played]
    assert packed(corpus(played)) == packed(corpus(moved))


def test_what_was_played_once_is_not_held() -> None:
    assert len(corpus([(WHO[0], [60, 62, 65, 61, 68])]).keys) == 0
    assert len(corpus([(WHO[0], [60, 62, 65, 61, 68])] * 2).keys) > 0


@fewer
@given(solos)
def test_a_file_holds_it_whole(played: list[tuple[str, list[int]]]) -> None:
    before = corpus(played)
    after = unpacked(packed(before))
    for name in ("keys", "firsts", "slots", "shares"):
        assert np.array_equal(getattr(before, name), getattr(after, name)), name
    assert after.told.scale == TOLD.scale
    assert np.array_equal(after.untold.V, UNTOLD.V)


@pytest.mark.parametrize("content", [b"", b"nonsense", packed(corpus([(WHO[0], [60, 62])]))[:-5]])
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(CorpusError, match="no corpus"):
        unpacked(content)


def panel() -> Panel:
    spec = jazz_spec(6, 1, PARTS["pitch"])
    generator = np.random.default_rng(0)
    weights = {n: generator.normal(0, 0.5, s).astype(np.float32) for n, s in spec.shapes().items()}
    return Panel([Network(spec, weights, expert_maps())])


NAMES = [entry.name for entry in INPUTS]


def step(network: Experienced | Panel, interval: int, performer: int) -> None:
    event = [0] * len(INPUTS)
    event[NAMES.index("interval")], event[NAMES.index("performer")] = interval, performer
    network.step(event)


def answer(network: Experienced | Panel, last: int) -> np.ndarray:
    return network.logits("pitch", (), (0, last, NO_PITCH, 0, 0)).copy()


@fewer
@given(lines, st.sampled_from(("", *WHO)), st.sampled_from((21, 60, 108)))
def test_the_answer_is_the_product_of_both(line: list[int], who: str, last: int) -> None:
    alone = panel()
    known = corpus([(WHO[0], line * 3), (WHO[1], [60, 62, 60, 62, 60])])
    both = Experienced(panel(), known)
    performer = manner_of(performer=who).performer
    for interval in ids([*line, 60]):
        step(alone, interval, performer)
        step(both, interval, performer)
    *_, context = contexts(ids([*line, 60]))
    rows = known.rows(context, performer)
    gate = TOLD if performer else UNTOLD
    added = (gate.w + gate.V @ rows.sum(axis=1)) @ np.log1p(rows / FAINT)
    expected = gate.scale * answer(alone, pitch_id(last))
    for slot, value in enumerate(added):
        place = pitch_id(last) + slot - WIDEST
        if 0 <= place < len(expected):
            expected[place] += value
    assert np.allclose(answer(both, pitch_id(last)), expected, atol=1e-4)
    assert np.array_equal(answer(both, NO_PITCH), answer(alone, NO_PITCH)), "no last pitch: no interval"


@fewer
@given(lines, lines)
def test_what_was_heard_is_part_of_the_memory(line: list[int], elsewhere: list[int]) -> None:
    network = Experienced(panel(), corpus([(WHO[0], line * 3)]))
    for interval in ids([*line, 60]):
        step(network, interval, 10)
    saved, before = network.memory, answer(network, 39)
    for interval in ids([*elsewhere, 60]):
        step(network, interval, 0)
    network.memory = saved
    assert np.array_equal(answer(network, 39), before)
    network.forget()
    assert not np.array_equal(network.memory, saved)
    assert network.heads == ("pitch",)
