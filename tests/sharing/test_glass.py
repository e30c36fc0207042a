"""Breaking the glass (R9, R18, R43, R44, R45, P7): one record, 24 hours, and those who must know are told."""

import time
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from sharing import conditions, door, ledger
from sharing.authorise import NeedsConfirmation, NoSuchRecord, NotAtYourLevel, Permission, visit
from sharing.crypto import blind_index
from sharing.models import Attendance, Enrolment, EstablishmentPermission, LedgerEntry, Opening, Pupil, PupilNeeds
from tests import factories
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, as_owner, asker, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
TODAY = timezone.localdate()
FIONA, MANAGER, HEAD = "officer-no-duty", "officer-information", "head-beckside"
WHY = {"because": "harm", "reason": "The hospital has called.", "head_barred": False}


def child(urn: int = BECKSIDE, **facts: object) -> Pupil:
    made = factories.pupil(urn, **{"surname": "Ó Glassford", "forename": "Maren", "born_on": date(2016, 2, 3)} | facts)
    with as_batch():
        Enrolment.objects.create(pupil=made, establishment=made.establishment, starts_on=TODAY)
        PupilNeeds.objects.create(pupil=made, establishment=made.establishment, sen_provision="K")
    return made


def by_upn(made: Pupil) -> door.Exactly:
    return door.Exactly(made.upn_index)


def break_it(made: Pupil, slug: str = FIONA, **why: object) -> Opening:
    door.break_glass(asker(slug, EDUNET), child=by_upn(made), **WHY | why)
    with as_batch():
        return Opening.objects.latest("pk")


def page(made: Pupil, slug: str = FIONA, urn: int = BECKSIDE) -> int:
    return client(slug, EDUNET).get(f"/establishments/{urn}/pupils/{made.pk}/").status_code


def seen_by_sql(slug: str, model: type = Pupil) -> set[object]:
    """What the second lock alone shows."""
    with transaction.atomic(), visit(asker(slug, EDUNET), Permission.VIEW_PUPILS, action="test") as here:
        found = set(model.objects.values_list("pk", flat=True))
        here.showed()
    return found


class TestTheRecord:
    def test_opens_and_nothing_beside_it(self) -> None:
        """R9, R18, R45: one record, in both locks; no list, no count, no other child."""
        made, other = child(), child(forename="Other")
        assert page(made) == 403
        break_it(made)
        assert (page(made), page(other)) == (200, 403)
        assert client(FIONA, EDUNET).get(f"/establishments/{BECKSIDE}/pupils/").status_code == 403
        assert seen_by_sql(FIONA) == {made.pk}
        assert seen_by_sql(FIONA, PupilNeeds) == {made.pk}
        assert seen_by_sql(FIONA, Attendance) == set()
        assert page(made, "officer-information") == 403

    def test_is_of_today_only(self) -> None:
        """R5: a child who has left since is no more there than for anybody."""
        made = child()
        break_it(made)
        with as_batch():
            Enrolment.objects.filter(pupil=made).update(
                starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=1)
            )
        assert page(made) == 404

    @pytest.mark.parametrize(("seconds", "status"), [(3600 * 24 - 60, 200), (3600 * 24 + 1, 403), (-60, 403)])
    def test_is_open_for_24_hours_to_the_instant(self, seconds: int, status: int) -> None:
        made = child()
        opening = break_it(made)
        with as_batch():
            Opening.objects.filter(pk=opening.pk).update(
                starts_at=opening.starts_at - timedelta(seconds=seconds),
                ends_at=opening.ends_at - timedelta(seconds=seconds),
            )
        assert page(made) == status
        assert seen_by_sql(FIONA) == ({made.pk} if status == 200 else set())

    def test_ends_at_once(self) -> None:
        """R44."""
        made = child()
        opening = break_it(made)
        door.end_opening(asker(FIONA, EDUNET), opening.pk)
        assert (page(made), seen_by_sql(FIONA)) == (403, set())

    def test_a_form_sent_twice_is_shut_by_one_end(self) -> None:
        """R44: whoever says that they are done with the record sees it no more."""
        made = child()
        break_it(made)
        door.end_opening(asker(FIONA, EDUNET), break_it(made).pk)
        assert (page(made), seen_by_sql(FIONA)) == (403, set())

    def test_opens_nothing_at_schools_online_or_without_an_appointment(self) -> None:
        made = child()
        opening = break_it(made)
        browser = client(FIONA, SCHOOLS_ONLINE)
        assert browser.get(f"/establishments/{BECKSIDE}/pupils/{made.pk}/").status_code == 404
        with as_batch():
            Opening.objects.filter(pk=opening.pk).update(person_id=person(HEAD).pk)
        assert (
            client("officer-duty-ended", EDUNET).get(f"/establishments/{BECKSIDE}/pupils/{made.pk}/").status_code == 403
        )

    def test_the_ledger_says_so_plainly(self) -> None:
        """R43."""
        made = child()
        break_it(made)
        page(made)
        with as_batch():
            broken, shown = LedgerEntry.objects.filter(action__in=["break_glass", "show_pupil"]).order_by("-pk")[:2][
                ::-1
            ]
        assert (broken.outcome, broken.about["because"], broken.about["pupils"]) == ("changed", "harm", [str(made.pk)])
        assert "You broke the glass for safeguarding" in shown.purpose
        assert shown.about["broken_glass"] is True
        assert "hospital" not in str(broken.about)

    def test_the_reason_is_encrypted(self) -> None:
        break_it(child())
        with as_batch(), connection.cursor() as cursor:
            cursor.execute("SELECT reason FROM sharing_opening")
            assert b"hospital" not in bytes(cursor.fetchone()[0])


