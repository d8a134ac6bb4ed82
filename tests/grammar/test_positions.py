import pytest

from grammar.chords import QUALITIES
from grammar.positions import POSITIONS, ROOTLESS, close


@pytest.mark.parametrize("quality", [quality for quality in QUALITIES if quality != "NC"])
def test_voicings_ascend_and_are_of_the_chord(quality: str) -> None:
    letters = QUALITIES[quality]
    for name, form in POSITIONS.items():
        for voicing in form(quality):
            assert sorted(set(voicing)) == list(voicing)
            if not name.startswith("rootless"):
                assert all(letters[degree % 12] == "C" for degree in voicing)
    assert {frozenset(degree % 12 for degree in voicing) for voicing in close(quality)} == {
        frozenset(degree for degree in range(12) if letters[degree] == "C")
    }


@pytest.mark.parametrize("quality", ROOTLESS)
def test_rootless_forms_have_no_root_but_the_third_or_what_is_suspended_in_it(quality: str) -> None:
    for name in ("rootless A", "rootless B"):
        (voicing,) = POSITIONS[name](quality)
        degrees = {degree % 12 for degree in voicing}
        assert 0 not in degrees
        assert degrees & {3, 4, 5}
        assert len(degrees) == 4
