"""The class or year group that a person keeps for their home page (R33, R35)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from access_register import daily, grants
from access_register.former_people import forget_own_lists
from access_register.levels import Level
from access_register.models import Contract, RegisterLine
from sharing import door
from sharing.authorise import NoSuchRecord
from sharing.models import Establishment, LedgerEntry, OwnList, Pupil
from tests.access_register import under_contract
from tests.access_register.test_narrowing import narrow
from tests.people import EDUNET, as_batch, asker, client, person
from tests.sharing.conversions import NEW, convert

pytestmark = pytest.mark.django_db
BECKSIDE, TEACHER, HEAD = 999002, "teacher-beckside", "head-beckside"
PUPILS = f"/establishments/{BECKSIDE}/pupils/"
OWN_LIST = f"{PUPILS}own-list/"


@pytest.fixture
def a_class() -> str:
    """The name of a class there."""
    with as_batch():
        return Pupil.objects.filter(establishment__urn=BECKSIDE, year_group="4").exclude(class_name="")[0].class_name


def keep(slug: str, **wanted: str) -> bool:
    return door.keep_own_list(asker(slug), BECKSIDE, **{"year_group": "", "class_name": ""} | wanted)


def home(slug: str) -> str:
    return client(slug).get("/").content.decode()


def test_a_teacher_keeps_their_class_and_has_it_on_the_home_page_alone(a_class: str) -> None:
    """R33: one touch from the home page, whichever machine it is."""
    browser = client(TEACHER)
    listed = browser.get(f"{PUPILS}?class_name={a_class}&sort=name").content.decode()
    assert "Keep this class on my home page" in listed
    answer = browser.post(f"{OWN_LIST}?class_name={a_class}&sort=name", {"class_name": a_class}, follow=True)
    assert answer.redirect_chain == [(f"{PUPILS}?class_name={a_class}&sort=name", 302)]
    assert "The list is now on your home page." in answer.content.decode()
    assert "Take this class off my home page" in answer.content.decode()
    page = home(TEACHER)
    link = f'<a class="govuk-link" href="{PUPILS}?class_name={a_class}">Class: {a_class}</a>'
    assert page.count(link) == 1
    assert page.index(link) < page.index(">Overview<")  # on a phone the pupils stand three screens down
    assert "class_name=" not in home(HEAD)


def test_one_is_kept_at_each_establishment_and_can_be_taken_off(a_class: str) -> None:
    assert keep(TEACHER, class_name=a_class)
    assert keep(TEACHER, year_group="4")
    page = home(TEACHER)
    assert f"{PUPILS}?year_group=4" in page
    assert "class_name=" not in page
    assert not keep(TEACHER)
    assert not keep(TEACHER)  # a second touch does no harm
    assert f"{PUPILS}?" not in home(TEACHER)


def test_without_a_class_or_a_year_nothing_is_offered() -> None:
    assert "on my home page" not in client(TEACHER).get(f"{PUPILS}?sex=F").content.decode()
    officers = client("officer-data", EDUNET)
    assert "on my home page" not in officers.get(f"{PUPILS}?year_group=4").content.decode()
    assert officers.post(OWN_LIST, {"year_group": "4"}).status_code == 404


def test_a_list_without_a_child_is_not_offered_but_may_be_taken_off(a_class: str) -> None:
    """R33: a class and a year group that nobody has both of lead to no button that does nothing."""
    nobody = f"{PUPILS}?class_name={a_class}&year_group=14"
    assert "on my home page" not in client(TEACHER).get(nobody).text
    with as_batch():
        here = Establishment.objects.get(urn=BECKSIDE)
        OwnList.objects.create(person=person(TEACHER), establishment=here, class_name=a_class, year_group="14")
    assert "off my home page" in client(TEACHER).get(nobody).text


@pytest.mark.parametrize(
    "typed", [{"class_name": "Rowan Tree"}, {"year_group": "99"}, {"year_group": "444"}, {"class_name": "4\0A"}]
)
def test_what_no_child_there_has_is_not_kept(typed: dict[str, str]) -> None:
    """R35: no words of one's own, a child's name among them, get into the store."""
    assert client(TEACHER).post(OWN_LIST, typed).status_code == 404
    with as_batch():
        assert not OwnList.objects.exists()


def test_who_is_narrowed_keeps_no_list_of_other_children() -> None:
    narrow(year_groups=("1",))
    with pytest.raises(NoSuchRecord):
        keep(TEACHER, year_group="4")
    assert keep(TEACHER, year_group="1")


def test_who_is_narrowed_to_years_without_a_child_may_still_take_it_off() -> None:
    """R33, R44."""
    keep(TEACHER, year_group="4")
    narrow(year_groups=("14",))
    assert not keep(TEACHER)
    with as_batch():
        assert not OwnList.objects.exists()


def test_who_sees_no_pupils_any_more_is_led_to_none() -> None:
    """R44: what was kept opens nothing."""
    keep(TEACHER, year_group="4")
    with as_batch():
        OwnList.objects.create(
            person=person("governor-beckside"), establishment=OwnList.objects.get().establishment, year_group="4"
        )
    assert "year_group=4" not in home("governor-beckside")
    assert client("governor-beckside").get(f"{PUPILS}?year_group=4").status_code == 403
    assert client("governor-beckside").post(OWN_LIST, {"year_group": "4"}).status_code == 403
    assert client("head-ravensgill").post(OWN_LIST, {"year_group": "4"}).status_code == 404


def test_the_ledger_says_that_one_is_kept_and_of_no_child() -> None:
    keep(TEACHER, year_group="4")
    with as_batch():
        row = LedgerEntry.objects.get(action="keep_own_list")
    assert (row.outcome, row.about) == (LedgerEntry.Outcome.CHANGED, {})


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ({"ends_on": None}, True),
        ({"withdrawn_at": timezone.now()}, False),
        ({"ends_on": timezone.localdate() - timedelta(days=1)}, False),
        ({"ends_on": timezone.localdate()}, True),
        ({"suspended_at": timezone.now()}, True),
        ({"starts_on": timezone.localdate() + timedelta(days=1)}, True),
        ({"year_groups": ["1"]}, True),
    ],
    ids=["as it is", "withdrawn", "past", "the last day", "suspended", "to begin", "narrowed"],
)
def test_it_goes_by_night_once_its_owner_has_no_place_there(line: dict[str, Any], stays: bool) -> None:
    """R44: not while the line is suspended, narrowed, or begins later; another person's list stays."""
    keep(TEACHER, year_group="4")
    keep(HEAD, year_group="4")
    with as_batch():
        its_line = RegisterLine.objects.filter(person=person(TEACHER), establishment__urn=BECKSIDE)
        assert its_line.update(**line) == 1
        grants.rebuild(timezone.localdate())
        said = list(forget_own_lists(timezone.localdate()))
        left = set(OwnList.objects.values_list("person", flat=True))
    assert left == {person(HEAD).pk} | ({person(TEACHER).pk} if stays else set())
    assert bool(said) is not stays


