"""R26, R28, R43: officers add, fill and withdraw confidential items; a stranger cannot tell that there is one."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, connection, transaction
from django.utils import timezone

from access_register.models import Person, RegisterLine
from sharing import door
from sharing.authorise import NeedsSecondFactor, NoSuchRecord, NotAtYourLevel
from sharing.days import day_in_words
from sharing.door import AlreadyWithdrawn
from sharing.files import safe_files
from sharing.models import LedgerEntry, RestrictedFile, RestrictedItem
from tests.confidential.items import BECKSIDE, CANARY, CONTENT, RAVENSGILL, consent, item, sees
from tests.confidential.test_safe_files import BAD, pdf
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, person
from tests.post import posting

pytestmark = pytest.mark.django_db
OFFICER = "officer-school-improvement"
TYPED = {
    "kind": "prioritisation",
    "title": CANARY,
    "academic_year": "2026",
    "owner": "School improvement",
    "words": "Two visits a term.\n\nThen a review.",
    "figures": "Level: 2\nRatio 1:5 of visits: 3",
    "starts_on": "1/9/2025",
    "ends_on": "",
}


def ledger() -> tuple:
    with as_batch():
        return LedgerEntry.objects.order_by("-id").values_list("action", "outcome", "urn")[0]


def add(**typed: object):
    browser = client(OFFICER, EDUNET)
    return browser.post(f"/establishments/{BECKSIDE}/confidential/add/", TYPED | typed)


def test_nobody_is_said_to_be_told_where_there_is_no_head() -> None:
    """R26: as at an establishment that has just come, before its first head has accepted."""
    with as_batch():
        RegisterLine.objects.filter(establishment__urn=BECKSIDE, seat=0).update(withdrawn_at=timezone.now())
    with posting():
        answer = add()
    assert mail.outbox == []
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "The item is added. If there is a head there today, they are told by email."
    ]


@pytest.mark.parametrize(("first", "last", "told"), [(0, 0, "now"), (0, None, "now"), (1, None, "later"), (-9, -1, "")])
def test_the_head_is_told_when_the_item_can_be_read(first: int, last: int | None, told: str) -> None:
    """R26: the letter sends nobody to an item that is not there yet, or not any more."""
    today = timezone.localdate()
    days = [today + timedelta(days=first), *([today + timedelta(days=last)] if last is not None else [])]
    typed = dict(zip(("starts_on", "ends_on"), (f"{day:%-d/%-m/%Y}" for day in days), strict=False))
    with posting():
        answer = add(**typed)
    letters = [letter.body for letter in mail.outbox]
    assert [f"You can read it from {day_in_words(days[0])}." in body for body in letters] == {
        "now": [False], "later": [True], "": []
    }[told]  # fmt: skip
    assert ["Sign in and read it:" in body for body in letters] == {"now": [True], "later": [False], "": []}[told]
    (said,) = [str(one) for one in get_messages(answer.wsgi_request)]
    assert ("they are told by email" in said) == bool(told)
    assert ("Its last day has passed" in said) != bool(told)


@pytest.mark.parametrize("state", ["awaiting_since", "suspended_at"])
def test_no_head_is_written_to_who_cannot_read_it(state: str) -> None:
    """R26: an invitation that nobody has answered may lie at a wrong address; a head who is suspended reads nothing."""
    with as_batch():
        RegisterLine.objects.filter(establishment__urn=BECKSIDE, seat=0).update(**{state: timezone.now()})
    with posting():
        add()
    assert mail.outbox == []


def test_no_head_is_written_to_whose_account_is_closed() -> None:
    with as_batch():
        Person.objects.filter(pk=person("head-beckside").pk).update(is_active=False)
    with posting():
        add()
    assert mail.outbox == []


def test_an_officer_adds_an_item() -> None:
    """R28, R43: with a file; the head is told that there is one, and not what."""
    file = SimpleUploadedFile("Visits.csv", CONTENT)
    with posting():
        response = add(file=file)
    assert response.status_code == 302
    with as_batch():
        made = next(one for one in RestrictedItem.objects.all() if one.title == CANARY)
    assert ledger() == ("add_restricted", "changed", BECKSIDE)
    page = client("head-beckside").get(response["location"]).content.decode()
    for words in (
        CANARY,
        'app-break">Two visits a term.</p>',
        "Ratio 1:5 of visits",
        "Visits.csv",
        "OFFICIAL-SENSITIVE",
    ):
        assert words in page
    assert ledger() == ("show_restricted", "shown", BECKSIDE)
    [letter] = mail.outbox
    assert letter.to == ["ruth.oldroyd@beckside.example"]
    everything = letter.subject + letter.body + str(letter.alternatives)
    assert CANARY not in everything
    assert str(made.pk) not in everything
    assert "/establishments/999002/confidential/" in everything


def test_a_file_comes_back_as_a_download() -> None:
    """R43: the same bytes, marked, never shown in the browser; in the ledger."""
    found = item(BECKSIDE)
    file = door.show_restricted(asker("governor-beckside"), found.pk).files[0]
    response = client("governor-beckside").get(f"/confidential/{found.pk}/files/{file.id}/")
    assert response.content == CONTENT
    assert response["content-disposition"].startswith("attachment; ")
    assert "CONFIDENTIAL" in response["content-disposition"]
    assert response["x-content-type-options"] == "nosniff"
    assert "no-store" in response["cache-control"]
    assert ledger() == ("download_restricted", "shown", BECKSIDE)
    with as_batch():
        stored = bytes(RestrictedFile.objects.get(pk=file.id).content)
    assert CONTENT not in stored


def test_a_file_of_another_item_is_not_there() -> None:
    """R6: the address of a file counts under its own item alone."""
    mine, other = item(BECKSIDE), item(RAVENSGILL)
    with as_batch():
        hidden = other.files.get().pk
    with pytest.raises(NoSuchRecord):
        door.download_restricted(asker("head-beckside"), mine.pk, hidden)


def _without_tokens(page: str) -> str:
    """The page without what differs at every look: tokens and nonces."""
    return re.sub(r'(csrfmiddlewaretoken" value|nonce|data-limit)="[^"]+"', "", page)


@pytest.mark.parametrize(
    ("slug", "through"), [("governor-ravensgill", SCHOOLS_ONLINE), ("officer-data", EDUNET), (OFFICER, EDUNET)]
)
def test_a_stranger_cannot_tell_that_there_is_one(slug: str, through) -> None:
    """R26: out of the circle, over, and never been: all are answered alike, word for word."""
    hidden = item(RAVENSGILL if slug == OFFICER else BECKSIDE)
    over = item(RAVENSGILL, until=-1) if through == SCHOOLS_ONLINE else hidden
    browser = client(slug, through)
    with as_batch():
        file = hidden.files.get().pk
    paths = [f"/confidential/{pk}/" for pk in (uuid4(), hidden.pk, over.pk)]
    paths += [f"/confidential/{pk}/files/{file}/" for pk in (uuid4(), hidden.pk)]
    if through == SCHOOLS_ONLINE:
        paths += [f"/confidential/{pk}/consent/" for pk in (uuid4(), hidden.pk)]
    else:
        paths += [f"/confidential/{pk}/files/add/" for pk in (uuid4(), hidden.pk)]
    with time_machine.travel(timezone.now(), tick=False):  # each page has the minute at which it would be printed
        answers = [browser.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert len({_without_tokens(answer.content.decode()) for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers)) for answer in answers}) == 1
    with as_batch():
        rows = LedgerEntry.objects.filter(action="show_restricted").order_by("-id").values_list("urn", "about")[:3]
        assert {(urn, str(about)) for urn, about in rows} == {(None, "{'why': 'NoSuchRecord'}")}


def test_numbers_tell_nothing() -> None:
    """R26: ids are random, and nobody's list says how many there are that they do not see."""
    before = client("governor-ravensgill").get(f"/establishments/{RAVENSGILL}/confidential/").content.decode()
    first, second = item(BECKSIDE), item(BECKSIDE)
    after = client("governor-ravensgill").get(f"/establishments/{RAVENSGILL}/confidential/").content.decode()
    assert _without_tokens(before) == _without_tokens(after)
    assert first.pk.version == second.pk.version == 4


