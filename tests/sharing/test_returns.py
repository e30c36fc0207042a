"""Statutory returns: expected, come, confirmed as complete, late (R23)."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from access_register.notices.challenges import _that_came
from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.days import day_in_words
from sharing.door.returns import Known, waiting_returns
from sharing.models import (
    Challenge,
    Establishment,
    Import,
    LedgerEntry,
    Participation,
    Pupil,
    ReturnConfirmation,
    StaffMember,
    Transfer,
)
from sharing.returns import Status, expected, is_reference_day, status
from sharing.school_year import census_days, school_days_after, workforce_census_day
from tests import factories
from tests.people import EDUNET, as_batch, as_owner, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
TODAY = timezone.localdate()
HEAD, OFFICER = "head-beckside", ("officer-data", EDUNET)
LAST = expected(TODAY)


def nothing_came() -> None:
    """No record of Beckside is as of a census day, and no file was applied."""
    day = date(2019, 7, 1)
    with as_batch():
        Pupil.objects.filter(establishment__urn=BECKSIDE).update(as_of=day)
        StaffMember.objects.filter(establishment__urn=BECKSIDE).update(as_of=day)
        Import.objects.all().delete()


def came(kind: str, day: date, state: str = Import.State.APPLIED, urn: int = BECKSIDE) -> None:
    with as_batch():
        Import.objects.create(
            kind=kind, state=state, as_of=day, establishment=factories.establishment(urn), file_name="x", file_hash="x",
            by="x",
        )  # fmt: skip


def states() -> dict[tuple[str, date], str]:
    return {(line.kind, line.reference_day): line.state for line in door.show_returns(asker(HEAD), BECKSIDE).returns}


def test_census_days() -> None:
    """Formats page 1: third Thursday of January and May, first of October; of November for the workforce."""
    assert census_days(2026) == (date(2026, 1, 15), date(2026, 5, 21), date(2026, 10, 1))
    assert workforce_census_day(2025) == date(2025, 11, 6)


@given(st.dates(date(2021, 1, 1), date(2035, 12, 31)))
def test_a_year_has_three_censuses_and_one_of_the_workforce(today: date) -> None:
    """For every day: what is expected lies in the last twelve months, newest first, due N school days later."""
    wanted = expected(today)
    assert 2 <= [one.kind for one in wanted].count("census") <= 4
    assert 0 <= [one.kind for one in wanted].count("workforce") <= 2
    assert [one.reference_day for one in wanted] == sorted((one.reference_day for one in wanted), reverse=True)
    for one in wanted:
        assert timedelta(0) <= today - one.reference_day <= timedelta(days=369)
        assert one.due_on == school_days_after(one.reference_day, 10)
        assert is_reference_day(one.kind, one.reference_day)
        for took_part in (True, False):
            assert status(one, {one.reference_day}, False, took_part, today) == Status.COME
            assert status(one, {one.reference_day}, True, took_part, today) == Status.CONFIRMED
            later = {one.reference_day + timedelta(days=100)}
            assert status(one, later, False, took_part, today) == Status.OVERTAKEN
        for day, has_become in ((one.due_on, Status.AWAITED), (one.due_on + timedelta(days=1), Status.LATE)):
            assert status(one, (), False, True, day) == has_become
            assert status(one, (), False, False, day) is None


class TestWhatHasCome:
    def test_a_file_that_was_applied(self) -> None:
        nothing_came()
        newest = next(one for one in LAST if one.kind == "census")
        assert states()["census", newest.reference_day] in (Status.LATE, Status.AWAITED)
        came("census", newest.reference_day, Import.State.REFUSED)
        came("census", newest.reference_day, urn=999003)
        assert states()["census", newest.reference_day] in (Status.LATE, Status.AWAITED)
        came("collect", newest.reference_day)
        assert states()["census", newest.reference_day] == Status.COME

    def test_records_as_of_the_day(self) -> None:
        """A file of the whole authority is known by the records it brought."""
        nothing_came()
        newest = next(one for one in LAST if one.kind == "census")
        with as_batch():
            Pupil.objects.filter(establishment__urn=BECKSIDE).update(as_of=newest.reference_day)
        assert states()["census", newest.reference_day] == Status.COME

    @pytest.mark.parametrize("source", ["Record of Ravensgill Primary School", "Admissions", "CTF from Ravensgill"])
    def test_a_record_that_came_with_a_child_is_no_return(self, source: str) -> None:
        """R23: the record of the sender's census made the census of the receiver one that had come: nobody was asked
        for it, and the head could confirm it as complete."""
        nothing_came()
        newest = next(one for one in LAST if one.kind == "census")
        factories.pupil(BECKSIDE, as_of=newest.reference_day, source=source)
        came = Status.LATE if newest.due_on < TODAY else Status.AWAITED
        assert states()["census", newest.reference_day] == came
        with as_batch():
            assert newest.reference_day not in _that_came()[factories.establishment(BECKSIDE).pk, "census"]
        factories.pupil(BECKSIDE, as_of=newest.reference_day)
        assert states()["census", newest.reference_day] == Status.COME
        with as_batch():
            assert newest.reference_day in _that_came()[factories.establishment(BECKSIDE).pk, "census"]

    def test_a_child_accepted_from_another_school_brings_no_return(self) -> None:
        """R23: the whole way."""
        nothing_came()
        newest = next(one for one in LAST if one.kind == "census")
        pupil = factories.pupil(RAVENSGILL, as_of=newest.reference_day)
        factories.enrolment(pupil, TODAY - timedelta(days=90))
        before = states()
        door.begin_transfer(asker("head-ravensgill"), RAVENSGILL, pupil.pk, to=BECKSIDE, expected_on=TODAY)
        with as_batch():
            transfer = Transfer.objects.get(leaving=pupil)
        door.accept_transfer(asker(HEAD), BECKSIDE, transfer.pk)
        assert states() == before

    def test_an_earlier_one_is_not_asked_for_any_more(self) -> None:
        nothing_came()
        newest, before, *_ = [one.reference_day for one in LAST if one.kind == "census"]
        came("census", newest)
        assert states()["census", before] == Status.OVERTAKEN

    @pytest.mark.parametrize("kind", ["census", "workforce"])
    def test_nothing_is_expected_of_days_on_which_it_was_not_open(self, kind: str) -> None:
        """R23: a school that opens, or is new under its URN, owes no return of before; a closed one none of after."""
        nothing_came()
        newest = next(one.reference_day for one in LAST if one.kind == kind)
        for days, is_owed in (
            ({"open_date": newest}, True),
            ({"open_date": newest + timedelta(days=1)}, False),
            ({"close_date": newest}, True),
            ({"close_date": newest - timedelta(days=1)}, False),
        ):
            with as_batch():
                none: dict[str, date | None] = {"open_date": None, "close_date": None}
                Establishment.objects.filter(urn=BECKSIDE).update(**none | days)
            assert ((kind, newest) in states()) is is_owed, days
            place = factories.establishment(BECKSIDE)
            with visit(asker(*OFFICER), Permission.KEEP_RECORDS, action="test") as here:
                here.showed()
                known = Known.of_all(TODAY)
            owed = [one for one in known.wanted if known.status_at(place, one)]
            assert (newest in {one.reference_day for one in owed if one.kind == kind}) is is_owed, days

    def test_none_is_expected_from_before_it_took_part(self) -> None:
        """R23: nobody is chased for what was due before the portal knew the school, nor a school that has closed."""
        nothing_came()
        newest = LAST[0].reference_day
        with as_batch():
            Participation.objects.filter(establishment__urn=BECKSIDE).update(starts_on=newest, ends_on=newest)
        assert {day for _, day in states()} == {newest}
        with visit(asker(*OFFICER), Permission.KEEP_RECORDS, action="test") as here:
            here.showed()
            known, place = Known.of_all(here.today), factories.establishment(BECKSIDE)
            assert {one.reference_day for one in known.wanted if known.status_at(place, one)} == {newest}
        with as_batch():
            Participation.objects.filter(establishment__urn=BECKSIDE).update(starts_on=newest - timedelta(days=900))
            Participation.objects.filter(establishment__urn=BECKSIDE).update(ends_on=newest - timedelta(days=800))
        assert states() == {}

    def test_none_is_expected_of_a_childrens_centre(self) -> None:
        with as_batch():
            Establishment.objects.filter(urn=BECKSIDE).update(kind="childrens_centre")
        assert states() == {}


class TestByTheirRecords:
    """Of a whole authority, from one question (P9)."""

    PLACES = (BECKSIDE, 999003)

    def known(self, today: date) -> Known:
        with visit(asker(*OFFICER), Permission.KEEP_RECORDS, action="test") as here:
            here.showed()
            return Known.of_all(today)

    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_of_any_records_on_any_day_it_is_as_reading_all_of_them_says(self, data: st.DataObject) -> None:
        """R23: whatever days the records are as of: reference days of one kind or the other, and days beside them."""
        today = data.draw(st.dates(date(2024, 1, 1), date(2031, 12, 31)), "today")
        years = range(today.year - 2, today.year + 2)
        days = [day for year in years for day in (*census_days(year), workforce_census_day(year))]
        near = st.sampled_from([day + timedelta(days=off) for day in days for off in (-1, 0, 1)])
        came: dict[tuple[int, str], set[date]] = defaultdict(set)
        with as_batch():
            Import.objects.all().delete()
            for model, kind in ((Pupil, "census"), (StaffMember, "workforce")):
                model.objects.update(as_of=date(2019, 7, 1))
                for place in self.PLACES:
                    rows = model.objects.filter(establishment__urn=place).order_by("pk")
                    for row, day in zip(rows, data.draw(st.lists(near, max_size=4), f"{kind} {place}"), strict=False):
                        model.objects.filter(pk=row.pk).update(as_of=day)
                        if is_reference_day(kind, day):
                            came[row.establishment_id, kind].add(day)
        known = self.known(today)
        for place in Establishment.objects.filter(urn__in=self.PLACES):
            for one in expected(today):
                said = status(one, came[place.pk, one.kind.value], False, True, today)
                assert known.status_at(place, one) == said

    def test_it_reads_no_pupil_of_other_days(self) -> None:
        """The home page of officers asks it of all the pupils of the authority."""
        with as_batch():
            Pupil.objects.update(as_of=date(2019, 7, 1))
            assert Pupil.objects.count() > 100
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ANALYZE sharing_pupil")  # which otherwise comes by itself, some time after a large change
        read = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'sharing_pupil'"
        with visit(asker(*OFFICER), Permission.KEEP_RECORDS, action="test") as here:
            here.showed()
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute(read)
                before = cursor.fetchone()[0]
                Known.of_all(TODAY)
                cursor.execute(read)
                assert cursor.fetchone()[0] == before


class TestConfirming:
    def _newest(self) -> date:
        nothing_came()
        newest = next(one.reference_day for one in LAST if one.kind == "census")
        came("census", newest)
        return newest

    def test_level_1_confirms_once(self) -> None:
        """Twice is as once, and whoever was first stays."""
        newest = self._newest()
        for slug in (HEAD, "deputy-beckside"):
            door.confirm_return(asker(slug), BECKSIDE, kind="census", reference_day=newest)
        with as_batch():
            (stored,) = ReturnConfirmation.objects.all()
        assert (stored.confirmed_by_name, stored.reference_day) == (person(HEAD).name, newest)
        line = door.show_returns(asker(HEAD), BECKSIDE).returns
        assert next(one for one in line if one.reference_day == newest).state == Status.CONFIRMED

    def test_the_dashboard_says_what_is_to_be_confirmed(self) -> None:
        """R23: to those who may, until they have. An officer reads nothing of it, as it is the school's to say."""
        newest, page = self._newest(), f"/establishments/{BECKSIDE}/dashboard/"
        waits = "1 return to confirm as complete"
        assert waits in client(HEAD).get(page).content.decode()
        for somebody in (client("teacher-beckside"), client(*OFFICER)):
            assert waits not in somebody.get(page).content.decode()
        door.confirm_return(asker(HEAD), BECKSIDE, kind="census", reference_day=newest)
        assert waits not in client(HEAD).get(page).content.decode()

    def test_the_home_page_says_it_too_of_each_place(self) -> None:
        """R23, R30: in the words of the dashboard. To nobody else, and not without a second factor (R13)."""
        self._newest()
        head_of_two = asker("head-ravensgill")
        for who, urns in ((asker(HEAD), {BECKSIDE}), (head_of_two, {999003, 999001}), (asker("teacher-beckside"), {})):
            for place in door.my_places(who):
                returns = [one for one in place.to_do if one.page == "returns"]
                assert len(returns) == (place.urn in urns)
                if returns:
                    assert place.to_do == door.show_dashboard(who, place.urn).due
        (owed,) = [one for one in door.my_places(asker(HEAD))[0].to_do if one.page == "returns"]
        assert (owed.words, owed.late) == ("1 return late, 1 return to confirm as complete", True)
        assert "1 return to confirm as complete" in client(HEAD).get("/").content.decode()
        for place in door.my_places(replace(head_of_two, second_factor=False)):
            assert "returns" not in {one.page for one in place.to_do}

    @pytest.mark.parametrize("school_days", [0, 300])
    def test_what_waits_is_the_late_ones_and_the_first_that_is_due(self, settings: Any, school_days: int) -> None:
        """R23: the head is told of the one to send next, and not of one that has come."""
        settings.RETURN_DUE_SCHOOL_DAYS = school_days
        nothing_came()
        lines = door.show_returns(asker(HEAD), BECKSIDE).returns
        late = sum(line.state == Status.LATE for line in lines)
        due = min((line for line in lines if line.state == Status.AWAITED), key=lambda line: line.due_on, default=None)
        words = [f"{late} returns late"] * bool(late)
        words += [f"{due.kind_name} due by {day_in_words(due.due_on)}"] if due else []
        with visit(asker(HEAD), Permission.KEEP_RECORDS, BECKSIDE, action="test") as here:
            here.showed()
            ((waits,),) = waiting_returns(here, [here.establishment]).values()
        assert (waits.words, waits.page, waits.late) == (", ".join(words), "returns", late > 0)
        assert waits.by == min(line.due_on for line in lines if line.is_awaited)

    def test_what_has_not_come_cannot_be_confirmed(self) -> None:
        nothing_came()
        with pytest.raises(NoSuchRecord):
            door.confirm_return(asker(HEAD), BECKSIDE, kind="census", reference_day=LAST[0].reference_day)
        with pytest.raises(NoSuchRecord):
            door.confirm_return(asker(HEAD), BECKSIDE, kind="census", reference_day=TODAY)

    def test_nobody_else_does(self) -> None:
        newest = self._newest()
        with pytest.raises(NotAtYourLevel):
            door.confirm_return(asker("teacher-beckside"), BECKSIDE, kind="census", reference_day=newest)
        with pytest.raises(NoSuchRecord):  # an officer looks, and confirms nothing
            door.confirm_return(asker(*OFFICER), BECKSIDE, kind="census", reference_day=newest)
        for slug, through in (("teacher-beckside", None), OFFICER):
            who = asker(slug, through) if through else asker(slug)
            with visit(who, Permission.VIEW_ESTABLISHMENT, action="test") as here:
                here.showed()
                with pytest.raises(Error, match="row-level security"), transaction.atomic():
                    ReturnConfirmation.objects.create(
                        establishment=factories.establishment(BECKSIDE), kind="census", reference_day=newest,
                        confirmed_by_id=who.person_id, confirmed_by_name="x",
                    )  # fmt: skip

    def test_in_the_browser(self) -> None:
        newest = self._newest()
        browser = client(HEAD)
        page = f"/establishments/{BECKSIDE}/returns/"
        (button,) = html.fromstring(browser.get(page).text).xpath("//button[starts-with(., 'It is complete')]")
        (details,) = button.xpath("ancestor::details")  # WCAG 3.3.4: asked once more, as it cannot be taken back
        assert "You cannot take this back." in details.text_content()
        sent = browser.post(f"{page}confirm/", {"kind": "census", "reference_day": f"{newest}"}, follow=True)
        assert "The return is confirmed as complete." in sent.content.decode()
        assert "Confirm as complete" not in sent.content.decode().partition("Census day")[0]
        assert browser.post(f"{page}confirm/", {"kind": "nonsense", "reference_day": "31-02"}).status_code == 404

    def test_figures_that_nobody_has_looked_at_are_not_confirmed(self) -> None:
        """R23: a colleague applies a corrected file while the head has the page open. The head looks again first."""
        newest, page = self._newest(), f"/establishments/{BECKSIDE}/returns/"
        with as_batch():
            Import.objects.update(finished_at=timezone.now() - timedelta(hours=1))
        browser, shown = client(HEAD), self._version(newest)
        assert f'name="version" value="{shown}"' in browser.get(page).content.decode()
        came("census", newest)
        with as_batch():
            Import.objects.filter(finished_at=None).update(finished_at=timezone.now())
        which = {"kind": "census", "reference_day": f"{newest}"}
        told = browser.post(f"{page}confirm/", which | {"version": shown}, follow=True).content.decode()
        assert "Nothing was confirmed: a file with other figures was applied" in told
        assert states()["census", newest] == Status.COME
        browser.post(f"{page}confirm/", which | {"version": self._version(newest)})
        assert states()["census", newest] == Status.CONFIRMED
        twice = browser.post(f"{page}confirm/", which | {"version": shown}, follow=True).content.decode()
        assert "The return is confirmed as complete." in twice

    def test_a_file_that_came_after_the_confirmation_is_told_of(self) -> None:
        """R23: who reads that the return was confirmed does not take the new figures for confirmed ones."""
        newest, page = self._newest(), f"/establishments/{BECKSIDE}/returns/"
        with as_batch():
            Import.objects.update(finished_at=timezone.now() - timedelta(hours=1))
        door.confirm_return(asker(HEAD), BECKSIDE, kind="census", reference_day=newest)
        told = f"applied on {timezone.localdate():%-d %b %Y}. Nobody has confirmed what it changed."
        assert told not in client(HEAD).get(page).text
        came("census", newest)
        with as_batch():
            Import.objects.filter(finished_at=None).update(finished_at=timezone.now())
        assert told in client(HEAD).get(page).text

    def _version(self, day: date) -> str:
        lines = door.show_returns(asker(HEAD), BECKSIDE).returns
        return next(line.version for line in lines if (line.kind, line.reference_day) == ("census", day))


