"""Routing: words to outputs and channels."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.channels import BAND, Role
from improv.errors import UserError
from improv.ports.routing import CHANNELLED, OUTPUTS, Plan, Route, parse_channels, plan_routing

ROLES: tuple[Role, ...] = get_args(Role)
outputs = st.dictionaries(st.sampled_from(sorted(OUTPUTS)), st.none() | st.sampled_from(["a", "b", "c"]))
channels = st.dictionaries(st.sampled_from(sorted(CHANNELLED)), st.integers(1, 16))


@given(outputs, channels, st.none() | st.just("a"), st.integers(0, 2))
def test_every_role_goes_where_the_narrowest_word_says(
    named: dict[str, str | None], given_channels: dict[str, int], usual: str | None, open_usual: int
) -> None:
    plan = plan_routing(named, " ".join(f"{k}={v}" for k, v in given_channels.items()), usual)
    routing = plan.routing(open_usual)
    everything = [*([usual or "usual"] * open_usual), *plan.outputs]
    for role in ROLES:
        words = [word for word, roles in OUTPUTS.items() if role in roles and named.get(word) is not None]
        wanted = named[words[-1]] if words else None
        route = routing.route(role)
        members = routing.members(route.group, len(everything))
        if wanted is None or wanted == usual:
            assert members == tuple(range(open_usual))
        else:
            assert [everything[member] for member in members] == [wanted]
        part = next(part for part, of in CHANNELLED.items() if of == role)
        assert route.channel == (given_channels[part] - 1 if part in given_channels else None)
    assert len(set(plan.outputs)) == len(plan.outputs), "no port is opened twice"
    covered = [member for group in range(routing.group_count()) for member in routing.members(group, 0)]
    assert covered == list(range(len(everything))), "a panic reaches every output once"


def test_nothing_asked_for_is_the_usual_routing() -> None:
    assert plan_routing({}) == Plan()
    assert all(Plan().routing(2).route(role) == Route() for role in ROLES)


def test_the_table_covers_the_band() -> None:
    assert OUTPUTS["band"] == BAND
    assert set(CHANNELLED.values()) == set(ROLES)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("bas=3", "no part 'bas'; did you mean 'bass'"),
        ("bass", "a channel from 1 to 16, as in bass=3"),
        ("bass=0", "from 1 to 16"),
        ("bass=17", "from 1 to 16"),
        ("bass=x", "from 1 to 16"),
        ("=3", "the parts are improv, comp, bass, drums, click, thru"),
    ],
)
def test_mistakes_are_told(word: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        parse_channels([word])
