"""Data quality of an establishment (P9): what the checks find, for whom, and against plain Python."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharing import codes, door
from sharing.authorise import NoSuchRecord, Permission, Through, visit
from sharing.children import CannotMerge, merge, possible_duplicates
from sharing.crypto import blind_index
from sharing.door.quality import look_at_pupils
from sharing.models import (
    Attendance,
    Child,
    Contact,
    Enrolment,
    FreeMealsPeriod,
    HomeAddress,
    LedgerEntry,
    Pupil,
    PupilNeeds,
    SenNeed,
    StaffContract,
)
from sharing.quality import BY_KEY
from sharing.school_year import academic_year
from sharing.upn import make_upn
from tests import factories
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client

pytestmark = pytest.mark.django_db
HAZELTHWAITE, BECKSIDE, RAVENSGILL = 999001, 999002, 999003
TODAY, DAY = timezone.localdate(), timedelta(days=1)
HEAD, NARROWED, TEACHER = "head-beckside", "assistant-beckside", "teacher-beckside"
SURNAME = "Qualityson"


def child(urn: int = BECKSIDE, **facts) -> Pupil:
    """A child on roll about whom there is nothing to find."""
    fitting = date(academic_year(TODAY) - 9, 5, 4)  # Year 4
    whole = {
        "surname": SURNAME, "born_on": fitting, "ethnicity": "WBRI", "language": "ENG", "class_name": "4A",
    }  # fmt: skip
    made = factories.pupil(urn, **whole | facts)
    factories.enrolment(made, max(made.born_on, date(2022, 9, 1)))
    with as_batch():
        at = {"pupil": made, "establishment": made.establishment}
        HomeAddress.objects.create(**at, address="1 The Road", postcode="BD1 1AA", facts_index="")
        Contact.objects.create(**at, order=1, name="Somebody", facts_index="")
    return made


def found(key: str, slug: str = HEAD) -> set[str]:
    """The forenames of the test's own children that the check finds."""
    names = set()
    first = door.show_finding(asker(slug), BECKSIDE, key)
    for number in first.page.numbers:
        page = door.show_finding(asker(slug), BECKSIDE, key, number=number).page
        names |= {record.forename for record in page if record.surname == SURNAME}
    return names


def has(pupil: Pupil, model: type, **facts) -> None:
    with as_batch():
        model.objects.create(pupil=pupil, establishment_id=pupil.establishment_id, **facts)


def sessions(pupil: Pupil, possible: int, absent: int, unauthorised: int = 0) -> None:
    has(
        pupil, Attendance, academic_year=academic_year(TODAY), term=1, sessions_possible=possible,
        sessions_absent=absent, sessions_unauthorised=unauthorised,
    )  # fmt: skip


def test_a_child_with_nothing_missing_is_in_no_finding() -> None:
    child(forename="Fine")
    for check in BY_KEY.values():
        if check.whose == "pupils":
            assert found(check.key) == set(), check.key


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("ethnicity", {"ethnicity": ""}),
        ("ethnicity", {"ethnicity": "NOBT"}),
        ("language", {"language": ""}),
        ("year-group", {"year_group": ""}),
        ("class", {"class_name": ""}),
        ("age", {"born_on": date(academic_year(TODAY) - 12, 5, 4)}),
        ("age", {"born_on": date(academic_year(TODAY) - 6, 5, 4)}),
        ("meals", {"free_school_meals": True}),
    ],
)
def test_facts_of_the_record(key: str, facts: dict) -> None:
    """P9: missing or implausible, and nobody else is found with them."""
    child(forename="Fine")
    child(forename="Found", **facts)
    assert found(key) == {"Found"}


def test_no_cure_names_a_file_that_does_not_cure() -> None:
    """The census, as docs/formats says, does not tell in which class a child is: only a class list does."""
    assert "with the next census" not in BY_KEY["class"].cure
    assert "class list" in BY_KEY["class"].cure


def test_a_year_ahead_or_behind_is_nothing_unusual() -> None:
    child(forename="Ahead", born_on=date(academic_year(TODAY) - 8, 8, 31))
    child(forename="Behind", born_on=date(academic_year(TODAY) - 10, 9, 1))
    assert found("age") == set()


def test_until_the_autumn_return_year_groups_are_those_of_the_year_before() -> None:
    """P9: on 1 September every child who is a year behind was said to be of the wrong age, until the census came."""
    started = academic_year(TODAY)
    born_on = date(started - 11, 9, 1)  # in Year 4 of the school year before, a year behind
    child(forename="Told in summer", born_on=born_on, as_of=date(started, 8, 31))
    assert found("age") == set()
    child(forename="Told in autumn", born_on=born_on, as_of=date(started, 9, 1))
    child(forename="Wrong in summer", born_on=born_on - timedelta(days=1), as_of=date(started, 8, 31))
    assert found("age") == {"Told in autumn", "Wrong in summer"}


