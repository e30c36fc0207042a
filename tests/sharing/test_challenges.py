""" "This is wrong, because ...": raised, assigned, answered in time, and seen by those concerned (P9)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from access_register.models import OfficerAppointment
from access_register.officers import officers
from access_register.officers.officers import NewDuty
from sharing import door
from sharing.authorise import NeedsSecondFactor, NoSuchRecord, NotAtYourLevel, NotYourEstablishment, Permission, visit
from sharing.models import Challenge, ChallengeEvent, Enrolment, LedgerEntry, PupilChange, StaffMember
from sharing.school_year import is_school_day, school_days_after, school_days_until
from tests import factories
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.sharing.challenges import (
    BECKSIDE,
    DEPUTY,
    GOVERNOR,
    HEAD,
    HERE,
    NARROWED,
    OFFICER,
    RAVENSGILL,
    TEACHER,
    TODAY,
    child,
    raised,
    seen,
    stored,
)

pytestmark = pytest.mark.django_db


class TestTheClock:
    @given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 60))
    def test_days_left_count_back_to_none(self, day: date, number: int) -> None:
        """For every day: of N school days given, N are left; each school day takes one; none on the last."""
        last = school_days_after(day, number)
        assert school_days_until(day, last) == number
        assert school_days_until(last, last) == 0
        tomorrow = day + timedelta(days=1)
        if number:
            assert is_school_day(last)
            assert school_days_until(tomorrow, last) == number - is_school_day(tomorrow)

    def test_due_after_ten_school_days(self, settings) -> None:
        assert stored(raised(child())).due_on == school_days_after(TODAY, 10)
        settings.CHALLENGE_SCHOOL_DAYS = 3
        assert stored(raised(child())).due_on == school_days_after(TODAY, 3)


class TestRaising:
    def test_a_double_click_is_one_challenge(self) -> None:
        pupil = child()
        assert raised(pupil) == raised(pupil)
        assert raised(pupil, statement="Something else") != raised(pupil)

    def test_whose_answer_it_is(self) -> None:
        """P9: the school's own records to its Level 1, facts about the establishment to the data team."""
        figure = door.raise_challenge(asker(GOVERNOR), BECKSIDE, "figure", fact_key="capacity", statement="It is 420")
        assert stored(raised(child())).assigned_to == "school"
        assert stored(figure).assigned_to == "data_team"

    def test_who_may_not_see_may_not_raise(self) -> None:
        """R6, R33: strangers 404, too low a level 403, a child that is not there 404, a withheld fact 404."""
        pupil = child(year_group="1")
        with as_batch():
            member = StaffMember.objects.filter(establishment__urn=BECKSIDE).first().pk
        for slug, about, which, refusal in (
            (GOVERNOR, "pupil", pupil.pk, NotAtYourLevel),
            ("head-ravensgill", "pupil", pupil.pk, NotYourEstablishment),
            ("head-ravensgill", "figure", None, NotYourEstablishment),
            (TEACHER, "staff", member, NotAtYourLevel),
            (NARROWED, "pupil", child(year_group="5").pk, NoSuchRecord),
            (HEAD, "pupil", factories.pupil(BECKSIDE).pk, NoSuchRecord),
        ):
            with pytest.raises(refusal):
                door.raise_challenge(asker(slug), BECKSIDE, about, which, fact_key="name", statement="No")
        with pytest.raises(NoSuchRecord):
            raised(pupil, NARROWED, fact="sen")
        assert raised(pupil, NARROWED)

    def test_a_figure_of_key_data_is_among_what_can_be_wrong(self) -> None:
        """R23: who comes from "A figure here is wrong" finds it, and reads how to say which."""
        browser = client(HEAD)
        assert f"{HERE}/challenge/" in browser.get(f"{HERE}/key-data/").content.decode()
        page = browser.get(f"{HERE}/challenge/").content.decode()
        assert "give its name, the school year and the number of its release" in page
        sent = browser.post(f"{HERE}/challenge/", {"fact_key": "attainment", "statement": "67% of R8: it was 69%"})
        assert "An attainment figure" in browser.get(sent["location"]).content.decode()

    def test_whoever_answers_about_a_figure_is_led_to_what_is_said_today(self) -> None:
        """R23: as from a challenge of a record. Of a record it is the record, and no figure."""
        figure = door.raise_challenge(asker(HEAD), BECKSIDE, "figure", fact_key="on_roll", statement="410")
        page = client(*OFFICER).get(f"{HERE}/challenges/{figure}/").text
        assert f'What is said today: <a class="govuk-link" href="{HERE}/key-data/">Key Data</a>' in page
        assert f'<a class="govuk-link" href="{HERE}/">the facts about this establishment</a>' in page
        page = client(HEAD).get(f"{HERE}/challenges/{raised(child())}/").text
        assert "What is said today" not in page

    def test_how_many_wait_is_said_of_one_and_of_several(self) -> None:
        teacher, there = "teacher-ravensgill", f"/establishments/{RAVENSGILL}"
        made = factories.pupil(RAVENSGILL, surname="Disputed")
        factories.enrolment(made, TODAY - timedelta(days=100))

        def late(fact: str, by: int) -> str:
            number = door.raise_challenge(
                asker(teacher), RAVENSGILL, "pupil", made.pk, fact_key=fact, statement="It is another"
            )
            with as_batch():
                Challenge.objects.filter(pk=number).update(due_on=TODAY - timedelta(days=by))
            return client(teacher).get(f"{there}/challenges/").content.decode()

        assert "1 is waiting for an answer and is overdue." in late("born_on", 1)
        assert "2 are waiting for an answer and all are overdue." in late("name", 1)
        assert "3 are waiting for an answer, 2 of them overdue." in late("sex", -1)
        assert "data team of the Education Department answers" not in late("language", -1)

    def test_how_many_are_with_whom_is_said_as_the_home_page_says_it(self) -> None:
        """R23: three waited here, two at home, and nothing said why."""
        door.raise_challenge(asker(HEAD), BECKSIDE, "figure", None, fact_key="locality", statement="It is another")
        browser = client(HEAD)
        with as_batch():
            ours = Challenge.objects.waiting().filter(establishment__urn=BECKSIDE, assigned_to="school").count()
        assert ours
        assert f"{ours} challenge{'' if ours == 1 else 's'} to answer" in browser.get("/").content.decode()
        said = f"{ours} {'is' if ours == 1 else 'are'} with Level 1 here, and the data team of the Education Department"
        assert said in browser.get(f"{HERE}/challenges/").content.decode()

    @pytest.mark.parametrize(("slug", "leads"), [(HEAD, True), (DEPUTY, True), (TEACHER, False)])
    def test_who_answers_is_led_to_where_the_mistake_is_corrected(self, slug: str, leads: bool) -> None:
        """P9: a head who reported a name spelled wrong waited for an answer which she had to give herself."""
        bring_in, browser = f'<a class="govuk-link" href="{HERE}/imports/">bring in a new file</a>', client(slug)
        form = browser.get(f"{HERE}/pupils/{child().pk}/challenge/").content.decode()
        assert ("You can answer it yourself." in form, bring_in in form) == (leads, leads)
        page = browser.get(f"{HERE}/challenges/{raised(child())}/").content.decode()
        assert (bring_in in page) is leads

    def test_an_officer_is_not_told_of_a_system_of_her_own(self) -> None:
        """P9: the data team may answer too, at its desk."""
        form = client(*OFFICER).get(f"{HERE}/pupils/{child().pk}/challenge/").content.decode()
        assert "Something is wrong" in form
        assert "your own system" not in form

    def test_the_form_asks_for_both(self) -> None:
        browser = client(TEACHER)
        page = f"{HERE}/pupils/{child().pk}/challenge/"
        assert browser.get(page).status_code == 200
        refused = browser.post(page, {"fact_key": "shoe size"})
        assert refused.status_code == 422
        assert "Say why it is wrong." in refused.content.decode()
        sent = browser.post(page, {"fact_key": "sex", "statement": "She is a girl"})
        assert sent.status_code == 302
        shown = browser.get(sent["location"]).content.decode()
        assert "She is a girl" in shown
        assert ">What the record says today</a>" in shown
        assert "Waiting for an answer" in shown

    def test_no_name_in_title_or_address(self) -> None:
        number = raised(child(forename="Unmistakable"))
        page = client(HEAD).get(f"{HERE}/challenges/{number}/").content.decode()
        assert "Unmistakable Disputed" in page
        assert "Disputed" not in page.partition("</title>")[0]


