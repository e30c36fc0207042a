"""The termly review (R35, R36): who confirms what, what a deadline does, and how it is undone."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access_register import grants, review_deadlines, reviews, terms
from access_register.levels import Level
from access_register.models import LineEvent, RegisterLine, ReviewNotice
from access_register.register import give_access, withdraw_access
from access_register.rules import CannotChange, ChangeRefused, Entry
from sharing.authorise import NoSuchRecord, NotAtYourLevel, NotYourEstablishment
from sharing.models import Establishment, EstablishmentPermission, LedgerEntry
from tests.people import as_batch, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
HEAD, NAMED, TEACHER = "head-beckside", "deputy-beckside", "teacher-beckside"
GOVERNOR, OFFICE, THIRD_PARTY = "governor-beckside", "office-beckside", "third-party-beckside"
EVERYBODY = [NAMED, "business-manager-beckside", TEACHER, "senco-beckside", "teacher-two-schools", GOVERNOR, OFFICE,
             THIRD_PARTY]  # fmt: skip
LEVEL_2 = {"view_establishment", "view_pupils"}
DAY = timedelta(days=1)


def today() -> date:
    return timezone.localdate()


def line_of(slug: str) -> RegisterLine:
    with as_batch():
        lines = RegisterLine.objects.filter(person=person(slug), establishment__urn=BECKSIDE).select_related("person")
        return lines.latest("pk")


def set_line(slug: str, **facts: object) -> RegisterLine:
    with as_batch():
        RegisterLine.objects.filter(pk=line_of(slug).pk).update(**facts)
        line = line_of(slug)
        grants.replace(f"line:{line.pk}", grants.of_line(line))
    return line


def due(slug: str, on: date, missed: int = 0) -> RegisterLine:
    """Make this line alone the one whose review is due."""
    with as_batch():
        lines = RegisterLine.objects.filter(establishment__urn=BECKSIDE)
        lines.update(review_due_on=on + timedelta(days=365), confirmed_on=None, reviews_missed=0)
    return set_line(slug, review_due_on=on, reviews_missed=missed)


def beckside() -> Establishment:
    return Establishment.objects.get(urn=BECKSIDE)


def settle(day: date) -> list[str]:
    with as_batch():
        return list(review_deadlines.settle(beckside(), day))


def remind(day: date) -> list[str]:
    with as_batch():
        return list(review_deadlines.remind(beckside(), day))


def notices() -> list[tuple[str, str, int]]:
    """(slug's e-mail, kind, days before) of each that was written."""
    with as_batch():
        return sorted(ReviewNotice.objects.values_list("person__email", "kind", "days_before"))


def opens(slug: str) -> set[str]:
    with as_batch():
        rows = EstablishmentPermission.objects.filter(user=person(slug), content_object__urn=BECKSIDE).exclude(
            starts_on=grants.NOT_YET
        )
        return set(rows.values_list("permission__codename", flat=True))


def event() -> LineEvent:
    with as_batch():
        return LineEvent.objects.latest("pk")


@pytest.fixture(autouse=True)
def exact() -> None:
    """After every test the permission table is what the lines say."""
    yield
    with as_batch():
        assert grants.drift(today()) == (set(), set())


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
            list(review_deadlines.set_days(beckside(), day))
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
            assert list(review_deadlines.set_days(beckside(), date(2026, 9, 21))) == []
        assert line_of(OFFICE).review_due_on == first
        assert line_of(HEAD).review_due_on is None

    @pytest.mark.parametrize("state", ["suspended_at", "awaiting_since"])
    def test_what_opens_nothing_is_not_reviewed(self, state: str) -> None:
        """R36: a suspended line has no day, and a fresh one when it is back."""
        set_line(OFFICE, **{state: timezone.now()}, review_due_on=date(2026, 9, 1))
        with as_batch():
            list(review_deadlines.settle(beckside(), date(2026, 9, 20)))
            list(review_deadlines.set_days(beckside(), date(2026, 9, 20)))
        assert line_of(OFFICE).review_due_on is None
        assert line_of(OFFICE).reviews_missed == 0
        assert opens(OFFICE) == set()
        set_line(OFFICE, **{state: None})
        with as_batch():
            list(review_deadlines.set_days(beckside(), date(2026, 11, 20)))
        assert line_of(OFFICE).review_due_on == date(2027, 1, 29)


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
        """R34, R35: Level 2 would need a basis that only the head can give."""
        due(NAMED, on=today() - DAY)
        settle(today())
        assert (line_of(NAMED).level, line_of(NAMED).seat) == (3, None)
        assert opens(NAMED) == {"view_establishment"}

    def test_a_third_party_ends(self) -> None:
        """R25, R36."""
        due(THIRD_PARTY, on=today() - DAY)
        settle(today())
        assert line_of(THIRD_PARTY).withdrawn_at is not None
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
            f"the service lowered this line from Level 2 to Level 3: not confirmed by {grants.in_words(today() - DAY)}"
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

    def test_each_is_written_once(self) -> None:
        due(TEACHER, on=today() + timedelta(days=14))
        for days in range(15):
            remind(today() + timedelta(days=days))
            assert remind(today() + timedelta(days=days)) == []
        assert [days for email, _, days in notices() if email.startswith("ruth")] == [1, 7, 14]

    def test_what_only_the_head_can_confirm_is_told_to_the_head_only(self) -> None:
        """R35."""
        due(NAMED, on=today() + timedelta(days=7))
        remind(today())
        assert notices() == [("ruth.oldroyd@beckside.example", "review_reminder", 7)]

    def test_nobody_is_reminded_when_all_is_confirmed(self) -> None:
        due(TEACHER, on=today() + timedelta(days=14))
        reviews.confirm_lines(asker(HEAD), BECKSIDE, versions={line_of(TEACHER).pk: 1})
        assert remind(today()) == []


class TestConfirming:
    def confirm(self, by: str, *slugs: str) -> int:
        versions = {line.pk: line.version for line in map(line_of, slugs)}
        return reviews.confirm_lines(asker(by), BECKSIDE, versions=versions)

    def test_a_confirmed_line_is_safe_until_next_term(self) -> None:
        """R36: on the very last day, too."""
        due(GOVERNOR, on=today(), missed=1)
        assert self.confirm(HEAD, GOVERNOR) == 1
        assert settle(today() + DAY) == []
        line = line_of(GOVERNOR)
        assert (line.confirmed_on, line.reviews_missed) == (today(), 0)
        assert line.review_due_on == terms.due_next_term(today())
        assert event().words.endswith("Ruth Oldroyd confirmed this line")

    def test_confirming_twice_says_so_and_changes_nothing(self) -> None:
        due(TEACHER, on=today())
        assert self.confirm(HEAD, TEACHER) == 1
        count = event().pk
        assert self.confirm(HEAD, TEACHER) == 0
        assert event().pk == count

    def test_named_staff_confirm_levels_2_and_3(self) -> None:
        """R35."""
        due(TEACHER, on=today())
        assert self.confirm(NAMED, TEACHER) == 1

    @pytest.mark.parametrize("slug", [NAMED, "business-manager-beckside"])
    def test_only_the_head_confirms_level_1(self, slug: str) -> None:
        """R35: one's own line neither; all or none."""
        due(slug, on=today())
        set_line(TEACHER, review_due_on=today())
        with pytest.raises(ChangeRefused):
            self.confirm(NAMED, TEACHER, slug)
        assert line_of(TEACHER).confirmed_on is None
        assert self.confirm(HEAD, slug) == 1

    def test_nobody_confirms_the_heads_line_or_one_elsewhere(self) -> None:
        """R6, R35."""
        with as_batch():
            elsewhere = RegisterLine.objects.get(person=person("teacher-ravensgill"))
        for pk in (line_of(HEAD).pk, elsewhere.pk, 10**9):
            with pytest.raises(NoSuchRecord):
                reviews.confirm_lines(asker(HEAD), BECKSIDE, versions={pk: 1})

    def test_others_are_turned_away(self) -> None:
        """R33: 403 for whoever is known here at a lower level, 404 for a stranger."""
        versions = {line_of(TEACHER).pk: 1}
        for slug, refusal in ((TEACHER, NotAtYourLevel), ("head-ravensgill", NotYourEstablishment)):
            for do in (
                lambda who: reviews.show_review(who, BECKSIDE),
                lambda who: reviews.confirm_lines(who, BECKSIDE, versions=versions),
                lambda who: reviews.lower_line(who, BECKSIDE, line_of(TEACHER).pk, version=1),
                lambda who: reviews.undo(who, BECKSIDE, 1),
            ):
                with pytest.raises(refusal):
                    do(asker(slug))

    def test_what_was_changed_meanwhile_is_not_confirmed_unseen(self) -> None:
        """Two tabs: the second is told."""
        due(TEACHER, on=today())
        set_line(TEACHER, version=7)
        with pytest.raises(CannotChange, match="Nadia Hussain’s line was changed"):
            reviews.confirm_lines(asker(HEAD), BECKSIDE, versions={line_of(TEACHER).pk: 6})
        withdraw_access(asker(HEAD), BECKSIDE, line_of(TEACHER).pk, because="")
        with pytest.raises(CannotChange, match="was changed"):
            self.confirm(HEAD, TEACHER)

    def test_lowering_confirms(self) -> None:
        """R35: one click, and the rows follow."""
        due(TEACHER, on=today())
        assert reviews.lower_line(asker(NAMED), BECKSIDE, line_of(TEACHER).pk, version=1) == "Nadia Hussain"
        assert opens(TEACHER) == {"view_establishment"}
        assert (line_of(TEACHER).confirmed_on, line_of(TEACHER).given_by_name) == (today(), "Imran Sheikh")
        with pytest.raises(ChangeRefused):
            reviews.lower_line(asker(NAMED), BECKSIDE, line_of("business-manager-beckside").pk, version=1)


class TestUndo:
    def lapse(self, slug: str, ago: int = 0, missed: int = 0) -> LineEvent:
        """The deadline did something to the line so many days ago."""
        day = today() - timedelta(days=ago)
        due(slug, on=day - DAY, missed=missed)
        settle(day)
        return event()

    @pytest.mark.parametrize(
        ("slug", "missed", "level"), [(TEACHER, 0, 2), (NAMED, 0, 1), (THIRD_PARTY, 0, 3), (GOVERNOR, 1, 3)]
    )
    def test_the_head_puts_everything_back(self, slug: str, missed: int, level: int) -> None:
        """R35, R44: level, seat, basis, words and rows are as they were, and the line counts as confirmed."""
        before, opened = line_of(slug), opens(slug)
        lapsed = self.lapse(slug, missed=missed)
        assert opens(slug) != opened
        undone = reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)
        assert (undone.level, undone.email) == (level, before.person.email)
        after = line_of(slug)
        for field in RegisterLine._meta.concrete_fields:
            if field.name not in {"version", "review_due_on", "confirmed_on", "reviews_missed"}:
                assert getattr(after, field.attname) == getattr(before, field.attname), field.name
        assert (after.confirmed_on, after.reviews_missed) == (today(), 0)
        assert opens(slug) == opened
        assert settle(today() + DAY) == []

    @pytest.mark.parametrize(("ago", "possible"), [(0, True), (13, True), (14, True), (15, False)])
    def test_for_14_days(self, ago: int, possible: bool) -> None:
        """R35: the day before, the last day, and the day after."""
        lapsed = self.lapse(TEACHER, ago=ago)
        shown = [found.event_id for found in reviews.show_review(asker(HEAD), BECKSIDE).undoable]
        assert shown == ([lapsed.pk] if possible else [])
        if possible:
            reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)
            return
        with pytest.raises(NoSuchRecord):
            reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)
        assert opens(TEACHER) == {"view_establishment"}

    def test_once(self) -> None:
        lapsed = self.lapse(TEACHER)
        reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)
        with pytest.raises(NoSuchRecord):
            reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)

    def test_only_the_head(self) -> None:
        """R35: not the named staff; it is in the ledger."""
        lapsed = self.lapse(TEACHER)
        with pytest.raises(ChangeRefused):
            reviews.undo(asker(NAMED), BECKSIDE, lapsed.pk)
        with as_batch():
            assert LedgerEntry.objects.latest("id").outcome == "refused"
        assert not reviews.show_review(asker(NAMED), BECKSIDE).is_head

    def test_not_of_another_establishment(self) -> None:
        """R6."""
        lapsed = self.lapse(TEACHER)
        with pytest.raises(NoSuchRecord):
            reviews.undo(asker("head-ravensgill"), RAVENSGILL, lapsed.pk)

    def test_not_over_a_later_change(self) -> None:
        """Nothing is silently lost: what the head did since stands."""
        lapsed = self.lapse(TEACHER)
        withdraw_access(asker(HEAD), BECKSIDE, line_of(TEACHER).pk, because="left")
        with pytest.raises(CannotChange, match="changed since"):
            reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)
        assert reviews.show_review(asker(HEAD), BECKSIDE).undoable == ()

    def test_never_a_third_named_person(self) -> None:
        """R32: the other place if there is one, and a refusal in words where both are taken."""
        lapsed = self.lapse(NAMED)
        new = Entry(level=Level.ONE, role="teacher", confirmed=True)
        give_access(asker(HEAD), BECKSIDE, name="New Deputy", email="new.deputy@beckside.example", entry=new)
        with pytest.raises(CannotChange, match="Both Level 1 places"):
            reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)
        withdraw_access(asker(HEAD), BECKSIDE, line_of("business-manager-beckside").pk, because="")
        reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)
        assert line_of(NAMED).seat == 2

    def test_a_third_party_added_again_since_is_not_doubled(self) -> None:
        """R24: one line for each person."""
        lapsed = self.lapse(THIRD_PARTY)
        with as_batch():
            again = line_of(THIRD_PARTY)
            again.pk, again.withdrawn_at, again.withdrawn_by_name = None, None, ""
            again._state.adding = True
            again.save()
            grants.replace(f"line:{again.pk}", grants.of_line(again))
        with pytest.raises(CannotChange):
            reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)