def test_who_has_come_since_is_not_one_whom_nobody_finds() -> None:
    """P9: after a term in hospital and another at school, the page said to find the child today."""
    back, gone_again, gone = child(forename="Back"), child(forename="Gone again"), child(forename="Gone")
    year = academic_year(TODAY) - 1
    terms = {back: ((1, 60), (2, 3)), gone_again: ((1, 0), (2, 60)), gone: ((1, 60), (2, 60))}
    for pupil, counted in terms.items():
        for term, absent in counted:
            factories.attendance(pupil, 60, absent, year, term)
    assert found("never-there") == {"Gone again", "Gone"}
    factories.attendance(gone, 60, 59, year + 1, 1)
    assert found("never-there") == {"Gone again"}


def test_what_hangs_on_the_record() -> None:
    """P9: SEN without a type and the reverse, sessions, meals against periods, address, contacts, entry."""
    without_type, without_sen = child(forename="NoType"), child(forename="NoSen")
    has(without_type, PupilNeeds, sen_provision="K")
    has(without_sen, SenNeed, rank=1, need="ASD")
    too_often, never, mostly = child(forename="TooOften"), child(forename="Never"), child(forename="Mostly")
    sessions(too_often, 60, 61)
    sessions(never, 60, 60)
    sessions(mostly, 60, 59)
    now, over = child(forename="PeriodNow"), child(forename="PeriodOver", free_school_meals=True)
    has(now, FreeMealsPeriod, starts_on=TODAY)
    has(over, FreeMealsPeriod, starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=1))
    early = child(forename="Early")
    factories.enrolment(early, early.born_on - timedelta(days=1), early.born_on)
    alone = factories.pupil(BECKSIDE, surname=SURNAME, forename="Alone")
    factories.enrolment(alone, TODAY)
    assert found("sen-type") == {"NoType"}
    assert found("sen-provision") == {"NoSen"}
    assert found("sessions") == {"TooOften"}
    assert found("never-there") == {"Never"}
    assert found("meals-period") == {"PeriodNow"}
    assert found("meals") == {"PeriodOver"}
    assert found("entry") == {"Early"}
    assert found("address") == found("contacts") == {"Alone"}


def test_sessions_that_another_school_counted_are_not_this_ones_to_correct() -> None:
    """P9: a transfer file brings counts of the school before, which no register here can put right."""
    before = child(forename="Before")
    has(before, Attendance, academic_year=2024, term=0, dfe_number="3802901", sessions_possible=60, sessions_absent=61)
    assert found("sessions") == set()


def test_a_temporary_upn_older_than_a_term() -> None:
    temporary = make_upn(380, 2901, 2021, 7, "A")
    child(forename="Old", upn=temporary)
    new = factories.pupil(BECKSIDE, surname=SURNAME, forename="New", upn=make_upn(380, 2901, 2021, 8, "B"))
    factories.enrolment(new, TODAY - timedelta(days=30))
    assert found("temporary-upn") == {"Old"}
    counted = {
        one.key: one.number for group in door.show_quality(asker(HEAD), BECKSIDE).groups for one in group.findings
    }
    assert counted["temporary-upn"] == door.show_finding(asker(HEAD), BECKSIDE, "temporary-upn").page.total


def test_a_term_with_a_temporary_upn_is_one_at_this_school() -> None:
    """P9, A2: under an earlier URN it counts, and where the child was to come, and did not, it does not."""
    long_ago, lately = TODAY - timedelta(days=300), TODAY - timedelta(days=30)
    carried = factories.pupil(BECKSIDE, surname=SURNAME, forename="Carried", upn=make_upn(380, 2901, 2021, 9, "C"))
    factories.enrolment(carried, lately, here_since=long_ago)
    came = factories.pupil(BECKSIDE, surname=SURNAME, forename="Came", upn=make_upn(380, 2901, 2021, 10, "D"))
    factories.enrolment(came, long_ago, TODAY - timedelta(days=200), cancelled_at=timezone.now())
    factories.enrolment(came, lately)
    assert found("temporary-upn") == {"Carried"}