class TestTheOfficersDesk:
    def test_who_is_late_by_name_and_nothing_else(self) -> None:
        """R23: whether it has come, by establishment; never a value, a statement or an outcome."""
        nothing_came()
        number = door.raise_challenge(asker(HEAD), BECKSIDE, "figure", fact_key="on_roll", statement="A secret text")
        shown = client(*OFFICER).get("/accuracy/").content.decode()
        assert "Beckside Primary School" in shown
        assert "2 waiting" in shown  # the demonstration has one
        assert "A secret text" not in shown
        desk = door.show_accuracy_desk(asker(*OFFICER))
        assert [line.name for line in desk.late] == sorted(line.name for line in desk.late)
        assert {line.urn for line in desk.challenges} == {BECKSIDE}
        for ago, overdue in ((0, 0), (1, 1)):
            with as_batch():
                Challenge.objects.update(due_on=TODAY)
                Challenge.objects.filter(pk=number).update(due_on=TODAY - timedelta(days=ago))
            (line,) = door.show_accuracy_desk(asker(*OFFICER)).challenges
            assert (line.waiting, line.overdue) == (2, overdue)
        door.answer_challenge(asker(*OFFICER), BECKSIDE, number, outcome="corrected", answer="Yes")
        assert [line.waiting for line in door.show_accuracy_desk(asker(*OFFICER)).challenges] == [1]

    def test_officers_without_the_duty_see_none(self) -> None:
        """R6: deny by default."""
        nothing_came()
        for slug in ("officer-no-duty", "officer-duty-ended", "officer-school-improvement"):
            desk = door.show_accuracy_desk(asker(slug, EDUNET))
            assert (desk.establishments, desk.late.total, desk.challenges) == (0, 0, ())
        assert client(HEAD).get("/accuracy/").status_code == 404

    def test_the_look_is_in_the_ledger(self) -> None:
        door.show_accuracy_desk(asker(*OFFICER))
        with as_batch():
            assert LedgerEntry.objects.order_by("-id").first().action == "show_accuracy_desk"