class TestPages:
    PAGE = f"/establishments/{BECKSIDE}/register/review/"

    def test_home_says_how_many_and_by_when(self) -> None:
        """R36: for the head all, for named staff what they can confirm, for others nothing."""
        due(NAMED, on=date(2026, 9, 28))
        for slug in (TEACHER, GOVERNOR):
            set_line(slug, review_due_on=date(2026, 9, 28))
        assert "3 lines to confirm by 28 September 2026" in client(HEAD).get("/").content.decode()
        assert "2 lines to confirm by 28 September 2026" in client(NAMED).get("/").content.decode()
        assert "to confirm" not in client(TEACHER).get("/").content.decode()
        assert "to confirm" not in client("head-ravensgill").get("/").content.decode()

    def test_the_page_says_what_happens_otherwise(self) -> None:
        due(NAMED, on=today() + DAY)
        page = client(NAMED).get(self.PAGE).content.decode()
        assert "it drops to Level 3. Only the head may confirm it." in page
        assert "Confirm all I have ticked" not in page
        set_line(NAMED, review_due_on=today() - DAY)
        assert "Tonight it drops to Level 3." in client(HEAD).get(self.PAGE).content.decode()

    def test_ticking_and_confirming(self) -> None:
        """R36: those ticked and no others."""
        due(TEACHER, on=today())
        set_line(GOVERNOR, review_due_on=today())
        set_line(OFFICE, review_due_on=today())
        browser = client(HEAD)
        ticked = [f"{line.pk}-{line.version}" for line in (line_of(TEACHER), line_of(OFFICE))]
        answer = browser.post(self.PAGE, {"lines": ticked}, follow=True).content.decode()
        assert "2 lines are confirmed." in answer
        assert [line_of(slug).confirmed_on for slug in (TEACHER, OFFICE, GOVERNOR)] == [today(), today(), None]

    def test_what_was_ticked_stays_ticked_when_a_line_was_changed_meanwhile(self) -> None:
        """Two tabs: the page says so, and nothing is lost or half done."""
        due(TEACHER, on=today())
        set_line(OFFICE, review_due_on=today())
        ticked = [f"{line_of(OFFICE).pk}-1", f"{line_of(TEACHER).pk}-1"]
        set_line(TEACHER, version=2)
        answer = client(HEAD).post(self.PAGE, {"lines": ticked})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "This page has changed since you opened it." in page
        assert page.count(" checked>") == 1
        assert line_of(OFFICE).confirmed_on is None

    def test_the_errors_link_leads_to_a_box_for_named_staff_too(self) -> None:
        """What one may confirm comes first."""
        due(NAMED, on=today())
        set_line(TEACHER, review_due_on=today())
        page = client("business-manager-beckside").post(self.PAGE, {}).content.decode()
        assert 'href="#id_lines_0"' in page
        assert 'id="id_lines_0"' in page

    @pytest.mark.parametrize("ticked", [[], ["x"], ["1"], ["1-2-3"], ["999999-1"], ["-1-1"]])
    def test_nonsense_and_nothing_are_answered_in_words(self, ticked: list[str]) -> None:
        due(TEACHER, on=today())
        answer = client(HEAD).post(self.PAGE, {"lines": ticked})
        assert answer.status_code == 422
        assert "There is a problem" in answer.content.decode()

    def test_one_click_for_one_line(self) -> None:
        due(TEACHER, on=today())
        browser, line = client(HEAD), line_of(TEACHER)
        answer = browser.post(f"{self.PAGE}{line.pk}/confirm/", {"version": line.version}, follow=True)
        assert "The line is confirmed." in answer.content.decode()
        answer = browser.post(f"{self.PAGE}{line.pk}/lower/", {"version": line.version}, follow=True)
        assert "Nadia Hussain is at Level 3 now" in answer.content.decode()
        answer = browser.post(f"{self.PAGE}{line.pk}/confirm/", {"version": line.version}, follow=True)
        assert "was changed while you had this page open" in answer.content.decode()

    def test_undoing_tells_the_person(self) -> None:
        due(TEACHER, on=today() - DAY)
        settle(today())
        answer = client(HEAD).post(f"{self.PAGE}undo/{event_to_undo()}/", follow=True).content.decode()
        assert "Nadia Hussain is at Level 2 again, and confirmed." in answer
        (letter,) = mail.outbox
        assert letter.to == ["nadia.hussain@beckside.example"]
        assert letter.subject == "You have your access to Beckside Primary School back"
        assert "Ruth Oldroyd has put your access" in letter.body

    def test_changes_are_made_by_forms_and_by_those_who_may(self) -> None:
        """R33, R35."""
        due(TEACHER, on=today())
        pk = line_of(TEACHER).pk
        for action in (f"{pk}/confirm/", f"{pk}/lower/", "undo/1/"):
            assert client(HEAD).get(f"{self.PAGE}{action}").status_code == 405
            assert client(TEACHER).post(f"{self.PAGE}{action}", {"version": 1}).status_code == 403
            assert client("head-ravensgill").post(f"{self.PAGE}{action}", {"version": 1}).status_code == 404
        assert client(HEAD).post(f"{self.PAGE}{pk}/confirm/", {"version": "x"}).status_code == 400

    def test_the_application_cannot_read_notices(self) -> None:
        """R45: they are written and sent by night."""
        from django.db import DatabaseError, transaction

        with pytest.raises(DatabaseError), transaction.atomic():
            ReviewNotice.objects.count()


def event_to_undo() -> int:
    with as_batch():
        return LineEvent.objects.filter(undo_until__isnull=False).latest("pk").pk