def test_a_nursery_without_classes_is_not_asked_for_them() -> None:
    """P9, R30: each of its children had something to look at, so that what is missing of one was not seen."""

    def counted() -> int:
        with visit(asker("head-ravensgill"), Permission.VIEW_PUPILS, HAZELTHWAITE, action="show_quality") as here:
            here.showed(establishments=1)
            return int(look_at_pupils(here)[1]["class"])

    assert counted() == 0
    with as_batch():
        young = Pupil.objects.filter(establishment__urn=HAZELTHWAITE, visible__covers=TODAY)
        Pupil.objects.filter(pk=young[0].pk).update(class_name="Owls")
        others = young.count() - 1
    assert counted() == others
    with as_batch():
        young.update(class_name="")
        Pupil.objects.filter(pk=young[0].pk).update(year_group="R")
    assert counted() == 1


class TestTwice:
    def test_two_records_here_of_one_name_and_birthday(self) -> None:
        child(forename="Twin")
        child(forename="Twin")
        assert found("twice-here") == {"Twin"}

    @pytest.mark.parametrize("other", ["ZOË", "Zoe", "Zo’ë"])
    def test_they_are_found_however_the_name_is_written(self, other: str) -> None:
        child(forename="Zoë")
        child(forename=other)
        assert found("twice-here") == {"Zoë", other}

    def test_what_is_to_do_about_them_can_be_done(self) -> None:
        """R23: nobody joins two records of one school, so the school ends the wrong one."""
        one, other = child(forename="Twin"), child(forename="Twin")
        with pytest.raises(CannotMerge, match="Ask the school to end the wrong one"):
            merge(one.child_id, other.child_id, because="One child", by_name="The data team")
        page = client(HEAD).get(f"/establishments/{BECKSIDE}/data-quality/twice-here/").content.decode()
        assert "end the record with the wrong UPN in your own system" in page

    def test_the_same_child_singly_registered_at_two_schools(self) -> None:
        """P9: each is told about its own record and learns nothing of the other."""
        here = child(forename="Both")
        elsewhere = child(RAVENSGILL, surname="Otherwise", forename="Called", child=here.child)
        assert found("elsewhere") == {"Both"}
        page = client(HEAD).get(f"/establishments/{BECKSIDE}/data-quality/elsewhere/").content.decode()
        assert "Otherwise" not in page
        assert "Ravensgill" not in page
        assert str(elsewhere.pk) not in page

    def test_a_name_and_birthday_find_nobody_elsewhere(self) -> None:
        """R5: a record that a school makes up does not tell whether there is such a child. The data team is told."""
        here, there = child(forename="Namesake"), child(RAVENSGILL, forename="Namesake")
        assert found("elsewhere") == set()
        pairs = [{pair.child, pair.other} for pair in possible_duplicates()]
        assert {here.child_id, there.child_id} in pairs

    def test_one_of_two_upns_that_were_merged(self) -> None:
        here = child(forename="Merged")
        with as_batch():
            other = Child.objects.create(upn_index=blind_index("merged"), same_as=here.child)
        child(RAVENSGILL, forename="Called", child=other)
        assert found("elsewhere") == {"Merged"}

    @pytest.mark.parametrize("kind", ["M", "S", "G"])
    def test_a_dual_registration_is_no_finding(self, kind: str) -> None:
        here = child(forename="Dual")
        there = child(RAVENSGILL, forename="Dual", child=here.child)
        with as_batch():
            Enrolment.objects.filter(pupil=there).update(kind=kind)
        assert found("elsewhere") == set()

    def test_one_who_left_the_other_school_is_no_finding(self) -> None:
        here = child(forename="Moved")
        there = child(RAVENSGILL, forename="Moved", child=here.child)
        with as_batch():
            Enrolment.objects.filter(pupil=there).update(ends_on=TODAY - timedelta(days=1))
        assert found("elsewhere") == set()

    def test_the_function_answers_for_no_other_establishment(self) -> None:
        """R6, with the door forgotten: it tells a stranger of nobody."""
        here = child(forename="Both")
        child(RAVENSGILL, forename="Both", child=here.child)
        for slug, sees in ((HEAD, True), ("head-ravensgill", False), ("governor-beckside", False)):
            with visit(asker(slug), Permission.VIEW_ESTABLISHMENT, action="test") as inside:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT sharing_registered_elsewhere(%s)", [here.establishment_id])
                    assert ((here.pk,) in cursor.fetchall()) is sees
                inside.showed()