def test_the_lists() -> None:
    """R26, R29: one's own, and apart from them what is shared, by the name of the establishment."""
    item(RAVENSGILL, title="Of Ravensgill")
    shared = item(RAVENSGILL, title="With consent")
    consent(shared, BECKSIDE)
    item(999005, title="Of Oxenby")
    found = door.list_restricted(asker("teacher-beckside"), BECKSIDE)
    assert [one.title for one in found.own] == [
        "Early reading in Years 1 to 3",
        "Prioritisation level for this school year",
    ]
    assert [one.title for one in found.shared] == ["Of Oxenby", "With consent"]
    page = client("teacher-beckside").get(f"/establishments/{BECKSIDE}/confidential/").content.decode()
    assert "This is not a ranking" in page
    officers = door.list_restricted(asker(OFFICER, EDUNET), BECKSIDE)
    assert officers.shared is None
    assert officers.may_add


def test_withdrawing() -> None:
    """R28, R44: at once for all schools; on record for officers; not twice, and not back."""
    found = item(BECKSIDE)
    browser = client(OFFICER, EDUNET)
    assert browser.get(f"/confidential/{found.pk}/withdraw/").status_code == 405
    assert browser.post(f"/confidential/{found.pk}/withdraw/").status_code == 302
    assert ledger() == ("withdraw_restricted", "changed", BECKSIDE)
    assert not sees("head-beckside", found)
    assert "Withdrawn" in browser.get(f"/confidential/{found.pk}/").content.decode()
    with pytest.raises(AlreadyWithdrawn):
        door.withdraw_restricted(asker(OFFICER, EDUNET), found.pk)
    with pytest.raises(AlreadyWithdrawn):
        door.add_restricted_file(asker(OFFICER, EDUNET), found.pk, file=safe_files.SafeFile("a.csv", "csv", CONTENT))
    with pytest.raises(Error, match="stays so"), transaction.atomic(), as_batch():
        RestrictedItem.objects.filter(pk=found.pk).update(withdrawn_at=None)


