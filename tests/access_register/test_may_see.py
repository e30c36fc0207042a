"""Who may see this record: what everybody really gets, less what its reader may not be told (R5, R9, R18)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access_register.levels import Level
from access_register.may_see import may_see
from access_register.may_see.may_see import show_who_may_see
from access_register.may_see.records import Reader
from access_register.models import Person, RegisterLine
from sharing import door
from sharing.authorise import NoSuchRecord, Through
from sharing.days import day_in_words
from sharing.models import LedgerEntry, NamedChild, Pupil, Transfer
from tests import factories
from tests.access_register import under_contract
from tests.access_register.casework import BECKSIDE, FIONA, HEAD, MANAGER, RAVENSGILL, TODAY, child, elsewhere, give
from tests.access_register.may_see import (
    DEPUTY,
    NOT_TOLD,
    OFFICER,
    ON_EDUNET,
    ON_SCHOOLS_ONLINE,
    PEOPLE,
    READERS,
    SANCTIONED,
    TEACHER,
    Way,
    a_world_without,
    are_shown_it,
    authorised,
    get_the_page,
    gets_a_duty,
    glass,
    listed,
    of_these,
    plant,
    text_of,
    told,
    ways,
)
from tests.locks.switches import rls_off, run_as_owner
from tests.locks.weakening import in_function
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.sharing.closings import close

pytestmark = pytest.mark.django_db


def test_the_list_is_who_gets_the_record() -> None:
    """R5, R9, R18, R24, R35: nobody too many, but for whom a sanction shuts out, and nobody missing, but for those of
    whom the reader may not be told."""
    made = child()
    plant(made)
    everybody, sanctioned = get_the_page(made), {(person(SANCTIONED).name, SCHOOLS_ONLINE)}
    assert everybody == are_shown_it(made)
    assert everybody > NOT_TOLD
    assert listed(told(made, HEAD)) == (everybody - NOT_TOLD) | sanctioned
    assert listed(told(made, OFFICER, EDUNET)) == {(person(OFFICER).name, EDUNET)}
    for slug, through, untold in READERS:
        page = told(made, slug, through)
        with a_world_without(untold):
            seen = are_shown_it(made)
        assert listed(page) == (seen | sanctioned if through == SCHOOLS_ONLINE else seen), slug
    assert listed(told(made, HEAD)) == {
        *sanctioned,
        *((person(slug).name, SCHOOLS_ONLINE) for slug in ON_SCHOOLS_ONLINE),
        *((person(slug).name, EDUNET) for slug in ON_EDUNET),
        ("Hal Heron", SCHOOLS_ONLINE),
        *((name, EDUNET) for name in ("Cass Work", "Ord Whole", "Glen Glass")),
    }


def test_any_world() -> None:
    """R5, R9, R18, R35: whatever is recorded, for whom and when, told or barred, each reader's list is exact."""
    made = child()
    gets_a_duty(MANAGER)

    @settings(max_examples=15, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(ways, max_size=7), st.sets(st.integers(0, len(PEOPLE) - 1), max_size=2))
    def check(world: list[Way], shut: set[int]) -> None:
        with transaction.atomic():
            with as_batch():
                for number, way in enumerate(world):
                    way.plant(made, number)
                for one in shut:
                    Person.objects.filter(pk=person(PEOPLE[one]).pk).update(protocol_accepted_until=None)
            for slug, through, untold in READERS:
                page = told(made, slug, through)
                with a_world_without(untold):
                    assert of_these(listed(page)) == are_shown_it(made, PEOPLE)
            transaction.set_rollback(True)

    check()


def test_who_is_shut_out_of_a_closed_child() -> None:
    """R18: told to the head who is named: who sees the record still, and who would, were the child not closed."""
    made = child()
    before = listed(told(made, HEAD))
    close(made, named=[person(HEAD).email, person(TEACHER).email, person(FIONA).email])
    page = told(made, HEAD)
    still = {(person(HEAD).name, SCHOOLS_ONLINE), (person(TEACHER).name, SCHOOLS_ONLINE)}
    assert listed(page) == still == are_shown_it(made)
    assert {(seer.name, seer.site) for seer in page.shut_out} == before - still
    (closing,) = page.closings
    assert "Order of a court" in closing
    assert "People who would see it, but cannot" in text_of(made, HEAD)
    with pytest.raises(NoSuchRecord):
        told(made, DEPUTY)