class TestWhichChild:
    @pytest.mark.parametrize(
        ("named", "number"),
        [
            ({"forename": "maren", "surname": "O GLASSFORD", "born_on": date(2016, 2, 3)}, 1),
            ({"forename": "Mar", "surname": "O Glassford", "born_on": date(2016, 2, 3)}, 0),
            ({"forename": "Maren", "surname": "O Glassford", "born_on": date(2016, 2, 4)}, 0),
            ({"forename": "Maren", "surname": "", "born_on": date(2016, 2, 3)}, 0),
            ({"upn_key": blind_index("nobody")}, 0),
        ],
    )
    def test_is_named_exactly(self, named: dict[str, object], number: int) -> None:
        child()
        assert door.count_exactly(asker(FIONA, EDUNET), child=door.Exactly(**named)) == number

    def test_no_date_of_birth_is_tried_out(self) -> None:
        """R6: after ten in a day who are not there nobody is looked for by name; by UPN, and by others, as ever."""
        made = child()
        by_day = [door.Exactly(None, "Maren", "O Glassford", date(2016, 1, day)) for day in range(1, 11)]
        right = door.Exactly(None, "Maren", "O Glassford", date(2016, 2, 3))
        assert [door.count_exactly(asker(FIONA, EDUNET), child=wrong) for wrong in by_day] == [0] * 10
        with pytest.raises(door.TriedTooOften):
            door.count_exactly(asker(FIONA, EDUNET), child=right)
        typed = {"forename": "Maren", "surname": "O Glassford", "born_on": "3/2/2016"}
        page = client(FIONA, EDUNET).post("/break-glass/", typed)
        assert page.status_code == 422
        assert "Use the UPN" in page.content.decode()
        assert door.count_exactly(asker(FIONA, EDUNET), child=by_upn(made)) == 1
        assert door.count_exactly(asker("officer-admissions", EDUNET), child=right) == 1

    def test_a_try_that_was_refused_is_no_miss(self) -> None:
        """R6: whoever tries on while nobody is looked for waits no longer for it; an answer counts as ever."""
        right = child() and door.Exactly(None, "Maren", "O Glassford", date(2016, 2, 3))
        refused, missed = ({"children": 0, "by": "name", "too_often": is_so} for is_so in (True, False))
        officer, shown = asker(FIONA, EDUNET), LedgerEntry.Outcome.SHOWN
        with as_batch():
            for about in [refused] * 10 + [missed] * 9:
                ledger.write(officer, action="count_exactly", outcome=shown, about=about)
        assert door.count_exactly(officer, child=right) == 1
        with as_batch():
            ledger.write(officer, action="count_exactly", outcome=shown, about=missed)
        with pytest.raises(door.TriedTooOften):
            door.count_exactly(officer, child=right)

    def test_of_two_none_opens(self) -> None:
        child()
        child()
        named = door.Exactly(None, "Maren", "O Glassford", date(2016, 2, 3))
        assert door.count_exactly(asker(FIONA, EDUNET), child=named) == 2
        with pytest.raises(door.CannotOpen):
            door.break_glass(asker(FIONA, EDUNET), child=named, **WHY)
        with as_batch():
            row = LedgerEntry.objects.get(action="break_glass")
        assert (row.outcome, row.about) == ("refused", {"why": "CannotOpen"})

    def test_one_child_at_two_schools_opens_at_both(self) -> None:
        first = child()
        second = child(RAVENSGILL, child=first.child, upn=first.upn, upn_index=first.upn_index)
        opened = door.break_glass(asker(FIONA, EDUNET), child=by_upn(first), **WHY)
        assert {record for _, record in opened} == {first.pk, second.pk}

    def test_needs_a_fresh_confirmation(self) -> None:
        """R13."""
        unconfirmed = replace(asker(FIONA, EDUNET), confirmed_lately=False)
        with pytest.raises(NeedsConfirmation):
            door.break_glass(unconfirmed, child=by_upn(child()), **WHY)

    @pytest.mark.parametrize("through", [SCHOOLS_ONLINE, EDUNET])
    def test_is_for_officers(self, through: str) -> None:
        with pytest.raises(NotAtYourLevel):
            door.break_glass(asker(HEAD, through), child=by_upn(child()), **WHY)


