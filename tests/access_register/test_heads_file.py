"""First heads of many establishments, recorded on EduNet from a list: all of them or none (R32, A7, A9)."""

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access_register.headships import first_heads, heads_file
from access_register.headships.heads_file import NO_URN, HeadRow
from access_register.models import RegisterLine
from access_register.register.bulk import CHECK_IT, LOOK_AGAIN, Plan
from access_register.register.list_file import CannotRead
from access_register.register.rules import CannotChange
from access_register.sign_in import invitations
from sharing.authorise import NotAtYourLevel
from sharing.days import day_in_words
from sharing.demo.places import BECKSIDE
from sharing.models import LedgerEntry, Participation
from tests import post
from tests.access_register.invitations import everything
from tests.access_register.test_first_heads import MANAGER, a_centre, line_of, record, token, without_head
from tests.people import EDUNET, as_batch, asker, client, person
from tests.threads import at_once

HEADER = "URN,Establishment,Name of head,Email,First day\n"
URL = "/community/heads/list/"
NEW = "r.ackroyd@millrace.example"


def rows(text: str) -> list[HeadRow]:
    return heads_file.read((HEADER + text).encode())


def preview(text: str) -> Plan:
    return first_heads.preview_first_heads(asker(MANAGER, EDUNET), rows(text))


def apply(text: str, seal: str = "") -> Plan:
    seal = seal or preview(text).seal
    return first_heads.apply_first_heads(asker(MANAGER, EDUNET), rows(text), seal=seal)


def outcomes(plan: Plan) -> list[tuple[str, str]]:
    return [(line.outcome.value, line.words) for line in plan.lines]


def two_centres() -> tuple[int, int, str]:
    """The list has somebody new for one of them, and somebody with an account for the other."""
    first, second = a_centre(), a_centre("Otherburn Children’s Centre")
    known = person("teacher-beckside").email
    return first, second, f"{first},,Rosalind Ackroyd,{NEW},\n{second},,Somebody Known,{known},\n"


class TestRead:
    def test_who_is_not_named_waits(self) -> None:
        assert rows("100001,A,,,\n100002,B,Ann Lee,ann@b.example,1/9/2027\n") == [
            HeadRow(3, 100002, "Ann Lee", "ann@b.example", "2027-09-01")
        ]

    def test_a_list_that_names_nobody_is_none(self) -> None:
        with pytest.raises(CannotRead, match="No line of the file names a head"):
            rows("100001,A,,,\n")

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            (",A,Ann Lee,ann@b.example,", "URN is missing"),
            ("12345,A,Ann Lee,ann@b.example,", "or is not a number"),
            ("100001,A,,ann@b.example,", "name is missing"),
            ("100001,A,Ann Lee,ann,", "or is not a valid address"),
            ("100001,A,Ann Lee," + "a" * 250 + "@b.example,", "or is not a valid address"),
            ("100001,A,Ann Lee,ann@b.example,soon", "first day is not a date"),
            ("100001,A,=1+1,ann@b.example,", "formula"),
            (",A,,ann,", f"{NO_URN} The name is missing. The email address is missing, or is not a valid address."),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said(self, line: str, words: str) -> None:
        (row,) = rows(line + "\n")
        assert (row.number, words in row.problem) == (2, True), row.problem


