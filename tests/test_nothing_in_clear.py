"""A dump of the whole database gives no identifying number, address, contact or free text away (R13)."""

import base64
import os
import subprocess
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.utils import timezone

from portal.embedded import programs
from sharing import door
from sharing.crypto import blind_index
from sharing.models import Challenge, Contact, HomeAddress, Pupil
from tests import factories
from tests.people import as_batch, asker, client, looks_for

SURNAME = "Zyzzyvason"  # in clear, as lists need it: so that the scan is seen to find something
MARKED = {
    "upn": "Q380290119777",
    "former UPN": "Q380290118666",
    "ULN": "5550004442",
    "teacher number": "8812345",
    "NI number": "QQ778899C",
    "address": "77 Quillfeather Lane, Nowhereham",
    "postcode": "QX9 8ZZ",
    "contact": "Wilhelmina Grandmothersdaughter",
    "contact address": "12 Elsewhither Street",
    "telephone": "01632 960777",
    "email": "quagga.mother@example.org",
    "statement": "Because the certificate of baptism says so",
    "answer": "We have looked at the passport ourselves",
}


def _forms(value: str) -> set[bytes]:
    """The value as it may lie in a dump: as it is, in capitals or small, without spaces, in hex and in base64."""
    texts = {value, value.upper(), value.lower(), value.replace(" ", ""), value[::-1]}
    found = {text.encode() for text in texts}
    for text in list(found):
        found |= {text.hex().encode(), text.hex().upper().encode()}
        found |= {base64.b64encode(b" " * shift + text)[shift * 2 : -4] for shift in range(3)}
    return {form for form in found if len(form) >= 6}


def dump() -> bytes:
    """All that a backup holds: every table and the large objects, as portal_backup."""
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}"))
    # No search path is given: pg_dump names every table in full.
    made = subprocess.run(
        [str(programs() / "pg_dump"), "--role=portal_backup", "--exclude-schema=portal_keys", "--dbname", url],
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert made.returncode == 0, made.stderr.decode()
    return made.stdout


def _fill() -> None:
    pupil = factories.pupil(
        999002, surname=SURNAME, upn=MARKED["upn"], former_upn=MARKED["former UPN"], uln=MARKED["ULN"],
        upn_index=blind_index(MARKED["upn"]), former_upn_index=blind_index(MARKED["former UPN"]),
    )  # fmt: skip
    factories.enrolment(pupil, timezone.localdate())
    factories.staff_member(999002, teacher_number=MARKED["teacher number"], ni_number=MARKED["NI number"])
    at = {"pupil": pupil, "establishment": pupil.establishment}
    with as_batch():
        HomeAddress.objects.create(
            **at, address=MARKED["address"], postcode=MARKED["postcode"], facts_index=blind_index(MARKED["address"])
        )
        Contact.objects.create(
            **at, order=1, name=MARKED["contact"], address=MARKED["contact address"], telephones=MARKED["telephone"],
            email=MARKED["email"], facts_index=blind_index(MARKED["contact"]),
        )  # fmt: skip
    number = door.raise_challenge(
        asker("teacher-beckside"), 999002, "pupil", pupil.pk, fact_key="name", statement=MARKED["statement"]
    )
    browser = client("head-beckside")
    page = f"/establishments/999002/challenges/{number}/"
    assert browser.post(page, {"outcome": "corrected", "answer": MARKED["answer"]}).status_code == 302
    assert MARKED["answer"] in browser.get(page).content.decode()
    browser.get(f"/establishments/999002/pupils/{pupil.pk}/")
    browser.get("/establishments/999002/data-quality/temporary-upn/")
    looks_for(browser, f"/establishments/999002/pupils/?named={MARKED['upn']}")


def test_a_dump_holds_none_of_it_in_clear(own_database: None) -> None:
    """R13: sessions, the ledger and messages too. A surname is found, so the scan can find."""
    _fill()
    content = dump()
    assert SURNAME.encode() in content
    found = {what for what, value in MARKED.items() if any(form in content for form in _forms(value))}
    assert found == set()
    with as_batch():
        assert Pupil.objects.get(surname=SURNAME).upn == MARKED["upn"]
        assert Challenge.objects.filter(pupil__surname=SURNAME).get().answer == MARKED["answer"]


@pytest.mark.parametrize("wrapped", ["{}", "x{}y", "xy{}", "{}xyz"])
def test_the_scan_knows_a_value_in_each_form(wrapped: str) -> None:
    """The scan itself: in hex and base64, whatever stands before and after."""
    value = MARKED["upn"]
    text = wrapped.format(value).encode()
    for form in (text, text.hex().encode(), base64.b64encode(text), wrapped.format(value.lower()).encode()):
        assert any(known in form for known in _forms(value)), form