@pytest.mark.parametrize(
    ("contract", "stays"),
    [({}, True), ({"ended_at": timezone.now()}, False), ({"ends_on": timezone.localdate() - timedelta(days=1)}, False)],
    ids=["in force", "ended", "past"],
)
def test_that_of_a_third_party_goes_with_the_contract(contract: dict[str, Any], stays: bool) -> None:
    """R25, R44."""
    number = under_contract.contract(dbs=True)
    somebody = under_contract.add(number, level=Level.TWO, basis_words="Reads with Year 4")
    with as_batch():
        place = RegisterLine.objects.get(contract=number).establishment
        OwnList.objects.create(person_id=somebody.person_id, establishment=place, year_group="4")
        Contract.objects.filter(pk=number).update(**{"starts_on": timezone.localdate() - timedelta(days=9)} | contract)
        grants.rebuild(timezone.localdate())
        list(forget_own_lists(timezone.localdate()))
        assert OwnList.objects.exists() is stays


def test_the_daily_run_sees_to_it() -> None:
    keep(TEACHER, year_group="4")
    with as_batch():
        RegisterLine.objects.filter(person=person(TEACHER)).update(withdrawn_at=timezone.now())
    assert "1 kept list of people without a place there forgotten" in daily.run(timezone.localdate()).done


@pytest.mark.usefixtures("known_from_gias")
def test_it_goes_along_when_the_school_carries_on_under_a_new_urn(tmp_path: Path) -> None:
    """A2, R33: the children and the class are the same, and so is the home page after the next night. Somebody who has
    kept another list there already keeps that one."""
    keep(TEACHER, year_group="4")
    keep(HEAD, year_group="4")
    today = timezone.localdate()
    convert(tmp_path, today + timedelta(days=1))
    with as_batch():
        there = Establishment.objects.get(urn=NEW)
        OwnList.objects.create(person=person(HEAD), establishment=there, year_group="5")
    convert(tmp_path, today)
    daily.run(today)
    assert f"/establishments/{NEW}/pupils/?year_group=4" in home(TEACHER)
    with as_batch():
        kept = set(OwnList.objects.values_list("person", "establishment", "year_group"))
    assert kept == {(person(TEACHER).pk, there.pk, "4"), (person(HEAD).pk, there.pk, "5")}