class TestWhoIsTold:
    def told(self) -> dict[str, str]:
        return {letter.to[0]: letter.subject + str(letter.body) for letter in mail.outbox}

    def test_the_head_and_the_information_manager_at_once(self, django_capture_on_commit_callbacks: object) -> None:
        made = child()
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            break_it(made)
        assert set(self.told()) == {person(HEAD).email, person(MANAGER).email}
        assert not any("Glassford" in words or "Maren" in words for words in self.told().values())
        assert b"1 record opened for safeguarding" in client(HEAD, SCHOOLS_ONLINE).get("/").content
        page = client(MANAGER, EDUNET).get("/").content
        assert b"<strong>1</strong> record was opened without a duty" in page
        assert b"Beckside Primary School" in client(MANAGER, EDUNET).get("/break-glass/to-look-at/").content

    def test_not_the_head_where_that_is_barred(self, django_capture_on_commit_callbacks: object) -> None:
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            break_it(child(), head_barred=True)
        assert set(self.told()) == {person(MANAGER).email}
        assert door.list_openings(asker(HEAD), BECKSIDE).openings == ()
        assert len(door.list_openings(asker(MANAGER, EDUNET), BECKSIDE).openings) == 1

    def test_what_is_barred_is_in_nothing_that_the_head_reads(self) -> None:
        """R18, R43: not in the ledger's pages, not in a count; the information manager reads it."""
        barred, told = child(), child(forename="Told")
        for made, is_barred in ((barred, True), (told, False)):
            break_it(made, head_barred=is_barred)
            assert page(made) == 200
            door.show_pupil(asker(HEAD), BECKSIDE, made.pk)
        lines = door.read_ledger(asker(HEAD), BECKSIDE).lines
        assert [line.what for line in lines if line.site == "EduNet"] == ["Record of a child"]
        for made, names in ((barred, [HEAD]), (told, [HEAD, FIONA, FIONA])):
            openings = door.read_ledger_of_child(asker(HEAD), BECKSIDE, made.pk).openings
            assert [one.person for one in openings] == [person(slug).name for slug in names]
            assert door.show_pupil(asker(HEAD), BECKSIDE, made.pk).opened.people == len(set(names))
        seen = door.read_ledger(asker(MANAGER, EDUNET), BECKSIDE).lines
        assert sum(line.person == person(FIONA).name for line in seen) == 2

    def test_nor_what_the_information_manager_does_about_it(self) -> None:
        """R18, R43: looking at it and marking it are in the ledger, and not in what the head reads of it."""
        barred = break_it(child(), head_barred=True)
        door.list_openings(asker(MANAGER, EDUNET), BECKSIDE)
        door.mark_opening(asker(MANAGER, EDUNET), BECKSIDE, barred.pk, mark="asked")
        assert not [line for line in door.read_ledger(asker(HEAD), BECKSIDE).lines if line.site == "EduNet"]
        seen = door.read_ledger(asker(MANAGER, EDUNET), BECKSIDE).lines
        assert sum(line.person == person(MANAGER).name for line in seen) == 2

    def test_a_second_within_seven_days_says_so_to_the_information_manager(
        self, django_capture_on_commit_callbacks: object
    ) -> None:
        break_it(child())
        with as_batch():
            first = timezone.now() - timedelta(days=7) + timedelta(minutes=1)
            Opening.objects.update(starts_at=first, ends_at=first + timedelta(hours=24))
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            assert break_it(child(forename="Second")).before == 1
        assert "did so 1 time" in self.told()[person(MANAGER).email]
        assert "did so" not in self.told()[person(HEAD).email]
        assert b"broke the glass 1 time" in self.page(MANAGER, EDUNET)

    def page(self, slug: str, through: str) -> bytes:
        return client(slug, through).get(f"/establishments/{BECKSIDE}/opened-records/").content

    def test_the_head_sees_which_child_and_the_information_manager_does_not(self) -> None:
        break_it(child())
        assert "Maren" in self.page(HEAD, SCHOOLS_ONLINE).decode()
        assert "Maren" not in self.page(MANAGER, EDUNET).decode()

    @pytest.mark.parametrize(("slug", "through"), [(HEAD, SCHOOLS_ONLINE), (MANAGER, EDUNET)])
    def test_it_is_marked_as_explained_or_asked(self, slug: str, through: str) -> None:
        opening = break_it(child())
        for mark, words in (("asked", "Asked to explain"), ("explained", "Explained")):
            door.mark_opening(asker(slug, through), BECKSIDE, opening.pk, mark=mark)
            assert words in client(FIONA, EDUNET).get("/break-glass/yours/").content.decode()
        assert b"opened for safeguarding" not in client(slug, through).get("/").content

    def test_nobody_marks_their_own_or_anothers(self) -> None:
        opening = break_it(child(), MANAGER)
        with pytest.raises(NoSuchRecord):
            door.mark_opening(asker(MANAGER, EDUNET), BECKSIDE, opening.pk, mark="explained")
        with pytest.raises(NoSuchRecord):
            door.mark_opening(asker("deputy-beckside"), BECKSIDE, opening.pk, mark="explained")
        with pytest.raises(NotAtYourLevel):
            door.mark_opening(asker(FIONA, EDUNET), BECKSIDE, opening.pk, mark="explained")