class TestWhoSeesWhat:
    def test_year_groups_and_withheld_kinds(self) -> None:
        """R35, A5: other years are not counted, and a withheld kind's findings are absent."""
        child(forename="InYear4", ethnicity="")
        child(forename="InYear1", ethnicity="", year_group="1", born_on=date(academic_year(TODAY) - 6, 5, 4))
        assert found("ethnicity") == {"InYear4", "InYear1"}
        assert found("ethnicity", NARROWED) == {"InYear1"}
        page = door.show_quality(asker(NARROWED), BECKSIDE)
        kinds = {finding.key for group in page.groups for finding in group.findings}
        named = {check.key for check in BY_KEY.values() if check.withheld_as}
        assert not kinds & {key for key in named if BY_KEY[key].withheld_as in ("sen", "attendance")}
        for key in ("sen-type", "never-there", "staff-contract", "nonsense"):
            with pytest.raises(NoSuchRecord):
                door.show_finding(asker(NARROWED), BECKSIDE, key)

    def test_staff_findings_are_for_who_sees_staff(self) -> None:
        """R33."""
        factories.staff_member(BECKSIDE, surname="Nobirth")
        assert "Nobirth" in {row.surname for row in door.show_finding(asker(HEAD), BECKSIDE, "staff-birth").page}
        with pytest.raises(NoSuchRecord):
            door.show_finding(asker(TEACHER), BECKSIDE, "staff-birth")
        with pytest.raises(NoSuchRecord):
            door.show_finding(asker("officer-admissions", EDUNET), BECKSIDE, "staff-birth")

    def test_hours_of_a_contract_that_is_over_cannot_be_put_right(self) -> None:
        """P9: no return tells of it again, so it would be found for ever."""
        for surname, last in (("Overtime", None), ("Today", TODAY), ("Over", TODAY - DAY)):
            member = factories.staff_member(BECKSIDE, surname=surname)
            with as_batch():
                StaffContract.objects.create(
                    member=member, establishment=member.establishment, kind="FXT", post="Cover", hours=40,
                    fte_hours=37, starts_on=date(2021, 9, 1), ends_on=last,
                )  # fmt: skip
        page = door.show_finding(asker(HEAD), BECKSIDE, "staff-hours").page
        assert {"Overtime", "Today", "Over"} & {row.surname for row in page} == {"Overtime", "Today"}

    def test_the_numbers_are_those_of_the_lists(self) -> None:
        child(forename="Found", ethnicity="", language="", free_school_meals=True)
        page = door.show_quality(asker(HEAD), BECKSIDE)
        for group in page.groups:
            assert group.number == sum(finding.number for finding in group.findings)
            for finding in group.findings:
                assert door.show_finding(asker(HEAD), BECKSIDE, finding.key).page.total == finding.number > 0
        assert 0 < page.with_findings <= page.pupils
        listed = door.list_pupils(asker(HEAD), BECKSIDE)
        assert (page.as_of, page.source) == (listed.as_of, listed.source)
        assert page.note.startswith(f"1 of the {page.pupils} records has another source")
        said = [finding.what for group in page.groups for finding in group.findings]
        assert sorted([*said, *page.nothing_found]) == sorted(check.what for check in BY_KEY.values())

    def test_the_ledger_has_how_many_were_counted_and_whose_records_were_listed(self) -> None:
        """R43."""
        untold = child(ethnicity="")
        page = door.show_quality(asker(HEAD), BECKSIDE)
        listed = door.show_finding(asker(HEAD), BECKSIDE, "ethnicity")
        with as_batch():
            shown, counted = LedgerEntry.objects.order_by("-pk")[:2]
        findings = sum(group.number for group in page.groups)
        assert counted.about == {"findings": findings, "of": page.pupils}
        assert shown.about == {"pupils": [str(row.id) for row in listed.page], "of": listed.page.total}
        assert str(untold.pk) in shown.about["pupils"]

    def test_the_page_says_each_thing_once(self) -> None:
        """P9: how many of each kind stands in its heading; that nothing was found, in one sentence."""

        def page() -> str:
            return client(TEACHER).get(f"/establishments/{BECKSIDE}/data-quality/").content.decode()

        with as_batch():
            begun = Enrolment.objects.filter(establishment__urn=BECKSIDE, starts_on__lt=TODAY)
            begun.exclude(ends_on__lt=TODAY).update(ends_on=TODAY - timedelta(days=1))
        child()
        assert "The checks found nothing in the records of the 1 child on roll that you can see here." in page()
        assert page().count("found nothing") == 1
        child(ethnicity="", language="")
        assert "Missing: 2 findings</h2>" in page()
        assert page().count("Missing") == 1

    @pytest.mark.parametrize(
        ("slug", "through", "says"),
        [(HEAD, SCHOOLS_ONLINE, "What to do: "), ("officer-data", EDUNET, "What to tell the establishment: ")],
    )
    def test_an_officer_is_not_told_to_correct_a_system_of_their_own(
        self, slug: str, through: Through, says: str
    ) -> None:
        """R23: the record is corrected where it was made."""
        child(language="")
        for page in ("data-quality/", "data-quality/language/"):
            told = client(slug, through).get(f"/establishments/{BECKSIDE}/{page}").content.decode()
            assert f"{says}Ask the family. Correct it in your own system" in told

    def test_the_title_says_what_is_found_and_where(self) -> None:
        """R30: briefly, and no child's name."""
        child(forename="Untitled", ethnicity="")
        page = client(HEAD).get(f"/establishments/{BECKSIDE}/data-quality/ethnicity/").content.decode()
        title = page.partition("<title>")[2].partition("</title>")[0]
        assert title.startswith("Ethnicity is not recorded: Beckside Primary School – Schools Online")


