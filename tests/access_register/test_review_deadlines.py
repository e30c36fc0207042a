"""When the termly review is due, and what its deadline does (R35, R36)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access_register.levels import Level
from access_register.models import Person, RegisterLine, ReviewNotice
from access_register.register.register import Entry, change_access
from access_register.reviews import deadlines, reviews, terms
from access_register.reviews import notices as posted
from sharing.days import day_in_words
from sharing.models import LedgerEntry
from tests import post
from tests.access_register.handovers import accepted, in_days
from tests.access_register.reviews import (
    BECKSIDE,
    DAY,
    GOVERNOR,
    HEAD,
    LEVEL_2,
    NAMED,
    OFFICE,
    TEACHER,
    THIRD_PARTY,
    beckside,
    due,
    event,
    line_of,
    notices,
    opens,
    remind,
    set_line,
    settle,
    today,
)
from tests.people import as_batch, asker, client, person

pytestmark = pytest.mark.django_db


class TestTerms:
    @pytest.mark.parametrize(
        ("day", "start", "following"),
        [
            (date(2026, 8, 31), date(2026, 4, 1), date(2026, 9, 29)),
            (date(2026, 9, 1), date(2026, 9, 1), date(2027, 1, 29)),
            (date(2026, 12, 31), date(2026, 9, 1), date(2027, 1, 29)),
            (date(2027, 1, 1), date(2027, 1, 1), date(2027, 4, 29)),
            (date(2027, 3, 31), date(2027, 1, 1), date(2027, 4, 29)),
            (date(2027, 4, 1), date(2027, 4, 1), date(2027, 9, 29)),
        ],
    )
    def test_terms_begin_in_september_january_and_april(self, day: date, start: date, following: date) -> None:
        """R36: a review each term, 28 days long."""
        assert terms.term_start(day) == start
        assert terms.due_this_term(day) == start + timedelta(days=28)
        assert terms.due_next_term(day) == following

    def days_given(self, day: date, **facts: object) -> date | None:
        set_line(OFFICE, review_due_on=None, **facts)
        with as_batch():
            list(deadlines.set_days(beckside(), day))
        return line_of(OFFICE).review_due_on

    def test_a_line_gets_the_last_day_of_this_terms_review_while_it_is_to_come(self) -> None:
        """R36: the day before, the day of and the day after."""
        assert self.days_given(date(2026, 9, 28)) == date(2026, 9, 29)
        assert self.days_given(date(2026, 9, 29)) == date(2026, 9, 29)
        assert self.days_given(date(2026, 9, 30)) == date(2027, 1, 29)

    def test_what_was_given_or_raised_this_term_is_reviewed_next_term(self) -> None:
        """R36."""
        assert self.days_given(date(2026, 9, 20), level_since=date(2026, 9, 1)) == date(2027, 1, 29)
        assert self.days_given(date(2026, 9, 20), level_since=date(2026, 8, 31)) == date(2026, 9, 29)

    def test_a_day_once_given_stays_and_the_head_has_none(self) -> None:
        """R35, R36: twice in a row."""
        first = self.days_given(date(2026, 9, 20))
        with as_batch():
            assert list(deadlines.set_days(beckside(), date(2026, 9, 21))) == []
        assert line_of(OFFICE).review_due_on == first
        assert line_of(HEAD).review_due_on is None

    def test_days_are_given_at_one_establishment_at_a_time(self) -> None:
        """R36, R43: the ledger says at which."""
        elsewhere = RegisterLine.objects.filter(person=person("deputy-ravensgill"))
        with as_batch():
            elsewhere.update(review_due_on=None)
        self.days_given(date(2026, 9, 20))
        with as_batch():
            assert {line.review_due_on for line in elsewhere} == {None}

    @pytest.mark.parametrize("state", ["suspended_at", "awaiting_since"])
    def test_what_opens_nothing_is_not_reviewed(self, state: str) -> None:
        """R36: a suspended line has no day, and a fresh one when it is back."""
        set_line(OFFICE, **{state: timezone.now()}, review_due_on=date(2026, 9, 1))
        with as_batch():
            list(deadlines.settle(beckside(), date(2026, 9, 20)))
            list(deadlines.set_days(beckside(), date(2026, 9, 20)))
        assert line_of(OFFICE).review_due_on is None
        assert line_of(OFFICE).reviews_missed == 0
        assert opens(OFFICE) == set()
        set_line(OFFICE, **{state: None})
        with as_batch():
            list(deadlines.set_days(beckside(), date(2026, 11, 20)))
        assert line_of(OFFICE).review_due_on == date(2027, 1, 29)

    def test_a_deputy_who_was_acting_head_is_not_held_to_a_review_meanwhile(self) -> None:
        """R35, R36, A7: their own line was not in force, so nobody could confirm it. The night it is back it stays."""
        due(NAMED, on=in_days(20))
        accepted(NAMED, on=in_days(5), until=in_days(40))
        for day in (6, 21, 41):
            with as_batch():
                list(deadlines.settle(beckside(), in_days(day)))
                list(deadlines.set_days(beckside(), in_days(day)))
        with as_batch():
            back = RegisterLine.objects.get(person=person(NAMED), starts_on=in_days(41))
        assert (back.level, back.seat, back.reviews_missed) == (1, 1, 0)
        assert (back.review_due_on or today()) >= in_days(41)

    def test_a_third_party_back_after_an_appeal_is_reviewed_anew(self) -> None:
        """R25, R36, R41: while a sanction had ended it nobody could confirm it, and no night ends it again."""
        due(THIRD_PARTY, on=in_days(20))
        set_line(THIRD_PARTY, withdrawn_at=timezone.now())
        with as_batch():
            list(deadlines.set_days(beckside(), today()))
        set_line(THIRD_PARTY, withdrawn_at=None)
        assert settle(in_days(21)) == []
        assert line_of(THIRD_PARTY).withdrawn_at is None

    def test_a_line_that_is_raised_is_reviewed_next_term(self) -> None:
        """R34, R36: the head has said that it is needed. One that is changed otherwise keeps its day."""
        day = set_line(OFFICE, review_due_on=in_days(1)).review_due_on
        entry = Entry(level=Level.THREE, role=RegisterLine.Role.TEACHER)
        change_access(asker(HEAD), BECKSIDE, line_of(OFFICE).pk, entry=entry)
        assert line_of(OFFICE).review_due_on == day
        raised = replace(entry, level=Level.TWO, basis=RegisterLine.Basis.TEACHES, confirmed=True)
        change_access(asker(HEAD), BECKSIDE, line_of(OFFICE).pk, entry=raised)
        with as_batch():
            list(deadlines.set_days(beckside(), today()))
        assert line_of(OFFICE).review_due_on == terms.due_next_term(today())


class TestDeadline:
    def test_on_the_last_day_nothing_happens_yet(self) -> None:
        """R36: the day before and the day of."""
        due(TEACHER, on=today())
        assert settle(today() - DAY) == settle(today()) == []
        assert opens(TEACHER) == LEVEL_2

    def test_the_day_after_level_2_drops_to_level_3(self) -> None:
        """R35, R36, R44: pupils are closed on the next request."""
        browser = client(TEACHER)
        due(TEACHER, on=today() - DAY)
        assert browser.get(f"/establishments/{BECKSIDE}/pupils/").status_code == 200
        assert settle(today()) == ["999002: 1 lowered to Level 3"]
        assert browser.get(f"/establishments/{BECKSIDE}/pupils/").status_code == 403
        line = line_of(TEACHER)
        assert (line.level, line.basis, line.reviews_missed, line.version) == (3, "", 1, 2)
        assert line.review_due_on == terms.due_next_term(today())
        assert opens(TEACHER) == {"view_establishment"}

    def test_a_named_level_1_drops_to_level_3_and_leaves_its_seat(self) -> None:
        """R34, R35: Level 2 would need a basis, and nobody has given one."""
        due(NAMED, on=today() - DAY)
        settle(today())
        assert (line_of(NAMED).level, line_of(NAMED).seat) == (3, None)
        assert opens(NAMED) == {"view_establishment"}

    def test_a_third_party_ends(self) -> None:
        """R25, R36."""
        due(THIRD_PARTY, on=today() - DAY)
        settle(today())
        line = line_of(THIRD_PARTY)
        assert line.withdrawn_at is not None
        assert line.withdrawn_because == f"not confirmed by {day_in_words(today() - DAY)}"
        assert opens(THIRD_PARTY) == set()

    def test_level_3_stays_the_first_time_and_is_suspended_the_second(self) -> None:
        """R36."""
        due(GOVERNOR, on=today() - DAY)
        settle(today())
        assert (line_of(GOVERNOR).suspended_at, line_of(GOVERNOR).reviews_missed) == (None, 1)
        assert opens(GOVERNOR) == {"view_establishment"}
        assert event().undo_until is None
        due(GOVERNOR, on=today() - DAY, missed=1)
        settle(today())
        assert line_of(GOVERNOR).suspended_at is not None
        assert opens(GOVERNOR) == set()
        assert client(GOVERNOR).get(f"/establishments/{BECKSIDE}/").status_code == 404

    def test_a_line_that_dropped_and_is_missed_again_is_suspended(self) -> None:
        """R36: Level 2, Level 3, nothing."""
        due(TEACHER, on=today() - DAY)
        settle(today())
        assert settle(terms.due_next_term(today())) == []
        settle(terms.due_next_term(today()) + DAY)
        assert line_of(TEACHER).suspended_at is not None

    def test_twice_in_a_row_is_as_once(self) -> None:
        due(TEACHER, on=today() - DAY)
        settle(today())
        before, events = line_of(TEACHER), event().pk
        assert settle(today()) == []
        assert settle(today() + DAY) == []
        assert (line_of(TEACHER).version, event().pk) == (before.version, events)
        assert len(notices()) == 4

    def test_the_heads_own_line_is_left_alone(self) -> None:
        """R35: whatever day stands on it."""
        set_line(HEAD, review_due_on=today() - DAY)
        due(TEACHER, on=today() + timedelta(days=40))
        set_line(HEAD, review_due_on=today() - DAY)
        assert settle(today()) == []
        assert line_of(HEAD).level == 1

    def test_it_is_in_the_history_and_in_the_ledger(self) -> None:
        """R36, R43."""
        due(TEACHER, on=today() - DAY)
        settle(today())
        told = event()
        assert told.words.endswith(
            f"the service lowered this line from Level 2 to Level 3: not confirmed by {day_in_words(today() - DAY)}"
        )
        assert (told.by_name, told.before["level"], told.after["level"]) == ("the service", 2, 3)
        assert told.undo_until == today() + timedelta(days=14)
        with as_batch():
            row = LedgerEntry.objects.latest("id")
        assert (row.action, row.urn, row.about) == ("review_deadline", BECKSIDE, {"lowered": 1})

    def test_the_head_the_named_staff_and_the_person_are_told(self) -> None:
        """R36: each once, and not about a first miss of Level 3."""
        due(TEACHER, on=today() - DAY)
        set_line(GOVERNOR, review_due_on=today() - DAY)
        settle(today())
        assert notices() == [
            ("imran.sheikh@beckside.example", "review_result", 0),
            ("julie.armitage@beckside.example", "review_result", 0),
            ("nadia.hussain@beckside.example", "review_changed", 0),
            ("ruth.oldroyd@beckside.example", "review_result", 0),
        ]

    def test_the_person_is_told_until_when_the_head_can_undo_it(self) -> None:
        """R35, R36: after that day the head gives access anew."""
        due(TEACHER, on=today() - DAY)
        settle(today())
        with post.posting(), as_batch():
            posted.send(ReviewNotice.objects.get(kind=ReviewNotice.Kind.CHANGED).pk)
        (told,) = mail.outbox
        assert f"undo this with one click until {day_in_words(today() + 14 * DAY)}." in told.body

    def test_who_does_not_keep_the_register_today_is_told_nothing_of_it(self) -> None:
        """R44: one of the named staff is suspended, the other's account is closed."""
        set_line(NAMED, suspended_at=timezone.now())
        with as_batch():
            Person.objects.filter(email="julie.armitage@beckside.example").update(is_active=False)
        due(TEACHER, on=today() - DAY)
        settle(today())
        assert [email.split("@")[0] for email, _, _ in notices()] == ["nadia.hussain", "ruth.oldroyd"]

    def test_who_is_shut_out_by_a_sanction_is_neither_told_nor_reminded(self) -> None:
        """R41: the page that the emails lead to is closed to them. The named staff are told."""
        with as_batch():
            Person.objects.filter(pk=person(HEAD).pk).update(suspended_until=today())
        due(TEACHER, on=today() - DAY)
        settle(today())
        due(TEACHER, on=today() + DAY)
        remind(today())
        assert person(HEAD).email not in {email for email, _, _ in notices()}
        assert (person(NAMED).email, "review_reminder", 1) in notices()


