from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.errors import UserError
from improv.text.corpus import SHORTEST, form_of, lines_of, read_text, sequences, split, unit_of

NAMES = "\n".join(f"Name{'abcdefghij'[i % 10] * (i % 7)}{i}" for i in range(200)) + "\n"
PROSE = "It was a dark night, and the band was late again.\nNobody minded.\n" * 40
SONNET = "\n".join(f"line number {i} of it" for i in range(14)) + "\n\n"


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"good\nb\xffd\n", r"not a text in UTF-8 \(line 2\)"),
        (b"MThd\0\0\0\6", "binary"),
    ],
)
def test_what_is_no_text_is_one_clear_line(tmp_path: Path, data: bytes, complaint: str) -> None:
    path = tmp_path / "given"
    path.write_bytes(data)
    with pytest.raises(UserError, match=complaint) as caught:
        read_text(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read .*nowhere: No such file"):
        read_text(tmp_path / "nowhere")


def test_line_ends_of_any_system_are_one(tmp_path: Path) -> None:
    path = tmp_path / "given"
    path.write_bytes("\ufeffone\r\ntwo\rthree\n".encode())
    assert read_text(path) == "one\ntwo\nthree\n"


def test_a_list_of_names_is_told_from_a_text() -> None:
    assert unit_of(NAMES) == "line"
    assert unit_of(PROSE) == "text"
    assert unit_of("Short\nlist\n") == "text", "too few lines to tell"


@given(st.floats(0.01, 0.5), st.integers(0, 99))
def test_a_text_is_cut_in_two_and_nothing_is_lost(share: float, seed: int) -> None:
    corpus = split(PROSE, "text", share, seed)
    assert Counter(corpus.whole) == Counter(PROSE)
    assert corpus.train
    assert corpus.validation in PROSE
    assert 0 < len(corpus.validation) <= 2 * len(PROSE) * share + 1


def test_passages_are_held_out_all_over_a_long_text() -> None:
    acts = [f"act {i}: " + "word " * 150 + "\n\n" for i in range(300)]
    corpus = split("".join(acts), "text", 0.1, 0)
    held = [i for i in range(300) if f"act {i}:" not in corpus.train]
    assert max(held) - min(held) > 200
    assert "".join(acts[i] for i in held) == corpus.validation, "passages are whole paragraphs"


@given(st.floats(0.01, 0.5), st.integers(0, 99))
def test_a_list_loses_no_name_and_has_none_in_both_parts(share: float, seed: int) -> None:
    corpus = split(NAMES, "line", share, seed)
    train, validation = lines_of(corpus.train), lines_of(corpus.validation)
    assert sorted(train + validation) == sorted(lines_of(NAMES))
    assert len(validation) == max(1, round(200 * share))


def test_other_seeds_hold_other_names_out() -> None:
    assert split(NAMES, "line", 0.1, 0) == split(NAMES, "line", 0.1, 0)
    assert split(NAMES, "line", 0.1, 0) != split(NAMES, "line", 0.1, 1)


def test_too_short_a_text_is_refused() -> None:
    with pytest.raises(UserError, match=f"at least {SHORTEST}"):
        split("x" * (SHORTEST - 1), "text", 0.1, 0)
    with pytest.raises(UserError, match="one line"):
        split("x" * SHORTEST, "line", 0.1, 0)


def test_what_is_read_from_an_empty_state() -> None:
    assert list(sequences("Ann\n\n  Bob \n", "line")) == ["Ann\n", "Bob\n"]
    assert list(sequences("Ann\n\nBob\n", "text")) == ["Ann\n\nBob\n"]


def test_sonnets_are_known_by_their_fourteen_lines() -> None:
    assert form_of(SONNET * 5) == "sonnet"
    assert form_of(SONNET * 4 + PROSE) == "sonnet"
    assert form_of(SONNET + PROSE + "\n\n" + PROSE) is None
    assert form_of(PROSE) is None
