"""Nats a beat, of the model and of an n-gram: right where one can work them out by hand."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from improv.band.evaluation import evaluate
from improv.band.model import load_bass
from improv.band.ngram import WAYS, NGram, ngram_nats, pitches_alone
from improv.band.vocabulary import PITCHES
from improv.jazz.wjazzd import Solo
from models.network import Network

Make = Callable[..., Solo]


def test_no_opinion_is_as_wide_as_the_register(make_line: Make, make_network: Callable[..., Network]) -> None:
    found = evaluate(make_network(0.0), [make_line([36, 40, None, 45]), make_line([None] * 4)])
    assert found["beats"] == 3
    assert found["pitch_nll"] == pytest.approx(math.log(PITCHES), abs=1e-5)
    assert found["told_nll"] == pytest.approx(math.log(PITCHES), abs=1e-5)
    assert "ngram_nll" not in found


def test_lines_count_by_their_beats(make_line: Make, make_network: Callable[..., Network]) -> None:
    network = make_network()
    one, other = make_line([36, 40, 43, 45]), make_line([41, 45])
    first, second, both = (evaluate(network, solos) for solos in ([one], [other], [one, other]))
    for name in ("pitch_nll", "pitch_top1", "pitch_top3", "told_nll"):
        assert both[name] == pytest.approx((4 * first[name] + 2 * second[name]) / 6)


def test_an_ngram_by_hand(make_line: Make) -> None:
    """After 36, 38, 40 has been seen once: two kinds of token, three tokens."""
    ngram = NGram([make_line([36, 38, 40])], pitches_alone, 1)
    uniform = 1 / PITCHES
    step = (2 + 2 * uniform) / (3 + 2)
    first = (1 + 2 * uniform) / (3 + 2)
    unseen = 2 * uniform / (3 + 2)
    wanted = -math.log(first) - math.log(step) - math.log(unseen)
    assert ngram.nats(make_line([36, 38, 45])) == pytest.approx(wanted)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("order", [1, 3, 5])
def test_an_ngram_is_a_distribution_at_most(make_line: Make, way: str, order: int) -> None:
    learned = [make_line([36, 40, 43, 45, 41, 45, 43, 40] * 3, ("C7", "F7"))]
    ngram = NGram(learned, WAYS[way], order)
    before, after = [36, 40, 43, 45], [None] * 3

    def nats(pitch: int | None) -> float:
        return ngram.nats(make_line([*before, pitch, *after], ("C7", "F7")))

    shares = [math.exp(nats(None) - nats(pitch)) for pitch in range(28, 56)]
    assert 0.8 < sum(shares) <= 1 + 1e-9
    if order > 1:
        assert ngram_nats(learned, learned, WAYS[way], order) < ngram_nats(learned, learned, WAYS[way], 1)


@pytest.mark.data
def test_the_shipped_model_beats_the_ngram_on_the_validation_solos(
    all_solos: dict[int, Solo], split_path: Path
) -> None:
    split = json.loads(split_path.read_text())
    network, checkpoint = load_bass()
    scored, learned = ([all_solos[i] for i in split[part]] for part in ("validation", "train"))
    found = evaluate(network, scored, learned)
    for name in ("beats", "pitch_nll", "pitch_top1", "ngram_nll", "told_nll"):
        assert found[name] == pytest.approx(checkpoint.meta["figures"][name], abs=1e-3), name
    assert found["pitch_nll"] < found["ngram_nll"] - 0.3
