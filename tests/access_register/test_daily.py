"""`manage.py run_daily`: what is done each day, again and again, by two at once, and whatever fails (R34-R36, R44)."""

import re
import threading
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from access_register import daily, grants
from access_register.models import LineEvent, RegisterLine, ReviewNotice
from access_register.notices import transfers
from access_register.register import history
from access_register.register.rules import CannotChange
from access_register.reviews import deadlines, notices, reviews
from access_register.third_parties import third_parties
from sharing.days import day_in_words
from sharing.ledger import ledger, proof, seals
from sharing.models import Challenge, Establishment, EstablishmentPermission, LedgerEntry, Pupil, ServiceRun
from tests import databases
from tests.access_register.test_register import line_of
from tests.failing import failing
from tests.locks.switches import run_as_owner
from tests.people import as_batch, asker, person
from tests.post import post
from tests.threads import at_once

BECKSIDE, OXENBY = 999002, 999005
TODAY = timezone.localdate()
DAY = timedelta(days=1)


def run() -> str:
    said = StringIO()
    call_command("run_daily", stdout=said)
    post()
    return said.getvalue()


def due(slug: str, on: object) -> None:
    with as_batch():
        RegisterLine.objects.filter(pk=line_of(slug).pk).update(review_due_on=on)


def settle() -> list[str]:
    with as_batch():
        return list(deadlines.settle(Establishment.objects.get(urn=BECKSIDE), TODAY))


def exact() -> bool:
    with as_batch():
        return grants.drift(TODAY) == (set(), set())


