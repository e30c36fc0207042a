"""Unusual patterns raised from the ledger, and judged (R43, P17)."""

import json
import threading
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access_register import daily
from access_register.models import Person, RegisterLine
from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.demo.places import BECKSIDE
from sharing.models import (
    Closing,
    Download,
    Enrolment,
    Establishment,
    LedgerEntry,
    Opening,
    Pupil,
    ServiceRun,
    UnusualPattern,
)
from sharing.models.unusual import UnusualPatternQuerySet
from sharing.school_year import SATURDAY, school_days_after
from sharing.service import service_runs, work
from sharing.unusual import facts, raising
from sharing.unusual.rules import Kind
from tests import factories
from tests.access_register.handovers import accepted
from tests.downloads.reading import asked_for, collected
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client, person
from tests.threads import PATIENCE

TODAY = timezone.localdate()
# Days to come, so that what is written here stands behind all that the demonstration wrote. Without holidays: after the
# summer's, what counts from today would be over.
DAY = next(day for n in range(3, 6) if (day := TODAY + timedelta(days=n)).weekday() < SATURDAY)
DAY_OFF = DAY + timedelta(days=SATURDAY - DAY.weekday())
HEAD, DEPUTY, TEACHER, ADMISSIONS, MANAGER = (
    "head-beckside", "deputy-beckside", "teacher-beckside", "officer-admissions", "officer-information",
)  # fmt: skip
Row = tuple[datetime, str, str, str, str]  # when, who, what, whose record, outcome


@pytest.fixture(autouse=True)
def no_holidays(settings) -> None:
    settings.SCHOOL_HOLIDAYS = []


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def looked(who: str, day: date, hour: int, number: int, what: str = "show_pupil", seconds: int = 60) -> list[Row]:
    """As many records of different children opened, one every `seconds`."""
    return [(at(day, hour) + timedelta(seconds=n * seconds), who, what, str(uuid4()), "shown") for n in range(number)]


def write(rows: Iterable[Row], urn: int | None = BECKSIDE, through: str = "") -> None:
    """Rows of the ledger at these times, in their order, behind what is there. `through`: if not the usual site."""
    people = {slug: person(slug) for slug in {who for _, who, *_ in rows}}
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM sharing_ledgerentry")
        (last,) = cursor.fetchone()
        for number, (when, who, what, child, outcome) in enumerate(sorted(rows), start=last + 1):
            somebody, usual = people[who], EDUNET if who.startswith("officer") else SCHOOLS_ONLINE
            about = {"pupils": [child]} if outcome == "shown" else {"why": child}
            cursor.execute(
                "INSERT INTO sharing_ledgerentry (id, at, person_id, person_name, through, action, permission, urn, "
                "outcome, about, purpose, previous_hash, hash) "
                "VALUES (%s, %s, %s, %s, %s, %s, '', %s, %s, %s, '', '', '')",
                [number, when, somebody.pk, somebody.name, through or usual, what, urn, outcome, json.dumps(about)],
            )


def raised(day: date = DAY) -> set[tuple[str, str, int]]:
    """What a run on the next day raises, and all that waits since: (who, kind, number)."""
    with as_batch():
        list(raising.raise_patterns(day + timedelta(days=1)))
        return set(new_ones().waiting().values_list("person_name", "kind", "number"))


def new_ones() -> UnusualPatternQuerySet:
    """Those of this test, and not the demonstration's, which are of days gone by."""
    return UnusualPattern.objects.filter(day__gt=TODAY)


def called(slug: str) -> str:
    return person(slug).name


def pattern(slug: str = TEACHER, **facts_of_it: object) -> UnusualPattern:
    somebody = person(slug)
    with as_batch():
        return UnusualPattern.objects.create(
            **{
                "kind": Kind.MANY, "establishment": Establishment.objects.get(urn=BECKSIDE), "person_id": somebody.pk,
                "person_name": somebody.name, "through": SCHOOLS_ONLINE, "day": TODAY, "number": 50, "at_most": 40,
            }
            | facts_of_it
        )  # fmt: skip


