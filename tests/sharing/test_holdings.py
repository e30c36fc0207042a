"""What several rows of the permission table for one person add up to (R24, R35, R45). No database is asked."""

import pytest

from sharing.authorise import Permission, Withheld
from sharing.authorise.holdings import Holding, Holdings, Narrowing

HERE, ELSEWHERE = 1, 2
Narrowed = tuple[tuple[str, ...], tuple[str, ...]]
EVERYTHING: Narrowed = ((), ())


def opens_pupils(line: Narrowed = EVERYTHING, place: int = HERE, *, set_aside: bool = False) -> Holding:
    return Holding(frozenset({place}), Permission.VIEW_PUPILS, "A line", *line, set_aside=set_aside)


@pytest.mark.parametrize(
    ("lines", "years", "withheld"),
    [
        ([EVERYTHING], set(), set()),
        ([(("1",), ("sen",))], {"1"}, {"sen"}),
        ([(("1",), ()), (("2",), ())], {"1", "2"}, set()),
        ([(("1",), ()), EVERYTHING], set(), set()),
        ([((), ("sen", "attendance")), ((), ("sen", "contact"))], set(), {"sen"}),
        ([], set(), set(Withheld)),
    ],
)
def test_what_one_line_shows_is_shown(lines: list[Narrowed], years: set[str], withheld: set[str]) -> None:
    """R35: lines add up, and what none of them shows stays hidden. Lines elsewhere, or set aside, add nothing (R24)."""
    beside = opens_pupils(place=ELSEWHERE), opens_pupils(set_aside=True)
    other = Holding(frozenset({HERE}), Permission.VIEW_ESTABLISHMENT, "A line")
    held = Holdings((*map(opens_pupils, lines), *beside, other))
    assert held.narrowing(Permission.VIEW_PUPILS, HERE) == Narrowing(frozenset(years), frozenset(withheld))


def test_a_line_of_some_year_groups_counts_as_narrowed_even_while_it_is_set_aside() -> None:
    """R35: unless another line there is whole; whatever else is withheld is no narrowing to year groups."""
    by_year: Narrowed = (("1",), ())
    assert Holdings((opens_pupils(by_year, set_aside=True), opens_pupils(place=ELSEWHERE))).narrowed() == {HERE}
    assert Holdings((opens_pupils(by_year), opens_pupils())).narrowed() == set()
    assert Holdings((opens_pupils(((), ("sen",))),)).narrowed() == set()
