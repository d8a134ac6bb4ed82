import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from improv.text.line import NEVER, Draft, Read, Stem, drawn, merged
from improv.verse.speech import Speaker
from models.sampling import probabilities, sample

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.floats(0.05, 5), st.floats(0.05, 1), st.integers(1, 6), st.integers(2, 9))
def test_a_draw_is_that_of_models_sampling_a_row_at_a_time(
    seed: int, temperature: float, top_p: float, rows: int, size: int
) -> None:
    generator = np.random.default_rng(seed)
    logits = generator.normal(0, 3, (rows, size)).astype(np.float32)
    allowed = generator.random((rows, size)) < 0.5
    allowed[:, 0] = False
    uniforms = generator.random(rows)
    ids, gains = drawn(logits, allowed, temperature, top_p, uniforms)
    for row in range(rows):
        if not allowed[row].any():
            assert gains[row] == NEVER
            continue
        known = np.arange(size) > 0
        whole = probabilities(logits[row], temperature, 1.0, known)
        assert np.isclose(np.exp(gains[row]), whole[allowed[row]].sum())
        one = probabilities(logits[row], temperature, top_p, allowed[row])
        total = np.cumsum(one)
        assert allowed[row, ids[row]]
        assert one[ids[row]] > 0
        ranked = np.argsort(-one, kind="stable")  # here ids are cumulated by rank
        assert (
            ids[row] == ranked[sample(one[ranked], uniforms[row])] or np.isclose(total, uniforms[row]).any()
        )


def test_a_word_comes_once_in_a_row_and_fits(spoken: Speaker) -> None:
    draft = Draft("The summer's day", "day", ("the", "summer's"), {3: 0.0})
    ended = draft.finished(spoken, 4)
    assert ended is not None
    assert ended.words == ("the", "summer's", "day")
    assert set(ended.scansion) == {4}
    assert draft.finished(spoken, 3) is None
    assert Draft("Day, day", "day", ("day",), {1: 0.0}).finished(spoken, 9) is None
    assert Draft("Day, ", "", ("day",), {1: 0.0}).finished(spoken, 9) is not None


def test_merged_stems_have_the_weight_of_all() -> None:
    read = Read((), np.zeros((1, 2), np.float32))
    stems = [Stem(Draft(text), np.log(weight), read, 0) for text, weight in (("a ", 1), ("b ", 2), ("a ", 3))]
    found = {stem.draft.text: np.exp(stem.weight) for stem in merged(stems)}
    assert found.keys() == {"a ", "b "}
    assert np.isclose(found["a "], 4)
    assert np.isclose(found["b "], 2)
