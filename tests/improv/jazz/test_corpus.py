from collections import Counter

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
    ROWS,
    UNHEARD,
    Corpus,
    CorpusError,
    corpus_of,
    packed,
    tally,
    unpacked,
)
from improv.jazz.dataset import encode_solo
from improv.jazz.manner import manner_of
from improv.jazz.past import Point, remembered
from improv.jazz.recall import DOUBT, INTERVAL_SLOTS, PITCH_VIEWS, WIDEST
from improv.jazz.wjazzd import Solo

fewer = settings(max_examples=40, deadline=None)
CHANGES = changes_from_beats([parse_chord("C7")] * 64, 4)
WHO = ("Charlie Parker", "Miles Davis")
lines = st.lists(st.integers(57, 63), min_size=1, max_size=25)
solos = st.lists(st.tuples(st.sampled_from(WHO), lines), min_size=1, max_size=4)


def solo(performer: str, pitches: list[int]) -> Solo:
    notes = tuple(Note(12 * k, pitch, 10) for k, pitch in enumerate(pitches))
    return Solo(1, "", performer, 150.0, "", notes, CHANGES, (0, 1, 2, 3) * 16)


def corpus(played: list[tuple[str, list[int]]]) -> Corpus:
    return corpus_of(tally([solo(*each) for each in played]))


def context(line: list[int]) -> int:
    """What a coming note after a line is compared by."""
    past = remembered([(Point(12 * k, 0, 0, 0), pitch, 10) for k, pitch in enumerate(line)])
    return past.mark(Point(12 * len(line), 0, 0, 0)).melody


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
    parker = manner_of(performer=WHO[0]).performer
    rows, untold = whole.rows(context(line), parker), whole.rows(context(line), 0)
    assert rows.shape == untold.shape == (ROWS, INTERVAL_SLOTS)
    assert np.array_equal(untold[: len(EVERYBODY)], rows[: len(EVERYBODY)])
    assert not untold[len(EVERYBODY) :].any()
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


@fewer
@given(solos, st.data())
def test_without_a_solo_only_the_others_are_counted(
    played: list[tuple[str, list[int]]], data: st.DataObject
) -> None:
    """As what is learned from a solo must not have been counted in it."""
    out = data.draw(st.integers(0, len(played) - 1))
    who, line = played[out]
    left = corpus_of(tally([solo(*each) for each in played]).without(solo(who, line)))
    others = corpus(played[:out] + played[out + 1 :])
    performer = manner_of(performer=who).performer
    for n in range(1, len(line)):
        asked = context(line[:n])
        assert np.array_equal(left.rows(asked, performer), others.rows(asked, performer))


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


@pytest.mark.parametrize("content", [b"", b"nonsense", packed(corpus([(WHO[0], [60, 62])]))[:-5]])
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(CorpusError, match="no corpus"):
        unpacked(content)


@fewer
@given(solos)
def test_the_network_of_pitches_is_told_after_what_the_line_did(played: list[tuple[str, list[int]]]) -> None:
    who, line = played[0]
    known = corpus([*played, *played])
    told, alone = (encode_solo(solo(who, line), each).heads["pitch"].advice for each in (known, UNHEARD))
    assert told is not None
    assert alone is not None
    views = len(PITCH_VIEWS)
    assert np.array_equal(told[:, :views], alone[:, :views])
    assert not alone[:, views:].any()
    performer = manner_of(performer=who).performer
    for n in range(1, len(line)):
        expected = known.rows(context(line[:n]), performer).astype(np.float16)
        assert np.array_equal(told[n, views:], expected)
    assert not told[0, views:].any(), "before the first note there is no interval to come"