def test_the_same_of_another_year_is_another_item() -> None:
    """R26: only what is sent twice is one item."""
    told = [door.NewItem("bespoke", "T", year, "Test", timezone.localdate()) for year in (2025, 2025, 2024)]
    first, again, other = [door.add_restricted(asker(OFFICER, EDUNET), BECKSIDE, told=one) for one in told]
    assert first == again != other


def test_only_officers_with_the_duty_keep_items() -> None:
    """R28: not the head of the establishment, and no officer without the duty."""
    found = item(BECKSIDE)
    told = door.NewItem("bespoke", "T", 2025, "Test", found.starts_on)
    for slug, through, refusal in (
        ("head-beckside", SCHOOLS_ONLINE, NoSuchRecord),
        ("officer-data", EDUNET, NotAtYourLevel),
    ):
        with pytest.raises(refusal):
            door.add_restricted(asker(slug, through), BECKSIDE, told=told)
        with pytest.raises(NoSuchRecord):
            door.withdraw_restricted(asker(slug, through), found.pk)
    assert client("head-beckside").post(f"/confidential/{found.pk}/withdraw/").status_code == 404
    assert sees("head-beckside", found)


def test_a_password_alone_opens_nothing() -> None:
    """R13."""
    found = item(BECKSIDE)
    alone = replace(asker("head-beckside"), second_factor=False)
    for look in (lambda: door.show_restricted(alone, found.pk), lambda: door.list_restricted(alone, BECKSIDE)):
        with pytest.raises(NeedsSecondFactor):
            look()


def test_what_is_typed_wrongly_stays() -> None:
    response = add(figures="no colon", starts_on="1/9/2026", ends_on="1/9/2025", title="")
    page = response.content.decode()
    assert response.status_code == 422
    for words in ("needs a colon", "must not be before the first", "Write what it is called", "Two visits a term."):
        assert words in page
    for one_day in ({"starts_on": "31/2/2026", "ends_on": "1/9/2025"}, {"starts_on": "1/9/2026", "ends_on": "x"}):
        assert add(**one_day).status_code == 422
    assert add(starts_on="1/9/2026", ends_on="1/9/2026").status_code == 302