def test_until_when_a_child_is_closed() -> None:
    """R18: to the hour at which it opens again by itself; to its last day, once a second person has agreed."""
    made = child()
    row = close(made, named=[person(HEAD).email])
    (alone,) = told(made, HEAD).closings
    assert f"until {timezone.localtime(row.alone_until):%H:%M on %-d %B %Y} (" in alone
    assert alone.endswith("No second person has agreed yet.")
    door.agree_closing_here(asker(HEAD), BECKSIDE, row.pk)
    (agreed,) = told(made, HEAD).closings
    last = f"until {timezone.localtime(row.ends_at):%H:%M on %-d %B %Y}"
    assert agreed == f"The child is closed {last} (Order of a court)."


@pytest.mark.parametrize("slug", [HEAD, DEPUTY])
def test_a_closing_that_is_not_told_leaves_no_trace(slug: str) -> None:
    """R18: to a head from whom it is barred, and to the named staff, though they see the record: the same page."""
    made = child()
    before = text_of(made, slug)
    close(made, named=[person(slug).email], head_barred=slug == HEAD)
    assert text_of(made, slug) == before


@pytest.mark.parametrize("slug", [HEAD, DEPUTY])
def test_what_is_barred_leaves_no_trace(slug: str) -> None:
    """R18, R43: an order, casework and a broken glass: neither on the page, nor in the ledger that the head reads."""
    made = child()
    before = text_of(made, slug)
    give(made, barred=True)
    authorised(made, to="office-beckside", through=SCHOOLS_ONLINE, head_barred=True, barred_because="It would warn.")
    with as_batch():
        glass(made, person("officer-duty-ended"), barred=True)
    assert text_of(made, slug) == before
    gets_a_duty(MANAGER)
    assert "Carol Lumb" in str(told(made, MANAGER, EDUNET).groups)
    with as_batch():
        row = LedgerEntry.objects.filter(action="show_who_may_see").latest("pk")
        assert (row.person_id, row.about.get("not_for_the_head")) == (person(MANAGER).pk, True)
    told(made, HEAD)
    with as_batch():
        row = LedgerEntry.objects.latest("pk")
        assert (row.action, row.outcome, row.about["pupils"]) == ("show_who_may_see", "shown", [str(made.pk)])
        assert "not_for_the_head" not in row.about


@pytest.mark.parametrize("barred", [False, True])
def test_the_information_manager_is_not_told_whose_record_a_broken_glass_opened(barred: bool) -> None:
    """R9, R18: as on the page of broken glasses (docs/adr/0021), though they see the child under a duty."""
    made = child()
    gets_a_duty(MANAGER)
    before = text_of(made, MANAGER, EDUNET)
    with as_batch():
        glass(made, person("officer-duty-ended"), barred=barred)
    assert text_of(made, MANAGER, EDUNET) == before


@pytest.mark.parametrize(("slug", "through"), [(HEAD, SCHOOLS_ONLINE), (DEPUTY, SCHOOLS_ONLINE), (MANAGER, EDUNET)])
def test_a_sanction_leaves_no_trace(slug: str, through: Through) -> None:
    """R41: who stands on the register, or has a duty, and is not in the list, would be known to be shut out."""
    made = child()
    give(made)
    gets_a_duty(MANAGER)
    before = text_of(made, slug, through)
    with as_batch():
        shut_out = Person.objects.filter(pk__in=[person(one).pk for one in (TEACHER, OFFICER, FIONA)])
        assert shut_out.update(suspended_until=TODAY) == 3
    assert text_of(made, slug, through) == before


@pytest.mark.parametrize("way", ["named", "opening", "closing"])
def test_the_door_holds_where_the_function_forgets(way: str) -> None:
    """R18, R45: portal_ways_past gives away what is barred, and the policies are off: the page is the same."""
    made = child()
    give(made, barred=True)
    with as_batch():
        glass(made, person("officer-duty-ended"), barred=True)
    close(made, named=[person(HEAD).email], head_barred=True)
    before = text_of(made, HEAD)
    told_to = {"closing": "closing_id IN (SELECT portal_closings_to_head())"}.get(way, f"NOT {way}.head_barred")
    run_as_owner(*in_function("portal_ways_past", told_to, "true"))
    rls_off()
    assert text_of(made, HEAD) == before


def test_the_function_and_the_policies_hold_where_the_door_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """R18, R45: a door that takes the head for one who is told of everything shows nothing that is barred."""
    made = child()
    give(made, barred=True)
    with as_batch():
        glass(made, person("officer-duty-ended"), barred=True)
    close(made, named=[person(HEAD).email], head_barred=True)
    before = listed(told(made, HEAD))
    monkeypatch.setattr(may_see, "Reader", lambda *facts: replace(Reader(*facts), keeps_duties=True))
    assert listed(told(made, HEAD)) == before


