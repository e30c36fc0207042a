"""What several rows of the permission table for one person add up to (R24, R35, R45)."""

from typing import Any

import pytest

from sharing.authorise import Permission, Through, Withheld
from sharing.authorise.holdings import Holding, Holdings, Narrowing
from tests.people import EDUNET, SCHOOLS_ONLINE, asker

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


def test_a_row_opens_its_own_permission_where_it_stands_and_no_other() -> None:
    """R6, R45."""
    held = Holdings((opens_pupils(), Holding(frozenset({ELSEWHERE}), Permission.VIEW_ESTABLISHMENT, "A line")))
    assert held.at(Permission.VIEW_PUPILS) == held.best(Permission.VIEW_PUPILS).keys() == {HERE}
    assert held.at(Permission.VIEW_ESTABLISHMENT) == held.to_choose_from().keys() == {ELSEWHERE}
    assert held.reasons(HERE) == {Permission.VIEW_PUPILS: "A line"}
    assert not held.holds(Permission.VIEW_PUPILS, ELSEWHERE)


@pytest.mark.parametrize(("years", "admitted"), [((), True), (("4",), True), (("3", "5"), False)])
def test_no_year_groups_admit_all(years: tuple[str, ...], admitted: bool) -> None:
    """R35."""
    assert Narrowing(frozenset(years)).admits("4") is admitted


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "through"),
    [("head-beckside", SCHOOLS_ONLINE), ("teacher-beckside", SCHOOLS_ONLINE), ("officer-information", EDUNET)],
)
def test_what_a_visit_has_fetched_so_far_changes_no_answer(slug: str, through: Through) -> None:
    """R6, R45: a visit fetches what it needs first, and the rest when it is asked about."""

    def answers(**needed: Any) -> list[Any]:
        held = Holdings.announced(asker(slug, through), **needed)
        places = sorted(held.anywhere())[:3]
        return [
            held.to_choose_from().keys(),
            [(held.at(permission), held.best(permission)) for permission in Permission],
            [held.reasons(place) for place in places],
            [held.narrowing(permission, place) for permission in Permission for place in places],
        ]

    everything = answers()
    for needed in ({"urn": 999002}, {"urn": 999003}, {"permission": Permission.VIEW_ESTABLISHMENT}):
        assert answers(**needed) == everything, needed