class TestWhoReads:
    def test_only_who_sees_the_record(self) -> None:
        """R6, R35, A5. Words about the establishment are free and may name a child: for Level 1, and who wrote them."""
        in_year_1, in_year_5 = raised(child(year_group="1")), raised(child(year_group="5"))
        about_needs = raised(child(year_group="1"), HEAD, fact="sen")
        figure = door.raise_challenge(asker(GOVERNOR), BECKSIDE, "figure", fact_key="head", statement="New head")
        with as_batch():
            member = StaffMember.objects.filter(establishment__urn=BECKSIDE).first().pk
        staff = door.raise_challenge(asker(HEAD), BECKSIDE, "staff", member, fact_key="post", statement="Teaches")
        everything = {in_year_1, in_year_5, about_needs, figure, staff}
        assert seen(HEAD) >= everything
        assert seen(TEACHER) & everything == everything - {staff, figure}
        assert seen(NARROWED) & everything == {in_year_1}
        assert seen(GOVERNOR) & everything == {figure}
        assert seen(*OFFICER) & everything == everything
        assert seen("officer-no-duty", EDUNET) & everything == set()
        assert seen("officer-school-improvement", EDUNET) & everything == everything - {figure, staff}
        for slug, number, answers in ((NARROWED, in_year_5, 404), (NARROWED, about_needs, 404), (GOVERNOR, staff, 404)):
            assert client(slug).get(f"{HERE}/challenges/{number}/").status_code == answers

    def test_who_does_not_see_all_of_them_is_not_told_that_none_waits(self) -> None:
        """R23: a challenge about the establishment may name a child, so it is for who answers it and who raised it."""
        door.raise_challenge(asker(HEAD), BECKSIDE, "figure", fact_key="on_roll", statement="410")
        page = client("office-beckside").get(f"{HERE}/challenges/").content.decode()
        assert "No challenge that you can see is waiting for an answer." in page
        assert "Of those about the establishment, you see only the ones you have raised." in page
        assert "you see only the ones you have raised" not in client(HEAD).get(f"{HERE}/challenges/").content.decode()

    def test_once_the_child_has_left_only_the_number_is_known(self) -> None:
        """R5: nobody at the school reads it any more."""
        pupil = child()
        number = raised(pupil)
        assert door.list_challenges(asker(HEAD), BECKSIDE).of_leavers == 0
        with as_batch():
            Enrolment.objects.filter(pupil=pupil).update(ends_on=TODAY - timedelta(days=1))
        assert number not in seen(HEAD)
        assert door.list_challenges(asker(HEAD), BECKSIDE).of_leavers == 1
        assert door.list_challenges(asker(TEACHER), BECKSIDE).of_leavers == 0
        with pytest.raises(NoSuchRecord):
            door.answer_challenge(asker(HEAD), BECKSIDE, number, outcome="corrected", answer="Done")

    def test_a_password_alone_opens_none_about_children(self) -> None:
        """R13."""
        with pytest.raises(NeedsSecondFactor):
            door.list_challenges(replace(asker(TEACHER), second_factor=False), BECKSIDE)
        door.list_challenges(replace(asker(GOVERNOR), second_factor=False), BECKSIDE)

    @pytest.mark.parametrize("data", ["view_staff", "keep_records"])
    def test_nor_any_that_a_duty_opens(self, data: str) -> None:
        """R13: an officer under a duty that opens no pupils."""
        duty = NewDuty([data], "attendance", "x", starts_on=TODAY, ends_on=TODAY, urns=[BECKSIDE])
        there = OfficerAppointment.objects.get(person=person("officer-no-duty")).pk
        officers.give_duty(asker("officer-information", EDUNET), there, duty=duty)
        with pytest.raises(NeedsSecondFactor):
            door.list_challenges(replace(asker("officer-no-duty", EDUNET), second_factor=False), BECKSIDE)

    def test_the_text_lies_encrypted(self) -> None:
        """R13."""
        number = raised(child(), statement="Unmistakable words")
        door.answer_challenge(asker(HEAD), BECKSIDE, number, outcome="corrected", answer="Unmistakable answer")
        with as_batch(), connection.cursor() as cursor:
            cursor.execute("SELECT challenge::text FROM sharing_challenge AS challenge WHERE id = %s", [number])
            text = cursor.fetchone()[0]
        assert "nmistakable" not in text
        assert b"nmistakable".hex() not in text
        assert (stored(number).statement, stored(number).answer) == ("Unmistakable words", "Unmistakable answer")


