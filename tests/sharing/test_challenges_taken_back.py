"""Who has raised a challenge takes it back while it waits for an answer (P9, R23, R43, R45)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from access_register.models import Person, RegisterLine
from access_register.notices import challenges
from sharing import door
from sharing.authorise import NoSuchRecord, NotYourEstablishment, Permission, visit
from sharing.models import Challenge, Closing, Enrolment, LedgerEntry
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.post import posting
from tests.sharing.challenges import (
    BECKSIDE,
    DEPUTY,
    GOVERNOR,
    HEAD,
    HERE,
    NARROWED,
    OFFICER,
    TEACHER,
    TODAY,
    child,
    raised,
    seen,
    stored,
)
from tests.sharing.closings import close

pytestmark = pytest.mark.django_db
BECAUSE = "The unmistakable certificate says otherwise."


def take_back(number: int, slug: str = TEACHER, because: str = BECAUSE) -> None:
    door.take_back_challenge(asker(slug), BECKSIDE, number, because=because)


def answer(number: int) -> None:
    door.answer_challenge(asker(HEAD), BECKSIDE, number, outcome="corrected", answer="Yes")


def page(number: int, slug: str = TEACHER, through: str = SCHOOLS_ONLINE) -> str:
    return client(slug, through).get(f"{HERE}/challenges/{number}/").content.decode()


class TestTakenBack:
    def test_both_parties_read_it_and_nobody_answers_it_any_more(self) -> None:
        """R23: state, reason and past; no clock, no form, and no count of what waits."""
        number = raised(child())
        waiting = door.list_challenges(asker(HEAD), BECKSIDE).waiting
        take_back(number)
        for slug, through in ((TEACHER, SCHOOLS_ONLINE), (HEAD, SCHOOLS_ONLINE), OFFICER):
            told = page(number, slug, through)
            assert "Taken back" in told
            assert BECAUSE in told
            assert f"Taken back by {person(TEACHER).name} on" in told
            assert "Answer by" not in told
            assert "Answer it" not in told
            assert "Take the challenge back" not in told
        assert door.list_challenges(asker(HEAD), BECKSIDE).waiting == waiting - 1
        line = next(line for line in door.list_challenges(asker(HEAD), BECKSIDE).page if line.id == number)
        assert (line.state, line.is_taken_back, line.overdue) == ("Taken back", True, False)
        assert "Taken back</strong>" in client(HEAD).get(f"{HERE}/challenges/").content.decode()
        with pytest.raises(door.AlreadySettled):
            answer(number)
        with pytest.raises(door.AlreadySettled):
            door.pass_on_challenge(asker(HEAD), BECKSIDE, number)
        late = client(DEPUTY).post(f"{HERE}/challenges/{number}/pass-on/", follow=True)
        assert "in the meantime this challenge has been answered, passed on or taken back" in late.content.decode()
        assert (stored(number).state, str(stored(number).answer)) == ("withdrawn", "")

    def test_the_ledger_says_so_and_not_why(self) -> None:
        """R13, R43: the reason is encrypted."""
        pupil = child()
        number = raised(pupil)
        take_back(number)
        with as_batch(), connection.cursor() as cursor:
            told = LedgerEntry.objects.get(action="take_back_challenge")
            cursor.execute("SELECT challenge::text FROM sharing_challenge AS challenge WHERE id = %s", [number])
            (row,) = cursor.fetchone()
        assert (told.outcome, told.urn) == ("changed", BECKSIDE)
        assert told.about == {"challenge": number, "pupils": [str(pupil.pk)]}
        assert "nmistakable" not in row
        assert b"nmistakable".hex() not in row
        assert str(stored(number).withdrawn_because) == BECAUSE

    def test_without_a_reason_and_once_more(self) -> None:
        """A double click does no harm; the first words stay."""
        number, other = raised(child()), raised(child())
        take_back(number, because="")
        take_back(number)
        assert str(stored(number).withdrawn_because) == ""
        assert "Why it was taken back" not in page(number)
        browser = client(TEACHER)
        for _ in range(2):
            sent = browser.post(f"{HERE}/challenges/{other}/take-back/", {"because": BECAUSE}, follow=True)
            assert "You have taken the challenge back." in sent.content.decode()
        assert [step.words for step in door.show_challenge(asker(TEACHER), BECKSIDE, other).steps] == [
            "Raised", "Taken back",
        ]  # fmt: skip

    def test_one_that_was_passed_on(self) -> None:
        """R23: the data team reads that nobody waits for them."""
        number = raised(child())
        door.pass_on_challenge(asker(HEAD), BECKSIDE, number)
        take_back(number)
        steps = door.show_challenge(asker(*OFFICER), BECKSIDE, number).steps
        assert [(step.words, step.by_name) for step in steps] == [
            ("Raised", person(TEACHER).name),
            ("Passed on to the data team", person(HEAD).name),
            ("Taken back", person(TEACHER).name),
        ]
        with pytest.raises(door.AlreadySettled):
            door.answer_challenge(asker(*OFFICER), BECKSIDE, number, outcome="corrected", answer="x")

    def test_and_raised_again_it_is_another(self) -> None:
        pupil = child()
        number = raised(pupil)
        take_back(number)
        assert raised(pupil) != number

    def test_once_the_child_has_left_it_is_not_closed_over_it(self) -> None:
        """R5: nor counted among those that wait."""
        pupil = child()
        number = raised(pupil)
        take_back(number)
        with as_batch():
            Enrolment.objects.filter(pupil=pupil).update(ends_on=TODAY - timedelta(days=1))
            list(challenges.close_those_of_leavers(TODAY))
        assert stored(number).state == "withdrawn"
        assert door.list_challenges(asker(HEAD), BECKSIDE).of_leavers == 0


class TestWhoTakesItBack:
    def test_nobody_else(self) -> None:
        """R45: neither who keeps the records, nor another who reads it, nor a stranger."""
        number = raised(child(year_group="5"))
        assert number in seen(HEAD)
        for slug, through, refusal in (
            (HEAD, SCHOOLS_ONLINE, NoSuchRecord),
            (DEPUTY, SCHOOLS_ONLINE, NoSuchRecord),
            (NARROWED, SCHOOLS_ONLINE, NoSuchRecord),
            (*OFFICER, NoSuchRecord),
            ("head-ravensgill", SCHOOLS_ONLINE, NotYourEstablishment),
        ):
            with pytest.raises(refusal):
                door.take_back_challenge(asker(slug, through), BECKSIDE, number)
        assert client(HEAD).post(f"{HERE}/challenges/{number}/take-back/").status_code == 404
        assert "Take the challenge back" not in page(number, HEAD)
        assert stored(number).state == "open"

    def test_nor_who_raised_it_once_they_see_the_record_no_more(self) -> None:
        """R5: a child who has left, and a challenge nobody reads."""
        pupil = child()
        number = raised(pupil)
        with as_batch():
            Enrolment.objects.filter(pupil=pupil).update(ends_on=TODAY - timedelta(days=1))
        with pytest.raises(NoSuchRecord):
            take_back(number)

    def test_a_governor_their_own(self) -> None:
        number = door.raise_challenge(asker(GOVERNOR), BECKSIDE, "figure", fact_key="capacity", statement="It is 420")
        with pytest.raises(NoSuchRecord):
            take_back(number)
        assert "Take the challenge back" in page(number, GOVERNOR)
        take_back(number, GOVERNOR)
        assert stored(number).state == "withdrawn"

    @pytest.mark.parametrize("leaves", [False, True])
    def test_the_function_asks_by_itself(self, leaves: bool) -> None:
        """R45: with the door forgotten, of nobody but who raised it, where they see the record today."""
        pupil = child()
        number = raised(pupil)
        if leaves:
            with as_batch():
                Enrolment.objects.filter(pupil=pupil).update(ends_on=TODAY - timedelta(days=1))
        for slug, through, is_taken in (
            (HEAD, SCHOOLS_ONLINE, False),
            (*OFFICER, False),
            (TEACHER, EDUNET, False),
            (TEACHER, SCHOOLS_ONLINE, not leaves),
            (TEACHER, SCHOOLS_ONLINE, False),
        ):
            with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
                here.showed()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT sharing_take_back_challenge(%s, NULL)", [number])
                    assert cursor.fetchone() == (is_taken,), (slug, through)

    def test_a_decided_one_stays_decided(self) -> None:
        number = raised(child())
        answer(number)
        with pytest.raises(door.AlreadySettled):
            take_back(number)
        assert "Take the challenge back" not in page(number)
        for because in (BECAUSE, "x" * 501):
            late = client(TEACHER).post(f"{HERE}/challenges/{number}/take-back/", {"because": because}, follow=True)
            assert "has been answered, so it can no longer be taken back" in late.content.decode()
        assert (stored(number).state, str(stored(number).withdrawn_because)) == ("answered", "")

    def test_a_reason_that_is_too_long_is_kept(self) -> None:
        number = raised(child())
        wrong = client(TEACHER).post(f"{HERE}/challenges/{number}/take-back/", {"because": "x" * 501})
        told = wrong.content.decode()
        assert wrong.status_code == 422
        assert "500 characters at most" in told
        assert 'href="#id_because"' in told
        assert "x" * 501 in told
        assert stored(number).state == "open"


class TestWhoIsTold:
    def told(self, number: int, slug: str = TEACHER) -> set[str]:
        """To whom emails go as this person takes it back."""
        mail.outbox.clear()
        with posting():
            take_back(number, slug)
            take_back(number, slug)
        return {letter.to[0] for letter in mail.outbox}

    def reminded(self, slug: str = TEACHER) -> int:
        number = raised(child(), slug)
        with as_batch():
            Challenge.objects.filter(pk=number).update(due_on=TODAY - timedelta(days=1), reminded_on=TODAY)
        return number

    def test_level_1_at_once_where_they_were_reminded(self) -> None:
        """R23: by one email, however often it is taken back, with no name of a child and no reason."""
        number = self.reminded()
        told = self.told(number)
        assert told == {person(slug).email for slug in (HEAD, DEPUTY, "business-manager-beckside")}
        assert len(mail.outbox) == len(told)
        for letter in mail.outbox:
            words = letter.subject + str(letter.body) + str(letter.alternatives)
            assert "no longer needs an answer" in words
            assert f"{HERE}/challenges/{number}/" in words
            assert "unmistakable" not in words
            assert "Disputed" not in words

    def test_nobody_where_nobody_was_reminded(self) -> None:
        assert self.told(raised(child())) == set()

    def test_not_who_has_taken_it_back_themselves(self) -> None:
        told = self.told(self.reminded(DEPUTY), DEPUTY)
        assert person(HEAD).email in told
        assert person(DEPUTY).email not in told

    def test_only_who_keeps_the_records_today(self) -> None:
        """R23, R44: a line that is suspended, withdrawn or lower is told nothing."""
        with as_batch():
            lines = RegisterLine.objects.filter(establishment__urn=BECKSIDE, level=1)
            lines.filter(person=person(DEPUTY)).update(suspended_at=timezone.now())
            lines.filter(person=person("business-manager-beckside")).update(withdrawn_at=timezone.now())
        assert self.told(self.reminded()) == {person(HEAD).email}

    def test_nobody_whose_account_is_closed(self) -> None:
        with as_batch():
            Person.objects.filter(pk=person(DEPUTY).pk).update(is_active=False)
        assert person(DEPUTY).email not in self.told(self.reminded())

    def test_nobody_to_whom_the_child_is_closed(self) -> None:
        """R18: of those who were reminded only those whom the closing names."""
        number = self.reminded()
        with as_batch():
            whose = Challenge.objects.get(pk=number).pupil
        close(whose, named=[person(slug).email for slug in (TEACHER, DEPUTY)])
        assert self.told(number) == {person(DEPUTY).email}

    def test_a_closing_that_nobody_agreed_to_keeps_no_letter_back_after_three_days(self) -> None:
        """R18: it closes the record for 72 hours, and its letters no longer than that."""
        number = self.reminded()
        with as_batch():
            whose = Challenge.objects.get(pk=number).pupil
        closing = close(whose, named=[person(slug).email for slug in (TEACHER, DEPUTY)])
        with as_batch():
            Closing.objects.filter(pk=closing.pk).update(starts_at=timezone.now() - timedelta(hours=73))
        assert person(HEAD).email in self.told(number)

    def test_the_function_tells_who_has_taken_it_back_alone(self) -> None:
        """R45: who is Level 1 there is told to nobody else, and to nobody before."""
        number = self.reminded()
        for slug, is_back, is_told in ((TEACHER, False, False), (TEACHER, True, True), (NARROWED, True, False)):
            if is_back and is_told:
                take_back(number)
            with visit(asker(slug), Permission.VIEW_ESTABLISHMENT, action="test") as here:
                here.showed()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT access_register_keepers_to_tell(%s)", [number])
                    assert bool(cursor.fetchall()) is is_told, (slug, is_back)