def test_of_a_broken_glass_both_locks_hold_from_the_information_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    """R9, R18, R45: the function tells it to the head alone; and the door, where the function forgets."""
    made = child()
    gets_a_duty(MANAGER)
    before = listed(told(made, MANAGER, EDUNET))
    with as_batch():
        glass(made, person("officer-duty-ended"))
    with monkeypatch.context() as forgetful:
        forgetful.setattr(may_see, "Reader", lambda *facts: replace(Reader(*facts), is_head=True))
        assert listed(told(made, MANAGER, EDUNET)) == before
    run_as_owner(*in_function("portal_ways_past", "AND seen.place IN (SELECT portal_heads())", ""))
    assert listed(told(made, MANAGER, EDUNET)) == before


def test_the_permission_table_without_its_policy() -> None:
    """R9, R45: an officer under a duty is told of nobody else, and nothing of the register, by the door alone."""
    made = child()
    rls_off()
    assert listed(told(made, OFFICER, EDUNET)) == {(person(OFFICER).name, EDUNET)}
    gets_a_duty(MANAGER)
    assert {site for _, site in listed(told(made, MANAGER, EDUNET))} == {EDUNET}


class TestWords:
    def test_of_a_line_of_the_register_that_is_narrowed(self) -> None:
        """R35: role, level, and which year groups; whose line is narrowed to others is not there."""
        assert "Lucy Barraclough" not in text_of(child(year_group="4"), HEAD)
        page = told(child(year_group="1"), HEAD)
        (lucy,) = [seer for seer in page.groups[0].seers if seer.name == "Lucy Barraclough"]
        assert lucy.place == "Support staff with direct responsibility for children, Level 2"
        assert "only Year 1 and Year 2, without" in lucy.right

    def test_from_which_day_of_a_line_that_is_older_than_its_level(self) -> None:
        """R33, R35: who was at Level 3 before saw no pupil then. The day is that of the right beside it."""
        page = told(child(year_group="1"), HEAD)
        (lucy,) = [seer for seer in page.groups[0].seers if seer.name == "Lucy Barraclough"]
        with as_batch():
            line = RegisterLine.objects.get(person__name="Lucy Barraclough")
        assert line.starts_on < line.level_since == lucy.since
        assert f"since {day_in_words(lucy.since)}" in lucy.right

    def test_of_a_third_party(self) -> None:
        """R24, R25: organisation, what for, whose, and until which day."""
        number = under_contract.contract(dbs=True)
        under_contract.add(number, level=Level.TWO, basis_words="Reads with Year 4")
        (hal,) = [seer for seer in told(child(), HEAD).groups[1].seers if seer.name == "Hal Heron"]
        assert hal.place == "Heron Psychology, Level 2"
        assert hal.facts == ("Purpose: Reads with Year 4", "Sponsor: Beckside Primary School", "Contract: HP-1")
        assert hal.until == day_in_words(TODAY + timedelta(days=90))

    def test_of_an_officer(self) -> None:
        """R9: function and team to the head; how far the duty reaches to the information manager."""
        made = child()
        gets_a_duty(MANAGER)
        for slug, through, facts in ((HEAD, SCHOOLS_ONLINE, ()), (MANAGER, EDUNET, ("Scope: The whole community",))):
            duty = next(group for group in told(made, slug, through).groups if "duty" in group.heading)
            (officer,) = [seer for seer in duty.seers if seer.name == person(OFFICER).name]
            assert (officer.place, officer.facts) == ("Admissions", facts)
            assert "for School admissions" in officer.right

    def test_of_a_child_who_moves(self) -> None:
        """R5: both schools are told that the other has a record of its own, and of nobody there."""
        made, there, _ = moves()
        (going,) = told(made, HEAD).elsewhere
        assert going.startswith(f"Ravensgill Primary School, where the child is going (agreed on {day_in_words(TODAY)}")
        (coming,) = told(there, "head-ravensgill").elsewhere
        assert coming.startswith("Beckside Primary School, from which the child is coming.")
        assert not {name for name, _ in listed(told(there, "head-ravensgill"))} & {person(HEAD).name}
        assert listed(told(there, "head-ravensgill")) == are_shown_it(there)

    @pytest.mark.parametrize(
        ("arrives", "there_is", "here_is"),
        [
            (1, "where the child is going (agreed on", "from which the child is coming."),
            (0, f"where the child arrived on {day_in_words(TODAY)}.", f"the child came on {day_in_words(TODAY)}."),
            (-2, "where the child arrived on", "from which the child came on"),
        ],
    )
    def test_of_a_child_on_the_days_about_the_arrival(self, arrives: int, there_is: str, here_is: str) -> None:
        """R5, R8: what is so on the day, while the sender sees the child for the transfer file."""
        made, there, moved = moves()
        arrival = TODAY + timedelta(days=arrives)
        with as_batch():
            there.enrolments.create(establishment=there.establishment, starts_on=arrival)
            made.enrolments.update(starts_on=TODAY - timedelta(days=99), ends_on=arrival - timedelta(days=1))
            keeps = TODAY + timedelta(days=5) if arrives <= 0 else None
            Transfer.objects.filter(pk=moved.pk).update(sender_keeps_until=keeps)
        (going,) = told(made, HEAD).elsewhere
        assert there_is in going
        (coming,) = told(there, "head-ravensgill").elsewhere
        assert here_is in coming

    @pytest.mark.parametrize(("lapses", "there_is"), [(0, "is going"), (-1, "has not arrived. The transfer lapsed")])
    def test_of_a_transfer_about_the_day_on_which_it_lapses(self, lapses: int, there_is: str) -> None:
        """R7: its last day, and the day after, of a child who has left and is seen for the transfer file."""
        made, there, moved = moves()
        with as_batch():
            made.enrolments.update(starts_on=TODAY - timedelta(days=99), ends_on=TODAY - timedelta(days=2))
            Transfer.objects.filter(pk=moved.pk).update(
                agreed_on=TODAY - timedelta(days=30),
                lapses_on=TODAY + timedelta(days=lapses),
                sender_keeps_until=TODAY + timedelta(days=5),
            )
        (going,) = told(made, HEAD).elsewhere
        assert there_is in going
        assert any(site == SCHOOLS_ONLINE for _, site in are_shown_it(there)) is (lapses == 0)

    def test_of_a_child_from_outside_the_community(self) -> None:
        """R5: a school outside has no record here, and no head who could be asked."""
        _, there, moved = moves()
        with as_batch():
            Transfer.objects.filter(pk=moved.pk).update(leaving=None, from_establishment=None, from_name="Far Away")
        assert told(there, "head-ravensgill").elsewhere == ()