@pytest.mark.django_db
class TestADay:
    def test_the_demonstrations_day(self) -> None:
        """R36: the late line at Oxenby drops, Beckside is reminded, who is concerned is told, and all is exact."""
        said = run()
        assert f"{OXENBY}: 1 lowered to Level 3" in said
        assert f"{BECKSIDE}: 3 reminded, 7 days or less to go" in said
        assert line_of("office-oxenby", OXENBY).level == 3
        assert exact()
        assert "1 transfer lapsed" in said
        assert said.endswith("8 emails written\n")
        told = {(letter.to[0], letter.subject) for letter in mail.outbox}
        assert ("pauline.binns@oxenby.example", "Your access to Oxenby High School has changed") in told
        by_whom = {(to.split("@")[0], subject) for to, subject in told}
        day = day_in_words(TODAY + timedelta(days=6))
        assert ("ruth.oldroyd", f"5 people to confirm by {day}: Access Register of Beckside Primary School") in by_whom
        assert ("imran.sheikh", f"3 people to confirm by {day}: Access Register of Beckside Primary School") in by_whom

    @pytest.mark.parametrize(
        ("day", "asks"),
        [(date(2026, 12, 4), True), (date(2026, 12, 5), False), (date(2026, 12, 25), False), (date(2027, 1, 4), True)],
    )
    def test_on_no_saturday_and_in_no_holiday_are_schools_asked_for_what_they_owe(
        self, day: date, asks: bool, settings
    ) -> None:
        """R23, P9: nobody is there to send a return or to answer a challenge. The next school day asks."""
        settings.SCHOOL_HOLIDAYS = [("12-21", "01-03")]
        assert [part in daily.run(day).parts for part in ("challenges", "returns")] == [asks, asks]

    def test_who_loses_level_1_tonight_is_not_asked_for_returns(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """R23, R36: the link would lead to a page that is closed to them."""
        monkeypatch.setattr(daily, "is_school_day", lambda day: True)
        due("deputy-beckside", TODAY - DAY)
        with as_batch():
            Pupil.objects.filter(establishment__urn=BECKSIDE).update(as_of=date(2019, 7, 1))
            Challenge.objects.filter(establishment__urn=BECKSIDE).update(due_on=TODAY - DAY)
        run()
        assert line_of("deputy-beckside").level == 3
        asked = {to for letter in mail.outbox if re.search("late|overdue", letter.subject) for to in letter.to}
        assert person("head-beckside").email in asked
        assert person("deputy-beckside").email not in asked

    def test_again_there_is_nothing_to_do(self) -> None:
        """Idempotent: no row, no email, no line of the ledger more."""
        run()
        sent = len(mail.outbox)
        with as_batch():
            before = LedgerEntry.objects.count(), LineEvent.objects.count(), ReviewNotice.objects.count()
        assert run() == "Nothing to do.\n"
        with as_batch():
            assert (LedgerEntry.objects.count(), LineEvent.objects.count(), ReviewNotice.objects.count()) == before
        assert len(mail.outbox) == sent

    def test_every_line_but_the_heads_has_a_review_afterwards(self) -> None:
        """R36."""
        run()
        with as_batch():
            lines = RegisterLine.objects.filter(withdrawn_at=None, suspended_at=None, awaiting_since=None)
            holding = lines.filter(starts_on__lte=TODAY).exclude(ends_on__lt=TODAY)
            without = holding.filter(review_due_on=None)
            assert set(without.values_list("seat", flat=True)) == {0}

    def test_drift_is_put_right_and_told(self) -> None:
        """R44, R45."""
        with as_batch():
            EstablishmentPermission.objects.filter(user=person("teacher-beckside")).delete()
        assert "permission table put right: 2 rows were missing, 0 ought not" in run()
        assert exact()

    def test_a_last_day_that_is_past_is_in_the_history_once(self) -> None:
        """R36: and again when the day was moved. Of a line that was withdrawn before there is nothing to note."""
        line, withdrawn = line_of("teacher-ended"), line_of("office-beckside")
        with as_batch():
            RegisterLine.objects.filter(pk=withdrawn.pk).update(withdrawn_at=timezone.now(), ends_on=TODAY - DAY)
        run()
        with as_batch():
            assert not withdrawn.events.filter(what="past").exists()
            told = LineEvent.objects.filter(line=line, what="past")
            assert told.get().words.endswith(
                f"the service noted that this line's last day was {day_in_words(TODAY - DAY)}"
            )
            RegisterLine.objects.filter(pk=line.pk).update(ends_on=TODAY)
        run()
        with as_batch():
            assert told.count() == 1
            RegisterLine.objects.filter(pk=line.pk).update(ends_on=TODAY - 2 * DAY)
        assert "1 line past the last day" in run()
        with as_batch():
            assert told.count() == 2

    def test_no_e_mail_names_a_child_or_carries_markup_into_text(self) -> None:
        """Point 10: text and HTML, why it came, a link, and nobody's data but one's own."""
        run()
        still_here = [letter for letter in mail.outbox if not letter.subject.startswith("Certify")]
        assert still_here
        for letter in still_here:
            ((html, kind),) = letter.alternatives
            assert kind == "text/html"
            assert "http://schools-online.localhost:8000/" in letter.body
            assert "http://schools-online.localhost:8000/" in html
            assert "You get this email because" in letter.body
            assert "&#x27;" not in letter.body
            assert "\n" not in letter.subject

    @pytest.mark.drifts  # lines written past the register
    def test_as_the_batch_role_and_no_other(self) -> None:
        """The web application's role cannot do it."""
        with pytest.raises(Exception, match="permission denied"):
            notices.waiting(TODAY)


@pytest.mark.django_db
class TestFailures:
    def test_one_part_that_fails_stops_no_other(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It is undone, named without data, and the exit code is 1."""
        settle = deadlines.settle

        def stumble(establishment: Establishment, today: object) -> object:
            yield from settle(establishment, today)
            if establishment.urn == OXENBY:
                raise ValueError("Pauline Binns")

        stumble.__name__ = "settle"
        monkeypatch.setattr(daily, "REVIEW_STEPS", (stumble, *daily.REVIEW_STEPS[1:]))
        due("teacher-beckside", TODAY - DAY)
        with pytest.raises(CommandError, match=f"settle at {OXENBY}: ValueError$") as failure:
            run()
        assert failure.value.returncode == 1
        assert "Binns" not in caplog.text
        assert line_of("office-oxenby", OXENBY).level == 2
        assert line_of("teacher-beckside").level == 3
        assert exact()
        monkeypatch.undo()
        run()
        assert line_of("office-oxenby", OXENBY).level == 3

    def test_what_failed_is_told_as_postgresql_calls_it(self) -> None:
        """Whoever runs the service reads whether to make room or only to run it again; "OperationalError" is both."""
        report = daily.Report()
        report.attempt("reminders", lambda: [run_as_owner("DO $$ BEGIN RAISE disk_full; END $$")])
        assert report.failed == ["reminders: DiskFull"]

    def test_an_e_mail_that_is_undone_is_not_counted(self) -> None:
        """A17: the ledger's row comes last. Where it cannot be written, the email goes back with its part."""

        def send() -> int:
            ledger.changed(action="tell_of_lapsing", about={})
            return 1

        report = daily.Report()
        with failing("SELECT portal_write_ledger"):
            report.write("second person of closing 1", send)
        assert (report.failed, report.written) == (["second person of closing 1: LockNotAvailable"], 0)
        report.write("second person of closing 1", send)
        assert report.written == 1

    def test_what_cannot_even_be_looked_for_stops_no_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """R36, R45: who is to be reminded of transfers is not known; the reviews are told, the ledger is signed."""

        def stumble(today: object) -> list[int]:
            raise ValueError("a row that nobody thought of")

        monkeypatch.setattr(transfers, "waiting", stumble)
        with pytest.raises(CommandError, match=r"reminders of transfers: ValueError$"):
            run()
        post()
        assert "Your access to Oxenby High School has changed" in {letter.subject for letter in mail.outbox}
        with as_batch():
            assert seals.heads()

    def test_without_a_mail_server_the_night_does_its_work_and_the_worker_posts_afterwards(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """R36: a server that answers nobody costs the night no time and no letter; nobody is told twice."""

        def away(self: EmailBackend, messages: object) -> int:
            raise TimeoutError

        monkeypatch.setattr(EmailBackend, "send_messages", away)
        assert "emails written" in run()
        assert line_of("office-oxenby", OXENBY).level == 3
        with as_batch():
            assert not notices.waiting(TODAY)
        assert run() == "Nothing to do.\n"
        assert not mail.outbox
        monkeypatch.undo()
        with time_machine.travel(timezone.now() + timedelta(hours=1)):
            post()
        told = [(letter.to[0], letter.subject) for letter in mail.outbox]
        assert len(told) == len(set(told))
        assert ("pauline.binns@oxenby.example", "Your access to Oxenby High School has changed") in told

    def test_a_reminder_that_comes_too_late_is_not_sent(self) -> None:
        with as_batch():
            beckside = Establishment.objects.get(urn=BECKSIDE)
            for on in (TODAY - DAY, TODAY):
                ReviewNotice.objects.create(
                    establishment=beckside, person=person("head-beckside"), kind="review_reminder", due_on=on, about={}
                )
            assert ReviewNotice.objects.filter(pk__in=notices.waiting(TODAY)).get().due_on == TODAY


def test_a_restart_of_postgresql_within_a_part_stops_no_other_and_is_told(
    own_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R36, R44: as by an update of the machine's packages in the early morning."""

    def restarted(today: object) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            databases.as_admin(f"SELECT pg_terminate_backend({cursor.fetchone()[0]})")
            cursor.execute("SELECT 1")
        return []

    monkeypatch.setattr(third_parties, "ask_for_certificates", restarted)
    with pytest.raises(CommandError, match=r"left for the next run:\ncertificates of destruction: OperationalError$"):
        run()
    assert line_of("office-oxenby", OXENBY).level == 3
    with as_batch():
        noted = ServiceRun.objects.get(name=ServiceRun.Job.DAILY)
    assert (noted.outcome, noted.about["parts"]["certificates of destruction"]) == (ServiceRun.Outcome.FAILED, [0, 1])
    monkeypatch.undo()
    run()


def test_two_runs_at_once_do_everything_once(own_database: None) -> None:
    """One does the work, the other sees that it is being done, or finds it done."""
    said = "".join(str(outcome) for outcome in at_once(*[run] * 4))
    assert said.count(f"{OXENBY}: 1 lowered to Level 3") == 1
    assert said.count(f"{BECKSIDE}: 3 reminded") == 1
    to_and_what = [(letter.to[0], letter.subject) for letter in mail.outbox]
    assert len(to_and_what) == len(set(to_and_what))
    with as_batch():
        assert LineEvent.objects.filter(what="lowered", by_name="the service").count() == 1
        assert proof.check().is_whole
    assert exact()
    assert run() == "Nothing to do.\n"


def test_a_second_run_says_that_one_is_under_way(own_database: None) -> None:
    under_way, finish = threading.Event(), threading.Event()

    def hold() -> None:
        with daily._alone():
            under_way.set()
            finish.wait(20)

    def second() -> str:
        under_way.wait(20)
        try:
            return run()
        finally:
            finish.set()

    assert "Another run is under way, so there is nothing to do.\n" in at_once(hold, second)
    assert run() != "Another run is under way, so there is nothing to do.\n"


def test_a_deadline_at_once_without_the_runs_lock(own_database: None) -> None:
    """The rows themselves are held: six transactions settle the same line, and it drops once."""
    due("teacher-beckside", TODAY - DAY)

    outcomes = at_once(*[settle] * 6)
    assert sorted(outcomes, key=str).count([f"{BECKSIDE}: 1 lowered to Level 3"]) == 1
    assert outcomes.count([]) == 5
    assert line_of("teacher-beckside").version == 2
    assert exact()


def test_confirming_at_the_instant_of_the_deadline(own_database: None) -> None:
    """Either the head was in time, or is told; the line is never half of each."""
    head, outcomes = asker("head-beckside"), []
    for number in range(6):
        with as_batch():
            before = line_of("teacher-beckside")
            RegisterLine.objects.filter(pk=before.pk).update(
                level=2, basis="teaches", review_due_on=TODAY - DAY, reviews_missed=0, confirmed_on=None,
                version=number * 10 + 1,
            )  # fmt: skip
            before = line_of("teacher-beckside")
            grants.replace(f"line:{before.pk}", grants.of_line(before))

        ends = at_once(settle, lambda: reviews.confirm_lines(head, BECKSIDE, versions={before.pk: before.version}))
        after = line_of("teacher-beckside")
        in_time = 1 in ends
        outcomes.append(in_time)
        assert in_time or any(isinstance(end, CannotChange) for end in ends), ends
        assert (after.level, after.reviews_missed) == ((2, 0) if in_time else (3, 1))
        assert exact()
    with as_batch():
        kept = LineEvent.objects.filter(line=before, what="confirmed").count()
        assert kept == outcomes.count(True)
        assert history.facts(after)["level"] == after.level
