"""A school's own groups: who makes them, who sees them, and what is left of a child who has gone (R1, R8, R24, R35)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from access_register import grants
from access_register.models import RegisterLine
from sharing import door
from sharing.authorise import Asker, NoSuchRecord, Permission, Refusal, visit
from sharing.door.own_groups import CannotGroup, Wanted
from sharing.measures import grouping
from sharing.models import Attendance, Enrolment, LedgerEntry, OwnGroup, OwnGroupMember, Pupil
from sharing.statements import value_of
from tests import factories
from tests.access_register import handovers
from tests.locks.switches import door_off, rls_off, rows
from tests.people import EDUNET, as_batch, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
HEAD, TEACHER, GOVERNOR, ASSISTANT = "head-beckside", "teacher-beckside", "governor-beckside", "assistant-beckside"
TODAY = timezone.localdate()
GIRLS = Wanted("Girls", "criteria", {"sex": ["F"]})
NEEDS = Wanted("With a plan", "criteria", {"sen": ["E", "K"], "sex": ["F", "M"]})
PAGES = f"/establishments/{BECKSIDE}/groups/"


def make(slug: str = HEAD, wanted: Wanted = GIRLS) -> int:
    return door.make_own_group(asker(slug), BECKSIDE, wanted)


def names(slug: str) -> set[str]:
    return {group.name for group in door.list_own_groups(asker(slug), BECKSIDE).groups}


def visible(urn: int = BECKSIDE) -> list[UUID]:
    with as_batch():
        return list(
            Pupil.objects.filter(establishment__urn=urn).visible_on(TODAY).by_name().values_list("pk", flat=True)
        )


def test_the_list_of_pupils_leads_to_the_groups_for_whoever_reads_it() -> None:
    """R1, R30: who thinks of children and not of figures looks there. On EduNet too."""
    for browser in (client(TEACHER), client("officer-admissions", EDUNET)):
        page = browser.get(f"/establishments/{BECKSIDE}/pupils/").content.decode()
        assert f'href="{PAGES}">your own groups of pupils</a>' in page
        assert browser.get(PAGES).status_code == 200


class TestMaking:
    def test_a_year_group_is_that_of_today(self) -> None:
        """R1: also while the newest attendance is that of last year, when the child was a year lower."""
        bands = [code for code in grouping.DIMENSIONS["attendance"].options if code != "U"]
        number = make(wanted=Wanted("Year 4 who came", "criteria", {"year": ["4"], "attendance": bands}))
        children = door.show_own_group(asker(HEAD), BECKSIDE, number).children
        assert {child.year_group for child in children} == {"Year 4"}

    def test_by_criteria_the_children_are_those_of_the_list(self) -> None:
        number = make()
        page = door.show_own_group(asker(TEACHER), BECKSIDE, number)
        with as_batch():
            girls = Pupil.objects.filter(establishment__urn=BECKSIDE, sex="F").visible_on(TODAY).count()
        assert page.children.total == girls > 0
        assert page.group.criteria == ("Sex: Female",)
        assert page.ever is None
        assert page.attendance
        assert {row.group[0] + row.rest[0] > 0 for row in page.attendance} == {True}

    def test_the_attendance_of_a_term_is_that_of_plain_python(self) -> None:
        page = door.show_own_group(asker(HEAD), BECKSIDE, make())
        with as_batch():
            newest = Attendance.objects.filter(
                establishment__urn=BECKSIDE, dfe_number="", term__gt=0, pupil__in=visible(), sessions_possible__gt=0,
                sessions_absent__isnull=False,
            )  # fmt: skip
            year, term = newest.newest_first().values_list("academic_year", "term")[0]
            told = list(newest.filter(academic_year=year, term=term).select_related("pupil"))
        for sex, (children, figure) in (("F", page.attendance[0].group), ("M", page.attendance[0].rest)):
            mine = [row for row in told if row.pupil.sex == sex]
            possible, absent = (
                sum(getattr(row, f"sessions_{what}") for row in mine) for what in ("possible", "absent")
            )
            share = (Decimal(100 * (possible - absent)) / possible).quantize(Decimal("0.1"), ROUND_HALF_UP)
            assert (len(mine), f"{share}%") == (children, figure)

    def test_sent_twice_it_is_made_once(self) -> None:
        """A double press of the button."""
        assert make() == make()
        with as_batch():
            assert OwnGroup.objects.filter(made_by_id=person(HEAD).pk).count() == 1

    @pytest.mark.parametrize("slug", [HEAD, "deputy-beckside"])
    def test_a_name_in_use_is_refused(self, slug: str) -> None:
        make()
        with pytest.raises(CannotGroup, match="already a group with this name") as refused:
            make(slug, Wanted("girls ", "criteria", {"sex": ["M"]}))
        assert refused.value.field == "name"
        number = make(slug, Wanted("Boys", "criteria", {"sex": ["M"]}))
        with pytest.raises(CannotGroup, match="already a group with this name"):
            door.change_own_group(asker(slug), BECKSIDE, number, Wanted("girls ", "", {"sex": ["M"]}))

    def test_a_name_is_free_again_when_the_group_is_put_away(self) -> None:
        first = make()
        door.archive_own_group(asker(HEAD), BECKSIDE, first, archived=True)
        second = make(wanted=Wanted("Girls", "criteria", {"sex": ["M"]}))
        assert first != second
        with pytest.raises(CannotGroup):
            door.archive_own_group(asker(HEAD), BECKSIDE, first, archived=False)
        assert "Girls" in names(HEAD)

    @pytest.mark.parametrize(
        ("criteria", "because"),
        [({}, "at least one"), ({"sex": ["X"]}, "at least one"), ({"shoe": ["42"]}, "at least one"),
         ({"year": ["14"]}, "No child")],
    )  # fmt: skip
    def test_criteria_that_nobody_meets_or_that_are_none_are_refused(self, criteria: dict, because: str) -> None:
        with pytest.raises(CannotGroup, match=because):
            make(wanted=Wanted("Nobody", "criteria", criteria))

    def test_a_change_keeps_the_number_and_is_in_the_ledger(self) -> None:
        number = make()
        door.change_own_group(asker(TEACHER), BECKSIDE, number, Wanted("Boys", "", {"sex": ["M"]}))
        assert door.show_own_group(asker(HEAD), BECKSIDE, number).group.criteria == ("Sex: Male",)
        with as_batch():
            entry = LedgerEntry.objects.filter(action="change_own_group").latest("id")
        assert (entry.outcome, entry.about["groups"]) == ("changed", [number])
        assert "Boys" not in str(entry.about)

    def test_the_name_is_encrypted_and_in_no_address_and_no_title(self) -> None:
        """R13: it may name a child."""
        number = make(wanted=Wanted("Friends of Zyx", "criteria", {"sex": ["F"]}))
        page = client(HEAD).get(f"{PAGES}{number}/").content.decode()
        assert "Friends of Zyx" in page
        assert "Zyx" not in page[: page.index("</title>")]
        with as_batch():
            assert rows("SELECT count(*) FROM sharing_owngroup WHERE position('Zyx'::bytea in name) > 0") == [(0,)]


class TestByHand:
    def test_children_are_put_in_and_taken_out(self) -> None:
        number, some = make(wanted=Wanted("Readers", "hand")), visible()[:5]
        door.change_members(asker(HEAD), BECKSIDE, number, put_in=some)
        door.change_members(asker(TEACHER), BECKSIDE, number, put_in=some[:2], take_out=some[4:])
        page = door.show_own_group(asker(HEAD), BECKSIDE, number)
        assert {child.id for child in page.children} == set(some[:4])
        assert (page.ever, page.gone) == (4, 0)

    def test_children_elsewhere_and_nobody_are_passed_over(self) -> None:
        """R6."""
        number = make(wanted=Wanted("Readers", "hand"))
        door.change_members(asker(HEAD), BECKSIDE, number, put_in=[*visible(RAVENSGILL)[:3], uuid4()])
        assert door.show_own_group(asker(HEAD), BECKSIDE, number).children.total == 0

    def test_a_leaver_falls_out_of_view_and_stays_in_the_number(self) -> None:
        """R5, R8: from the day after the last one."""
        child = factories.pupil(BECKSIDE)
        stay = factories.enrolment(child, TODAY - timedelta(days=30))
        number = make(wanted=Wanted("Readers", "hand"))
        door.change_members(asker(HEAD), BECKSIDE, number, put_in=[child.pk, *visible()[:2]])
        before = door.show_own_group(asker(HEAD), BECKSIDE, number)
        assert child.pk in {one.id for one in before.children}
        for days, stays in ((0, True), (1, False)):
            with as_batch():
                Enrolment.objects.filter(pk=stay.pk).update(ends_on=TODAY - timedelta(days=days))
            page = door.show_own_group(asker(HEAD), BECKSIDE, number)
            assert (child.pk in {one.id for one in page.children}) == stays
            assert (page.ever, page.gone) == (before.ever, 0 if stays else 1)
        members = door.show_members(asker(HEAD), BECKSIDE, number)
        assert child.pk not in {one.id for one in members.members}

    def test_a_group_by_criteria_takes_no_children(self) -> None:
        with pytest.raises(NoSuchRecord):
            door.change_members(asker(HEAD), BECKSIDE, make(), put_in=visible()[:1])


class TestWhoSeesAndMakes:
    @pytest.mark.parametrize(
        ("slug", "through"),
        [("officer-admissions", EDUNET), ("officer-data", EDUNET), ("third-party-two-sponsors", None)],
    )
    def test_officers_and_third_parties_read_and_make_none(self, slug: str, through) -> None:
        """R9, R24: read by duty or contract."""
        make()
        somebody = asker(slug, through) if through else asker(slug)
        if not through:
            somebody = Asker(
                somebody.person_id, somebody.name, somebody.through, second_factor=True, confirmed_lately=True,
                acting_for=str(BECKSIDE),
            )  # fmt: skip
        shown = door.list_own_groups(somebody, BECKSIDE)
        assert "Girls" in {group.name for group in shown.groups}
        assert not shown.may_make
        for attempt in (
            lambda: door.make_own_group(somebody, BECKSIDE, Wanted("Theirs", "hand")),
            lambda: door.archive_own_group(somebody, BECKSIDE, shown.groups[0].id, archived=True),
            lambda: door.change_own_group(somebody, BECKSIDE, shown.groups[0].id, GIRLS),
            lambda: door.show_making(somebody, BECKSIDE),
        ):
            with pytest.raises(Refusal):
                attempt()

    def test_a_head_who_was_a_third_party_here_makes_them(self) -> None:
        """R24: whose contract has ended, and whose line as a third party with it, by its day."""
        slug = "third-party-ended"
        handovers.accepted(slug, on=TODAY)
        make(slug)
        assert "Girls" in names(slug)

    def test_a_group_that_tells_what_is_withheld_is_withheld(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """R35, in both locks; and whoever is narrowed to year groups sees the groups of their own making alone."""
        with_needs = make(wanted=NEEDS)
        make(wanted=Wanted("Boosters", "hand", tells=["sen"]))
        make()
        assert names(ASSISTANT) == set()
        own = make(ASSISTANT, Wanted("My girls", "criteria", {"sex": ["F"]}))
        assert names(ASSISTANT) == {"My girls"}
        page = door.show_own_group(asker(ASSISTANT), BECKSIDE, own)
        assert {child.year_group for child in page.children} <= {"Year 1", "Year 2"}
        assert page.attendance == ()
        with pytest.raises(NoSuchRecord):
            door.show_own_group(asker(ASSISTANT), BECKSIDE, with_needs)
        offered = {one.key for one in door.show_making(asker(ASSISTANT), BECKSIDE).offered}
        assert {"sen", "attendance"}.isdisjoint(offered)
        with pytest.raises(CannotGroup, match="at least one"):
            make(ASSISTANT, Wanted("Plans", "criteria", {"sen": ["E"]}))
        door_off(monkeypatch)
        assert names(ASSISTANT) == {"My girls"}
        monkeypatch.undo()
        rls_off()
        assert names(ASSISTANT) == {"My girls"}

    def test_how_many_were_in_a_group_is_told_by_the_second_lock_to_who_reads_it_alone(self) -> None:
        """R8, R24, R35: to nobody narrowed to year groups or who acts for another sponsor, and not where it tells a
        kind of data that is withheld from them."""
        groups = [
            make(wanted=Wanted(name, "hand", tells=tells)) for name, tells in (("Readers", []), ("Sums", ["sen"]))
        ]
        for number in groups:
            door.change_members(asker(HEAD), BECKSIDE, number, put_in=visible()[:3])

        def sizes(slug: str, acting_for: str = "") -> list[int]:
            somebody = replace(asker(slug), acting_for=acting_for)
            with visit(somebody, Permission.VIEW_ESTABLISHMENT, action="test") as here:
                here.showed()
                return [value_of("SELECT portal_own_group_size(%s)", number) for number in groups]

        assert sizes(HEAD) == sizes(TEACHER) == [3, 3]
        assert sizes(ASSISTANT) == sizes(GOVERNOR) == sizes("head-ravensgill") == [0, 0]
        sponsors = [sizes("third-party-two-sponsors", str(urn)) for urn in (BECKSIDE, RAVENSGILL)]
        assert sponsors == [[3, 3], [0, 0]]
        with as_batch():
            line = RegisterLine.objects.get(person=person(TEACHER))
            line.withheld = ["sen"]
            line.save()
            grants.replace(f"line:{line.pk}", grants.of_line(line))
        assert sizes(TEACHER) == [3, 0]

    def test_another_schools_groups_are_not_there(self) -> None:
        """R6: 404, by its own address and by a foreign one."""
        number = make()
        for urn in (BECKSIDE, RAVENSGILL):
            response = client("head-ravensgill").get(f"/establishments/{urn}/groups/{number}/")
            assert response.status_code == 404


class TestPages:
    def test_namesakes_in_one_class_are_told_apart(self) -> None:
        """The box to tick says which of the two it is; and nothing stands in brackets of whom nothing is known."""
        for facts in (
            {"surname": "Smith", "class_name": "4A", "born_on": date(2017, 9, 2)},
            {"surname": "Smith", "class_name": "4A", "born_on": date(2018, 3, 4)},
            {"surname": "Alone", "class_name": "4A"},
            {"surname": "Nowhere", "year_group": ""},
        ):
            factories.enrolment(factories.pupil(BECKSIDE, forename="Zzyzx", **facts), timezone.localdate())
        head = client(HEAD)
        made = head.post(f"{PAGES}add/", {"name": "Readers", "kind": "hand"})["location"]
        found = head.post(made, {"named": "zzyzx", "search": "yes"}, follow=True).text
        for label in (
            "Smith, Zzyzx (Year 4, 4A, born 2 September 2017)", "Smith, Zzyzx (Year 4, 4A, born 4 March 2018)",
            "Alone, Zzyzx (Year 4, 4A)", "Nowhere, Zzyzx",
        ):  # fmt: skip
            assert f">{label}</label>" in found

    def test_a_group_is_made_by_hand_in_the_pages(self) -> None:
        head = client(HEAD)
        assert head.post(f"{PAGES}add/", {"name": ""}).status_code == 422
        assert head.post(f"{PAGES}add/", {"name": "A", "kind": "shoe"}).status_code == 422
        assert head.post(f"{PAGES}add/", {"name": "\u200b", "kind": "hand"}).status_code == 422
        made = head.post(f"{PAGES}add/", {"name": "Early\xa0readers", "kind": "hand"})  # as it is pasted
        assert made.status_code == 302
        assert "Early readers" in names(HEAD)
        assert made["location"].endswith("/children/")
        found = head.get(made["location"], {"year_group": "4"}).content.decode()
        child = visible()[0]
        assert 'name="put_in"' in found
        nothing = head.post(made["location"], {}, follow=True).content.decode()
        assert "Nothing was changed. Tick the children first." in nothing
        search = head.post(made["location"], {"year_group": "4", "named": "a", "search": "yes"})["location"]
        assert head.post(search, {"put_in": [str(child), "nonsense"]})["location"] == search
        assert str(child) in head.get(made["location"]).content.decode()
        group = made["location"].removesuffix("children/")
        changed = head.post(f"{group}change/", {"name": "Morning", "tells": ["sen"]})
        assert changed["location"] == group
        head.post(f"{group}archive/")
        assert "Archived" in head.get(group).content.decode()
        head.post(f"{group}archive/", {"do": "take out"})
        assert "Archived" not in head.get(group).content.decode()

    def test_nobody_meeting_the_criteria_is_said_in_the_form(self) -> None:
        response = client(HEAD).post(
            f"{PAGES}add/",
            {
                "name": "A",
                "kind": "criteria",
                "sen": "E",
                "born": "spring",
                "earlier": "above",
                "attendance": "under-50",
            },
        )
        assert response.status_code == 422
        assert "No child on your register" in response.content.decode()


def test_every_dimension_can_be_a_criterion() -> None:
    for dimension in grouping.of_each_child(()):
        criteria = {dimension.key: list(dimension.options)}
        number = make(wanted=Wanted(f"All by {dimension.key}", "criteria", criteria))
        assert door.show_own_group(asker(HEAD), BECKSIDE, number).children.total == len(visible())
    with as_batch():
        assert not OwnGroupMember.objects.filter(group__kind="criteria").exists()
