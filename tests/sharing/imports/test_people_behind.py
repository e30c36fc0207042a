"""Who the rows with a problem are about: named on a page of its own, for whoever brought the file (R5, R6, R13)."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from sharing import door
from sharing.authorise import NoSuchRecord, Permission, visit
from sharing.days import day_in_words
from sharing.imports import people, running
from sharing.imports.registry import KINDS
from sharing.models import Import, ImportPerson, LedgerEntry
from sharing.service import work
from tests.people import EDUNET, as_batch, asker, client
from tests.sharing import test_ctf_reader as ctf
from tests.sharing import workforce_returns as workforce
from tests.sharing.census_returns import OTHER_UPN, UPN, document, pupil
from tests.sharing.imports.sending import now
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("own_database")
BECKSIDE, HEAD, DEPUTY = 999002, "head-beckside", "deputy-beckside"
HERE = f"/establishments/{BECKSIDE}/imports/"
WEEK = day_in_words(timezone.localdate() + timedelta(days=7))
CONTACT = "<Contacts><Contact><Surname>Nextofkin</Surname><Forename>Zainab</Forename></Contact></Contacts>"


def returned(*pupils: str) -> bytes:
    return document(*pupils, Estab="2901").replace("999998", str(BECKSIDE)).encode()


WRONG = returned(
    pupil(Surname="Rightly", Forename="Una"),
    pupil(Surname="Wrongly", Forename="Ali", UPN=OTHER_UPN, Ethnicity="QQQQ", SENprovision="Z"),
    pupil(Surname="Rightly", Forename="Twice"),
    pupil(Forename="", Surname="", DOB="2019-02-30"),
)
ODD = returned(pupil(Surname="Oddly", Forename="Nur", Ethnicity="QQQQ"))


def brought(content: bytes, *, kind: str = "census", by: str = HEAD, at: str = HERE) -> int:
    """Send a file, and let the worker check it. Answers the import's id."""
    file = io.BytesIO(content)
    file.name = "return.xml"
    browser = client(by, EDUNET) if by.startswith("officer") else client(by)
    answer = browser.post(f"{at}add/", {"kind": kind, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    work.until_nothing_waits()
    return int(answer["location"].split("/")[-2])


def behind(number: int, by: str = HEAD) -> dict[int, tuple[str, tuple[str, ...]]]:
    found = door.list_people_behind(asker(by), BECKSIDE, number)
    return {row.row: (row.name, row.fields) for row in found.problems}


def stored() -> int:
    with as_batch():
        return ImportPerson.objects.count()


def settle(number: int, *, apply: bool) -> None:
    page = door.show_import(asker(HEAD), BECKSIDE, number)
    door.settle_import(asker(HEAD), BECKSIDE, number, apply=apply, version=page.version)
    work.until_nothing_waits()


def test_each_row_with_a_problem_is_named_and_no_other() -> None:
    """R23: the row that a problem speaks of is named too; a child without a name is left out."""
    number = brought(WRONG)
    assert behind(number) == {
        1: ("Rightly, Una", ("UPN",)),
        2: ("Wrongly, Ali", ("SENprovision", "Ethnicity")),
        3: ("Rightly, Twice", ("UPN",)),
    }
    page = client(HEAD).get(f"{HERE}{number}/people/").content.decode()
    assert "Wrongly, Ali" in page
    assert "SENprovision, Ethnicity" in page
    assert f"at the latest after {WEEK}" in page


def test_no_error_names_anybody() -> None:
    """R13: neither the page with the errors, nor the report, nor what is stored in the clear, nor a title."""
    number = brought(WRONG)
    for address in ("", "report/", "progress/"):
        assert b"rongly" not in client(HEAD).get(f"{HERE}{number}/{address}").content
    page = client(HEAD).get(f"{HERE}{number}/people/").content.decode()
    assert "rongly" not in page[: page.index("</title>")]
    with as_batch(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM sharing_import AS t UNION ALL SELECT t::text FROM sharing_importperson AS t"
        )
        assert "rongly" not in str(cursor.fetchall())
        entry = LedgerEntry.objects.filter(action="list_people_behind").latest("pk")
    assert entry.about == {"imports": [number], "people": 3}


def test_only_whoever_brought_the_file_reads_it() -> None:
    """R5, R33: a colleague at the same level reads whom to ask, and so does the data team."""
    number = brought(WRONG)
    assert f"{number}/people/" in client(HEAD).get(f"{HERE}{number}/").content.decode()
    for slug, site in ((DEPUTY, None), ("officer-data", EDUNET)):
        browser = client(slug, site) if site else client(slug)
        page = browser.get(f"{HERE}{number}/").content.decode()
        assert f"{number}/people/" not in page
        assert f"Until {WEEK}, the person who brought the file can see who a row is about, if" in page
        assert browser.get(f"{HERE}{number}/people/").status_code == 404
    assert client("teacher-beckside").get(f"{HERE}{number}/people/").status_code == 403
    assert client("officer-data", EDUNET).get(f"/imports/{number}/people/").status_code == 404


@pytest.mark.parametrize("at", [HERE, "/imports/"], ids=["of the school", "of all"])
@pytest.mark.parametrize(("slug", "status"), [("officer-data", 200), ("officer-admissions", 404)])
def test_an_officer_needs_the_duties_to_see_the_people_there(slug: str, status: int, at: str) -> None:
    """P6, R9: one has duties for all pupils and staff, the other has none for staff. Both brought the file."""
    number = brought(WRONG, by=slug, at=at)
    assert stored() == 3
    assert client(slug, EDUNET).get(f"{at}{number}/people/").status_code == status
    assert client("officer-data", EDUNET).get(f"/imports/{number}/").status_code == 200


def test_it_ends_when_the_file_is_settled_or_after_a_week() -> None:
    """R13: nothing lies about."""
    for apply in (False, True):
        number = brought(ODD)
        assert behind(number) == {1: ("Oddly, Nur", ("Ethnicity",))}
        settle(number, apply=apply)
        assert stored() == 0
        with pytest.raises(NoSuchRecord):
            behind(number)
    number = brought(WRONG)
    with as_batch():
        assert running.forget_people(timezone.now() + timedelta(days=7)) == []
        assert stored() == 3
        assert running.forget_people(timezone.now() + timedelta(days=8)) == [
            "3 names behind refused files forgotten after a week"
        ]
    assert stored() == 0
    assert "Who the rows are about" not in client(HEAD).get(f"{HERE}{number}/").content.decode()


@pytest.mark.parametrize("slug", [HEAD, DEPUTY])
def test_nobody_is_sent_for_names_that_are_gone(slug: str) -> None:
    """R13, R33: a discarded file, and one refused more than a week ago, have none left."""
    discarded, refused = brought(ODD), brought(WRONG)
    settle(discarded, apply=False)
    with as_batch():
        running.forget_people(timezone.now() + timedelta(days=8))
        Import.objects.filter(pk=refused).update(finished_at=timezone.now() - timedelta(days=8))
    for number in (discarded, refused):
        page = client(slug).get(f"{HERE}{number}/").content.decode()
        assert "“Row” is the place in the file" in page
        assert "who a row is about" not in page.lower()


@pytest.mark.parametrize("slug", [HEAD, DEPUTY])
def test_nobody_is_sent_for_names_where_no_row_is_wrong(slug: str) -> None:
    """R33: a file of another school has one error, about the whole file. It said that the head could see a name."""
    number = brought(returned(pupil(Surname="Rightly", Forename="Una")).replace(b"2901", b"2902"))
    page = client(slug).get(f"{HERE}{number}/").content.decode()
    assert "“Row” is the place in the file" in page
    assert "who a row is about" not in page.lower()


def test_nobody_is_named_after_the_week_where_no_night_has_forgotten_them() -> None:
    """R13: the page says until when it is kept, and means it."""
    number = brought(WRONG)
    with as_batch():
        Import.objects.filter(pk=number).update(finished_at=timezone.now() - timedelta(days=7))
    assert len(behind(number)) == 3
    with as_batch():
        Import.objects.filter(pk=number).update(finished_at=timezone.now() - timedelta(days=8))
    assert stored() == 3
    with pytest.raises(NoSuchRecord):
        behind(number)
    assert f"{number}/people/" not in client(HEAD).get(f"{HERE}{number}/").content.decode()


def test_a_second_look_names_whom_it_finds() -> None:
    """R23: the records have changed since, and so have the problems."""
    number = brought(ODD)
    with as_batch():
        people.keep(number, {7: "Somebody, Else"})
        Import.objects.filter(pk=number).update(state="to_apply", report={})
    work.until_nothing_waits()
    assert behind(number) == {1: ("Oddly, Nur", ("Ethnicity",))}


NO_BIRTHDAY = ctf.document(ctf.pupil(CONTACT, upn=UPN), ctf.pupil(dob="")).encode()
NO_FORENAME = ctf.document(f"<Pupil>{CONTACT}<Surname>Alone</Surname></Pupil>").encode()
A_TEACHER = workforce.document(workforce.member(surname="Testhead", born="")).encode()
THREE = {1: "Rightly, Una", 2: "Wrongly, Ali", 3: "Rightly, Twice"}


@pytest.mark.parametrize("content", [WRONG, ODD], ids=["errors", "queries"])
def test_what_is_discarded_while_it_is_checked_names_nobody(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """R13: also where the names are read from the file at that moment."""
    read = people.behind

    def discarded_meanwhile(*given: Any) -> people.Names:
        number = Import.objects.get().pk
        at_once(lambda: door.settle_import(asker(HEAD), BECKSIDE, number, apply=False))
        return read(*given)

    monkeypatch.setattr(people, "behind", discarded_meanwhile)
    assert now(brought(content)).state == "discarded"
    assert stored() == 0


@pytest.mark.parametrize(
    ("kind", "content", "names"),
    [
        ("census", WRONG, THREE),
        ("census", WRONG[:-60], THREE),
        ("census", b"<Message>" + b"<PupilOnRoll/>" * 3 + b"</Message>", {}),
        ("ctf", NO_BIRTHDAY, {1: "Samplesson, Bilal", 2: "Samplesson, Bilal"}),
        ("ctf", NO_FORENAME, {1: "Alone"}),
        ("workforce", A_TEACHER, {1: "Testhead, Amina"}),
    ],
    ids=["census", "a damaged one", "one without names", "transfer file", "a child without a forename", "workforce"],
)
def test_every_xml_file_names_its_own(
    kind: str, content: bytes, names: dict[int, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """R23: a parent is not mistaken for the child, and a damaged file is read as far as it goes."""
    path = tmp_path_factory.mktemp("file") / "file.xml"
    path.write_bytes(content)
    wanted = {1, 2, 3, 4}
    found = people.behind(path, KINDS[kind].rows, wanted)
    assert found == names
    assert people.behind(path, (), wanted) == {}


@pytest.mark.parametrize(
    ("by", "at", "slug", "sees"),
    [
        (HEAD, HERE, HEAD, True),
        (HEAD, HERE, DEPUTY, False),
        ("officer-data", HERE, "officer-data", True),
        ("officer-admissions", HERE, "officer-admissions", False),
        ("officer-data", "/imports/", "officer-data", True),
        ("officer-data", "/imports/", DEPUTY, False),
        ("officer-admissions", "/imports/", "officer-admissions", False),
    ],
)
def test_row_level_security_alone(by: str, at: str, slug: str, sees: bool) -> None:
    """R6: the second lock by itself wants whoever brought the file, and the duties to see pupils and staff."""
    number = brought(WRONG, by=by, at=at)
    who = asker(slug, EDUNET) if slug.startswith("officer") else asker(slug)
    with visit(who, Permission.KEEP_RECORDS, BECKSIDE, action="show_import") as here:
        here.showed()
        assert Import.objects.filter(pk=number).exists() is (slug != DEPUTY or at == HERE)
        assert ImportPerson.objects.exists() is sees
