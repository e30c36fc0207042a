"""Somebody is added to the register before their first day, and has nothing until then (R33, R35, R44)."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access_register import grants
from access_register.levels import Level
from access_register.models import RegisterLine
from access_register.register import register
from access_register.register.register import Entry
from sharing.days import day_in_words
from sharing.models import EstablishmentPermission
from tests.people import as_batch, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, HEAD, NEWCOMER = 999002, "head-beckside", "teacher-ravensgill"  # who has an account already
ADD, PUPILS = (f"/establishments/{BECKSIDE}/{page}/" for page in ("register/add", "pupils"))


def add(first: date, **typed: str) -> str:
    """The page that comes of adding a teacher at Level 2 from that day on."""
    newcomer = person(NEWCOMER)
    typed = {
        "name": newcomer.name,
        "email": newcomer.email,
        "role": "teacher",
        "level": "2",
        "basis": "teaches",
    } | typed
    typed |= {"confirm": "on", "starts_on": f"{first:%d/%m/%Y}"}
    return client(HEAD).post(ADD, typed, follow=True).content.decode()


def line() -> RegisterLine:
    with as_batch():
        return RegisterLine.objects.get(person=person(NEWCOMER), establishment__urn=BECKSIDE)


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def test_the_head_and_the_person_read_from_when() -> None:
    first = day_in_words(in_days(3))
    page = add(in_days(3))
    assert f"{person(NEWCOMER).name} is on the register at Level 2 from {first}." in page
    assert "Not begun yet" in page
    assert f"First day {first}" in page
    assert line().level_since == in_days(3)
    assert f"from {first}, and it opens nothing before that day" in mail.outbox[0].body
    assert "Not yet begun" in client(NEWCOMER).get("/my-access/").content.decode()


def test_a_line_of_two_weeks_says_from_when_to_when() -> None:
    """R36: a supply teacher's, where it is given, in its story, and where it is changed."""
    first, last = (day_in_words(in_days(days)) for days in (3, 17))
    page = add(in_days(3), ends_on=f"{in_days(17):%d/%m/%Y}", withheld="contact")
    assert f"at Level 2, without contact details, from {first} to {last}." in page
    browser, register_page = client(HEAD), f"/establishments/{BECKSIDE}/register/{line().pk}/"
    assert f"at Level 2, without contact details, from {first} to {last}:" in browser.get(f"{register_page}story/").text
    changing = browser.get(register_page).text
    assert f"Level 2 from {first}, and nothing before. Changes take effect at once." in changing
    assert "At Level 2 since" not in changing


def test_a_line_that_goes_on_before_it_begins_is_not_said_to_open_anything_yet() -> None:
    first = day_in_words(in_days(3))
    add(in_days(3))
    browser, register_page = client(HEAD), f"/establishments/{BECKSIDE}/register/{line().pk}/"
    browser.post(f"{register_page}suspend/", {"because": ""})
    assert f"here again from now on, and nothing before {first}." in browser.get(f"{register_page}resume/").text
    page = browser.post(f"{register_page}resume/", follow=True).text
    assert f"{person(NEWCOMER).name} has Level 2 here from {first}." in page


def test_nothing_opens_before_the_first_day() -> None:
    """A teacher who starts on Monday is added on Friday, and narrowed before they begin."""
    add(in_days(3))
    register.narrow_access(asker(HEAD), BECKSIDE, line().pk, year_groups=["4"], withheld=["contact"], because="")
    browser = client(NEWCOMER)
    assert browser.get(PUPILS).status_code == 404
    begun = line()
    with as_batch():
        begun.starts_on = in_days(0)
        begun.save()
        grants.replace(f"line:{begun.pk}", grants.of_line(begun))
    assert browser.get(PUPILS).status_code == 200


def test_a_level_that_is_changed_before_is_theirs_since_the_first_day() -> None:
    add(in_days(3))
    for level in (Level.THREE, Level.TWO):
        entry = Entry(level, "teacher", "teaches", confirmed=True)
        register.change_access(asker(HEAD), BECKSIDE, line().pk, entry=entry)
    with as_batch():
        held = EstablishmentPermission.objects.filter(source=f"line:{line().pk}")
        assert {(row.starts_on, row.reason.partition(",")[0]) for row in held} == {
            (in_days(3), f"Level 2 here since {day_in_words(in_days(3))}")
        }


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (-1, None, "The first day must be today or later, and within a year."),
        (366, None, "The first day must be today or later, and within a year."),
        (3, 1, "The last day must be the first day or later."),
    ],
)
def test_a_first_day_that_cannot_be_is_refused_in_words(first: int, last: int | None, said: str) -> None:
    page = add(in_days(first), **({"ends_on": f"{in_days(last):%d/%m/%Y}"} if last else {}))
    assert said in page
    assert f'value="{in_days(first):%d/%m/%Y}"' in page
    with as_batch():
        assert not RegisterLine.objects.filter(person=person(NEWCOMER), establishment__urn=BECKSIDE).exists()