class TestReminders:
    @pytest.mark.parametrize(
        ("days_left", "stage"),
        [(15, None), (14, 14), (13, 14), (8, 14), (7, 7), (6, 7), (2, 7), (1, 1), (0, 1), (-1, None)],
    )
    def test_reminders_at_14_7_and_1_days(self, days_left: int, stage: int | None) -> None:
        """R36: the day before, of and after each; a missed one is made up by the one that is due."""
        due(TEACHER, on=today() + timedelta(days=days_left))
        remind(today())
        assert {days for _, _, days in notices()} == ({stage} if stage else set())
        assert len(notices()) == (3 if stage else 0)

    @pytest.mark.parametrize(("days_left", "stage"), [(14, None), (6, None), (5, 7), (1, 1)])
    def test_nobody_is_reminded_before_the_review_has_opened(self, settings, days_left: int, stage: int | None) -> None:
        """R36: with a short review, the page that the email leads to would have nothing to confirm yet."""
        settings.REVIEW_DAYS = 5
        due(TEACHER, on=today() + timedelta(days=days_left))
        remind(today())
        assert {days for _, _, days in notices()} == ({stage} if stage else set())
        assert bool(reviews.show_review(asker(HEAD), BECKSIDE).to_confirm) is bool(stage)

    @pytest.mark.parametrize(("ends_in", "waits"), [(6, False), (7, False), (8, True)])
    def test_a_line_that_ends_before_its_review_waits_for_nobody(self, ends_in: int, waits: bool) -> None:
        """R36: not on the page, and in no email."""
        due(TEACHER, on=today() + timedelta(days=7))
        set_line(TEACHER, ends_on=today() + timedelta(days=ends_in))
        listed = {line.id for line in reviews.show_review(asker(HEAD), BECKSIDE).to_confirm}
        assert (line_of(TEACHER).pk in listed) is waits
        assert bool(remind(today())) is waits

    def test_each_is_written_once(self) -> None:
        due(TEACHER, on=today() + timedelta(days=14))
        for days in range(15):
            remind(today() + timedelta(days=days))
            assert remind(today() + timedelta(days=days)) == []
            with as_batch():
                ReviewNotice.objects.update(sent_at=timezone.now())
            assert remind(today() + timedelta(days=days)) == []
        assert [days for email, _, days in notices() if email.startswith("ruth")] == [1, 7, 14]

    def test_one_that_was_not_sent_says_the_next_night_what_is_then_so(self) -> None:
        """R36: the night was killed before it came to the emails. Meanwhile a line was confirmed, then the others."""
        due(TEACHER, on=today() + timedelta(days=13))
        set_line(GOVERNOR, review_due_on=today() + timedelta(days=13))
        remind(today())
        reviews.confirm_lines(asker(HEAD), BECKSIDE, versions={line_of(TEACHER).pk: 1})
        remind(today() + DAY)
        with as_batch():
            left = {notice.about["lines"] for notice in ReviewNotice.objects.filter(sent_at=None)}
            assert left == {1}
        reviews.confirm_lines(asker(HEAD), BECKSIDE, versions={line_of(GOVERNOR).pk: 1})
        remind(today() + 2 * DAY)
        assert notices() == []

    def test_what_only_the_head_can_confirm_is_told_to_the_head_only(self) -> None:
        """R35."""
        due(NAMED, on=today() + timedelta(days=7))
        remind(today())
        assert notices() == [("ruth.oldroyd@beckside.example", "review_reminder", 7)]

    def test_nobody_is_reminded_when_all_is_confirmed(self) -> None:
        due(TEACHER, on=today() + timedelta(days=14))
        reviews.confirm_lines(asker(HEAD), BECKSIDE, versions={line_of(TEACHER).pk: 1})
        assert remind(today()) == []
