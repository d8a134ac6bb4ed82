import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import spell_to_sound
from examples.spell_to_sound import Word, by_letter, edits, errors, spelled, trained

sounds = st.lists(st.sampled_from("abc"), max_size=6).map(tuple)


@given(sounds, sounds, sounds)
def test_edits_are_a_distance(a: tuple[str, ...], b: tuple[str, ...], c: tuple[str, ...]) -> None:
    assert (edits(a, b) == 0) == (a == b)
    assert edits(a, b) == edits(b, a)
    assert edits(a, c) <= edits(a, b) + edits(b, c)
    assert abs(len(a) - len(b)) <= edits(a, b) <= max(len(a), len(b))


def test_errors_are_to_the_nearest_pronunciation() -> None:
    words = [Word("read", (("ɹ", "ɛ", "d"), ("ɹ", "i", "d"))), Word("fix", (("f", "ɪ", "k", "s"),))]
    assert errors(words, [("ɹ", "i", "d"), ("f", "ɪ", "s")]) == (1 / 7, 1 / 2)


def test_letters_are_read_backwards() -> None:
    x, lengths = spelled(["cab", "be"])
    assert x.shape == (3, 2, 26)
    assert list(lengths) == [3, 2]
    assert list(x[:, 0].argmax(axis=-1)) == [1, 0, 2]
    assert list(x[:2, 1].argmax(axis=-1)) == [4, 1]
    assert not x[2, 1].any()


def test_the_letters_baseline_counts() -> None:
    words = [Word("aba", (("x", "y", "x"),)), Word("ab", (("z", "y"),)), Word("aa", (("q",),))]
    assert by_letter(words)("abc") == ("x", "y")


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_a_made_up_spelling_is_learned_and_reaches_words_never_seen(cell: str) -> None:
    generator = np.random.default_rng(1)
    said = {"a": ("A",), "b": ("B",), "c": (), "d": ("D", "D")}  # none, one or two sounds a letter

    def word() -> Word:
        letters = "".join(generator.choice(list(said), 3))
        return Word(letters, (tuple(s for letter in letters for s in said[letter]),))

    words = list({w.letters: w for w in (word() for _ in range(400))}.values())
    known, held = words[8:], words[:8]
    tongue = trained(known, cell, hidden=32, steps=400, seed=0)
    wrong, _ = errors(held, tongue.say([w.letters for w in held]))
    before, _ = errors(held, trained(known, cell, hidden=32, steps=1, seed=0).say([w.letters for w in held]))
    assert wrong < 0.35 < before


def test_the_lesson_runs_says_words_and_tells_the_same_again(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("gruut_lang_en")
    words = ["--words", "200", "--steps", "12", "--hidden", "12", "--say", "stegodon"]
    assert spell_to_sound.main(words) == 0
    first = capsys.readouterr().out
    assert spell_to_sound.main(words) == 0
    assert capsys.readouterr().out == first
    assert "150 words to learn from, 50 held out" in first
    assert re.search(r"the network \(gru\) +[\d.]+% +[\d.]+%", first)
    assert "stegodon" in first
    assert spell_to_sound.main([*words, "--seed", "1"]) == 0
    assert capsys.readouterr().out != first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--say", "Rex!"], "letters a to z"),
        (["--cell", "gruu"], "gruu"),
        (["--steps", "0"], "below 1"),
        (["--words", "7"], "below 8"),
    ],
)
def test_bad_input_is_one_clear_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert spell_to_sound.main(words) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert not told.out
