"""My access, and leaving a register by oneself (R36, R44, A18)."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from access_register import grants
from access_register.casework import casework
from access_register.headships import handovers
from access_register.models import Duty, LineEvent, OfficerAppointment, RegisterLine
from access_register.my_access import my_access
from access_register.my_access.my_access import CannotLeave
from access_register.officers import officers
from access_register.register import history, reading, register
from access_register.register.register import Entry
from sharing.authorise import NoSuchRecord
from sharing.authorise.holdings import Holdings
from sharing.days import day_in_words
from sharing.models import EstablishmentPermission, LedgerEntry
from tests.access_register.duties import FIONA, MANAGER, TODAY, appointment, give
from tests.access_register.handovers import OFFICER, in_days, name
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
TEACHER, GOVERNOR, BOTH = "teacher-beckside", "governor-beckside", "teacher-two-schools"


def line_of(slug: str, urn: int = BECKSIDE) -> RegisterLine:
    with as_batch():
        return RegisterLine.objects.filter(person=person(slug), establishment__urn=urn).latest("pk")


def change(line: RegisterLine, **facts: object) -> None:
    with as_batch():
        RegisterLine.objects.filter(pk=line.pk).update(**facts)


def only_line(slug: str):
    (line,) = my_access.show_my_access(asker(slug)).lines
    return line


class TestWhatIsShown:
    def test_where_which_level_why_from_whom_since_when(self) -> None:
        """R36, A18: every line of one's own, in words."""
        page = client(BOTH).get("/my-access/").content.decode()
        for words in (
            "Beckside Primary School", "Level 2: Establishment and pupil information", "Teacher. Teaches children here",
            person("head-beckside").name, "1 September 2024", "Ravensgill Primary School", "Level 3:",
            "No last day set",
        ):  # fmt: skip
            assert words in page

    def test_nobody_elses(self) -> None:
        page = client(TEACHER).get("/my-access/").content.decode()
        assert person(GOVERNOR).name not in page
        assert "Ravensgill" not in page

    @pytest.mark.parametrize(
        ("facts", "state", "words"),
        [
            ({}, "Open", ""),
            ({"awaiting_since": timezone.now()}, "Waiting", "accepted the invitation"),
            (
                {"suspended_at": timezone.now(), "suspended_by_name": "Ruth", "suspended_because": "on leave."},
                "Suspended",
                "By Ruth: on leave.",
            ),
            ({"starts_on": timezone.localdate() + timedelta(days=1)}, "Not yet begun", ""),
        ],
    )
    @pytest.mark.drifts  # lines written past the register
    def test_the_state_of_a_line(self, facts: dict, state: str, words: str) -> None:
        """R35: suspended or pending lines are there, and say so."""
        change(line_of(TEACHER), **facts)
        line = only_line(TEACHER)
        assert line.state == state
        assert words in line.note
        assert ".." not in line.note

    @pytest.mark.parametrize("step", ["suspend", "withdraw"])
    def test_whoever_takes_access_away_reads_that_the_person_reads_why(self, step: str) -> None:
        page = client("head-beckside").get(f"/establishments/999002/register/{line_of(TEACHER).pk}/{step}/")
        assert "The person can read this" in page.content.decode()

    @pytest.mark.drifts  # lines written past the register
    def test_what_the_head_keeps_from_a_line(self) -> None:
        """R35."""
        change(line_of(TEACHER), year_groups=["R", "4"], withheld=["sen", "attainment"])
        assert only_line(TEACHER).only.startswith("only Reception and Year 4, without ")

    @pytest.mark.parametrize(
        ("facts", "then"),
        [
            ({"level": 2}, "it drops to Level 3"),
            ({"level": 3}, "it stays for one more term"),
            ({"level": 3, "reviews_missed": 1}, "it is suspended"),
            ({"level": 3, "role": "third_party"}, "it ends"),
        ],
        ids=["Level 2", "Level 3", "Level 3 missed before", "third party"],
    )
    @pytest.mark.drifts  # lines written past the register
    def test_by_when_somebody_has_to_confirm_it(self, facts: dict, then: str) -> None:
        """R36: and what happens if nobody does."""
        line, day = line_of(TEACHER), timezone.localdate() + timedelta(days=20)
        change(line, review_due_on=day, **facts)
        told = f"To be confirmed at Beckside Primary School by {day_in_words(day)}. If nobody does so, {then}."
        assert told in client(TEACHER).get("/my-access/").content.decode()
        change(line, suspended_at=timezone.now())
        assert "To be confirmed" not in client(TEACHER).get("/my-access/").content.decode()

    @pytest.mark.drifts  # lines written past the register
    @pytest.mark.parametrize(("days", "is_asked"), [(8, False), (9, False), (10, True), (None, True)])
    def test_a_line_that_ends_before_its_review_is_not_said_to_need_one(self, days: int | None, is_asked: bool) -> None:
        """R36: neither to the person nor to the head: nothing happens on that day to a line that has ended."""
        last_day = days and TODAY + timedelta(days=days)
        change(line_of(GOVERNOR), review_due_on=TODAY + timedelta(days=9), ends_on=last_day)
        due_on = TODAY + timedelta(days=9) if is_asked else None
        assert only_line(GOVERNOR).confirm_by == due_on
        (listed,) = [
            line for line in reading.show_register(asker("head-beckside"), BECKSIDE).lines
            if line.id == line_of(GOVERNOR).pk
        ]  # fmt: skip
        assert listed.review_due_on == due_on

    def test_access_that_has_ended(self) -> None:
        found = my_access.show_my_access(asker("teacher-ended"))
        assert found.lines == ()
        assert [(line.state, line.can_leave) for line in found.past] == [("Ended", False)]
        assert "Access that has ended" in client("teacher-ended").get("/my-access/").content.decode()

    def test_officers_see_their_duties(self) -> None:
        """R9: what each opens, where, why and until when; those that ended too."""
        page = client("officer-school-improvement", EDUNET).get("/my-access/").content.decode()
        for words in ("School improvement", "Pupil information", "Aireholme Locality", "Support visits"):
            assert words in page
        ended = my_access.show_my_access(asker("officer-duty-ended", EDUNET)).appointments[0].duties
        assert [duty.state for duty in ended] == ["Ended"]
        assert "None. You cannot see pupil" in client("officer-no-duty", EDUNET).get("/my-access/").content.decode()

    def test_an_officer_reads_who_is_their_manager(self) -> None:
        """Pages say “ask your manager”. Where nobody is recorded, no name stands there."""
        browser = client("officer-no-duty", EDUNET)
        with as_batch():
            mine = OfficerAppointment.objects.filter(person=person("officer-no-duty"))
            mine.update(manager="Grace Leader")
        assert "Your manager is Grace Leader." in browser.get("/my-access/").text
        with as_batch():
            mine.update(manager="")
        assert "Your manager is" not in browser.get("/my-access/").text

    def test_a_duty_reads_as_it_does_where_it_is_kept(self) -> None:
        """R9, R44: of named children, of a kind of establishment, ended before its day, and not confirmed in time."""
        here, fiona, manager = appointment(FIONA).pk, asker(FIONA, EDUNET), asker(MANAGER, EDUNET)
        days = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=30)}
        given = casework.NewCasework(withheld=(), function="attendance", reason="Children in care", **days)
        casework.give_casework(manager, here, duty=given)
        for reason, scope in (("Ends", {}), ("Lapses", {}), ("Kind", {"urns": (), "kinds": ("primary",)})):
            give(reason=reason, **scope)
        with as_batch():
            Duty.objects.filter(reason="Lapses").update(confirmed_until=TODAY - timedelta(days=1))
            grants.rebuild(TODAY)
            ends = Duty.objects.get(reason="Ends").pk
        officers.end_duty(manager, here, ends)
        (mine,) = my_access.show_my_access(fiona).appointments
        said = {duty.reason: (duty.scope, duty.state, duty.ended_on) for duty in mine.duties}
        kept = officers.show_officer(manager, here).officer
        assert said == {duty.reason: (duty.scope, duty.state, duty.ended_on) for duty in (*kept.duties, *kept.past)}
        assert said["Children in care"][0].startswith("Casework: children named one by one")
        assert said["Kind"][0] == "All of the kind: Primary school"
        assert said["Lapses"][1] == "Closed until it is confirmed"
        assert said["Ends"][1:] == ("Ended", TODAY)
        page = client(FIONA, EDUNET).get("/my-access/").content.decode()
        assert f"Open until {day_in_words(TODAY - timedelta(days=1))}" not in page
        assert f"It was open until {day_in_words(TODAY - timedelta(days=1))}, and opens again once it is" in page
        assert f", ended on {TODAY.day} {TODAY:%B %Y}" in page

    def test_a_duty_says_when_it_closes_unless_it_is_confirmed(self) -> None:
        """R9: the home page names that day and leads here for each duty. One that ends before is not asked about."""
        asked, until = TODAY + timedelta(days=20), TODAY + timedelta(days=200)
        for reason, ends_on in (("Goes on", until), ("Ends before", asked), ("Is over", until)):
            give(reason=reason, ends_on=ends_on)
        with as_batch():
            Duty.objects.filter(appointment=appointment(FIONA)).update(confirmed_until=asked)
            grants.rebuild(TODAY)
            officer, over = appointment(FIONA).pk, Duty.objects.get(reason="Is over").pk
        officers.end_duty(asker(MANAGER, EDUNET), officer, over)
        (mine,) = my_access.show_my_access(asker(FIONA, EDUNET)).appointments
        said = {duty.reason: duty.confirm_by for duty in mine.duties}
        assert said == {"Goes on": asked, "Ends before": None, "Is over": None}
        page = client(FIONA, EDUNET).get("/my-access/").content.decode()
        assert page.count(f"Open until {day_in_words(asked)}, and longer once it is confirmed.") == 1

    def test_a_headship_offered_at_another_school_is_found_there_until_it_is_answered(self) -> None:
        """R35, A7, A18: the head of one school takes over another. Only the email led to the offer."""
        number = name("head-oxenby")
        link, browser = f'href="/headship/{number}/"', client("head-oxenby")
        home = f'href="/my-access/">1 headship to accept by {day_in_words(in_days(10))}<'
        assert link not in browser.get("/my-access/").content.decode()  # nobody has verified it
        assert home not in browser.get("/").content.decode()
        handovers.verify_successor(asker(OFFICER, EDUNET), number)
        assert link in (page := browser.get("/my-access/").content.decode())
        assert f"Beckside Primary School, from {day_in_words(in_days(10))}" in page
        assert "/headship/" not in client(TEACHER).get("/my-access/").content.decode()
        assert home in browser.get("/").content.decode()
        handovers.accept_headship(asker("head-oxenby"), number)
        assert home not in browser.get("/").content.decode()
        assert link not in browser.get("/my-access/").content.decode()

    @pytest.mark.drifts  # a line written past the register
    def test_what_is_said_on_the_home_page_leads_here_by_a_link_of_its_own(self) -> None:
        """R30: who leaves one school for the headship of another reads two sentences."""
        handovers.verify_successor(asker(OFFICER, EDUNET), name("head-oxenby"))
        change(line_of("head-oxenby", 999005), ends_on=in_days(9))
        with as_batch():
            grants.rebuild(TODAY)
        links = re.findall(r'govuk-link" href="/my-access/">([^<]+)<', client("head-oxenby").get("/").content.decode())
        asks = "Your time as head here ends soon. Ask the Education Department if it should continue after"
        offered, ends = (day_in_words(in_days(days)) for days in (10, 9))
        assert set(links) == {f"1 headship to accept by {offered}", f"{asks} {ends}"}

    @pytest.mark.parametrize(("slug", "site"), [(TEACHER, SCHOOLS_ONLINE), ("officer-data", EDUNET)])
    def test_every_page_leads_there(self, slug: str, site) -> None:
        assert 'href="/my-access/"' in client(slug, site).get("/").content.decode()

    def test_it_leads_to_how_one_signs_in(self) -> None:
        """R30, WCAG 2.4.5: beside one's own name at the top, a second way there, in the words of the page."""
        page = client(TEACHER).get("/my-access/").content.decode()
        assert re.search(r'href="/account/">How you sign in', page)

    def test_someone_on_no_register_is_told_what_to_do(self) -> None:
        assert "not on any Access Register" in client("other-department").get("/my-access/").content.decode()