class TestAnswering:
    @pytest.mark.parametrize("outcome", ["corrected", "not_changed", "at_the_source"])
    def test_level_1_answers_and_the_raiser_reads_it(self, outcome: str) -> None:
        number = raised(child())
        door.answer_challenge(asker(DEPUTY), BECKSIDE, number, outcome=outcome, answer="Looked at the certificate")
        page = door.show_challenge(asker(TEACHER), BECKSIDE, number)
        assert page.answer == "Looked at the certificate"
        assert [step.words for step in page.steps] == ["Raised", "Answered"]
        assert [step.by_name for step in page.steps] == [person(TEACHER).name, person(DEPUTY).name]
        assert not page.can_answer

    def test_the_ledger_says_whose_record_it_was_about(self) -> None:
        """R43: a member of staff's too, when it is answered, taken back or read."""
        with as_batch():
            member = StaffMember.objects.filter(establishment__urn=BECKSIDE).first().pk
        told = asker(HEAD), BECKSIDE
        answered, withdrawn = (
            door.raise_challenge(*told, "staff", member, fact_key="post", statement=words) for words in ("One", "Two")
        )
        door.answer_challenge(*told, answered, outcome="corrected", answer="It was")
        door.take_back_challenge(*told, withdrawn)
        door.show_challenge(*told, answered)
        with as_batch():
            about = dict(LedgerEntry.objects.order_by("-id").values_list("action", "about__staff")[:3])
        steps = ("answer_challenge", "take_back_challenge", "show_challenge")
        assert about == {step: [str(member)] for step in steps}

    def test_once_only(self) -> None:
        number = raised(child())
        door.answer_challenge(asker(HEAD), BECKSIDE, number, outcome="corrected", answer="First")
        with pytest.raises(door.AlreadySettled):
            door.answer_challenge(asker(DEPUTY), BECKSIDE, number, outcome="not_changed", answer="Second")
        assert (stored(number).outcome, stored(number).answer) == ("corrected", "First")

    def test_an_answer_that_comes_too_late_stays_on_the_page(self) -> None:
        """R30: with what happened in the meantime, and nothing to send once more."""
        answered, passed_on, taken_back = raised(child()), raised(child()), raised(child())
        door.answer_challenge(asker(HEAD), BECKSIDE, answered, outcome="corrected", answer="First")
        door.pass_on_challenge(asker(HEAD), BECKSIDE, passed_on)
        door.take_back_challenge(asker(TEACHER), BECKSIDE, taken_back)
        for number, why in (
            (answered, "somebody else has answered it"),
            (passed_on, "it is now with the data team of the Education Department"),
            (taken_back, "it was taken back, so it no longer needs an answer"),
        ):
            for answer in ("A long answer, typed with care", "x" * 2001):
                late = client(DEPUTY).post(f"{HERE}/challenges/{number}/", {"outcome": "not_changed", "answer": answer})
                page = late.content.decode()
                assert late.status_code == 422
                assert f"Your answer was not recorded: {why}. What you typed is still below." in page
                assert f">\n{answer}</textarea>" in page
                assert "What you typed</h2>" in page
                assert ">Answer</button>" not in page

    def test_the_same_answer_sent_twice_is_one_answer(self) -> None:
        """R30: a double click does no harm, and says what the first one has done."""
        number, browser = raised(child()), client(DEPUTY)
        for _ in range(2):
            sent = browser.post(f"{HERE}/challenges/{number}/", {"outcome": "corrected", "answer": "Yes"}, follow=True)
            assert "You have answered the challenge." in sent.content.decode()
        assert [step.words for step in door.show_challenge(asker(TEACHER), BECKSIDE, number).steps] == [
            "Raised", "Answered",
        ]  # fmt: skip
        with pytest.raises(door.AlreadySettled):
            door.answer_challenge(asker(DEPUTY), BECKSIDE, number, outcome="not_changed", answer="Yes")

    def test_level_2_and_3_answer_nothing(self) -> None:
        number = raised(child())
        for slug in (TEACHER, GOVERNOR, NARROWED):
            with pytest.raises(NotAtYourLevel):
                door.answer_challenge(asker(slug), BECKSIDE, number, outcome="corrected", answer="x")
        assert not door.show_challenge(asker(TEACHER), BECKSIDE, number).can_answer

    def test_what_the_school_passes_on_the_data_team_answers(self) -> None:
        """P9: passed on once, and then no longer the school's."""
        number = raised(child())
        sent = client(HEAD).post(f"{HERE}/challenges/{number}/pass-on/", follow=True)
        assert "data team of the Education Department now has the challenge" in sent.content.decode()
        with pytest.raises(door.AlreadySettled):
            door.pass_on_challenge(asker(HEAD), BECKSIDE, number)
        with pytest.raises(door.AlreadySettled):
            door.answer_challenge(asker(HEAD), BECKSIDE, number, outcome="corrected", answer="x")
        door.answer_challenge(asker(*OFFICER), BECKSIDE, number, outcome="at_the_source", answer="With the DfE")
        assert [step.words for step in door.show_challenge(asker(TEACHER), BECKSIDE, number).steps] == [
            "Raised", "Passed on to the data team", "Answered",
        ]  # fmt: skip

    def test_figures_are_the_data_teams(self) -> None:
        number = door.raise_challenge(asker(HEAD), BECKSIDE, "figure", fact_key="on_roll", statement="410")
        with pytest.raises(door.AlreadySettled):
            door.answer_challenge(asker(HEAD), BECKSIDE, number, outcome="corrected", answer="x")
        with pytest.raises(NotAtYourLevel):
            door.answer_challenge(asker("officer-no-duty", EDUNET), BECKSIDE, number, outcome="corrected", answer="x")
        door.answer_challenge(asker(*OFFICER), BECKSIDE, number, outcome="corrected", answer="Yes, 410")

    def test_what_was_put_right_since_is_told(self) -> None:
        """P9: correction history, without the values."""
        pupil = child()
        with as_batch():
            PupilChange.objects.create(pupil=pupil, establishment=pupil.establishment, source="Old", facts=["sex"])
            PupilChange.objects.update(at=timezone.now() - timedelta(days=1))
        number = raised(pupil)
        with as_batch():
            PupilChange.objects.create(pupil=pupil, establishment=pupil.establishment, source="New", facts=["born_on"])
        changes = door.show_challenge(asker(TEACHER), BECKSIDE, number).corrections
        assert [(change.source, change.facts) for change in changes] == [("New", "date of birth")]

    def test_what_is_withheld_is_not_told_by_what_was_put_right(self) -> None:
        """R35: that needs were put right tells that there are some. Neither the page nor a challenge on it says so."""
        pupil = child(year_group="1")
        number = raised(pupil, NARROWED)
        with as_batch():
            for facts in (["born_on", "sen_needs"], ["needs"]):
                PupilChange.objects.create(pupil=pupil, establishment=pupil.establishment, source="New", facts=facts)
        told = {slug: door.show_challenge(asker(slug), BECKSIDE, number).corrections for slug in (NARROWED, TEACHER)}
        assert [change.facts for change in told[NARROWED]] == ["date of birth"]
        assert [change.facts for change in told[TEACHER]] == [
            "special educational needs", "date of birth, types of need",
        ]  # fmt: skip


