import itertools
import threading
import time
from collections.abc import Iterator

import pytest

from improv.errors import UserError
from improv.tui.text_stream import MOST, Sampling, Writer


def whole(sampling: Sampling) -> str:
    """Everything that comes; the test fails where no end does."""
    taken = ""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        text, ended = sampling.take()
        taken += text
        if ended:
            return taken
        time.sleep(0.001)
    raise AssertionError("no end")


def test_the_pieces_come_in_order_and_then_the_end() -> None:
    sampling = Sampling(lambda: (str(number) + " " for number in range(5000)))
    assert whole(sampling) == "".join(f"{number} " for number in range(5000))
    assert sampling.why == ""


def test_nothing_waits_for_a_slow_piece() -> None:
    release, closed = threading.Event(), threading.Event()

    def pieces() -> Iterator[str]:
        try:
            yield "a"
            release.wait(10)
            yield "b"
            yield "c"
        finally:
            closed.set()

    sampling = Sampling(pieces)
    taken = ""
    while not taken:
        taken, ended = sampling.take()
        assert not ended
    before = time.monotonic()
    assert sampling.take() == ("", False)
    sampling.stop()
    assert time.monotonic() - before < 1
    release.set()
    assert closed.wait(10)  # the thread ends at its next piece
    assert "b" not in whole(sampling)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (UserError("never saw '7',\nwhich is in the prime"), "never saw '7', which is in the prime"),
        (ValueError("shapes"), "the model failed: ValueError: shapes"),
    ],
)
def test_a_failure_is_one_line_after_what_came_before_it(error: Exception, why: str) -> None:
    def pieces() -> Iterator[str]:
        yield "a"
        raise error

    sampling = Sampling(pieces)
    assert whole(sampling) == "a"
    assert sampling.why == why


def test_an_unknown_model_is_told() -> None:
    from improv.text.writer import WriteOptions

    writer = Writer()
    sampling = Sampling(lambda: writer("dinosaurs", WriteOptions()))
    assert whole(sampling) == ""
    assert sampling.why.startswith("no text model 'dinosaurs'")


def test_a_stream_faster_than_the_screen_waits_for_it() -> None:
    sampling = Sampling(lambda: itertools.repeat("a"))
    most = 0
    for _ in range(50):
        text, ended = sampling.take()
        assert not ended
        most = max(most, len(text))
        time.sleep(0.002)
    sampling.stop()
    assert 0 < most <= MOST
    whole(sampling)  # and it ends