def moves() -> tuple[Pupil, Pupil, Transfer]:
    """A child who goes from Beckside to Ravensgill: the record at each, and the transfer, agreed on today."""
    made = child()
    there = elsewhere(made)
    with as_batch():
        there.enrolments.all().delete()
    until = TODAY + timedelta(days=9)
    return made, there, factories.transfer(there, TODAY, until, leaving=made, from_establishment=made.establishment)


class TestWhoReads:
    @pytest.mark.parametrize(
        ("slug", "through", "status"),
        [
            (HEAD, SCHOOLS_ONLINE, 200), (DEPUTY, SCHOOLS_ONLINE, 200), (TEACHER, SCHOOLS_ONLINE, 403),
            ("governor-beckside", SCHOOLS_ONLINE, 403), ("head-ravensgill", SCHOOLS_ONLINE, 404),
            (OFFICER, EDUNET, 200), (FIONA, EDUNET, 403), (MANAGER, EDUNET, 403),
        ],
    )  # fmt: skip
    def test_level_1_and_officers_under_a_duty(self, slug: str, through: Through, status: int) -> None:
        """R6, R9, R33: and not who sees this record alone, by a broken glass, as a named child's or by an order."""
        made = child()
        give(made)
        authorised(made, to="head-ravensgill", through=SCHOOLS_ONLINE)
        browser = client(slug, through)
        address = f"/establishments/{BECKSIDE}/pupils/{made.pk}/"
        assert browser.get(f"{address}who-may-see/").status_code == status
        record = client(slug, through).get(address)
        assert (f"{address}who-may-see/" in record.content.decode()) is (status == 200)

    def test_no_other_record(self) -> None:
        """R5, R6: of another school, or of a child who has left: 404."""
        gone = factories.pupil(BECKSIDE)
        there = child(RAVENSGILL)
        for urn, made in ((BECKSIDE, gone), (BECKSIDE, there), (RAVENSGILL, there)):
            with pytest.raises(Http404):
                show_who_may_see(asker(HEAD), urn, made.pk)

    def test_questions_do_not_grow_with_people(self) -> None:
        """The page asks as much for thirty people more."""
        made = child()
        plant(made)
        with CaptureQueriesContext(connection) as before:
            told(made, HEAD)
        with as_batch():
            for number in range(30):
                one = NamedChild.objects.filter(child=made.child, source__startswith="duty:").first()
                one.pk, one.source = None, f"duty:{9000 + number}"
                one.save()
        with CaptureQueriesContext(connection) as after:
            told(made, HEAD)
        assert len(after) == len(before)
