"""The register changes only for somebody who has lately shown that it is they (R13)."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from access_register.models import Contract, RegisterLine
from tests.people import as_batch, person
from tests.sign_in.ways import PASSWORD, code_now, give_password, with_app

pytestmark = pytest.mark.django_db
REGISTER = "/establishments/999002/register/"
NEW = {"name": "Wren Madeup", "email": "wren@beckside.example", "role": "office", "level": "3"}


@pytest.fixture
def head():
    browser = give_password(with_app("head-beckside"))
    browser.post("/sign-in/code/", {"code": code_now()})
    return browser


def is_on_the_register() -> bool:
    with as_batch():
        return RegisterLine.objects.filter(person__email=NEW["email"]).exists()


def test_just_after_signing_in_nothing_is_asked(head) -> None:
    assert head.post(f"{REGISTER}add/", NEW)["location"] == REGISTER
    assert is_on_the_register()


def test_after_a_quarter_of_an_hour_the_form_waits_for_the_password(head) -> None:
    """What was typed is not lost: it is carried out when the person has confirmed, and once."""
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert head.get(REGISTER).status_code == 200
        asked = head.post(f"{REGISTER}add/", NEW)
        assert asked["location"] == "/confirm/?next=%2Festablishments%2F999002%2Fregister%2Fadd%2F"
        assert not is_on_the_register()
        wrong = head.post("/confirm/", {"password": "wrong", "next": f"{REGISTER}add/"})
        assert "not the password you have now" in wrong.content.decode()
        assert not is_on_the_register()
        assert head.post("/confirm/", {"password": PASSWORD, "next": f"{REGISTER}add/"})["location"] == REGISTER
        assert is_on_the_register()
        assert "Wren Madeup is on the register" in head.get(REGISTER).content.decode()


def test_a_form_at_an_address_with_a_query_waits_too(head) -> None:
    """R13: who answers for the protocol was typed twice. After the password the form stood there, empty."""
    page, part = "/establishments/999002/participation/people/", "?part=signatory"
    typed = {"part": "signatory", "name": "Wren Madeup", "role": "Governor", "since": "1/9/2025"}
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        asked = head.post(f"{page}{part}", typed)
        query = parse_qs(urlsplit(asked["location"]).query)
        done = head.post("/confirm/", {"password": PASSWORD, "next": query["next"][0]}, follow=True)
        assert "Wren Madeup is on file." in done.content.decode()


def test_who_records_a_contract_confirms_before_it_is_typed(head) -> None:
    """R13, R25: the form has a file in it and cannot wait, so all that was typed was lost."""
    contracts = f"{REGISTER}third-parties/"
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert head.get(contracts).status_code == 200
        assert head.get(f"{contracts}add/")["location"].startswith("/confirm/?next=")
        opened = head.post("/confirm/", {"password": PASSWORD, "next": f"{contracts}add/"}, follow=True)
        assert "Record a contract" in opened.content.decode()


CONTRACT = {
    "organisation": "Left Behind Ltd", "reference": "L-1", "clause": "5", "starts_on": "1/9/2026",
    "ends_on": "1/9/2030",
}  # fmt: skip


@pytest.mark.parametrize("again", ["opened", "with its file"])
def test_a_form_that_was_left_waiting_is_not_carried_out_later(head, again: str) -> None:
    """R13: who cancels at the password, and later confirms for the same page, has not sent the old form again."""
    add = f"{REGISTER}third-parties/add/"
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert head.post(add, CONTRACT)["location"].startswith("/confirm/?next=")
        if again == "opened":
            assert head.get(add)["location"].startswith("/confirm/?next=")
        else:
            file = SimpleUploadedFile("contract.pdf", b"%PDF-1.4", "application/pdf")
            assert head.post(add, CONTRACT | {"document": file})["location"].startswith("/confirm/?next=")
        opened = head.post("/confirm/", {"password": PASSWORD, "next": add}, follow=True)
        assert "Record a contract" in opened.content.decode()
    with as_batch():
        assert not Contract.objects.filter(organisation__name=CONTRACT["organisation"]).exists()


def test_a_code_confirms_as_well(head) -> None:
    later = timezone.now() + timedelta(minutes=16)
    with time_machine.travel(later):
        head.post(f"{REGISTER}add/", NEW)
        page = head.get(f"/confirm/?next={REGISTER}add/").content.decode()
        assert "Use a code" in page
        head.post("/confirm/code/", {"code": code_now(), "next": f"{REGISTER}add/"})
        assert is_on_the_register()


def test_confirming_leads_nowhere_else(head) -> None:
    """No open redirect."""
    away = head.post("/confirm/", {"password": PASSWORD, "next": "https://elsewhere.example/"})
    assert away["location"] == "/"


@pytest.mark.parametrize(
    ("method", "page"),
    [("post", "app/remove"), ("get", "recovery-codes"), ("post", "recovery-codes/new"), ("get", "passkeys/add")],
)
def test_who_sits_down_at_an_open_session_changes_no_second_factor(head, method: str, page: str) -> None:
    """R13: nor reads the codes for the day on which the telephone is gone."""
    RecoveryCodes.activate(person("head-beckside"))
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert getattr(head, method)(f"/account/{page}/")["location"].startswith("/confirm/")


def test_nor_guesses_codes_to_confirm(head) -> None:
    """R13: five tries, as when signing in."""
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        answers = [head.post("/confirm/code/", {"code": f"00000{n}"}).status_code for n in range(5)]
        assert answers == [200, 200, 200, 200, 429]
        assert head.post("/confirm/code/", {"code": code_now()}).status_code == 429
