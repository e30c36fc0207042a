"""Overdue challenges and late returns brought to mind by `run_daily` and on the home page (P9, R23)."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access_register import grants
from access_register.models import RegisterLine
from access_register.notices import challenges
from access_register.service import BY_ITSELF
from sharing import door
from sharing.days import day_in_words
from sharing.models import Challenge, Establishment, Import, LedgerEntry, Pupil, StaffMember
from sharing.returns import CENSUS, Expected, expected
from tests import factories
from tests.people import EDUNET, as_batch, asker, client, person
from tests.post import posting
from tests.sharing import closings

pytestmark = pytest.mark.django_db
BECKSIDE = 999002
TODAY = timezone.localdate()
DAY = timedelta(days=1)
HEAD = "head-beckside"


def overdue() -> int:
    pupil = factories.pupil(BECKSIDE, surname="Disputed")
    factories.enrolment(pupil, TODAY - 50 * DAY)
    number = door.raise_challenge(
        asker("teacher-beckside"), BECKSIDE, "pupil", pupil.pk, fact_key="sex", statement="A secret text"
    )
    with as_batch():
        Challenge.objects.filter(pk=number).update(due_on=TODAY - DAY)
    return number


def remind(today: date) -> list[str]:
    with posting(), as_batch():
        return list(challenges.remind_of_challenges(today))


def pass_on() -> list[str]:
    with as_batch():
        return list(challenges.pass_on_what_nobody_answers(TODAY))


def chase(today: date) -> list[str]:
    with posting(), as_batch():
        return list(challenges.chase_returns(today))


class TestChallenges:
    def test_level_1_is_reminded_once_a_week(self) -> None:
        with as_batch():
            Challenge.objects.all().update(reminded_on=TODAY + 30 * DAY)
        overdue()
        with as_batch():
            Challenge.objects.filter(establishment__urn=BECKSIDE).update(reminded_on=None)
        for after, told in ((0, True), (0, False), (6, False), (7, True)):
            mail.outbox.clear()
            said = remind(TODAY + after * DAY)
            assert bool([line for line in said if str(BECKSIDE) in line]) is told, after
            to = {letter.to[0] for letter in mail.outbox if "Beckside" in letter.subject}
            assert (person(HEAD).email in to) is told
            assert person("teacher-beckside").email not in to
            assert not any("Disputed" in letter.body or "secret" in letter.body for letter in mail.outbox)

    def test_after_four_weeks_once_every_four_weeks(self) -> None:
        """As late returns are asked for; and once a week again if an answer is newly overdue."""
        number = overdue()
        with as_batch():
            Challenge.objects.all().update(reminded_on=TODAY + 900 * DAY)
            Challenge.objects.filter(establishment__urn=BECKSIDE).update(reminded_on=None, due_on=TODAY - DAY)
        assert [after for after in range(80) if remind(TODAY + after * DAY)] == [0, 7, 14, 21, 49, 77]
        with as_batch():
            Challenge.objects.filter(pk=number).update(due_on=TODAY + 80 * DAY)
        assert [after for after in range(81, 100) if remind(TODAY + after * DAY)] == [84, 91, 98]

    def test_those_of_a_closed_child_are_in_no_e_mail(self) -> None:
        """R18: not in the number, nor when it is taken back; once the closing is over, they count again."""
        with as_batch():
            Challenge.objects.update(due_on=TODAY + 30 * DAY)
        number = overdue()
        with as_batch():
            child = Challenge.objects.get(pk=number).pupil
        closing = closings.close(child)
        assert remind(TODAY) == []
        door.end_closing(asker(closings.MANAGER, EDUNET), closing.pk)
        assert remind(TODAY) != []

    def test_those_of_a_leaver_are_closed_and_nobodys_else(self) -> None:
        """R5, P9: nobody at the school reads them any more, and so nobody there could answer."""
        with as_batch():
            list(challenges.close_those_of_leavers(TODAY))
        left, stays = overdue(), overdue()
        of_no_child = door.raise_challenge(
            asker(HEAD), BECKSIDE, "figure", None, fact_key="on_roll", statement="It is another"
        )
        with as_batch():
            pupil = Pupil.objects.get(challenges=left)
            pupil.enrolments.update(ends_on=TODAY - DAY)
            said = list(challenges.close_those_of_leavers(TODAY))
            states = dict(Challenge.objects.filter(pk__in=(left, stays, of_no_child)).values_list("pk", "outcome"))
            told = LedgerEntry.objects.filter(action="close_challenges").latest("pk")
            again = list(challenges.close_those_of_leavers(TODAY))
        assert said == [f"{BECKSIDE}: 1 challenge of leavers closed"]
        assert states == {left: Challenge.Outcome.HAS_LEFT, stays: "", of_no_child: ""}
        assert (told.urn, told.about, again) == (BECKSIDE, {"challenges": [left]}, [])

    @pytest.mark.parametrize(
        "gone",
        [{"withdrawn_at": timezone.now()}, {"awaiting_since": timezone.now()}, {"ends_on": TODAY - DAY}],
        ids=["withdrawn", "not accepted yet", "over"],
    )
    def test_what_waits_for_a_level_1_that_nobody_holds_goes_to_the_data_team(self, gone: dict[str, object]) -> None:
        """R23: before the first head has come; nobody there could answer, and no officer was told."""
        with as_batch():
            Challenge.objects.waiting().update(assigned_to=Challenge.Desk.DATA_TEAM)
        number = overdue()
        assert pass_on() == []
        with as_batch():
            ones = RegisterLine.objects.filter(establishment__urn=BECKSIDE, level=1)
            ones.update(suspended_at=timezone.now())
            assert list(challenges.pass_on_what_nobody_answers(TODAY)) == []  # they come back to it
            ones.update(suspended_at=None, **gone)
        assert remind(TODAY) == []  # an email to nobody is none
        with as_batch():
            assert Challenge.objects.get(pk=number).reminded_on is None
        assert pass_on() == [f"{BECKSIDE}: 1 challenge passed on: no Level 1"]
        assert pass_on() == []
        with as_batch():
            grants.rebuild(TODAY)
            told = LedgerEntry.objects.filter(action="pass_on_challenges").latest("pk")
        assert (told.urn, told.about) == (BECKSIDE, {"challenges": [number]})
        data = asker("officer-data", EDUNET)
        assert BECKSIDE in [line.urn for line in door.show_accuracy_desk(data).challenges]
        door.answer_challenge(data, BECKSIDE, number, outcome="corrected", answer="Yes")
        steps = door.show_challenge(data, BECKSIDE, number).steps
        assert [step.by_name for step in steps][1:] == [BY_ITSELF, data.name]

    def test_not_before_it_is_overdue_and_not_once_answered(self) -> None:
        number = overdue()
        with as_batch():
            Challenge.objects.exclude(pk=number).update(due_on=TODAY + 30 * DAY)
            Challenge.objects.filter(pk=number).update(due_on=TODAY)
        assert not any(str(BECKSIDE) in line for line in remind(TODAY))
        with as_batch():
            Challenge.objects.filter(pk=number).update(assigned_to=Challenge.Desk.DATA_TEAM)
        assert not any(str(BECKSIDE) in line for line in remind(TODAY + DAY))
        with as_batch():
            Challenge.objects.filter(pk=number).update(assigned_to=Challenge.Desk.SCHOOL)
        door.answer_challenge(asker(HEAD), BECKSIDE, number, outcome="corrected", answer="Yes")
        assert not any(str(BECKSIDE) in line for line in remind(TODAY + DAY))

    def test_on_the_home_page_of_who_answers(self) -> None:
        before = client(HEAD).get("/").content.decode()
        overdue()
        shown = client(HEAD).get("/").content.decode()
        assert "overdue</a>" in shown
        assert shown.count("challenge") >= before.count("challenge")
        assert "to answer" not in client("teacher-beckside").get("/").content.decode()


class TestReturns:
    def test_a_late_return_is_asked_for_once_a_week(self) -> None:
        """R23: Level 1 of the establishment, with the name of the return and nothing else."""
        with as_batch():
            Pupil.objects.filter(establishment__urn=BECKSIDE).update(as_of=date(2019, 7, 1))
            StaffMember.objects.filter(establishment__urn=BECKSIDE).update(as_of=date(2019, 7, 1))
        last = next(one.due_on for one in expected(TODAY) if one.due_on < TODAY)
        for after, told in ((1, True), (1, False), (7, False), (8, True)):
            mail.outbox.clear()
            said = chase(last + after * DAY)
            assert bool([line for line in said if str(BECKSIDE) in line]) is told, after
            letters = [letter for letter in mail.outbox if letter.to == [person(HEAD).email]]
            assert bool(letters) is told
        assert "School Census of" in letters[0].body
        assert f"/establishments/{BECKSIDE}/returns/" in letters[0].body

    @pytest.mark.parametrize("state", ["ready", "discarded"])
    def test_a_file_that_was_not_applied_has_brought_nothing(self, state: str) -> None:
        """R23: so the return is asked for."""
        wanted = next(one for one in expected(TODAY) if one.kind == CENSUS and one.due_on < TODAY)
        with as_batch():
            Pupil.objects.filter(establishment__urn=BECKSIDE).update(as_of=date(2019, 7, 1))
            beckside = Establishment.objects.get(urn=BECKSIDE)
            Import.objects.create(kind="census", establishment=beckside, as_of=wanted.reference_day, state=state)
        chase(wanted.due_on + DAY)
        (letter,) = [letter for letter in mail.outbox if letter.to == [person(HEAD).email]]
        assert f"School Census of {day_in_words(wanted.reference_day)}" in letter.body

    def test_where_nobody_holds_level_1_nobody_is_asked_and_none_is_said_to_be(self) -> None:
        """R23, R43: the first head is asked in the night after they have come."""
        with as_batch():
            Pupil.objects.filter(establishment__urn=BECKSIDE).update(as_of=date(2019, 7, 1))
            StaffMember.objects.filter(establishment__urn=BECKSIDE).update(as_of=date(2019, 7, 1))
            RegisterLine.objects.filter(establishment__urn=BECKSIDE, level=1).update(awaiting_since=timezone.now())
        day = next(one.due_on for one in expected(TODAY) if one.due_on < TODAY) + DAY
        asked = LedgerEntry.objects.filter(action="chase_returns", urn=BECKSIDE)
        with as_batch():
            before = asked.count()
        assert not any(str(BECKSIDE) in line for line in chase(day))
        with as_batch():
            assert asked.count() == before
            RegisterLine.objects.filter(establishment__urn=BECKSIDE, level=1).update(awaiting_since=None)
        assert any(str(BECKSIDE) in line for line in chase(day))

    @pytest.mark.parametrize(("days", "apart"), [(1, 7), (27, 7), (28, 28), (300, 28)])
    def test_one_that_is_long_late_is_asked_for_once_a_month(self, days: int, apart: int) -> None:
        """R23: counted from when the newest of them was due."""
        newest, before = (Expected(CENSUS, TODAY, TODAY - (days + more) * DAY) for more in (0, 100))
        assert challenges.how_often([newest, before], TODAY) == apart * DAY

    def test_a_school_that_has_just_opened_is_asked_for_nothing(self) -> None:
        """R23: the returns of the last twelve months are of days before it was there."""
        with as_batch():
            Pupil.objects.filter(establishment__urn=BECKSIDE).update(as_of=date(2019, 7, 1))
            StaffMember.objects.filter(establishment__urn=BECKSIDE).update(as_of=date(2019, 7, 1))
            Establishment.objects.filter(urn=BECKSIDE).update(open_date=TODAY)
        assert not any(str(BECKSIDE) in line for line in chase(TODAY))

    def test_nobody_is_asked_for_what_has_come(self) -> None:
        came = door.show_returns(asker(HEAD), BECKSIDE).returns
        late = [line for line in came if line.is_late]
        said = chase(TODAY)
        assert any(str(BECKSIDE) in line for line in said) is bool(late)


def test_the_night_reads_no_report_of_a_file() -> None:
    """R23: a file that came may have had hundreds of problems, and after some years there are thousands of files."""
    with CaptureQueriesContext(connection) as queries:
        chase(TODAY)
    of_files = [query["sql"] for query in queries if 'FROM "sharing_import"' in query["sql"]]
    assert of_files
    assert not [sql for sql in of_files if '"problems"' in sql or '"report"' in sql or "sealed" in sql]


def test_the_desk_and_the_night_agree() -> None:
    """Whom an officer sees as late is who is asked, of those that take part."""
    said = {int(line.partition(":")[0]) for line in chase(TODAY)}
    seen = set()
    first = door.show_accuracy_desk(asker("officer-data", EDUNET)).late
    for number in first.numbers:
        seen |= {line.urn for line in door.show_accuracy_desk(asker("officer-data", EDUNET), number=number).late}
    assert said <= seen
    assert seen - said <= {999004}  # Larkroyd has excluded itself
