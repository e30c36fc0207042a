"""Names as people write them: O’Brien and O'Brien are one name, and Łukasz stands among the L."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from access_register.models import RegisterLine
from sharing.demo.places import BECKSIDE
from sharing.models import Establishment, Pupil
from tests import factories
from tests.people import EDUNET, as_batch, client, looks_for, person

pytestmark = pytest.mark.django_db
HERE = f"/establishments/{BECKSIDE}"


def in_the_order_of_the_page(content: bytes, names: list[str]) -> list[str]:
    text = content.decode().replace("&#x27;", "'")
    return sorted(names, key=text.index)


def pupils_named(*surnames: str) -> None:
    for surname in surnames:
        kid = factories.pupil(BECKSIDE, surname=surname, forename="Zzyzx")
        factories.enrolment(kid, timezone.localdate() - timedelta(days=1))


def test_children_are_in_the_order_of_their_names_in_the_list_and_where_they_are_found() -> None:
    """Neither accents nor capitals nor an apostrophe send a child to the end of a list."""
    names = ["al-Qamar", "de Souza", "Łukasz", "LUND", "O’Brien", "Obuya", "Şahin", "Sharif", "van Dyk"]
    pupils_named(*names[::-1])
    head = client("head-beckside")
    listed = looks_for(head, f"{HERE}/pupils/?named=Zzyzx").content
    found = head.post("/find/", {"named": "zzyzx"}, follow=True).content
    assert in_the_order_of_the_page(listed, names) == names
    assert in_the_order_of_the_page(found, names) == names


@pytest.mark.parametrize("typed", ["O'Brien", "O’Brien", "obrien", "lukasz-jan", "LUKASZ"])
def test_staff_are_found_whatever_apostrophe_or_accent_is_typed(typed: str) -> None:
    """As children are: a phone types ’ where a school's system wrote '."""
    factories.staff_member(BECKSIDE, surname="O'Brien", forename="Łukasz Jan")
    assert "Łukasz Jan" in looks_for(client("head-beckside"), f"{HERE}/staff/?named={typed}").content.decode()


def test_staff_are_in_the_order_of_their_names() -> None:
    names = ["Łukasz", "LUND", "van Dyk"]
    for name in names[::-1]:
        factories.staff_member(BECKSIDE, surname=name, forename="Zzyzx")
    listed = looks_for(client("head-beckside"), f"{HERE}/staff/?named=zzyzx").content
    assert in_the_order_of_the_page(listed, names) == names


def test_a_person_on_the_register_is_found_whatever_apostrophe_is_typed() -> None:
    """R36: the head looks for Seán O'Brien, and types it as it is said."""
    today = timezone.localdate()
    with as_batch():
        somebody = person("governor-ravensgill")
        type(somebody).objects.filter(pk=somebody.pk).update(name="Seán O'Brien")
        RegisterLine.objects.create(
            establishment=factories.establishment(BECKSIDE), person=somebody, role="governor", level=3,
            given_by_name="Head", starts_on=date(2024, 9, 1), level_since=today,
        )  # fmt: skip
    page = looks_for(client("head-beckside"), f"{HERE}/register/?named=sean o’brien").content.decode()
    assert "Seán O&#x27;Brien" in page


@pytest.mark.parametrize("typed", ["St Mary’s", "st mary's", "St. Marys", "Ŵyn", "wyn"])
def test_an_establishment_is_found_whatever_apostrophe_or_accent_is_typed(typed: str) -> None:
    """On both lists: of the establishments, and on an officer's home page."""
    with as_batch():
        Establishment.objects.filter(urn=BECKSIDE).update(name="St Mary's Ŵyn School")
    for browser, page in (
        (client("head-ravensgill"), "/establishments/"),
        (client("officer-admissions", EDUNET), "/establishments/"),
        (client("officer-admissions", EDUNET), "/"),
    ):
        assert "Mary&#x27;s Ŵyn School" in browser.get(page, {"named": typed}).content.decode()


def test_classes_are_in_the_order_of_their_numbers() -> None:
    """In the list by class, and where one is chosen: Year 7 before Year 10."""
    names = ["Oak", "7B", "10A", "123456789012"]
    for name in names[::-1]:
        kid = factories.pupil(BECKSIDE, surname=f"Of{name}", class_name=name)
        factories.enrolment(kid, timezone.localdate() - timedelta(days=1))
    page = looks_for(client("head-beckside"), f"{HERE}/pupils/?named=of&sort=class").content
    assert in_the_order_of_the_page(page, [f"Of{name}," for name in names]) == [f"Of{name}," for name in names]
    choices = [f'<option value="{name}"' for name in names]
    assert in_the_order_of_the_page(page, choices) == choices


def test_a_name_without_accents_is_compared_as_any_other() -> None:
    """What is said of it quickly is what was said before: the indexes hold that."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT chr(first) || chr(second) FROM generate_series(1, 127) AS first, generate_series(1, 127) AS second "
            "WHERE sharing_plain(chr(first) || chr(second)) <> sharing_plain_of_any_letters(chr(first) || chr(second))"
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT sharing_plain('Łukasz'), sharing_plain('O’Brien-Şahin'), sharing_plain(NULL)")
        assert cursor.fetchone() == ("lukasz", "obrien sahin", None)


def test_to_put_names_in_order_calls_no_function_for_those_without_accents() -> None:
    """That took three quarters of the time of a list over several establishments."""
    plan = Pupil.objects.filter(sex="F").by_name().explain(verbose=True)
    assert "of_any_letters" in plan
    assert "sharing_plain(" not in plan


@pytest.mark.parametrize("typed", ["999002", " 999002 ", "380/2901", "380 2901", "3802901", "2901"])
def test_an_establishment_is_found_by_its_numbers(typed: str) -> None:
    """URN and DfE number, as letters and lists of the Department write them; on both lists."""
    for browser, page, other in (
        (client("head-ravensgill"), "/establishments/", 999003),
        (client("officer-admissions", EDUNET), "/establishments/", 999003),
        (client("officer-admissions", EDUNET), "/", 999003),
    ):
        shown = browser.get(page, {"named": typed}).text
        assert f'href="/establishments/{BECKSIDE}/"' in shown
        assert f'href="/establishments/{other}/"' not in shown


@pytest.mark.parametrize("typed", ["99900", "9999999999999", "381/2901", "290", "0"])
def test_another_number_finds_no_establishment(typed: str) -> None:
    assert (
        "No establishment matches"
        in client("officer-admissions", EDUNET).get("/establishments/", {"named": typed}).text
    )


def test_an_officer_who_looks_beyond_their_duties_is_led_there() -> None:
    """R9: Cragwell is outside the Locality of his duties, and its shared information is open to him."""
    officer = client("officer-school-improvement", EDUNET)
    page = officer.get("/", {"named": "cragwell primary"}).text
    assert "No establishment in your duties matches." in page
    assert 'href="/establishments/?named=cragwell%20primary"' in page
    assert 'href="/establishments/999009/"' in officer.get("/establishments/?named=cragwell%20primary").text
