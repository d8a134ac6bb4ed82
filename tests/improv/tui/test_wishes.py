from improv.tui.wishes import Wishes


def test_a_wish_counts_until_the_engine_shows_it() -> None:
    wishes: Wishes[float] = Wishes(3.0)
    assert wishes.get("tempo") is None
    wishes.want("tempo", 120.0, now=0.0)
    wishes.see("tempo", 100.0, now=1.0)
    assert wishes.get("tempo") == 120.0
    assert wishes.all() == {"tempo": 120.0}
    wishes.see("tempo", 120.0, now=1.1)
    assert wishes.get("tempo") is None
    assert wishes.all() == {}


def test_a_wish_that_is_not_fulfilled_ends_with_patience() -> None:
    wishes: Wishes[float] = Wishes(3.0)
    wishes.want("tempo", 120.0, now=0.0)
    wishes.want("swing", 0.5, now=2.0)
    for name in ("tempo", "swing"):
        wishes.see(name, 1.0, now=3.0)
    assert wishes.all() == {"swing": 0.5}
