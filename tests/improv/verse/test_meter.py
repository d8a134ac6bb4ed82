import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.verse.form import verses
from improv.verse.meter import EMPTY, MOST, counts, extended, feminine, natural, scan
from improv.verse.speech import Speaker
from improv.verse.words import words

WORDS = ("love", "beauty's", "memory", "heaven", "o'er", "th'", "unlearned", "the")
SMOOTH = (
    "And only herald to the gaudy spring,",
    "When I do count the clock that tells the time,",
    "Making a famine where abundance lies,",
    "But if thou live, remember'd not to be,",
)


@pytest.mark.parametrize("line", SMOOTH)
def test_a_smooth_line_has_ten_syllables_and_is_smooth(spoken: Speaker, line: str) -> None:
    found = scan(words(line), spoken)
    assert found[10] <= 0.6
    assert min(found, key=lambda count: found[count]) == 10


def test_a_stress_where_none_belongs_is_rough(spoken: Speaker) -> None:
    assert (
        scan(["the", "delight", "of", "love"], spoken)[5] > scan(["delight", "of", "love"], spoken)[4] + 0.5
    )


def test_an_open_ending_is_feminine(spoken: Speaker) -> None:
    assert feminine(spoken("flowing"))
    assert not feminine(spoken("decease"))
    assert not feminine(spoken("love"))


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_a_scansion_holds_every_count_the_words_can_add_up_to(spoken: Speaker, line: list[str]) -> None:
    sums = {0}
    for word in line:
        sums = {total + count for total in sums for count in counts(word, spoken) if total + count <= MOST}
    found = scan(line, spoken)
    assert set(found) == sums
    assert all(rough >= 0 for rough in found.values())
    if natural(line, spoken) <= MOST:
        assert natural(line, spoken) in found


def test_nothing_has_no_syllables(spoken: Speaker) -> None:
    assert scan([], spoken) == EMPTY
    assert extended({MOST: 0.0}, "love", spoken) == {}


def test_shakespeares_lines_have_ten_syllables_and_go_smoother_than_their_words_shuffled(
    spoken: Speaker, sonnets: list[str]
) -> None:
    generator = random.Random(0)
    lines = [words(line) for sonnet in sonnets for line in verses(sonnet)]
    of_ten = [line for line in lines if 10 in scan(line, spoken)]
    assert len(of_ten) / len(lines) > 0.9
    shuffled = [generator.sample(line, len(line)) for line in of_ten]
    own = sum(scan(line, spoken)[10] for line in of_ten)
    assert own < 0.5 * sum(scan(line, spoken).get(10, 0.0) for line in shuffled)
