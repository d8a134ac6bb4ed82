"""The pipe between engine and view: the engine never waits, and the view misses nothing that counts."""

from collections.abc import Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from improv.live.link import KEPT, Done, EngineEnd, News, Notice, Ready
from improv.requests import Panic, Quit, Request, SetTempo, Start, Strike
from improv.snapshot import RollNote, Snapshot

PATIENCE = 60.0


@pytest.fixture
def ends() -> Iterator[tuple[EngineEnd, Connection]]:
    """The engine's end and the view's."""
    theirs, ours = Pipe()
    end = EngineEnd(theirs)
    yield end, ours
    ours.close()
    end.close()
    theirs.close()


def read_until(connection: Connection, last: News) -> list[News]:
    """All news up to `last`."""
    found: list[News] = []
    deadline = monotonic() + PATIENCE
    while not found or found[-1] != last:
        assert connection.poll(max(0.0, deadline - monotonic())), "no more news"
        found.append(connection.recv())
    return found


def test_the_engine_never_waits_for_a_view_that_does_not_read(ends: tuple[EngineEnd, Connection]) -> None:
    """Far more than a pipe holds, from a thread that must come back."""
    end, view = ends
    roll = tuple(RollNote("you", tick, 12, 60) for tick in range(100))

    def tell() -> None:
        for count in range(3 * KEPT):
            end.tell(Notice(f"{count:06}"))
            if count % 10 == 0:
                end.tell(Snapshot(tick=count, roll=roll))
        end.tell(Done())

    engine = Thread(target=tell, daemon=True)
    engine.start()
    engine.join(PATIENCE)
    assert not engine.is_alive(), "tell waited for the view"

    found = read_until(view, Done())
    notices = [news.text for news in found if isinstance(news, Notice)]
    assert notices == sorted(notices)
    assert notices[-KEPT + 1 :] == [f"{count:06}" for count in range(2 * KEPT + 1, 3 * KEPT)], (
        "the newest are kept"
    )
    while not any(isinstance(news, Snapshot) and news.tick == 3 * KEPT - 10 for news in found):
        assert view.poll(PATIENCE)
        found.append(view.recv())
    snapshots = [news.tick for news in found if isinstance(news, Snapshot)]
    assert snapshots == sorted(snapshots)
    assert len(snapshots) < 3 * KEPT // 10, "snapshots that nobody read make room for newer ones"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 9).map(lambda n: Notice(str(n)) if n else Snapshot(tick=n)), max_size=60))
def test_news_stays_in_order(ends: tuple[EngineEnd, Connection], told: list[News]) -> None:
    end, view = ends
    for news in told:
        end.tell(news)
    end.tell(Done())
    found = read_until(view, Done())
    assert [n for n in found if isinstance(n, Notice)] == [n for n in told if isinstance(n, Notice)]


def test_requests_arrive_in_order_and_once(ends: tuple[EngineEnd, Connection]) -> None:
    end, view = ends
    assert end.requests() == []
    sent: list[Request] = [Start(), SetTempo(99.5), Strike(60), Panic()]
    for request in sent:
        view.send(request)
    assert end.requests() == sent
    assert end.requests() == []


def test_a_listener_is_told_of_each_request_as_it_comes(ends: tuple[EngineEnd, Connection]) -> None:
    end, view = ends
    told: SimpleQueue[Request] = SimpleQueue()
    end.listen(told.put)
    sent: list[Request] = [Start(), Panic(), SetTempo(99.5)]
    for request in sent:
        view.send(request)
    assert [told.get(timeout=PATIENCE) for _ in sent] == sent
    assert end.requests() == sent
    assert end.requests() == []
    view.close()
    assert told.get(timeout=PATIENCE) == Quit()
    assert end.requests() == [Quit()]


def test_a_view_that_is_gone_asks_to_quit(ends: tuple[EngineEnd, Connection]) -> None:
    end, view = ends
    view.send(Start())
    view.close()
    assert end.requests() == [Start(), Quit()]
    assert end.requests() == [Quit()]
    for _ in range(1000):
        end.tell(Notice("to nobody"))


def test_closing_delivers_what_waits() -> None:
    theirs, ours = Pipe()
    end = EngineEnd(theirs)
    told: list[News] = [Ready((), (), (), ""), Notice("last words"), Done()]
    for news in told:
        end.tell(news)
    end.close()
    theirs.close()
    assert [ours.recv() for _ in told] == told
    with pytest.raises(EOFError):
        ours.recv()


def test_closing_does_not_wait_for_a_view_that_does_not_read() -> None:
    theirs, ours = Pipe()
    end = EngineEnd(theirs)
    for _ in range(20_000):
        end.tell(Notice("x" * 100))
    closing = Thread(target=end.close, daemon=True)
    closing.start()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    ours.close()