def test_a_head_who_is_an_officer_does_not_mark_their_own() -> None:
    """R18: what one has opened oneself another explains, at either site."""
    opening = break_it(child())
    with as_batch():
        Opening.objects.filter(pk=opening.pk).update(person_id=person(HEAD).pk)
    with pytest.raises(NoSuchRecord):
        door.mark_opening(asker(HEAD), BECKSIDE, opening.pk, mark="explained")
    with as_batch():
        assert Opening.objects.get(pk=opening.pk).head_mark == ""


class TestMutants:
    """The second lock made weaker is noticed: what it holds back gets through, so the tests above would fail."""

    @pytest.mark.parametrize(
        ("part", "instead"),
        [
            ("opening.ends_at > now()", "true"),
            ("opening.person_id = (SELECT portal_asker())", "true"),
            ("(SELECT portal_context(2)) = 'edunet'", "true"),
        ],
    )
    def test_an_opening_for_too_long_or_for_anybody_or_anywhere(self, part: str, instead: str) -> None:
        made = child()
        opening = break_it(made)
        slug = "officer-school-improvement" if "person" in part else FIONA
        through = SCHOOLS_ONLINE if "context" in part else EDUNET
        if "ends_at" in part:
            with as_batch():
                past = opening.starts_at - timedelta(hours=25)
                Opening.objects.filter(pk=opening.pk).update(starts_at=past, ends_at=past + timedelta(hours=24))

        def opened() -> set[object]:
            with transaction.atomic(), visit(asker(slug, through), Permission.VIEW_PUPILS, action="test") as here:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT portal_opened()")
                    found = {number for (number,) in cursor.fetchall()}
                here.showed()
            return found

        if "context" in part:
            with as_batch():
                EstablishmentPermission.objects.filter(user=person(FIONA)).update(through=SCHOOLS_ONLINE)
        assert opened() == set()
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "DO $do$ BEGIN EXECUTE replace(pg_get_functiondef('portal_opened'::regproc), "
                f"$part${part}$part$, $part${instead}$part$); END $do$"
            )
        assert opened() == {made.pk}

    def test_a_policy_that_forgets_which_record(self) -> None:
        made, other = child(), child(forename="Other")
        break_it(made)
        assert seen_by_sql(FIONA) == {made.pk}
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            seen = f"{conditions.SEES_PUPILS} AND {conditions.VISIBLE_TODAY}"
            cursor.execute(f"ALTER POLICY app_reads ON sharing_pupil USING ({seen})")
        assert other.pk in seen_by_sql(FIONA)


