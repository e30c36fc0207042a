"""A list of staff applied to the register (R24, R32-R36)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access_register.models import RegisterLine
from access_register.register import bulk, forward, register
from access_register.register.register import CannotChange, Entry
from access_register.register.staff_file import StaffRow, read
from sharing.authorise import NotAtYourLevel, NotYourEstablishment
from sharing.days import day_in_words
from sharing.models import LedgerEntry
from tests.access_register.invitations import everything
from tests.people import as_batch, asker, client, person
from tests.threads import at_once

BECKSIDE, RAVENSGILL = 999002, 999003
HEAD, NAMED, TEACHER, GOVERNOR = "head-beckside", "deputy-beckside", "teacher-beckside", "governor-beckside"
MANAGER = "business-manager-beckside"
HEADER = "name,email,role,level,basis,reason,last day\n"
URL = f"/establishments/{BECKSIDE}/register/staff/"


def rows(text: str) -> list[StaffRow]:
    return read((HEADER + text).encode())


def email(slug: str) -> str:
    return person(slug).email


def preview(text: str, by: str = HEAD) -> bulk.Plan:
    return bulk.preview_staff(asker(by), BECKSIDE, rows(text))


def apply(text: str, by: str = HEAD, confirmed: bool = True, webmail_confirmed: bool = False) -> bulk.Plan:
    plan = preview(text, by)
    done, _ = bulk.apply_staff(
        asker(by), BECKSIDE, rows(text), seal=plan.seal, confirmed=confirmed, webmail_confirmed=webmail_confirmed
    )
    return done


def outcomes(plan: bulk.Plan) -> list[tuple[str, str]]:
    return [(line.outcome.value, line.words) for line in plan.lines]


def line_of(address: str) -> RegisterLine:
    with as_batch():
        return RegisterLine.objects.get(person__email=address, establishment__urn=BECKSIDE, withdrawn_at=None)


@pytest.mark.django_db
class TestPreview:
    def test_line_by_line(self) -> None:
        """New, changed, unchanged, refused, each with its words; and nothing has changed (R34: Level 3 preset)."""
        text = (
            "New One,new@beckside.example,office,,,,\n"
            f"Known,{email('teacher-oxenby')},teacher,2,teaches,,31/8/2099\n"
            f"Gordon,{email(GOVERNOR)},governor,2,,Safeguarding,\n"
            f"Nadia,{email(TEACHER)},,,,,\n"
            f"Bridget,{email('third-party-beckside')},office,,,,\n"
            f"Ruth,{email(HEAD)},,3,,,\n"
            "Twice,NEW@beckside.example,office,,,,\n"
            "Head,head@beckside.example,head,1,,,\n"
            "Third,third@beckside.example,third party,,,,\n"
            "Named,named@beckside.example,teacher,1,,,\n"
            "No Basis,nobasis@beckside.example,teacher,2,,,\n"
            "No Role,norole@beckside.example,,,,,\n"
            "Past,past@beckside.example,office,,,,1/1/2020\n"
        )
        before = everything()
        plan = preview(text)
        assert everything() == before
        assert mail.outbox == []
        assert outcomes(plan) == [
            ("new", "Level 3, gets an email"),
            ("new", f"Level 2, gets an email, last day 31 August 2099{bulk.CHECK_IT}"),
            ("changed", "Level 3 becomes Level 2"),
            ("unchanged", "Level 2"),
            ("refused", register.STAYS_THIRD_PARTY),
            ("refused", "The head’s own line changes only when the headship is handed over."),
            ("refused", "The same address is on line 2."),
            ("refused", "There can be only one head. To change the head, hand the headship over."),
            ("refused", register.STAYS_THIRD_PARTY),
            ("refused", register.SEATS_TAKEN),
            ("refused", "Say why this person needs pupil information."),
            ("refused", bulk.NO_ROLE),
            ("refused", "The last day must be today or later."),
        ]
        assert (plan.counts["refused"], plan.raised, plan.can_be_applied) == (9, 2, False)

    @pytest.mark.parametrize("slug", ["head-oxenby", "officer-data", "other-department", "superuser"])
    def test_an_address_that_is_tried_does_not_tell_whose_it_is(self, slug: str) -> None:
        """R2: of an account elsewhere it says what it says of an address that nobody has; of a slip, not the name."""
        name = person(slug).name
        theirs, nobodys, slip = (
            replace(preview(f"{typed},{address},office,,,,\n").lines[0], email="")
            for typed, address in ((name, email(slug)), (name, "new@beckside.example"), ("Typed", email(slug)))
        )
        assert theirs == nobodys
        assert (slip.name, slip.words) == ("Typed", f"{theirs.words}{bulk.CHECK_IT}")

    def test_all_that_is_amiss_with_a_line_is_said_at_once(self) -> None:
        """R34: the rules of the register too, as in the form for one."""
        (line,) = preview("New Ten,new10@beckside.example,office,2,,,1/9/2020\n").lines
        assert line.words == "Say why this person needs pupil information. The last day must be today or later."

    def test_who_comes_later_has_a_first_day_and_who_is_here_keeps_theirs(self) -> None:
        """R33: September's newcomers are on July's list. The list can be used again."""
        here, first = line_of(email(TEACHER)), timezone.localdate() + timedelta(days=40)
        header = HEADER.replace("last day", "first day")
        plan = bulk.preview_staff(
            asker(HEAD), BECKSIDE,
            read(
                (
                    f"{header}New One,new@beckside.example,office,,,,{first:%d/%m/%Y}\n"
                    f"Nadia,{email(TEACHER)},,,,,{here.starts_on}\n"
                    f"Gordon,{email(GOVERNOR)},,,,,{first}\n"
                    "Past,past@beckside.example,office,,,,1/1/2020\n"
                ).encode()
            ),
        )  # fmt: skip
        assert outcomes(plan) == [
            ("new", f"Level 3, gets an email, first day {day_in_words(first)}"),
            ("unchanged", "Level 2"),
            ("refused", bulk.BEGAN.format(day_in_words(line_of(email(GOVERNOR)).starts_on))),
            ("refused", register.NO_SUCH_FIRST_DAY),
        ]

    def test_the_head_and_the_named_may_be_in_the_list_as_they_are(self) -> None:
        """A list of all staff, as an office keeps it, is no reason to refuse."""
        text = "".join(
            f"X,{email(slug)},{role},{level},,,\n"
            for slug, role, level in ((HEAD, "head", 1), (NAMED, "teacher", 1), (MANAGER, "office", 1))
        )  # fmt: skip
        plan = preview(text)
        assert {line.outcome.value for line in plan.lines} == {"unchanged"}
        assert not plan.can_be_applied

    def test_two_change_places_at_level_1_in_one_list(self) -> None:
        """R32: who is lowered goes first, wherever in the file."""
        text = f"In,in@beckside.example,office,1,,,\nOut,{email('business-manager-beckside')},,3,,,\n"
        assert [line.outcome.value for line in apply(text).lines] == ["new", "changed"]
        call_command("check_permissions")

    def test_named_staff_name_nobody_by_a_file(self) -> None:
        """R35."""
        text = f"Gordon,{email(GOVERNOR)},office,1,,,\nOut,{email('business-manager-beckside')},,3,,,\n"
        assert outcomes(preview(text, by=NAMED)) == [
            ("refused", "Only the head may name people at Level 1."),
            ("refused", "Only the head may change a Level 1 line."),
        ]

    @pytest.mark.parametrize(
        ("slug", "refusal"), [(TEACHER, NotAtYourLevel), ("head-ravensgill", NotYourEstablishment)]
    )
    def test_others_are_refused(self, slug: str, refusal: type[Exception]) -> None:
        """R33."""
        row = rows("A,a@beckside.example,office,,,,\n")
        for attempt in (
            lambda: bulk.preview_staff(asker(slug), BECKSIDE, row),
            lambda: bulk.apply_staff(asker(slug), BECKSIDE, row, seal="", confirmed=True, webmail_confirmed=True),
            lambda: forward.list_ended(asker(slug), BECKSIDE),
            lambda: forward.copy_forward(asker(slug), BECKSIDE, line_ids=[1], last_day=None, confirmed=True),
        ):
            with pytest.raises(refusal):
                attempt()


@pytest.mark.django_db
class TestApplying:
    TWO = "New One,new@beckside.example,office,,,,\nKnown,samina.qureshi@oxenby.example,teacher,2,teaches,,\n"

    def test_all_of_it(self) -> None:
        """A9, A18, R34: one waits, one begins; both are written to; one row in the ledger; no drift."""
        done = apply(self.TWO)
        assert done.counts == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0}
        assert line_of("new@beckside.example").awaiting_since
        assert line_of("samina.qureshi@oxenby.example").awaiting_since is None
        assert sorted(message.to[0] for message in mail.outbox) == [
            "new@beckside.example", "samina.qureshi@oxenby.example",
        ]  # fmt: skip
        with as_batch():
            row = LedgerEntry.objects.latest("id")
            assert (row.action, row.outcome, row.about["new"], len(row.about["lines"])) == (
                "apply_staff", "changed", 2, 2,
            )  # fmt: skip
        call_command("check_permissions")

    def test_a_second_time_there_is_nothing_to_do(self) -> None:
        apply(self.TWO)
        assert preview(self.TWO).counts["unchanged"] == 2
        with pytest.raises(CannotChange):
            apply(self.TWO)

    @pytest.mark.parametrize(
        ("text", "kept", "field"),
        [
            (TWO, {"confirmed": False}, "confirmed"),
            (TWO + "W,w@gmail.com,office,,,,\n", {"confirmed": True}, "webmail_confirmed"),
            (TWO + "T,t@x.example,third party,,,,\n", {"confirmed": True}, None),
            (TWO + "=T,t@x.example,office,,,,\n", {"confirmed": True}, None),
        ],
    )
    def test_or_nothing(self, text: str, kept: dict[str, bool], field: str | None) -> None:
        """R25, R34: one refused line or a missing confirmation, and not one line is written."""
        before = everything()
        with pytest.raises(CannotChange) as refused:
            apply(text, **kept)
        assert refused.value.field == field
        assert everything() == before
        assert mail.outbox == []

    def test_the_register_changed_in_between(self) -> None:
        """Two tabs: what was looked at no longer holds, so it is looked at again."""
        plan = preview(self.TWO)
        register.give_access(
            asker(NAMED), BECKSIDE, name="x", email="new@beckside.example", entry=Entry(role="governor")
        )
        before = everything()
        with pytest.raises(CannotChange, match="has changed since you looked"):
            bulk.apply_staff(
                asker(HEAD), BECKSIDE, rows(self.TWO), seal=plan.seal, confirmed=True, webmail_confirmed=True
            )
        assert everything() == before

    def test_three_hundred_lines_ask_in_proportion(self) -> None:
        """Point 4: to look at a list applies it and takes that back. How long that takes is the machine's."""
        text = "".join(
            f"Person {n},p{n}@beckside.example,{'teacher' if n % 2 else 'office'},{2 if n % 2 else ''},"
            f"{'teaches' if n % 2 else ''},,\n"
            for n in range(300)
        )
        with CaptureQueriesContext(connection) as queries:
            plan = preview(text)
        assert len(queries) < 300 * 20
        bulk.apply_staff(asker(HEAD), BECKSIDE, rows(text), seal=plan.seal, confirmed=True, webmail_confirmed=False)
        assert len(mail.outbox) == 300
        call_command("check_permissions")


