"""The termly review (R35, R36): who confirms what, what a deadline does, and how it is undone."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from access_register import grants
from access_register.levels import Level
from access_register.models import Contract, LineEvent, RegisterLine, ReviewNotice
from access_register.register.register import give_access, withdraw_access
from access_register.register.rules import CannotChange, ChangeRefused, Entry
from access_register.reviews import notices as posted
from access_register.reviews import reviews, terms
from access_register.third_parties.third_parties import change_contract, end_contract
from sharing.authorise import NoSuchRecord, NotAtYourLevel, NotYourEstablishment
from sharing.days import day_in_words
from sharing.models import LedgerEntry
from tests.access_register.reviews import (
    BECKSIDE,
    DAY,
    GOVERNOR,
    HEAD,
    NAMED,
    OFFICE,
    RAVENSGILL,
    TEACHER,
    THIRD_PARTY,
    due,
    event,
    line_of,
    opens,
    set_line,
    settle,
    today,
)
from tests.downloads.reading import asked_for, collected
from tests.people import as_batch, asker, client, person
from tests.post import posting

pytestmark = pytest.mark.django_db
EVERYBODY = [NAMED, "business-manager-beckside", TEACHER, "senco-beckside", "teacher-two-schools", GOVERNOR, OFFICE,
             THIRD_PARTY]  # fmt: skip


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

    @pytest.mark.parametrize(("days", "is_open"), [(28, True), (29, False)])
    def test_a_review_is_open_from_the_first_day_of_the_term(self, days: int, is_open: bool) -> None:
        due(TEACHER, on=today() + timedelta(days=days))
        assert bool(reviews.show_review(asker(HEAD), BECKSIDE).to_confirm) is is_open

    def test_level_3_that_is_in_use_is_ticked_at_once_and_nothing_else(self) -> None:
        """R30, R36: a register of sixty lines. What opens pupils or staff, or was never used, is ticked by hand."""
        due(TEACHER, on=today())
        for slug, used in ((OFFICE, today()), (GOVERNOR, today()), (THIRD_PARTY, None), (TEACHER, today())):
            set_line(slug, review_due_on=today(), last_used_on=used)
        page, browser = f"/establishments/{BECKSIDE}/register/review/", client(HEAD)
        assert " checked" not in browser.get(page).content.decode()
        assert f'href="{page}?tick=3#to-confirm">Tick the 2 at Level 3' in browser.get(page).content.decode()
        ticked = browser.get(f"{page}?tick=3").content.decode()
        marks = re.findall(r'value="([0-9-]+)" id="id_lines_\d+"[^>]* checked', ticked)
        assert sorted(marks) == sorted(f"{line.pk}-{line.version}" for line in (line_of(OFFICE), line_of(GOVERNOR)))
        assert line_of(OFFICE).confirmed_on is None
        browser.post(f"{page}?tick=3", {"lines": marks[:1]})
        confirmed = {slug for slug in (OFFICE, GOVERNOR) if line_of(slug).confirmed_on}
        assert len(confirmed) == 1

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
        assert (undone.level, undone.name) == (level, before.person.name)
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

    def test_nobody_is_told_afterwards_that_it_happened(self) -> None:
        """R35, R36: the night was killed before it came to the emails, and the head undid it in the morning."""
        lapsed = self.lapse(TEACHER)
        with as_batch():
            (told,) = ReviewNotice.objects.filter(kind=ReviewNotice.Kind.CHANGED).values_list("pk", flat=True)
            assert told in posted.waiting(today())
        reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)
        with as_batch():
            assert told not in posted.waiting(today())
        due(TEACHER, on=today() + 2 * DAY)
        settle(today() + 3 * DAY)
        with as_batch():
            (again,) = ReviewNotice.objects.filter(kind=ReviewNotice.Kind.CHANGED).exclude(pk=told)
            assert again.pk in posted.waiting(today())

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

    def test_though_what_it_left_was_confirmed(self) -> None:
        """To confirm what the deadline left is no later change."""
        lapsed, left = self.lapse(TEACHER), set_line(TEACHER, review_due_on=today())
        assert reviews.confirm_lines(asker(HEAD), BECKSIDE, versions={left.pk: left.version}) == 1
        assert reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk).level == 2

    def test_not_where_it_would_open_nothing(self) -> None:
        """R25, R36: the line's own last day has come, or its contract has ended. Nobody is told that it is back."""
        set_line(TEACHER, ends_on=today() - DAY)
        lapsed = self.lapse(TEACHER, ago=5)
        with pytest.raises(NoSuchRecord):
            reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)
        lapsed = self.lapse(THIRD_PARTY)
        end_contract(asker(HEAD), BECKSIDE, line_of(THIRD_PARTY).contract_id)
        with pytest.raises(NoSuchRecord):
            reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)
        assert reviews.show_review(asker(HEAD), BECKSIDE).undoable == ()

    def test_not_longer_than_the_contract_has_come_to_last(self) -> None:
        """R25, R36: its last day was brought forward meanwhile, and then it is over."""
        lapsed = self.lapse(THIRD_PARTY)
        contract = line_of(THIRD_PARTY).contract_id
        change_contract(asker(HEAD), BECKSIDE, contract, on=today() + 5 * DAY)
        reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)
        assert line_of(THIRD_PARTY).ends_on == today() + 5 * DAY
        lapsed = self.lapse(THIRD_PARTY)
        with as_batch():
            Contract.objects.filter(pk=contract).update(ends_on=today() - DAY)
        with pytest.raises(NoSuchRecord):
            reviews.undo(asker(HEAD), BECKSIDE, lapsed.pk)

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
        soon = today() + DAY
        due(NAMED, on=soon)
        for slug in (TEACHER, GOVERNOR):
            set_line(slug, review_due_on=soon)
        assert f"3 people to confirm by {day_in_words(soon)}" in client(HEAD).get("/").content.decode()
        assert f"2 people to confirm by {day_in_words(soon)}" in client(NAMED).get("/").content.decode()
        assert "people to confirm" not in client(TEACHER).get("/").content.decode()
        assert "people to confirm" not in client("head-ravensgill").get("/").content.decode()

    def test_the_page_says_how_many_of_them_are_for_whoever_reads_it(self) -> None:
        """R36: the home page of named staff said 1, and the review that it leads to said 2."""
        by = f"people to confirm by {day_in_words(today() + DAY)}"
        due(NAMED, on=today() + DAY)
        assert f"1 person to confirm by {day_in_words(today() + DAY)}, none of them by you" in self.review_of(NAMED)
        set_line(TEACHER, review_due_on=today() + DAY)
        assert f"2 {by}, 1 of them by you" in self.review_of(NAMED)
        assert f"2 {by}</h2>" in self.review_of(HEAD)

    def review_of(self, slug: str) -> str:
        return client(slug).get(self.PAGE).content.decode()

    @pytest.mark.parametrize(
        ("late", "said"),
        [((TEACHER,), "2 people to confirm, the first due"), ((TEACHER, GOVERNOR), "2 people to confirm, due")],
    )
    def test_a_day_that_is_over_is_not_said_to_be_ahead(self, late: tuple[str, ...], said: str) -> None:
        """R36: the day is over, and the night that acts on it has yet to come."""
        due(TEACHER, on=today() - DAY)
        set_line(GOVERNOR, review_due_on=today() - DAY if GOVERNOR in late else today() + DAY)
        by = f"since {day_in_words(today() - DAY)}"
        assert f"{said} {by}" in client(HEAD).get("/").content.decode()
        assert f"2 people to confirm, the first due {by}" in client(HEAD).get(self.PAGE).content.decode()

    def test_the_page_says_what_happens_otherwise(self) -> None:
        due(NAMED, on=today() + DAY)
        page = client(NAMED).get(self.PAGE).content.decode()
        assert "it drops to Level 3. Only the head may confirm it." in page
        assert "Confirm all I have ticked" not in page
        set_line(NAMED, review_due_on=today() - DAY)
        assert "Tonight it drops to Level 3." in client(HEAD).get(self.PAGE).content.decode()

    def test_who_has_downloads_left_is_one_step_from_what_they_are(self) -> None:
        """R14, R36: the number alone stood there, and the head had to know on which page to look."""
        due(TEACHER, on=today())
        downloads = f"/establishments/{BECKSIDE}/downloads/"
        assert f'href="{downloads}"' not in client(HEAD).get(self.PAGE).content.decode()
        collected(TEACHER, asked_for(TEACHER))
        page = client(HEAD).get(self.PAGE).content.decode()
        assert f'href="{downloads}">See which<span class="govuk-visually-hidden"> {person(TEACHER).name} has' in page

    def test_ticking_and_confirming(self) -> None:
        """R36: those ticked and no others."""
        due(TEACHER, on=today())
        set_line(GOVERNOR, review_due_on=today())
        set_line(OFFICE, review_due_on=today())
        browser = client(HEAD)
        ticked = [f"{line.pk}-{line.version}" for line in (line_of(TEACHER), line_of(OFFICE))]
        answer = browser.post(self.PAGE, {"lines": ticked}, follow=True).content.decode()
        assert "2 people are confirmed." in answer
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
        for said in ("1 person is confirmed.", "This person had already been confirmed."):
            answer = browser.post(f"{self.PAGE}{line.pk}/confirm/", {"version": line.version}, follow=True)
            assert said in answer.content.decode()
        for _ in range(2):  # a double click
            answer = browser.post(f"{self.PAGE}{line.pk}/lower/", {"version": line.version}, follow=True)
            assert "Nadia Hussain is at Level 3 now" in answer.content.decode()
        assert line_of(TEACHER).version == line.version + 1
        answer = browser.post(f"{self.PAGE}{line.pk}/confirm/", {"version": line.version}, follow=True)
        assert "was changed while you had this page open" in answer.content.decode()

    def test_undoing_tells_the_person(self) -> None:
        due(TEACHER, on=today() - DAY)
        settle(today())
        with posting():
            answer = client(HEAD).post(f"{self.PAGE}undo/{event_to_undo()}/", follow=True).content.decode()
        assert "Nadia Hussain is at Level 2 again, and confirmed." in answer
        (letter,) = mail.outbox
        assert letter.to == ["nadia.hussain@beckside.example"]
        assert letter.subject == "Your access to Beckside Primary School has been restored"
        assert "Ruth Oldroyd has restored your access" in letter.body

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
        with pytest.raises(DatabaseError), transaction.atomic():
            ReviewNotice.objects.count()


def event_to_undo() -> int:
    with as_batch():
        return LineEvent.objects.filter(undo_until__isnull=False).latest("pk").pk