class TestInTheBrowser:
    def test_from_the_name_to_the_record(self) -> None:
        """What is typed is in no address; the answer says only that there is one."""
        made = child()
        browser = client(FIONA, EDUNET)
        typed = {"upn": "", "forename": "Maren", "surname": "Ó Glassford", "born_on": "3/2/2016"}
        found = browser.post("/break-glass/", typed)
        assert found["location"] == "/break-glass/reason/"
        assert "Maren" not in browser.get("/break-glass/reason/").content.decode()
        assert browser.post("/break-glass/reason/", {"because": "harm", "reason": ""}).status_code == 422
        opened = browser.post("/break-glass/reason/", {"because": "harm", "reason": "x", "sure": "on"}, follow=True)
        assert "You broke the glass for safeguarding" in opened.content.decode()
        assert opened.redirect_chain[-1][0] == f"/establishments/{BECKSIDE}/pupils/{made.pk}/"
        closed = browser.post(f"/break-glass/yours/{self.number()}/end/", follow=True)
        assert "closed to you again" in closed.content.decode()

    def test_what_waits_for_the_reason_lies_sealed(self) -> None:
        """R13, R18: neither name nor date of birth is in the session's row, also to somebody who knows how Django
        stores it; nor a reason that waits for the officer to confirm that it is they."""
        child()
        typed = {"upn": "", "forename": "Maren", "surname": "Ó Glassford", "born_on": "3/2/2016"}
        browser = client(FIONA, EDUNET)
        key = browser.cookies["edunet_session"].value
        session = import_module(settings.SESSION_ENGINE).SessionStore(key)
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time() - 3600}]
        session.save()
        assert browser.post("/break-glass/", typed)["location"] == "/break-glass/reason/"
        why = {"because": "harm", "reason": "The hospital has called.", "sure": "on"}
        assert browser.post("/break-glass/reason/", why).status_code == 302
        with as_batch():
            assert not Opening.objects.exists()
        row = Session.objects.get(pk=key)
        told = f"{row.get_decoded()} {row.session_data}"
        for words in ("Maren", "Glassford", "2016", "hospital"):
            assert words not in told

    def number(self) -> int:
        with as_batch():
            return Opening.objects.latest("pk").pk

    def test_nobody_else_is_told_of_one(self) -> None:
        browser = client(FIONA, EDUNET)
        missed = browser.post("/break-glass/", {"forename": "No", "surname": "Body", "born_on": "3/2/2016"})
        assert "There is no such child" in missed.content.decode()
        assert browser.get("/break-glass/reason/")["location"] == "/break-glass/"