def test_the_same_list_applied_twice_at_once(own_database: None) -> None:
    """A double click: once; the other is told, and there is one line for each person."""
    plan, head = preview(TestApplying.TWO), asker(HEAD)
    results = at_once(
        *[
            lambda: bulk.apply_staff(
                head, BECKSIDE, rows(TestApplying.TWO), seal=plan.seal, confirmed=True, webmail_confirmed=False
            )
        ]
        * 2
    )
    assert sorted(type(result).__name__ for result in results) == ["CannotChange", "tuple"]
    with as_batch():
        assert RegisterLine.objects.filter(person__email="new@beckside.example").count() == 1
    call_command("check_permissions")


@pytest.mark.django_db
class TestInTheBrowser:
    def upload(self, browser, content: bytes, name: str = "staff.csv"):
        return browser.post(URL, {"file": SimpleUploadedFile(name, content)})

    def test_upload_look_apply(self) -> None:
        browser = client(HEAD)
        response = self.upload(browser, (HEADER + TestApplying.TWO).encode())
        assert (response.status_code, response.url) == (302, f"{URL}check/")
        page = browser.get(f"{URL}check/").content.decode()
        assert "Nothing has changed yet. 2 new, 0 changed, 0 unchanged, 0 refused." in page
        seal = preview(TestApplying.TWO).seal
        unconfirmed = browser.post(f"{URL}check/", {"seal": seal})
        assert unconfirmed.status_code == 422
        assert "Confirm that these people need Level 2" in unconfirmed.content.decode()
        done = browser.post(f"{URL}check/", {"seal": seal, "confirmed": "on"}, follow=True)
        assert "The list is applied: 2 added, 0 changed." in done.content.decode()
        assert browser.get(f"{URL}check/").status_code == 302

    def test_how_many_emails_could_not_be_sent_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A9: the lines stand, and the head knows whose invitations to send again."""
        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", lambda *messages: 0)
        browser = client(HEAD)
        self.upload(browser, (HEADER + TestApplying.TWO).encode())
        typed = {"seal": preview(TestApplying.TWO).seal, "confirmed": "on"}
        page = browser.post(f"{URL}check/", typed, follow=True).content.decode()
        assert "Emails that could not be sent: 2. Send those invitations again later." in page

    def test_an_old_page_is_told(self) -> None:
        browser = client(HEAD)
        self.upload(browser, (HEADER + TestApplying.TWO).encode())
        page = browser.post(f"{URL}check/", {"seal": "old", "confirmed": "on"}, follow=True)
        assert bulk.LOOK_AGAIN in page.content.decode()
        assert page.redirect_chain == [(f"{URL}check/", 302)]
        assert preview(TestApplying.TWO).seal in page.content.decode()

    def test_a_refused_line_leaves_no_button(self) -> None:
        browser = client(HEAD)
        self.upload(browser, (HEADER + "=1,a@b.example,office,,,,\n").encode())
        page = browser.get(f"{URL}check/").content.decode()
        assert "applied as a whole or not at all" in page
        assert "Apply all of it" not in page
        assert browser.post(f"{URL}check/", {"forget": "yes"}).status_code == 302
        assert browser.get(f"{URL}check/").status_code == 302

    def test_what_has_to_be_corrected_comes_first(self) -> None:
        """R30: of forty lines the three that are refused stood among the others."""
        browser = client(HEAD)
        roles = ("office", "office", "office", "cook", "office", "office", "office", "cook", "office")
        many = "".join(f"Person {n},p{n}@beckside.example,{role},,,,\n" for n, role in enumerate(roles))
        self.upload(browser, (HEADER + many).encode())
        page = browser.get(f"{URL}check/").content.decode()
        shown = [int(line) for line in re.findall(r"Line (\d+) of the file", page)]
        assert shown == [5, 9, 2, 3, 4, 6, 7, 8, 10]
        assert "The lines of your file: those that are refused come first" in page

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"x" * 50_000_000, "larger than 1 MB"),
            ("name,email,role\nZoë,z@b.example,office\n".encode("cp1252"), "CSV UTF-8"),
            (b"", "The file is empty."),
            (b"\x89PNG\r\n\x1a\n\0\0", "neither a CSV"),
        ],
        ids=["50 MB", "wrong encoding", "empty", "a picture"],
    )
    def test_bad_files_are_named_and_change_nothing(self, content: bytes, words: str) -> None:
        """Bad input named: a clear message, and nothing has changed."""
        browser = client(HEAD)
        before = everything()
        response = self.upload(browser, content)
        assert response.status_code == 422
        assert words in response.content.decode()
        assert everything() == before

    def test_without_a_file(self) -> None:
        assert "Choose a file." in client(HEAD).post(URL).content.decode()

    def test_a_list_waits_for_one_establishment_and_one_person(self) -> None:
        self.upload(client(HEAD), (HEADER + TestApplying.TWO).encode())
        assert client(NAMED).get(f"{URL}check/").status_code == 302

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_the_template(self, kind: str) -> None:
        response = client(HEAD).get(f"{URL}template/{kind}/")
        assert response.status_code == 200
        assert f'filename="staff-list.{kind}"' in response["Content-Disposition"]
        assert client(HEAD).get(f"{URL}template/exe/").status_code == 404

    @pytest.mark.parametrize("path", ["staff/", "staff/check/", "staff/template/csv/", "copy/"])
    @pytest.mark.parametrize(("slug", "status"), [(TEACHER, 403), (GOVERNOR, 403), ("head-ravensgill", 404)])
    def test_who_may(self, path: str, slug: str, status: int) -> None:
        """R33, R45."""
        assert client(slug).get(f"/establishments/{BECKSIDE}/register/{path}").status_code == status
