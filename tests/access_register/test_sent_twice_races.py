"""The same form sent twice at one moment is on record once (R4, R18, R25, R30, R44). Real threads, real commits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access_register.models import Contract, Duty, Order, Organisation
from access_register.third_parties import third_parties
from access_register.third_parties.records import Terms
from sharing.door import Exactly, add_centre, save_view, subject_access, write_note
from sharing.door.downloads import ask_for_download, collect_download, confirm_disposal, print_records, show_passphrase
from sharing.door.subject_access import NewSubjectRequest
from sharing.models import Download, Establishment, LedgerEntry, NamedChild, SavedView, SubjectRequest, VisitNote
from tests import factories
from tests.access_register.casework import child, give, order
from tests.people import EDUNET, as_batch, asker
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("own_database")
BECKSIDE, HEAD, TIMES = 999002, "head-beckside", 8


def test_a_contract() -> None:
    with as_batch():
        Organisation.objects.get_or_create(name="Heron Psychology")  # known, so that to make it keeps nobody waiting
    first = timezone.localdate()
    terms = Terms("Heron Psychology", "HP-9", "Clause 7", first, first + timedelta(90))
    numbers = at_once(
        *[lambda: third_parties.record_contract(asker(HEAD), BECKSIDE, terms=terms) for _ in range(TIMES)]
    )
    with as_batch():
        assert set(numbers) == {Contract.objects.get(reference="HP-9").pk}


def test_a_request_for_a_childs_own_records() -> None:
    of = factories.pupil(BECKSIDE)
    factories.enrolment(of, timezone.localdate() - timedelta(days=90), None)
    new = NewSubjectRequest(Exactly(upn_key=of.upn_index), "parent", "Parent Askwith", "photo", timezone.localdate())
    numbers = at_once(
        *[lambda: subject_access.record_subject_request(asker(HEAD), BECKSIDE, request=new) for _ in range(TIMES)]
    )
    with as_batch():
        assert set(numbers) == {SubjectRequest.objects.get(child=of.child).pk}


def test_a_legal_override() -> None:
    """R18, R44: the one that is ended is all there was."""
    of = child()
    numbers = at_once(*[lambda: order(of) for _ in range(TIMES)])
    with as_batch():
        assert set(numbers) == {Order.objects.get(child=of.child).pk}
        assert NamedChild.objects.filter(child=of.child).count() == 1
    assert order(of, reason="The court of 4 May asks for it.") not in numbers


def test_a_duty_of_casework() -> None:
    """R9, R44."""
    numbers = at_once(*[give for _ in range(TIMES)])
    with as_batch():
        assert set(numbers) == {Duty.objects.get(is_casework=True, reason="Education of children in care").pk}


def test_a_note_for_a_visit() -> None:
    """Other words are another note."""
    author = asker("officer-school-improvement", EDUNET)
    at_once(*[lambda: write_note(author, BECKSIDE, text="Ask about reading", for_head=True) for _ in range(TIMES)])
    write_note(author, BECKSIDE, text="Ask about reading again", for_head=True)
    with as_batch():
        assert VisitNote.objects.filter(author_id=author.person_id).count() == 2


def test_a_list_that_is_kept() -> None:
    officer = asker("officer-no-duty", EDUNET)
    at_once(
        *[lambda: save_view(officer, "establishments", {"kind": "nursery"}, name="Nurseries") for _ in range(TIMES)]
    )
    with as_batch():
        assert SavedView.objects.filter(person_id=officer.person_id).count() == 1


def test_a_download() -> None:
    """R14: another purpose, another view or another minute is another download, as is one whose passphrase is shown."""

    def ask(year: str = "5", purpose: str = "review", form: str = "xlsx") -> int:
        return ask_for_download(
            asker(HEAD), BECKSIDE, "pupils", {"year_group": year}, purpose=purpose, form=form
        )  # fmt: skip

    numbers = at_once(*[ask for _ in range(TIMES)])
    with as_batch():
        assert set(numbers) == {Download.objects.get().pk}
    others = {*numbers, ask(year="6"), ask(purpose="trip"), ask(form="pdf")}
    assert len(others) == 4
    assert ask() in numbers
    with as_batch():
        Download.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    second = ask()
    assert second not in others
    show_passphrase(asker(HEAD), BECKSIDE, "pupils", second)
    third = ask()
    assert third not in {*others, second}
    collect_download(asker(HEAD), BECKSIDE, "pupils", third)
    assert ask() not in {*others, second, third}


def test_a_printed_page() -> None:
    """R14, R43: one printing to destroy, though the ledger tells of each page. What differs is another."""

    def printed(year: str = "5", purpose: str = "review") -> int:
        asked = {"year_group": year}
        return print_records(asker(HEAD), BECKSIDE, "pupils", asked, purpose=purpose).marking.id

    (number,) = set(at_once(*[printed for _ in range(TIMES)]))
    with as_batch():
        assert Download.objects.get().pk == number
        assert LedgerEntry.objects.filter(action="print_records", about__download=number).count() == TIMES
    others = {number, printed(year="6"), printed(purpose="trip")}
    assert len(others) == 3
    confirm_disposal(asker(HEAD), number, how="shredded")
    second = printed()
    assert second not in others
    with as_batch():
        Download.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    assert printed() not in {*others, second}


def test_a_childrens_centre() -> None:
    """R4: the second is told that it is there."""
    told = dict.fromkeys(("street", "town", "postcode", "telephone"), "") | {"manager": "Manager", "locality": None}
    first, name = timezone.localdate(), "Zzyxcentre"
    manager = asker("officer-information", EDUNET)
    answers = at_once(*[lambda: add_centre(manager, name=name, starts_on=first, **told) for _ in range(TIMES)])
    with as_batch():
        assert Establishment.objects.get(name=name).urn in answers
    assert [type(answer).__name__ for answer in answers].count("CannotKeep") == TIMES - 1
