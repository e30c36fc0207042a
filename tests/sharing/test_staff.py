"""The staff list and a person's page (R9, R13, R33)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from lxml import html

from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, NotYourEstablishment
from sharing.days import day_in_words
from sharing.door import StaffFilter
from sharing.downloads.member_record import sheets_of
from sharing.models import LedgerEntry, StaffAbsence, StaffContract, StaffMember
from tests import factories
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, looks_for

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
TODAY = timezone.localdate()


@pytest.fixture
def member() -> StaffMember:
    one = factories.staff_member(
        BECKSIDE, surname="Zzyzx", forename="Amina", teacher_number="9900001", ni_number="AB123456C",
        born_on=date(1974, 5, 17), sex="F", ethnicity="APKN", has_qts=True, source="School Workforce Census, 2025",
    )  # fmt: skip
    with as_batch():
        for first, category, days in (
            (date(2025, 2, 3), "SIC", 3), (date(2025, 3, 3), "SIC", Decimal("1.5")), (date(2024, 10, 1), "TRN", None),
            (date(2023, 10, 2), "SIC", 1),
        ):  # fmt: skip
            StaffAbsence.objects.create(
                member=one, establishment=one.establishment, first_day=first, category=category, days_lost=days
            )
    return one


WHO = [
    ("head-beckside", SCHOOLS_ONLINE, 200),
    ("deputy-beckside", SCHOOLS_ONLINE, 200),
    ("teacher-beckside", SCHOOLS_ONLINE, 403),
    ("assistant-beckside", SCHOOLS_ONLINE, 403),
    ("governor-beckside", SCHOOLS_ONLINE, 403),
    ("third-party-beckside", SCHOOLS_ONLINE, 403),
    ("absent-beckside", SCHOOLS_ONLINE, 404),
    ("head-ravensgill", SCHOOLS_ONLINE, 404),
    ("teacher-ended", SCHOOLS_ONLINE, 404),
    ("superuser", SCHOOLS_ONLINE, 404),
    ("teacher-not-accepted", SCHOOLS_ONLINE, 302),
    ("officer-data", EDUNET, 200),
    ("officer-admissions", EDUNET, 403),
    ("officer-school-improvement", EDUNET, 403),
    ("officer-no-duty", EDUNET, 403),
    ("officer-duty-ended", EDUNET, 403),
]


@pytest.mark.parametrize(("slug", "site", "status"), WHO)
def test_who_sees_a_persons_page(member: StaffMember, slug: str, site: Any, status: int) -> None:
    """R9, R33: Level 1, and officers whose duty is staff."""
    response = client(slug, site).get(f"/establishments/{BECKSIDE}/staff/{member.pk}/")
    assert response.status_code == status
    assert ("AB123456C" in response.content.decode()) == (status == 200)


def test_the_page_of_one_person(member: StaffMember) -> None:
    page = client("head-beckside").get(f"/establishments/{BECKSIDE}/staff/{member.pk}/")
    assert "no-store" in page["Cache-Control"]
    words = page.content.decode()
    for fact in ("Amina Zzyzx", "9900001", "AB123456C", "17 May 1974", "Pakistani", "Permanent", "2024/25", "4.5"):
        assert fact in words
    assert "School Workforce Census, 2025" in words
    assert "Why can I see this?" in words


def test_absences_are_counted_by_school_year_and_category(member: StaffMember) -> None:
    found = door.show_member(asker("head-beckside"), BECKSIDE, member.pk)
    assert [(one.school_year, one.category, one.absences, one.days_lost) for one in found.absences] == [
        ("2024/25", "Sickness", 2, Decimal("4.5")),
        ("2024/25", "Training", 1, None),
        ("2023/24", "Sickness", 1, Decimal("1.0")),
    ]


def test_days_that_are_not_recorded_are_not_none_lost(member: StaffMember) -> None:
    """P9, R31: a sum of those that are says of how many it is not, on the page and in the file."""
    with as_batch():
        StaffAbsence.objects.create(
            member=member,
            establishment=member.establishment,
            first_day=date(2025, 4, 1),
            category="SIC",
            days_lost=None,
        )
    page = door.show_member(asker("head-beckside"), BECKSIDE, member.pk)
    words = "4.5 (of 1 not recorded)"
    assert page.absences[0].absences == 3
    assert page.absences[0].days_in_words == sheets_of(page)[2].rows[0][3] == words
    assert words in client("head-beckside").get(f"/establishments/{BECKSIDE}/staff/{member.pk}/").content.decode()


def test_a_file_says_it_in_the_words_of_the_page(member: StaffMember) -> None:
    """R31, R33: hours of full time, pay in pounds, a contract that goes on, and "Not recorded" instead of a blank."""
    facts = {"pay": Decimal("45000.00"), "hours": Decimal("16.0"), "fte_hours": Decimal("32.5")}
    with as_batch():
        StaffContract.objects.filter(member=member).update(**facts)
    address = f"/establishments/{BECKSIDE}/staff/{member.pk}/"
    text = client("head-beckside").get(address).content.decode()
    found = door.show_member(asker("head-beckside"), BECKSIDE, member.pk)
    record, contracts, absences = (sheet.rows for sheet in sheets_of(found))
    in_file = (contracts[0][3], contracts[0][4], contracts[0][5], contracts[0][7], absences[0][3], absences[1][3])
    assert in_file == ("No end date", "16 of 32.5", "Not recorded", "£45,000 a year", "4.5", "Not recorded")
    assert all(words in text for words in in_file)
    told = dict(record)
    assert (told["Disability"], "Last day" in told) == ("Not recorded", False)


@pytest.mark.parametrize("is_known", [True, False], ids=["recorded", "not recorded"])
def test_the_page_says_fact_by_fact_what_the_file_says(member: StaffMember, is_known: bool) -> None:
    """R31, R33: each under its own name, and nothing is left empty where nothing is recorded."""
    hours = {"pay": Decimal("45000.00"), "hours": Decimal("16.0"), "fte_hours": Decimal("32.5"), "weeks_a_year": 39}
    ends_on = TODAY + timedelta(days=9)
    with as_batch():
        StaffContract.objects.filter(member=member).update(**dict.fromkeys(hours) | (hours if is_known else {}))
        known = {"is_senior_leader": True, "disability": "YES", "ends_on": ends_on}
        StaffMember.objects.filter(pk=member.pk).update(**known if is_known else {})
    page = html.fromstring(client("head-beckside").get(f"/establishments/{BECKSIDE}/staff/{member.pk}/").content)
    found = door.show_member(asker("head-beckside"), BECKSIDE, member.pk)
    record, contracts, _ = (sheet.rows for sheet in sheets_of(found))
    shown = zip(page.xpath("//main//dt"), page.xpath("//main//dd"), strict=True)
    facts = {name.text_content().strip(): value.text_content().strip() for name, value in shown}
    assert facts == {
        str(name): day_in_words(value) if isinstance(value, date) else str(value)
        for name, value in record
        if name != "Source"
    }
    assert ("Last day" in facts) == is_known
    cells = [cell.text_content().strip() for cell in page.xpath("//table")[0].xpath(".//tbody/tr[1]/*")]
    assert cells[3:] == [str(value) for value in contracts[0][3:]]


def test_numbers_are_not_in_the_list(member: StaffMember) -> None:
    """R13: a list shows no teacher number and no National Insurance number."""
    words = looks_for(client("head-beckside"), f"/establishments/{BECKSIDE}/staff/?named=zzyzx").content.decode()
    assert "Zzyzx" in words
    assert "9900001" not in words
    assert "AB123456C" not in words


def test_a_person_elsewhere_or_not_in_post_has_no_page(member: StaffMember) -> None:
    elsewhere = factories.staff_member(RAVENSGILL)
    gone = factories.staff_member(BECKSIDE, ends_on=TODAY - timedelta(days=1))
    coming = factories.staff_member(BECKSIDE, starts_on=TODAY + timedelta(days=1))
    head = asker("head-beckside")
    for somebody in (elsewhere, gone, coming):
        with pytest.raises(NoSuchRecord):
            door.show_member(head, BECKSIDE, somebody.pk)
    with pytest.raises(NotYourEstablishment):
        door.show_member(head, RAVENSGILL, elsewhere.pk)
    with pytest.raises(NotAtYourLevel):
        door.show_member(asker("teacher-beckside"), BECKSIDE, member.pk)


def test_the_ledger_says_whose_page_it_was(member: StaffMember) -> None:
    """R43."""
    client("head-beckside").get(f"/establishments/{BECKSIDE}/staff/{member.pk}/")
    with as_batch():
        row = LedgerEntry.objects.order_by("-id").first()
    assert (row.action, row.outcome, row.about) == ("show_member", "shown", {"staff": [str(member.pk)]})


@pytest.mark.parametrize(
    ("post", "teaches"),
    [
        ("Classroom teacher", True), ("Deputy head teacher", True), ("Teacher of music", True), ("Principal", True),
        ("Head of department", True), ("SEN co-ordinator", True), ("Teaching assistant", False),
        ("Midday supervisor", False), ("Head's secretary", False), ("Leading practitioner", True),
        ("Music tuition (include peripatetic)", True), ("Careers advisor", False),
        ("Leadership (not teaching)", False), ("Other support staff", False),
        ("Personal assistant to headteacher", False), ("Headteacher", True),
    ],
)  # fmt: skip
def test_the_list_by_teachers_and_support_staff(post: str, teaches: bool) -> None:
    one = factories.staff_member(BECKSIDE, surname="Zzyzx")
    with as_batch():
        StaffContract.objects.filter(member=one).update(post=post)

    def found(work: str) -> int:
        return door.list_staff(asker("head-beckside"), BECKSIDE, only=StaffFilter("zzyzx", work)).page.total

    assert (found("teaching"), found("support")) == ((1, 0) if teaches else (0, 1))


def test_the_list_by_kind_of_contract_in_force() -> None:
    one = factories.staff_member(BECKSIDE, surname="Zzyzx")
    with as_batch():
        StaffContract.objects.create(
            member=one, establishment=one.establishment, kind="FXT", post="Cover", starts_on=date(2020, 9, 1),
            ends_on=TODAY - timedelta(days=1),
        )  # fmt: skip

    def found(kind: str) -> int:
        return door.list_staff(asker("head-beckside"), BECKSIDE, only=StaffFilter("zzyzx", "", kind)).page.total

    assert (found("PRM"), found("FXT")) == (1, 0)


def test_the_list_tells_the_contract_of_today_and_not_the_one_to_come() -> None:
    """R33: a deputy who is head from January is deputy today."""
    one = factories.staff_member(BECKSIDE, surname="Zzyzx")
    tomorrow = TODAY + timedelta(days=1)
    with as_batch():
        StaffContract.objects.filter(member=one).update(post="Deputy head", kind="FXT", ends_on=TODAY)
        StaffContract.objects.create(
            member=one, establishment=one.establishment, kind="PRM", post="Head teacher", starts_on=tomorrow
        )
    (line,) = door.list_staff(asker("head-beckside"), BECKSIDE, only=StaffFilter("zzyzx", "", "FXT")).page
    assert (line.post, line.contract) == ("Deputy head", "Fixed term")
    page = door.show_member(asker("head-beckside"), BECKSIDE, one.pk)
    assert [contract.post for contract in page.contracts] == ["Deputy head", "Head teacher"]


@pytest.mark.parametrize("query", ["work=nonsense", "contract=%00", "named=%00", "named=" + "x" * 300, "page=-1"])
def test_nonsense_in_the_address_counts_as_nothing(query: str) -> None:
    assert client("head-beckside").get(f"/establishments/{BECKSIDE}/staff/?{query}", follow=True).status_code == 200


def test_the_list_says_that_somebody_has_other_posts(member: StaffMember) -> None:
    """R31: hours of one post are not all of them. Posts that have ended, or are to come, are none."""
    with as_batch():
        for post, first, last in (
            ("Midday supervisor", TODAY - timedelta(9), None), ("Cleaner", TODAY - timedelta(9), TODAY),
            ("Teaching assistant", TODAY - timedelta(9), TODAY - timedelta(1)), ("Cook", TODAY + timedelta(1), None),
        ):  # fmt: skip
            StaffContract.objects.create(
                member=member, establishment=member.establishment, kind="PRM", post=post, starts_on=first, ends_on=last
            )
    (line,) = door.list_staff(asker("head-beckside"), BECKSIDE, only=StaffFilter(named="Zzyzx")).page
    assert line.post == "Midday supervisor, and 2 more"


def test_from_the_record_of_who_has_left_to_their_line_of_the_register() -> None:
    """R30, R35, R44: a head takes access away in a hurry. The name is in no address; officers keep no register."""
    one = factories.staff_member(BECKSIDE, surname="Wainman", forename="Tess")
    path, register = f"/establishments/{BECKSIDE}/staff/{one.pk}/", f"/establishments/{BECKSIDE}/register/"
    head = client("head-beckside")
    page = head.get(path).content.decode()
    form = page[page.index(f'<form method="post" action="{register}"') :].partition("</form>")[0]
    assert 'name="named" value="Tess Wainman"' in form
    found = head.post(register, {"named": "Tess Wainman", "search": "yes"}, follow=True)
    assert "Wainman" not in found.redirect_chain[0][0]
    shown = found.content.decode()
    assert "Withdraw<span" in shown
    assert "tess.wainman@" in shown
    assert "imran.sheikh@" not in shown
    assert "look for the name in the Access Register" not in client("officer-data", EDUNET).get(path).content.decode()