@pytest.mark.django_db
class TestRaised:
    def test_what_people_did_on_a_day(self) -> None:
        """P17: by the role, and each at the right number; what passes is not raised."""
        write(
            looked(TEACHER, DAY, 10, 41)
            + looked(HEAD, DAY, 10, 41)  # a head's role lets more pass
            + looked(DEPUTY, DAY, 5, 6)
            + looked(ADMISSIONS, DAY, 20, 6)
            + [(at(DAY, 12, n), "governor-beckside", "list_pupils", "NotAtYourLevel", "refused") for n in range(11)]
            + [(at(DAY, 13, n), HEAD, "list_pupils", "NeedsSecondFactor", "refused") for n in range(11)]
            + [(at(DAY, 14, n), HEAD, "show_statistics", "StatisticsStopped", "refused") for n in range(11)]
            + looked(HEAD, DAY_OFF, 11, 21)
        )
        assert raised() == {
            (called(TEACHER), "many", 41), (called(DEPUTY), "night", 6), (called(ADMISSIONS), "night", 6),
            (called("governor-beckside"), "refused", 11),
        }  # fmt: skip
        assert (called(HEAD), "day_off", 21) in raised(DAY_OFF)
        with as_batch():
            of_head = set(new_ones().filter(of_head=True).values_list("person_name", flat=True))
            assert of_head == {called(HEAD)}
            assert LedgerEntry.objects.of_actions(["raise_patterns"]).count() == 2

    def test_against_ones_own_past(self) -> None:
        """P17: who often opens many is not raised for opening as many again, and is for far more."""
        second, third = (school_days_after(DAY, number) for number in (1, 2))
        write(looked(TEACHER, DAY, 10, 25) + looked(TEACHER, second, 10, 45))
        assert raised(second) == set()
        write(looked(TEACHER, third, 10, 91, seconds=30))
        assert (called(TEACHER), "many", 91) in raised(third)
        with as_batch():
            assert new_ones().get(kind=Kind.MANY).usual == 45

    def test_after_a_week_without_a_night(self) -> None:
        """P17: what was done on its first day is raised by the first night that runs again."""
        service_runs.record(ServiceRun.Job.DAILY)
        with as_batch():
            ServiceRun.objects.filter(name=ServiceRun.Job.DAILY).update(last_good_at=at(DAY, 5))
        write(looked(TEACHER, DAY, 10, 41) + looked(DEPUTY, DAY + timedelta(days=6), 5, 6))
        assert raised(DAY + timedelta(days=6)) == {(called(TEACHER), "many", 41), (called(DEPUTY), "night", 6)}

    def test_just_before_leaving(self) -> None:
        """P17: the last day is near, or the line is withdrawn within the days after."""
        line = {"person": person(TEACHER), "establishment__urn": BECKSIDE}
        with as_batch():
            RegisterLine.objects.filter(**line).update(ends_on=DAY + timedelta(days=14))
        write(looked(TEACHER, DAY, 10, 11) + looked(DEPUTY, DAY, 12, 1, "collect_download"))
        assert raised() == {(called(TEACHER), "leaving", 11)}
        write(looked("governor-beckside", DAY, 13, 1))  # too few to say anything, and no file
        with as_batch():
            both = RegisterLine.objects.filter(
                person__in=(person(DEPUTY), person("governor-beckside")), establishment__urn=BECKSIDE
            )
            assert both.update(withdrawn_at=at(DAY + timedelta(days=9), 9)) == 2
        assert raised(DAY + timedelta(days=9)) == {(called(TEACHER), "leaving", 11), (called(DEPUTY), "leaving", 0)}

    def test_who_becomes_head_there_is_not_leaving(self) -> None:
        """P17, R35: the deputy's line ends the day before the headship. So does a line that is given anew."""
        accepted(DEPUTY, on=DAY + timedelta(days=2))
        write(looked(DEPUTY, DAY, 10, 11) + looked(DEPUTY, DAY, 12, 1, "collect_download"))
        line = {"person": person(TEACHER), "establishment__urn": BECKSIDE}
        with as_batch():
            known = RegisterLine.objects.get(**line)
            RegisterLine.objects.filter(**line).update(withdrawn_at=at(DAY, 9))
            known.pk, known._state.adding, known.starts_on = None, True, DAY
            known.save()
        write(looked(TEACHER, DAY, 11, 11))
        assert raised() == set()

    def test_who_found_the_file_gone_took_nothing_away(self) -> None:
        """P17: a second press, or the day after, is no file before leaving. As the portal's own row tells it."""
        line = {"person": person(TEACHER), "establishment__urn": BECKSIDE}
        with as_batch():
            RegisterLine.objects.filter(**line).update(ends_on=TODAY)
        number = asked_for(TEACHER)
        with as_batch():
            Download.objects.filter(pk=number).update(state=Download.State.LAPSED)
        with pytest.raises(door.NotHereAnyMore):
            collected(TEACHER, number)
        leaving = UnusualPattern.objects.filter(kind=Kind.LEAVING, person_id=person(TEACHER).pk)
        with as_batch():
            list(raising.raise_patterns(TODAY + timedelta(days=1)))
            assert not leaving.exists()
        collected(TEACHER, asked_for(TEACHER))
        with as_batch():
            list(raising.raise_patterns(TODAY + timedelta(days=1)))
            assert leaving.exists()

    def test_the_same_surname_where_few_share_it(self) -> None:
        """P17: found within the database; a name that many there share says nothing."""
        named = [factories.pupil(BECKSIDE, surname="O’QUILLFEATHER") for _ in range(4)]
        with as_batch():
            Person.objects.filter(pk=person(TEACHER).pk).update(name="Nadia O’Quillfeather")
            for one in named[:3]:
                Enrolment.objects.create(pupil=one, establishment=one.establishment, starts_on=TODAY)
        write([(at(DAY, 10), TEACHER, "show_pupil", str(named[0].pk), "shown")])
        assert raised() == {(called(TEACHER), "surname", 1)}
        with as_batch():
            new_ones().delete()
            hidden = Closing.objects.create(
                child=named[0].child, named=[], authoriser="Test", basis="court", reason="Test",
                starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() + timedelta(days=9),
                asked_by_id=0, asked_by_name="Test", agreed_at=timezone.now(),
            )  # fmt: skip
        assert raised() == set()  # R18: a hint at a closed child is one too many
        with as_batch():
            hidden.delete()
            assert raised() != set()
            new_ones().delete()
            Enrolment.objects.create(pupil=named[3], establishment=named[3].establishment, starts_on=TODAY)
        assert raised() == set()

    def test_each_site_has_its_own_pattern_with_its_own_number_and_limit(self) -> None:
        """P17: of an officer who teaches there besides. No head judges what an officer did, nor learns of it.

        20 an hour may pass where the register does not know the role, and 40 for an officer on EduNet.
        """
        write(looked(ADMISSIONS, DAY, 10, 25), through=SCHOOLS_ONLINE)
        write(looked(ADMISSIONS, DAY, 13, 45))
        assert raised() == raised() == {(called(ADMISSIONS), "many", 25), (called(ADMISSIONS), "many", 45)}
        with as_batch():
            ids = dict(new_ones().values_list("through", "pk"))
            assert set(new_ones().values_list("through", "at_most")) == {(SCHOOLS_ONLINE, 20), (EDUNET, 40)}
        of_head = {line.id for line in door.list_patterns(asker(HEAD), BECKSIDE).page}
        of_manager = {line.id for line in door.list_all_patterns(asker(MANAGER, EDUNET)).page}
        assert of_head & set(ids.values()) == {ids[SCHOOLS_ONLINE]}
        assert of_manager >= set(ids.values())

    def test_what_a_head_has_settled_hides_nothing_of_edunet(self) -> None:
        """P17: the head was quicker than the night in which the other was found."""
        write(looked(ADMISSIONS, DAY, 10, 45), through=SCHOOLS_ONLINE)
        assert raised() == {(called(ADMISSIONS), "many", 45)}
        with as_batch():
            one = new_ones().get()
        door.explain_pattern(asker(HEAD), one.pk, reason="A trip.")
        write(looked(ADMISSIONS, DAY, 13, 90, seconds=20))
        assert raised() == {(called(ADMISSIONS), "many", 90)}

    def test_a_surname_on_one_site_is_none_on_the_other(self) -> None:
        """P17: each site by itself, so that no head learns what an officer opened."""
        named = factories.pupil(BECKSIDE, surname="O’QUILLFEATHER")
        with as_batch():
            Person.objects.filter(pk=person(ADMISSIONS).pk).update(name="Deborah O’Quillfeather")
            Enrolment.objects.create(pupil=named, establishment=named.establishment, starts_on=TODAY)
        write(looked(ADMISSIONS, DAY, 9, 1), through=SCHOOLS_ONLINE)
        write([(at(DAY, 10), ADMISSIONS, "show_pupil", str(named.pk), "shown")])
        with as_batch():
            list(raising.raise_patterns(DAY + timedelta(days=1)))
            assert [one.through for one in new_ones().filter(kind=Kind.SURNAME)] == [EDUNET]

    def test_what_a_head_explained_is_not_explained_on_edunet(self) -> None:
        """P17: only the information manager judges what an officer did."""
        write(looked(ADMISSIONS, DAY, 4, 6), through=SCHOOLS_ONLINE)
        assert raised() == {(called(ADMISSIONS), "night", 6)}
        with as_batch():
            one = new_ones().get()
        door.explain_pattern(asker(HEAD), one.pk, reason="He works early.")
        next_day = DAY + timedelta(days=1)
        write(looked(ADMISSIONS, next_day, 4, 6) + looked(ADMISSIONS, next_day, 4, 6), through=SCHOOLS_ONLINE)
        assert raised(next_day) == set()
        write(looked(ADMISSIONS, next_day, 4, 7))
        assert raised(next_day) == {(called(ADMISSIONS), "night", 7)}

    def test_after_the_children_had_left(self) -> None:
        """R5, P17: the last day is recorded later than the record was opened."""
        gone = [factories.pupil(BECKSIDE) for _ in range(4)]
        with as_batch():
            for one in gone:
                Enrolment.objects.create(
                    pupil=one, establishment=one.establishment, starts_on=TODAY - timedelta(days=9), ends_on=TODAY
                )
        write([(at(DAY - timedelta(days=1), 10, n), TEACHER, "show_pupil", str(gone[n].pk), "shown") for n in range(4)])
        assert raised() == {(called(TEACHER), "after", 4)}

    def test_the_glass_broken_again(self) -> None:
        """R18, P17: twice within a week, by an officer: of no one establishment, for the information manager."""
        with as_batch():
            child = Pupil.objects.filter(establishment__urn=BECKSIDE).visible_on(TODAY)[0]
            for day in (DAY - timedelta(days=6), DAY):
                Opening.objects.create(
                    pupil=child, establishment=child.establishment, person_id=person(ADMISSIONS).pk,
                    person_name=called(ADMISSIONS), because="harm", reason="Test", starts_at=at(day, 9),
                    ends_at=at(day, 10),
                )  # fmt: skip
        assert raised() == {(called(ADMISSIONS), "glass", 2)}
        with as_batch():
            one = new_ones().get()
        assert (one.establishment, one.through) == (None, EDUNET)

    def test_nothing_but_an_explained_habit_is_passed_over(self) -> None:
        """R43, P17: a habit that nobody has explained is raised again; so is what is no habit, explained or not."""
        second = school_days_after(DAY, 1)
        write(looked(DEPUTY, DAY, 4, 6) + looked(TEACHER, DAY, 10, 41))
        assert raised() == {(called(DEPUTY), "night", 6), (called(TEACHER), "many", 41)}
        with as_batch():
            many = new_ones().get(kind=Kind.MANY)
        door.explain_pattern(asker(HEAD), many.pk, reason="She wrote the reports.")
        write(looked(DEPUTY, second, 4, 7) + looked(TEACHER, second, 10, 91, seconds=30))
        assert raised(second) >= {(called(DEPUTY), "night", 7), (called(TEACHER), "many", 91)}

    def test_once_and_no_more_while_it_is_explained(self) -> None:
        """P17: however often the rules run; of a habit that was explained nothing is said for four weeks."""
        write(looked(TEACHER, DAY, 4, 6) + looked(TEACHER, DAY + timedelta(days=1), 4, 6))
        assert raised() == raised() == {(called(TEACHER), "night", 6)}
        with as_batch():
            one = new_ones().get()
        door.explain_pattern(asker(HEAD), one.pk, reason="She works early.")
        assert raised(DAY + timedelta(days=1)) == set()

    def test_run_daily_raises_them(self) -> None:
        """P17."""
        write(looked(TEACHER, DAY, 10, 41))
        assert "1 unusual pattern raised" in daily.run(DAY + timedelta(days=1)).done

    def test_the_worst_within_minutes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """P17: by the worker, which looks every five minutes."""
        monkeypatch.setattr(raising, "_told", float("-inf"))
        assert raising.raise_the_worst in work.WORK
        now = timezone.localtime()
        rows = [(now, TEACHER, "show_pupil", str(uuid4()), "shown") for _ in range(81)]
        write(rows)
        monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=9))
        assert raising.raise_the_worst()
        assert not raising.raise_the_worst()
        with as_batch():
            assert UnusualPattern.objects.filter(day=TODAY).values_list("kind", "number").get() == ("many", 81)