def test_nothing_of_an_item_lies_in_clear() -> None:
    """R13, R26: title, words, figures and the file's name and content are encrypted at rest."""
    add(file=SimpleUploadedFile("Quillfeather.csv", CONTENT))
    with as_batch(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(i::text || f::text, '') FROM sharing_restricteditem i, sharing_restrictedfile f"
        )
        (text,) = cursor.fetchone()
    for words in ("Quillfeather", "Two visits", "Ratio"):
        assert words not in text
        assert words.encode().hex() not in text


def test_a_refused_file_keeps_nothing() -> None:
    """The form says why, and no item and no file is made."""
    with as_batch():
        before = RestrictedItem.objects.count(), RestrictedFile.objects.count()
    response = add(file=SimpleUploadedFile("report.xlsx", BAD["a macro in the workbook"][1]))
    assert response.status_code == 422
    assert "macros" in response.content.decode()
    found = item(BECKSIDE)
    page = client(OFFICER, EDUNET).post(
        f"/confidential/{found.pk}/files/add/", {"file": SimpleUploadedFile("a.exe", b"x")}
    )
    assert page.status_code == 422
    assert page.content.decode().count("must be a PDF") == 2  # above the page, and beside the field
    with as_batch():
        assert (RestrictedItem.objects.count(), RestrictedFile.objects.count()) == (before[0] + 1, before[1] + 1)


def test_another_file() -> None:
    found = item(BECKSIDE)
    browser = client(OFFICER, EDUNET)
    response = browser.post(f"/confidential/{found.pk}/files/add/", {"file": SimpleUploadedFile("More.pdf", pdf())})
    assert response.status_code == 302
    assert ledger() == ("add_restricted_file", "changed", BECKSIDE)
    assert [file.kind for file in door.show_restricted(asker("head-beckside"), found.pk).files] == ["CSV", "PDF"]


def test_the_ledger_names_the_item_and_the_file() -> None:
    """R43: for each thing done with an item, also where nothing was left to do."""
    officer, head = asker(OFFICER, EDUNET), asker("head-beckside")
    more = safe_files.SafeFile("b.csv", "csv", CONTENT + b"more")
    told = door.NewItem("bespoke", "T", 2025, "Test", timezone.localdate())
    number = door.add_restricted(officer, BECKSIDE, told=told, file=safe_files.SafeFile("a.csv", "csv", CONTENT))
    door.add_restricted(officer, BECKSIDE, told=told)
    door.add_restricted_file(officer, number, file=more)
    door.add_restricted_file(officer, number, file=more)
    door.show_restricted(head, number)
    with as_batch():
        one, other = RestrictedFile.objects.filter(item=number).order_by("added_at").values_list("pk", "sha256")
    door.download_restricted(head, number, one[0])
    door.withdraw_restricted(officer, number)
    for late in (
        lambda: door.withdraw_restricted(officer, number),
        lambda: door.add_restricted_file(officer, number, file=more),
    ):
        with pytest.raises(AlreadyWithdrawn):
            late()
    with as_batch():
        rows = LedgerEntry.objects.filter(about__item=str(number)).order_by("id")
        found = [(row.action, row.outcome, row.about.get("file"), row.about.get("sha256")) for row in rows]
    (first, its_hash), (second, their_hash) = (str(one[0]), one[1]), (str(other[0]), other[1])
    assert found == [
        ("add_restricted", "changed", first, its_hash),
        ("add_restricted", "shown", None, None),
        ("add_restricted_file", "changed", second, their_hash),
        ("add_restricted_file", "shown", second, None),
        ("show_restricted", "shown", None, None),
        ("download_restricted", "shown", first, its_hash),
        ("withdraw_restricted", "changed", None, None),
        ("withdraw_restricted", "shown", None, None),
        ("add_restricted_file", "shown", None, None),
    ]
