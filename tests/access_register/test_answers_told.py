"""Who asked is told that there is an answer, and nothing of it (R18, R20, R23, R43)."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access_register import grants
from access_register.casework import orders
from access_register.models import Person, RegisterLine
from access_register.notices import challenges
from access_register.notices.mail import link as mail_link
from access_register.officers import officers
from access_register.register import register
from sharing import door
from sharing.models import Challenge, EstablishmentPermission, Pupil
from tests import post
from tests.access_register.casework import AUTHORISER, MANAGER, order
from tests.access_register.duties import second_manager, teaches_too
from tests.factories import establishment
from tests.people import EDUNET, as_batch, asker, person
from tests.retention import worlds
from tests.sharing import closings, moves
from tests.sharing.challenges import BECKSIDE, DEPUTY, GOVERNOR, HEAD, TEACHER, child, raised

pytestmark = pytest.mark.django_db
RAVENSGILL, OFFICER = 999003, "officer-data"
ANSWER = "Born on the 6th, as the birth certificate says"


def letters() -> list[tuple[str, str]]:
    """(to whom, text) of what was written since."""
    return [(letter.to[0], letter.body) for letter in post.sent()]


def answer(number: int, by: str = HEAD) -> None:
    door.answer_challenge(asker(by), BECKSIDE, number, outcome="not_changed", answer=ANSWER)


def withdrawn(slug: str) -> None:
    """Their line is gone, as from the next request on (R44)."""
    with as_batch():
        for line in RegisterLine.objects.filter(person=person(slug), withdrawn_at=None):
            line.withdrawn_at = timezone.now()
            line.save(update_fields=["withdrawn_at"])
            grants.replace(f"line:{line.pk}", grants.of_line(line))


class TestMisuse:
    def closed(self, slug: str = GOVERNOR) -> int:
        number = door.report_misuse(
            asker(slug), "key-data", RAVENSGILL, form_key=uuid.uuid4(), happened="A leaflet", who="The neighbour's head"
        )
        door.acknowledge_misuse_report(asker(OFFICER, EDUNET), number)
        assert letters() == []
        return number

    def test_who_reported_it_is_told_that_it_is_closed(self) -> None:
        """R20, R43: where to read it, and nothing of whom it concerns or what came of it. Closed twice, told once."""
        number = self.closed()
        door.close_misuse_report(asker(OFFICER, EDUNET), number, outcome="no_misuse", answer="A neighbour's own words")
        with pytest.raises(door.NothingToSettle):
            door.close_misuse_report(asker(OFFICER, EDUNET), number, outcome="no_misuse", answer="Again")
        ((to, text),) = letters()
        assert to == person(GOVERNOR).email
        assert f"/your-reports/{number}/" in text
        assert "looked at and closed" in text
        for silent in ("leaflet", "neighbour", "no misuse", person(OFFICER).name):
            assert silent not in text

    def test_nobody_is_written_to_who_cannot_read_it(self) -> None:
        number = self.closed()
        withdrawn(GOVERNOR)
        door.close_misuse_report(asker(OFFICER, EDUNET), number, outcome="no_misuse", answer="No")
        assert letters() == []


class TestChallenge:
    def test_who_raised_it_is_told_that_it_is_answered(self) -> None:
        """R23: by an email that names no child and not the answer. The same answer twice is told once."""
        pupil = child(forename="Zebedee")
        number = raised(pupil)
        answer(number)
        answer(number)
        ((to, text),) = letters()
        assert to == person(TEACHER).email
        assert f"/establishments/{BECKSIDE}/challenges/{number}/" in text
        for silent in ("Zebedee", "Disputed", "Born on", person(HEAD).name):
            assert silent not in text

    def test_not_who_answers_their_own(self) -> None:
        answer(raised(child(), slug=HEAD))
        assert letters() == []

    def test_passed_on_is_no_answer(self) -> None:
        door.pass_on_challenge(asker(HEAD), BECKSIDE, raised(child()))
        assert letters() == []

    def test_nobody_who_could_not_read_it(self) -> None:
        """R5, R44: their line is gone; R33: it does not open pupils any more."""
        number, other = raised(child(), slug=TEACHER), raised(child(), slug=TEACHER)
        with as_batch():
            line = RegisterLine.objects.get(person=person(TEACHER), withdrawn_at=None)
            line.level = 3
            line.save(update_fields=["level"])
            grants.replace(f"line:{line.pk}", grants.of_line(line))
        answer(number)
        withdrawn(TEACHER)
        answer(other)
        assert letters() == []

    @pytest.mark.parametrize(("days", "told"), [(0, False), (-1, True)])
    def test_nobody_whom_a_sanction_shuts_out(self, days: int, told: bool) -> None:
        """R41: up to its last day."""
        number = raised(child(), slug=TEACHER)
        with as_batch():
            until = timezone.localdate() + timedelta(days=days)
            Person.objects.filter(pk=person(TEACHER).pk).update(suspended_until=until)
        answer(number)
        assert [to for to, _ in letters()] == [person(TEACHER).email] * told

    def test_nobody_whose_year_groups_the_child_is_not_in(self) -> None:
        """R35: narrowed since to others, as when the child has gone up."""
        number, of_theirs = raised(child(year_group="4"), slug=TEACHER), raised(child(year_group="1"), slug=TEACHER)
        with as_batch():
            line = RegisterLine.objects.get(person=person(TEACHER), withdrawn_at=None)
            line.year_groups = ["1"]
            line.save(update_fields=["year_groups"])
            grants.replace(f"line:{line.pk}", grants.of_line(line))
        answer(number)
        assert letters() == []
        answer(of_theirs)
        assert [to for to, _ in letters()] == [person(TEACHER).email]

    def test_nobody_from_whom_that_kind_of_data_is_withheld_since(self) -> None:
        """R35: the page of the challenge is not there for them."""
        told, silent = raised(child()), raised(child(), fact="sen")
        with as_batch():
            line = RegisterLine.objects.get(person=person(TEACHER), withdrawn_at=None)
        register.narrow_access(asker(HEAD), BECKSIDE, line.pk, version=line.version, year_groups=[], withheld=["sen"])
        letters()
        mail.outbox.clear()
        answer(silent)
        assert letters() == []
        answer(told)
        assert [to for to, _ in letters()] == [person(TEACHER).email]

    def test_at_the_site_where_it_can_be_read(self) -> None:
        """R35: by a duty, and not by a line that withholds that kind of data."""
        teaches_too(moves.ADMISSIONS, withheld=("sen",))
        somebody, pupil = asker(moves.ADMISSIONS, EDUNET), child()
        number = door.raise_challenge(somebody, BECKSIDE, "pupil", pupil.pk, fact_key="sen", statement="A plan")
        letters()
        mail.outbox.clear()
        answer(number)
        ((to, text),) = letters()
        assert to == person(moves.ADMISSIONS).email
        assert mail_link("challenge", BECKSIDE, number, at=EDUNET) in text

    def test_nobody_to_whom_the_child_is_closed(self) -> None:
        """R18: the head is named in the closing and answers; who raised it does not read of the child any more."""
        pupil = child()
        number = raised(pupil)
        closings.close(pupil, named=[person(HEAD).email])
        letters()
        mail.outbox.clear()
        answer(number)
        assert letters() == []

    def left(self, slug: str = TEACHER, **facts: str) -> int:
        """A challenge about a child who has left since."""
        pupil = child(**facts)
        number = raised(pupil, slug=slug)
        with as_batch():
            pupil.enrolments.update(ends_on=timezone.localdate() - timedelta(days=1))
        letters()
        return number

    def test_who_raised_it_is_told_that_the_night_has_closed_it(self) -> None:
        """R5, R23: nobody there reads the record any more. Of several, one email to each, that names no child."""
        numbers = [self.left(forename="Zebedee"), self.left(), self.left(slug=HEAD)]
        with as_batch():
            for _ in range(2):
                list(challenges.close_those_of_leavers(timezone.localdate()))
        told = letters()
        assert sorted(to for to, _ in told) == sorted(person(slug).email for slug in (TEACHER, HEAD))
        for _, text in told:
            assert f"/establishments/{BECKSIDE}/challenges/" in text
            for silent in ("Zebedee", "Disputed", "Born on", *(f"challenges/{number}" for number in numbers)):
                assert silent not in text

    def test_an_officer_is_told_at_edunet_that_the_night_has_closed_it(self) -> None:
        """R5, R23, R38: that is where they raised it, and the only site where they read challenges."""
        pupil = child()
        door.raise_challenge(
            asker(OFFICER, EDUNET), BECKSIDE, "pupil", pupil.pk, fact_key="born_on", statement="Born on the 5th"
        )
        with as_batch():
            pupil.enrolments.update(ends_on=timezone.localdate() - timedelta(days=1))
        letters()
        mail.outbox.clear()
        with as_batch():
            list(challenges.close_those_of_leavers(timezone.localdate()))
        ((to, text),) = letters()
        assert to == person(OFFICER).email
        assert mail_link("challenges", BECKSIDE, at=EDUNET) in text

    def test_nobody_by_night_who_reads_no_challenges_there(self) -> None:
        """R33, R44: their line is gone since; R35: or it is of other year groups; R18: or the child is closed."""
        self.left(year_group="4")
        withdrawn_line = self.left(slug=DEPUTY)
        closed = self.left(slug=HEAD)
        with as_batch():
            line = RegisterLine.objects.get(person=person(TEACHER), withdrawn_at=None)
            line.year_groups = ["1"]
            line.save(update_fields=["year_groups"])
            grants.replace(f"line:{line.pk}", grants.of_line(line))
            pupil = Pupil.objects.get(challenges=closed)
        withdrawn(DEPUTY)
        closings.close(pupil)
        letters()
        mail.outbox.clear()
        with as_batch():
            list(challenges.close_those_of_leavers(timezone.localdate()))
            settled = Challenge.objects.filter(pk__in=(withdrawn_line, closed), outcome="has_left")
            assert settled.count() == 2
        assert letters() == []


class TestTransfer:
    def test_who_asserted_it_is_told_that_it_is_declined(self) -> None:
        """R7: the child is still theirs; the email names no child."""
        for make, slug, page in (
            (moves.asserted, moves.SENDER, f"/establishments/{BECKSIDE}/transfers/"),
            (moves.from_outside, moves.ADMISSIONS, f"/establishments/{RAVENSGILL}/transfers/"),
        ):
            transfer = make()
            mail.outbox.clear()
            door.decline_transfer(asker(moves.RECEIVER), RAVENSGILL, transfer.pk, because="We have no place")
            ((to, text),) = letters()
            assert to == person(slug).email
            assert page in text
            assert f"{establishment(RAVENSGILL).name} has declined" in text
            for silent in ("no place", "Mover", "Newly"):
                assert silent not in text

    def test_an_officer_who_teaches_there_too_is_told_on_edunet(self) -> None:
        """R7, R38: that of a child from outside is read there, and at no school."""
        teaches_too(moves.ADMISSIONS, RAVENSGILL, moves.RECEIVER)
        transfer = moves.from_outside()
        letters()
        mail.outbox.clear()
        door.decline_transfer(asker(moves.RECEIVER), RAVENSGILL, transfer.pk, because="We have no place")
        ((to, text),) = letters()
        assert to == person(moves.ADMISSIONS).email
        assert mail_link("transfers", RAVENSGILL, at=EDUNET) in text

    def test_who_expects_a_child_is_told_that_it_is_called_off(self) -> None:
        """R7: only where the school had accepted, Level 1 there and nobody else; called off twice, told once."""
        with as_batch():
            lines = RegisterLine.objects.filter(establishment__urn=RAVENSGILL, level=1, withdrawn_at=None)
            keepers = sorted(lines.values_list("person__email", flat=True))
        for make, told in ((moves.asserted, []), (moves.agreed, keepers)):
            transfer = make()
            mail.outbox.clear()
            for _ in range(2):
                door.cancel_transfer(asker(moves.SENDER), BECKSIDE, transfer.pk)
            assert sorted(to for to, _ in letters()) == told
        for _, text in letters():
            assert f"/establishments/{RAVENSGILL}/transfers/" in text
            assert "Mover" not in text

    def test_not_of_a_closed_child(self) -> None:
        """R18: nobody is written to of a child who is closed to them."""
        pupil = moves.on_roll()
        transfer = moves.agreed(pupil)
        closings.close(pupil, named=[person(moves.SENDER).email])
        letters()
        mail.outbox.clear()
        door.cancel_transfer(asker(moves.SENDER), BECKSIDE, transfer.pk)
        assert letters() == []


def no_manager_any_more() -> None:
    """The one who asked keeps no duties since yesterday (R9, R44)."""
    with as_batch():
        held = EstablishmentPermission.objects.filter(user=person(MANAGER), permission__codename="manage_duties")
        held.update(ends_on=timezone.localdate() - timedelta(days=1))


class TestClosing:
    def asked(self) -> int:
        number = closings.close(child(forename="Zebedee")).pk
        letters()
        mail.outbox.clear()
        return number

    def test_who_asked_is_told_that_a_second_person_agrees(self) -> None:
        """R18: another manager, or the head; agreed to twice, told once. It names no child."""
        for agree in (
            lambda number: door.agree_closing(asker(second_manager(), EDUNET), number),
            lambda number: door.agree_closing_here(asker(HEAD), BECKSIDE, number),
        ):
            number = self.asked()
            agree(number)
            agree(number)
            ((to, text),) = letters()
            assert to == person(MANAGER).email
            assert "agreed" in text
            assert "/closed-children/" in text
            for silent in ("Zebedee", "Disputed", "Beckside", "An order", person(HEAD).name):
                assert silent not in text
            mail.outbox.clear()

    @pytest.mark.drifts
    def test_not_who_keeps_no_duties_any_more(self) -> None:
        number = self.asked()
        no_manager_any_more()
        door.agree_closing_here(asker(HEAD), BECKSIDE, number)
        assert letters() == []


class TestDisposal:
    @pytest.mark.parametrize("approves", [True, False])
    def test_who_asked_is_told_that_it_is_decided(self, approves: bool) -> None:
        """R43: not how. Decided twice, told once."""
        worlds.grown_up(BECKSIDE)
        number = door.ask_for_disposal(asker(MANAGER, EDUNET))
        worlds.worked()
        other = asker(second_manager(), EDUNET)
        for _ in range(2):
            door.decide_disposal(other, number, approves=approves)
        ((to, text),) = letters()
        assert to == person(MANAGER).email
        assert f"/retention/disposals/{number}/" in text
        assert "approved" not in text

    def test_not_who_takes_it_back(self) -> None:
        number = door.ask_for_disposal(asker(MANAGER, EDUNET))
        worlds.worked()
        door.decide_disposal(asker(MANAGER, EDUNET), number, approves=False)
        assert letters() == []


class TestSecondOfficer:
    def recorded(self) -> int:
        number, _, waits = officers.record_officer(
            asker(MANAGER, EDUNET), name=person(MANAGER).name, email="second@council.example", team="T", post="",
            manager="", starts_on=timezone.localdate(), ends_on=None,
        )  # fmt: skip
        assert waits
        return number

    def test_who_recorded_them_is_told_that_they_are_confirmed(self) -> None:
        """R38: they can be given duties now. Confirmed twice, told once; the email names nobody else."""
        number, other = self.recorded(), asker(second_manager(), EDUNET)
        for _ in range(2):
            officers.confirm_officer(other, number)
        ((to, text),) = letters()
        assert to == person(MANAGER).email
        assert f"/officers/{number}/" in text
        assert other.name not in text

    @pytest.mark.drifts
    def test_not_who_keeps_no_duties_any_more(self) -> None:
        number, other = self.recorded(), asker(second_manager(), EDUNET)
        no_manager_any_more()
        officers.confirm_officer(other, number)
        assert letters() == []


class TestSupport:
    def offer(self, challenge: str = "sen") -> int:
        until = timezone.localdate() + timedelta(days=60)
        wish = door.NewOffer(challenge=challenge, what="We do sums.", for_whom="All", how="Ask here.", until=until)
        return door.publish_offer(asker(HEAD), BECKSIDE, wish=wish)

    def asked(self) -> int:
        offer = self.offer("maths")
        number = door.ask_for_support(asker(moves.RECEIVER), RAVENSGILL, offer, words="May two of us come?")
        letters()
        mail.outbox.clear()
        return number

    @pytest.mark.parametrize("accepts", [True, False])
    def test_who_asked_for_it_is_told_of_the_answer(self, accepts: bool) -> None:
        """R20: not what it is. Answered twice, told once."""
        number = self.asked()
        for _ in range(2):
            door.answer_support_request(asker(HEAD), BECKSIDE, number, accepts=accepts, answer="Come on Tuesday")
        ((to, text),) = letters()
        assert to == person(moves.RECEIVER).email
        assert f"/establishments/{RAVENSGILL}/support/requests/{number}/" in text
        assert f"{establishment(BECKSIDE).name} has answered" in text
        for silent in ("Tuesday", "sums", "two of us", person(HEAD).name):
            assert silent not in text

    def test_nobody_where_it_is_taken_back_or_their_line_is_gone(self) -> None:
        number = self.asked()
        door.take_back_support_request(asker(moves.RECEIVER), RAVENSGILL, number)
        assert letters() == []
        other = door.ask_for_support(asker(moves.RECEIVER), RAVENSGILL, self.offer(), words="May three of us come?")
        letters()
        mail.outbox.clear()
        withdrawn(moves.RECEIVER)
        door.answer_support_request(asker(HEAD), BECKSIDE, other, accepts=True, answer="Come")
        assert letters() == []


class TestOrder:
    def test_who_recorded_it_is_told_that_it_is_authorised(self) -> None:
        """R18: it opens nothing before, and the one who recorded it had to look. Authorised twice, told once."""
        number = order(child())
        letters()
        mail.outbox.clear()
        orders.authorise_order(asker(AUTHORISER, EDUNET), number)
        orders.authorise_order(asker(AUTHORISER, EDUNET), number)
        ((to, text),) = letters()
        assert to == person(MANAGER).email
        assert "has been authorised" in text

    @pytest.mark.drifts
    def test_not_who_keeps_no_duties_any_more(self) -> None:
        """R9, R44: legal overrides are no business of theirs since then."""
        number = order(child())
        letters()
        mail.outbox.clear()
        no_manager_any_more()
        orders.authorise_order(asker(AUTHORISER, EDUNET), number)
        assert letters() == []