@pytest.mark.django_db
class TestApplying:
    def test_all_of_them(self) -> None:
        """A9, A18: lines, letters, permissions and history as the form for one has them; one row in the ledger. An
        address that is on record under another name is said to be."""
        first, second, text = two_centres()
        before, today = everything(), day_in_words(timezone.localdate())
        assert outcomes(preview(text)) == [
            ("new", f"Millrace Children’s Centre: head from {today}, gets an invitation"),
            ("new", f"Otherburn Children’s Centre: head from {today}, has an account{CHECK_IT}"),
        ]
        assert everything() == before
        with post.posting():
            assert apply(text).counts["new"] == 2
        assert [letter.to[0] for letter in mail.outbox] == [NEW, person("teacher-beckside").email]
        with as_batch():
            *heads, entry = LedgerEntry.objects.filter(action="apply_first_heads", outcome="changed").order_by("id")
        assert (entry.urn, entry.about) == (None, {"heads": 2})
        assert [(head.urn, head.about["awaits"]) for head in heads] == [(first, True), (second, False)]
        assert line_of(second).person == person("teacher-beckside")
        call_command("check_permissions")
        assert without_head()[first] is True
        mail.outbox.pop()
        assert invitations.accept(token(), password="a long pass phrase of mine") == line_of(first).person

    def test_letters_are_written_once_it_is_done_and_all_at_once(self) -> None:
        """A9: looking at a long list writes no letter, and doing it stores them all in one statement."""
        _, _, text = two_centres()
        with CaptureQueriesContext(connection) as looking:
            seal = preview(text).seal
        with CaptureQueriesContext(connection) as doing:
            apply(text, seal)
        written = [sum("_waitingletter" in one["sql"] for one in asked) for asked in (looking, doing)]
        assert written == [0, 1]

    def test_a_long_list_asks_as_often_as_a_short_one(self) -> None:
        """R30: a whole authority is some hundred rows; it was seven statements for each."""
        short = "".join(f"{a_centre(f'Centre {n}')},,Head {n},head{n}@b.example,\n" for n in range(2))
        long = short + "".join(f"{a_centre(f'Centre {n}')},,Head {n},head{n}@b.example,\n" for n in range(2, 9))
        asked = []
        for text in (short, long):
            with CaptureQueriesContext(connection) as looking:
                assert preview(text).counts["new"] == text.count("\n")
            asked.append(len(looking))
        assert asked[0] == asked[1]

    def test_or_none_and_each_line_says_why(self) -> None:
        """R32: an establishment that has a head by now is named."""
        urn, own = a_centre(), person(MANAGER).email
        other, third, fourth = (a_centre(f"Centre {word}") for word in ("One", "Two", "Three"))
        before = everything()
        text = (
            f"{urn},,Rosalind Ackroyd,{NEW},\n{urn},,Second Person,second@b.example,\n{BECKSIDE},,A,a@b.example,\n"
            f"100001,,B,b@b.example,\n{other},,C,c@gmail.com,\n{third},,Me,{own},\n{fourth},,D,d@b.example,1/9/2020\n"
        )
        plan = preview(text)
        assert outcomes(plan)[1:] == [
            ("refused", "The same URN is on line 2. Leave one head for each establishment."),
            ("refused", first_heads.REFUSED["has_head"]),
            ("refused", first_heads.NOT_OURS.format(100001)),
            ("refused", first_heads.WORK_ADDRESS),
            ("refused", first_heads.REFUSED["own"]),
            ("refused", first_heads.REFUSED["days"]),
        ]
        assert not plan.can_be_applied
        with post.posting(), pytest.raises(CannotChange, match="Correct the lines"):
            apply(text)
        assert everything() == before
        assert mail.outbox == []

    def test_a_list_that_grows_writes_to_nobody_twice(self) -> None:
        """A9: who is invited keeps the link of their letter. Another person takes their place."""
        first, _, text = two_centres()
        record(first, email=NEW)
        kept = token()
        assert outcomes(preview(text))[0] == (
            "unchanged", "Millrace Children’s Centre: already invited, but has not accepted",
        )  # fmt: skip
        with post.posting():
            assert apply(text).counts == {"new": 1, "changed": 0, "unchanged": 1, "refused": 0}
        assert NEW not in [letter.to[0] for letter in mail.outbox[1:]]
        assert invitations.look_at(kept).is_open
        ((_, words),) = outcomes(preview(f"{first},,Another,another@millrace.example,\n"))
        assert "The invitation of Rosalind Ackroyd ends" in words

    def test_what_was_looked_at_has_changed(self) -> None:
        first, _, text = two_centres()
        seal = preview(text).seal
        record(first, email="else@millrace.example")
        with pytest.raises(CannotChange, match="has changed since you looked"):
            apply(text, seal)
        assert line_of(first).person.email == "else@millrace.example"

    @pytest.mark.parametrize("slug", ["officer-admissions", "officer-data", "officer-no-duty"])
    def test_other_officers_do_not(self, slug: str) -> None:
        """A7."""
        who, (row,) = asker(slug, EDUNET), rows(f"{a_centre()},,A,a@b.example,\n")
        with pytest.raises(NotAtYourLevel):
            first_heads.preview_first_heads(who, [row])
        with pytest.raises(NotAtYourLevel):
            first_heads.apply_first_heads(who, [row], seal="")
        for path in ("", "check/", "template/"):
            assert client(slug, EDUNET).get(f"{URL}{path}").status_code == 403