@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(0, 4000), max_size=12).map(sorted), wanted=st.integers(-10, 4010))
def test_the_first_row_of_a_time_is_found_in_two_questions(minutes: list[int], wanted: int) -> None:
    """R43: as if all rows had been read. Of a ledger in parts for seven years each question takes PostgreSQL 50 ms."""
    start = at(DAY, 0)
    with transaction.atomic():
        write([(start + timedelta(minutes=minute), TEACHER, "show_pupil", "", "shown") for minute in minutes])
        with as_batch():
            times = list(LedgerEntry.objects.order_by("pk").values_list("pk", "at"))
            instant = start + timedelta(minutes=wanted)
            plainly = next((pk for pk, when in times if when >= instant), times[-1][0] + 1 if times else 1)
            with CaptureQueriesContext(connection) as asked:
                assert facts.first_row_from(instant) == plainly
            assert len(asked) <= 2
        transaction.set_rollback(True)


@pytest.mark.django_db
class TestJudged:
    def test_by_whom(self) -> None:
        """P17: the head those of their people, the information manager all, and nobody their own."""
        made = {
            "teacher": pattern(),
            "head": pattern(HEAD, of_head=True),
            "officer": pattern(ADMISSIONS, through=EDUNET),
            "nowhere": pattern(ADMISSIONS, through=EDUNET, establishment=None),
            "manager": pattern(MANAGER, through=EDUNET),
            "head as teacher": pattern(HEAD, kind=Kind.NIGHT),
        }

        def judged(slug: str, through) -> set[str]:
            found = set()
            for name, one in made.items():
                try:
                    door.show_pattern(asker(slug, through), one.pk)
                    found.add(name)
                except NoSuchRecord:
                    pass
            return found

        def by_sql(slug: str, through) -> set[str]:
            names = {one.pk: name for name, one in made.items()}
            mine = UnusualPattern.objects.filter(day=TODAY)
            with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
                found = {names[pk] for pk in mine.values_list("pk", flat=True)}
                here.showed()
            return found

        everything = set(made)
        expected = {
            (HEAD, SCHOOLS_ONLINE): {"teacher"},
            (DEPUTY, SCHOOLS_ONLINE): set(),
            (TEACHER, SCHOOLS_ONLINE): set(),
            ("head-ravensgill", SCHOOLS_ONLINE): set(),
            (ADMISSIONS, EDUNET): set(),
            (MANAGER, EDUNET): everything - {"manager"},
        }
        for (slug, through), names in expected.items():
            assert judged(slug, through) == by_sql(slug, through) == names, slug
        assert [line.id for line in door.list_patterns(asker(HEAD), BECKSIDE).page][-1] == made["teacher"].pk
        listed = {line.id for line in door.list_all_patterns(asker(MANAGER, EDUNET)).page}
        assert {name for name, one in made.items() if one.pk in listed} == everything - {"manager"}
        with pytest.raises(NotAtYourLevel):
            door.list_patterns(asker(DEPUTY), BECKSIDE)

    def test_explained_or_referred_once_and_with_a_reason(self) -> None:
        """P17: the ledger says so, the reason is encrypted, and the second is told that it is settled."""
        first, second = pattern(), pattern(kind=Kind.NIGHT)
        door.explain_pattern(asker(HEAD), first.pk, reason="She prepared the school trip.")
        with pytest.raises(door.AlreadyLookedAt):
            door.refer_pattern(asker(MANAGER, EDUNET), first.pk, reason="No.")
        for _ in range(2):  # a double click is led on to the report of the breach
            door.refer_pattern(asker(MANAGER, EDUNET), second.pk, reason="She could not say why.")
        with pytest.raises(door.AlreadyLookedAt):
            door.refer_pattern(asker(MANAGER, EDUNET), second.pk, reason="Other words.")
        shown = door.show_pattern(asker(HEAD), first.pk)
        assert (shown.pattern.state, shown.reason) == ("Explained", "She prepared the school trip.")
        assert shown.settled_by == called(HEAD)
        assert door.show_pattern(asker(HEAD), second.pk).pattern.state == "Referred"
        with as_batch(), connection.cursor() as cursor:
            cursor.execute("SELECT reason FROM sharing_unusualpattern WHERE id = %s", [first.pk])
            assert b"trip" not in bytes(cursor.fetchone()[0])
            settled = LedgerEntry.objects.of_actions(["explain_pattern", "refer_pattern"]).filter(outcome="changed")
            rows = sorted(settled.values_list("action", "urn"))
            assert rows == [("explain_pattern", BECKSIDE), ("refer_pattern", BECKSIDE)]

    @pytest.mark.parametrize(
        ("slug", "through", "of"),
        [
            (DEPUTY, SCHOOLS_ONLINE, {}),
            ("head-ravensgill", SCHOOLS_ONLINE, {}),
            (HEAD, SCHOOLS_ONLINE, {"slug": HEAD}),
            (HEAD, SCHOOLS_ONLINE, {"slug": "head-ravensgill", "of_head": True}),
            (HEAD, SCHOOLS_ONLINE, {"slug": ADMISSIONS, "through": EDUNET}),
            (ADMISSIONS, EDUNET, {}),
            (MANAGER, EDUNET, {"slug": MANAGER, "through": EDUNET}),
        ],
        ids=["deputy", "another head", "their own", "a head's", "an officer's", "an officer", "a manager's own"],
    )
    def test_the_database_lets_nobody_else_settle_it(self, slug: str, through, of: dict[str, object]) -> None:
        """P17: the second lock by itself."""
        one = pattern(**of)
        with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            with connection.cursor() as cursor:
                cursor.execute("SELECT sharing_settle_pattern(%s, 'explained', 'x', 'Test')", [one.pk])
                assert cursor.fetchone() == (False,)
            here.showed()

    def test_it_waits_on_the_home_page_until_then(self) -> None:
        """P17: for the head and the information manager."""
        one = pattern()
        assert "3 unusual patterns to look at" in client(HEAD).get("/").content.decode()
        assert "unusual patterns to look at" in client(MANAGER, EDUNET).get("/").content.decode()
        assert "unusual pattern" not in client(DEPUTY).get("/").content.decode()
        answer = client(HEAD).post(f"/unusual-patterns/{one.pk}/", {"outcome": "explain", "reason": ""})
        assert answer.status_code == 422
        answer = client(HEAD).post(f"/unusual-patterns/{one.pk}/", {"outcome": "explain", "reason": "A trip."})
        assert answer.status_code == 302
        assert "2 unusual patterns to look at" in client(HEAD).get("/").content.decode()

    def test_what_is_referred_leads_to_the_report_of_a_breach(self) -> None:
        """P17, R41: what the pattern says is filled in there. One that is explained leads to no such form."""
        ways = (Kind.MANY, "refer", "/breaches/report/?pattern={}"), (Kind.SURNAME, "explain", "/unusual-patterns/{}/")
        for kind, outcome, leads in ways:
            one = pattern(kind=kind)
            told = {"outcome": outcome, "reason": "Why."}
            answer = client(HEAD).post(f"/unusual-patterns/{one.pk}/", told)
            assert answer["location"] == leads.format(one.pk)


def test_of_two_who_settle_it_at_once_one_does(own_database: None) -> None:
    """P17: real threads, the head and the information manager."""
    one, outcomes = pattern(), []
    who = [asker(HEAD), asker(MANAGER, EDUNET)]
    gate = threading.Barrier(2, timeout=PATIENCE)

    def settle(somebody) -> None:
        gate.wait()
        try:
            door.explain_pattern(somebody, one.pk, reason="Known.")
            outcomes.append("done")
        except door.AlreadyLookedAt:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=settle, args=[somebody]) for somebody in who]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "late"]