# --- against plain Python, over random children ----------------------------------------------------------------------
YEARS = ["", "N1", "N2", "R", "1", "4", "6", "11", "X"]
CHILDREN = st.lists(
    st.fixed_dictionaries(
        {
            "ethnicity": st.sampled_from(["", "NOBT", "WBRI", "REFU"]),
            "language": st.sampled_from(["", "NOT", "ZZZ", "ENG"]),
            "year_group": st.sampled_from(YEARS),
            "class_name": st.sampled_from(["", "4A"]),
            "born_on": st.dates(date(2005, 1, 1), TODAY),
            "free_school_meals": st.booleans(),
            "provision": st.sampled_from(["", "N", "K", "E"]),
            "need": st.booleans(),
            "possible": st.integers(0, 3),
            "absent": st.integers(0, 4),
            "period": st.sampled_from(["none", "now", "over"]),
        }
    ),
    min_size=1,
    max_size=6,
)


def plainly(told: dict) -> set[str]:
    """What the checks must find of a child, worked out without the database."""
    keys = set()
    keys |= {"ethnicity"} if told["ethnicity"] in ("", "NOBT") else set()
    keys |= {"language"} if told["language"] in ("", "NOT", "ZZZ") else set()
    keys |= {"year-group"} if told["year_group"] == "" else set()
    keys |= {"class"} if told["class_name"] == "" else set()
    if told["year_group"] not in ("", "X"):
        order = {"N1": -2, "N2": -1, "R": 0} | {str(n): n for n in range(1, 15)}
        due_in_reception = academic_year(told["born_on"]) + 5
        keys |= {"age"} if abs(academic_year(TODAY) - due_in_reception - order[told["year_group"]]) > 1 else set()
    keys |= {"sen-type"} if told["provision"] in "KE" and told["provision"] and not told["need"] else set()
    keys |= {"sen-provision"} if told["provision"] in ("", "N") and told["need"] else set()
    keys |= {"sessions"} if told["absent"] > told["possible"] else set()
    keys |= {"never-there"} if told["absent"] == told["possible"] > 0 else set()
    keys |= {"meals"} if told["free_school_meals"] and told["period"] != "now" else set()
    keys |= {"meals-period"} if not told["free_school_meals"] and told["period"] == "now" else set()
    return keys


@given(CHILDREN)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_checks_find_what_plain_python_finds(everyone: list[dict]) -> None:
    """P9, for any children: no finding too many and none too few."""
    with as_batch():
        Enrolment.objects.filter(pupil__surname=SURNAME).update(cancelled_at=timezone.now())
    wanted: dict[str, set[str]] = {}
    for number, told in enumerate(everyone):
        facts = {name: told[name] for name in (
            "ethnicity", "language", "year_group", "class_name", "born_on", "free_school_meals")}  # fmt: skip
        made = child(forename=f"Child{number}", **facts)
        has(made, PupilNeeds, sen_provision=told["provision"])
        if told["need"]:
            has(made, SenNeed, rank=1, need="ASD")
        sessions(made, told["possible"], told["absent"])
        if told["period"] != "none":
            ends_on = None if told["period"] == "now" else TODAY - timedelta(days=1)
            has(made, FreeMealsPeriod, starts_on=TODAY - timedelta(days=9), ends_on=ends_on)
        for key in plainly(told):
            wanted.setdefault(key, set()).add(made.forename)
    compared = (
        "ethnicity", "language", "year-group", "class", "age", "sen-type", "sen-provision", "sessions", "never-there",
        "meals", "meals-period",
    )  # fmt: skip
    assert {key: found(key) for key in compared} == {key: wanted.get(key, set()) for key in compared}


def test_every_year_group_has_an_age_or_none() -> None:
    """A year group that the check does not know is left out on purpose."""
    assert set(codes.NC_YEARS) - set(codes.YEARS_AFTER_RECEPTION) == {"E1", "E2", "X"}