def test_a_list_applied_twice_at_once_is_applied_once(own_database: None) -> None:
    """A double click: one letter for each, and both pages say that it is done."""
    _, _, text = two_centres()
    seal = preview(text).seal
    with post.posting():
        ends = at_once(*[partial(apply, text, seal)] * 2)
    assert sorted(plan.counts["new"] for plan in ends) == [0, 2]
    assert len(mail.outbox) == 2
    with as_batch():
        assert RegisterLine.objects.filter(person__email=NEW).count() == 1


@pytest.mark.django_db
class TestInTheBrowser:
    def test_from_the_template_to_the_heads(self) -> None:
        first, second, _ = two_centres()
        browser = client(MANAGER, EDUNET)
        assert URL in browser.get("/community/heads/").content.decode()
        template = browser.get(f"{URL}template/")
        assert 'filename="first-heads.csv"' in template["Content-Disposition"]
        empty = f"{first},Millrace Children’s Centre,,,"
        filled = template.content.decode("utf-8-sig").replace(empty, empty[:-3] + f",Rosalind Ackroyd,{NEW},")
        assert f"{second},Otherburn Children’s Centre,,," in filled
        response = browser.post(URL, {"file": SimpleUploadedFile("heads.csv", filled.encode())})
        assert (response.status_code, response.url) == (302, f"{URL}check/")
        page = browser.get(f"{URL}check/").content.decode()
        assert "1 new, 0 changed, 0 unchanged, 0 refused" in page
        assert "Millrace Children’s Centre: head from" in page
        asked = {"seal": first_heads.preview_first_heads(asker(MANAGER, EDUNET), heads_file.read(filled.encode())).seal}
        page = browser.post(f"{URL}check/", asked, follow=True).content.decode()
        assert "Heads recorded: 1. On record already: 0." in page
        assert browser.get(f"{URL}check/").status_code == 302

    def test_a_list_that_cannot_be_applied_leaves_no_button(self) -> None:
        browser = client(MANAGER, EDUNET)
        text = HEADER + f"{BECKSIDE},,Rosalind Ackroyd,{NEW},\n"
        browser.post(URL, {"file": SimpleUploadedFile("heads.csv", text.encode())})
        page = browser.get(f"{URL}check/").content.decode()
        assert "can hand the headship over" in page
        assert "Apply all of it" not in page
        told = browser.post(f"{URL}check/", {"seal": "old"}, follow=True).content.decode()
        assert "Correct the lines that are refused" in told
        assert browser.post(f"{URL}check/", {"forget": "yes"}).status_code == 302
        assert browser.get(f"{URL}check/").status_code == 302

    def test_an_old_page_is_told(self) -> None:
        _, _, text = two_centres()
        browser = client(MANAGER, EDUNET)
        browser.post(URL, {"file": SimpleUploadedFile("heads.csv", (HEADER + text).encode())})
        assert LOOK_AGAIN in browser.post(f"{URL}check/", {"seal": "old"}, follow=True).content.decode()

    def test_a_file_of_another_kind_is_named(self) -> None:
        response = client(MANAGER, EDUNET).post(URL, {"file": SimpleUploadedFile("staff.csv", b"name,email,role\n")})
        assert response.status_code == 422
        assert "urn, establishment, name of head, email, first day" in response.content.decode()


@pytest.mark.django_db
def test_where_every_establishment_has_a_head_no_empty_template_is_offered() -> None:
    """A7: a file with no line would ask for nobody."""
    with as_batch():
        Participation.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    browser = client(MANAGER, EDUNET)
    assert "Every establishment has a head, so there is nobody to record." in browser.get(URL).content.decode()
    a_centre()
    assert "a line for each establishment without a head: 1 today." in browser.get(URL).content.decode()