class TestLeaving:
    @pytest.mark.parametrize("slug", [TEACHER, GOVERNOR, "deputy-beckside", "third-party-beckside"])
    def test_one_leaves_and_is_out_with_the_next_request(self, slug: str) -> None:
        """R44: the confirmation changes nothing; the button ends it at once, and only there."""
        browser, line, home = client(slug), line_of(slug), f"/establishments/{BECKSIDE}/register/"
        path = f"/my-access/{line.pk}/leave/"
        assert browser.get(path).status_code == 200
        assert browser.get(home).status_code != 404
        page = browser.post(path, follow=True).content.decode()
        assert "You have left the Access Register of Beckside Primary School." in page
        assert browser.get(home).status_code == 404
        left = line_of(slug)
        assert (left.withdrawn_by_name, left.version) == (person(slug).name, line.version + 1)
        with as_batch():
            assert not EstablishmentPermission.objects.filter(source=f"line:{line.pk}").exists()
            told = LedgerEntry.objects.filter(action="leave_register").latest("id")
        assert (told.person_id, told.outcome, told.urn) == (person(slug).pk, "changed", BECKSIDE)
        call_command("check_permissions")

    def test_it_is_in_the_registers_history(self) -> None:
        """R36: in words, with the line as it was and as it was left."""
        line = line_of(TEACHER)
        my_access.leave_register(asker(TEACHER), line_id=line.pk)
        with as_batch():
            event = LineEvent.objects.filter(line=line).latest("pk")
        assert (event.what, event.by_name) == ("left", person(TEACHER).name)
        assert (event.before, event.after) == (history.facts(line), history.facts(line_of(TEACHER)))
        assert event.words.endswith(f" {person(TEACHER).name} left this register")
        assert (event.before["withdrawn"], event.after["withdrawn"]) == (False, True)

    def test_the_head_does_not_leave(self) -> None:
        """R35: the headship is handed over."""
        line = line_of("head-beckside")
        browser = client("head-beckside")
        for ask in (browser.get, browser.post):
            page = ask(f"/my-access/{line.pk}/leave/", follow=True)
            assert "handed over" in page.text
            assert page.redirect_chain == [("/my-access/", 302)]
        with pytest.raises(CannotLeave):
            my_access.leave_register(asker("head-beckside"), line_id=line.pk)
        assert line_of("head-beckside").withdrawn_at is None

    def test_leaving_twice(self) -> None:
        browser, line = client(GOVERNOR), line_of(GOVERNOR)
        browser.post(f"/my-access/{line.pk}/leave/")
        page = browser.post(f"/my-access/{line.pk}/leave/", follow=True).content.decode()
        assert "has already ended" in page

    def test_what_one_has_elsewhere_stays(self) -> None:
        """A18."""
        my_access.leave_register(asker(BOTH), line_id=line_of(BOTH).pk)
        assert client(BOTH).get(f"/establishments/{RAVENSGILL}/").status_code == 200
        assert only_line(BOTH).urn == RAVENSGILL

    def test_the_head_may_add_them_again(self) -> None:
        my_access.leave_register(asker(GOVERNOR), line_id=line_of(GOVERNOR).pk)
        entry = Entry(role="governor")
        register.give_access(asker("head-beckside"), BECKSIDE, name="Again", email=person(GOVERNOR).email, entry=entry)
        assert client(GOVERNOR).get(f"/establishments/{BECKSIDE}/").status_code == 200

    def test_a_named_seat_is_free_again(self) -> None:
        """R32."""
        my_access.leave_register(asker("deputy-beckside"), line_id=line_of("deputy-beckside").pk)
        assert register.show_register(asker("head-beckside"), BECKSIDE).named_seats_free == 1

    @pytest.mark.parametrize("slug", [TEACHER, "head-beckside", "head-ravensgill", "superuser"])
    def test_somebody_elses_line_is_not_there(self, slug: str) -> None:
        """R6: 404, for the head too, who has a page for that."""
        line = line_of(GOVERNOR)
        for answer in (client(slug).get, client(slug).post):
            assert answer(f"/my-access/{line.pk}/leave/").status_code == 404
        with pytest.raises(NoSuchRecord):
            my_access.leave_register(asker(slug), line_id=line.pk)
        assert line_of(GOVERNOR).withdrawn_at is None

    def test_not_from_edunet(self) -> None:
        assert client("officer-data", EDUNET).get("/my-access/1/leave/").status_code == 404


