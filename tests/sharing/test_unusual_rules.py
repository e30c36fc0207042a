"""What is unusual about a day, by the rules alone and against a plain model of each (R43, P17)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from sharing.unusual import rules
from sharing.unusual.rules import COUNTED, INNOCENT, Found, Kind, Look, Reader

BRADFORD = ZoneInfo("Europe/London")
MONDAY, SATURDAY, IN_AUGUST = date(2026, 11, 23), date(2026, 11, 28), date(2026, 8, 5)
ROLES = ("head", "teacher", "support", "office", "governor", "third_party", "officer", "other")
FEW = {
    "UNUSUAL_CHILDREN_AN_HOUR": {"head": 5, "office": 4, "teacher": 3, "officer": 3, "other": 2},
    "UNUSUAL_CHILDREN_OUT_OF_HOURS": 2,
    "UNUSUAL_CHILDREN_ON_A_DAY_OFF": 3,
    "UNUSUAL_CHILDREN_BEFORE_LEAVING": 3,
}


@st.composite
def days(draw: st.DrawFn) -> tuple[date, list[Look]]:
    """A day, and looks at it at whole minutes, close together, by few children."""
    day = draw(st.sampled_from((MONDAY, SATURDAY, IN_AUGUST)))
    minutes = sorted(draw(st.lists(st.integers(0, 24 * 60 - 1) | st.integers(600, 760), max_size=14)))
    midnight = datetime.combine(day, datetime.min.time(), BRADFORD)
    looks = [
        Look(
            midnight + timedelta(minutes=minute),
            "" if (is_file := draw(st.integers(0, 9)) == 0) else draw(st.sampled_from("abcdefg")),
            is_file,
        )
        for minute in minutes
    ]
    return day, looks


def plainly(looks: list[Look], reader: Reader, day: date, usual: int) -> set[tuple[Kind, int]]:
    """The same said again, slowly: every hour that begins with a look is counted by itself."""
    found = set()
    hour = timedelta(minutes=60)
    by_hour = [{b.child for b in looks if a.at <= b.at < a.at + hour} - {""} for a in looks]
    most = max(map(len, by_hour), default=0)
    limits = FEW["UNUSUAL_CHILDREN_AN_HOUR"]
    if most > limits.get(reader.role, limits["other"]) and most > 2 * usual:
        found.add((Kind.MANY, most))
    first, past = {"office": (7, 19), "officer": (7, 20)}.get(reader.role, (6, 22))
    late = len({look.child for look in looks if look.at.hour < first or look.at.hour >= past} - {""})
    if late > 2:
        found.add((Kind.NIGHT, late))
    all_day = len({look.child for look in looks} - {""})
    if all_day > 3 and day in (SATURDAY, IN_AUGUST):
        found.add((Kind.DAY_OFF, all_day))
    leaves_soon = reader.last_day is not None and day <= reader.last_day <= day + timedelta(days=14)
    if leaves_soon and (all_day > 3 or [look for look in looks if look.is_file]):
        found.add((Kind.LEAVING, all_day))
    return found


@given(days(), st.sampled_from(ROLES), st.none() | st.integers(-2, 17), st.integers(0, 4))
def test_the_rules_say_what_the_plain_model_says(
    drawn: tuple[date, list[Look]], role: str, leaves_in: int | None, usual: int
) -> None:
    """P17."""
    day, looks = drawn
    reader = Reader(role, None if leaves_in is None else day + timedelta(days=leaves_in))
    with override_settings(**FEW):
        found = rules.of_a_day(looks, reader, day, lambda: usual)
    assert {(one.kind, one.number) for one in found} == plainly(looks, reader, day, usual)


def test_a_child_looked_at_again_within_the_hour_still_counts() -> None:
    """P17: the first look leaves the hour, and the second does not."""
    ten = datetime(2026, 11, 23, 10, tzinfo=BRADFORD)
    minutes = ((0, "Amir"), (50, "Amir"), (70, "Bea"))
    assert rules.busiest_hour([Look(ten + timedelta(minutes=after), child) for after, child in minutes]) == 2


@pytest.mark.parametrize(("minutes", "most"), [(59, 2), (60, 1), (119, 1)])
def test_an_hour_is_an_hour_while_the_clocks_go_back(minutes: int, most: int) -> None:
    """P17: at 1 am of 25 October 2026 the clock says the same for two hours."""
    first = datetime(2026, 10, 25, 0, 5, tzinfo=UTC)
    times = (first, first + timedelta(minutes=minutes))
    looks = [Look(at.astimezone(BRADFORD), str(at)) for at in times]
    assert rules.busiest_hour(looks) == most


@pytest.mark.parametrize(
    ("role", "hour", "is_out"),
    [
        ("teacher", 5, True), ("teacher", 6, False), ("teacher", 21, False), ("teacher", 22, True),
        ("office", 6, True), ("office", 7, False), ("office", 18, False), ("office", 19, True),
    ],
)  # fmt: skip
def test_the_first_and_the_last_hour_of_a_role(role: str, hour: int, is_out: bool) -> None:
    """P17."""
    assert rules.is_out_of_hours(datetime(2026, 11, 23, hour), role) is is_out


def test_the_past_is_not_read_where_the_role_lets_it_pass() -> None:
    """P17: nobody's past is looked into without cause."""

    def usual() -> int:
        raise AssertionError

    looks = [Look(datetime(2026, 11, 23, 10, minute, tzinfo=BRADFORD), str(minute)) for minute in range(40)]
    assert rules.many(looks, Reader("teacher"), usual) is None
    more = Look(datetime(2026, 11, 23, 10, 50, tzinfo=BRADFORD), "more")
    assert rules.many([*looks, more], Reader("teacher"), lambda: 20) == Found(Kind.MANY, 41, 40, 20)


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_words_for_what_was_counted_and_what_it_may_be(kind: Kind) -> None:
    """P17: in plain words, and no accusation."""
    words = COUNTED[kind].format(number=7, at_most=5, leaving=14) + INNOCENT[kind]
    assert "{" not in words
    assert not {"suspicious", "guilty", "offence"} & set(words.lower().split())