class TestTheDatabase:
    def _insert(self, slug: str, through=SCHOOLS_ONLINE, **facts) -> bool:
        """With the door forgotten: does PostgreSQL take the row?"""
        with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            try:
                with transaction.atomic():
                    Challenge.objects.create(
                        **{"raised_by_id": person(slug).pk, "raised_by_name": "x", "fact": "name", "statement": "x",
                           "due_on": TODAY, "assigned_to": "school", "about": "pupil"} | facts
                    )  # fmt: skip
            except Error:
                return False
            return True

    def test_a_challenge_is_raised_only_about_what_is_seen_and_as_oneself(self) -> None:
        """R6, R45."""
        pupil, other = child(year_group="5"), factories.pupil(RAVENSGILL)
        factories.enrolment(other, TODAY)
        about = {"establishment": pupil.establishment, "pupil": pupil}
        assert self._insert(TEACHER, **about)
        assert not self._insert(GOVERNOR, **about)
        assert not self._insert(NARROWED, **about)
        assert not self._insert("head-ravensgill", **about)
        assert not self._insert(TEACHER, establishment=other.establishment, pupil=other)
        assert not self._insert(TEACHER, **about, raised_by_id=person(HEAD).pk)
        assert not self._insert(TEACHER, **about, answer="Answered already")
        assert not self._insert(TEACHER, **about, state="answered", outcome="corrected", answered_at=timezone.now())

    def test_nothing_else_is_written_by_the_application(self) -> None:
        number = raised(child())
        with visit(asker(HEAD), Permission.VIEW_PUPILS, action="test") as here:
            here.showed()
            for change in (
                lambda: Challenge.objects.filter(pk=number).update(state="answered"),
                lambda: Challenge.objects.filter(pk=number)._raw_delete("default"),
                lambda: ChallengeEvent.objects.update(by_name="Nobody"),
                lambda: ChallengeEvent.objects.create(
                    challenge_id=number, establishment_id=1, what="open", at=timezone.now(), by_name="x"
                ),
            ):
                with pytest.raises(Error, match="permission denied"), transaction.atomic():
                    change()

    @pytest.mark.parametrize(
        ("slug", "through", "settles"),
        [
            (HEAD, SCHOOLS_ONLINE, True),
            (*OFFICER, True),
            (TEACHER, SCHOOLS_ONLINE, False),
            (GOVERNOR, SCHOOLS_ONLINE, False),
            ("head-ravensgill", SCHOOLS_ONLINE, False),
            ("officer-school-improvement", EDUNET, False),
            ("officer-data", SCHOOLS_ONLINE, False),
        ],
    )
    def test_the_function_settles_for_who_may_and_nobody_else(self, slug: str, through, settles: bool) -> None:
        """R45: the definer function asks by itself."""
        number = raised(child())
        with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            here.showed()
            with connection.cursor() as cursor:
                cursor.execute("SELECT sharing_settle_challenge(%s, 'answered', 'corrected', NULL, 'x')", [number])
                assert cursor.fetchone() == (settles,)

    def test_a_challenge_hangs_on_a_record_of_its_own_establishment(self) -> None:
        pupil = child()
        with as_batch(), transaction.atomic(), connection.cursor() as cursor:
            Challenge.objects.create(
                establishment=factories.establishment(RAVENSGILL), pupil=pupil, about="pupil", fact="name",
                raised_by_name="x", due_on=TODAY, assigned_to="school",
            )  # fmt: skip
            with pytest.raises(Error, match="foreign key"), transaction.atomic():
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