class TestTheDatabasesFunction:
    """The one thing that somebody who keeps no register can write: the end of a line of their own."""

    def leave(self, slug: str, line: RegisterLine, through=SCHOOLS_ONLINE) -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            Holdings.announced(asker(slug, through))
            cursor.execute("SELECT portal_leave(%s)", [line.pk])
            (left,) = cursor.fetchone()
            cursor.execute("SELECT set_config('portal.ctx', '', true)")
        return left

    def test_nobody_else_nor_the_head_nor_through_edunet_nor_without_acceptance(self) -> None:
        """R35, R19: whatever is asked of it, no line of anybody else ends."""
        lines = [line_of(slug) for slug in (GOVERNOR, "head-beckside", "deputy-beckside")]
        for slug in (TEACHER, "head-beckside", "deputy-beckside", "superuser"):
            for line in lines:
                if line.person_id != person(slug).pk:
                    assert not self.leave(slug, line)
        assert not self.leave("head-beckside", line_of("head-beckside"))
        assert not self.leave(GOVERNOR, line_of(GOVERNOR), EDUNET)
        assert not self.leave("teacher-not-accepted", line_of("teacher-not-accepted", 999005))
        assert not self.leave("teacher-ended", line_of("teacher-ended"))
        with as_batch():
            assert not RegisterLine.objects.exclude(withdrawn_at=None).exists()

    def test_outside_a_visit_it_does_nothing(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT portal_leave(%s)", [line_of(GOVERNOR).pk])
            assert cursor.fetchone() == (False,)

    def test_nothing_else_changes(self) -> None:
        """Of all lines and permission rows only those of that line are other than before."""

        def everything() -> tuple[dict, set]:
            with as_batch():
                lines = {row["id"]: row for row in RegisterLine.objects.values()}
                return lines, set(EstablishmentPermission.objects.values_list("pk", "source"))

        line = line_of(BOTH)
        lines_before, rows_before = everything()
        assert self.leave(BOTH, line)
        lines_after, rows_after = everything()
        changed = {pk for pk, row in lines_after.items() if row != lines_before[pk]}
        assert changed == {line.pk}
        different = {name for name, value in lines_after[line.pk].items() if value != lines_before[line.pk][name]}
        assert different == {"withdrawn_at", "withdrawn_by_name", "withdrawn_because", "version"}
        assert {source for _, source in rows_before - rows_after} == {f"line:{line.pk}"}
        assert rows_after <= rows_before
