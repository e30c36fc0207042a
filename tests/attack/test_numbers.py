"""Guessed numbers: those of another school, of nobody, and of pages for more trusted people (R2, R6, R26, R33)."""

import re
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.attack import world
from tests.attack.addresses import Address, every_address
from tests.attack.forms import everything
from tests.people import EDUNET, SCHOOLS_ONLINE, client, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("attack")]
NOBODY = 987654321987654321
TOO_LARGE = 2**63
# Rows of others that one may see, and why.
FOR_OTHERS = {
    "ask_for_support": "offers are made to the others",
    "past_release": "releases are everybody's",
}
# Forms that anybody who is signed in may send; or any officer, for headships (A7: two of them, not for themselves).
OWN = {
    "account_logout", "sign_out_everywhere", "account_change_password", "account_reset_password", "demo_sign_in",
    "accept_protocol", "session_purpose", "report_breach", "report_misuse", "report_misuse_at", "act_for", "save_view",
    "name_successor", "verify_successor", "cancel_handover", "stay_signed_in",
}  # fmt: skip
# Pages that answer somebody who has not signed in: signing in, and pages that are open and change nothing.
OPEN = {
    "account_inactive", "account_login", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "account_signup", "demo_sign_in",
    "guidance", "guide", "health", "invitation", "ledger_heads", "ledger_seal", "openid_connect_callback",
    "openid_connect_login", "protocol", "same_data", "socialaccount_login_cancelled",
}  # fmt: skip


def _nobodys(numbers: dict[str, object]) -> dict[str, object]:
    return {name: UUID(int=NOBODY) if isinstance(number, UUID) else NOBODY for name, number in numbers.items()}


def _asked(browser: Client, address: Address, numbers: dict, urn: int, form: dict | None) -> tuple[int, str]:
    """The answer without what always differs: the address asked for, tokens, and the time."""
    path = address.path(numbers, urn)
    with transaction.atomic():
        answer = browser.get(path) if form is None else browser.post(path, form)
        transaction.set_rollback(True)
    text = f"{answer.content.decode(errors='replace')} {answer.get('Location', '')}"
    for number in sorted({str(number) for number in numbers.values()}, key=len, reverse=True):
        text = text.replace(f"/{number}/", "/N/")
    changing = r'name="csrfmiddlewaretoken" value="\w+"|data-limit="\d+"| at \d\d:\d\d\. Keep'
    return answer.status_code, re.sub(changing, "", text)


def test_a_number_of_another_school_is_a_number_of_nobody(planted: None) -> None:
    """As a head, under one's own school's address and the other's: the same answer, to the letter; for forms too."""
    theirs, form, told = world.numbers_of(world.RAVENSGILL), everything("Words"), []
    nobodys, browser = _nobodys(theirs), client("head-beckside")
    browser.raise_request_exception = False
    browser.get(f"/establishments/{world.BECKSIDE}/")
    addresses = [address for address in every_address(SCHOOLS_ONLINE) if address.rows]
    before = world.state()
    for address in addresses:
        for urn in (world.BECKSIDE, world.RAVENSGILL) if "<urn:urn>" in address.shape else (world.BECKSIDE,):
            for sent in (None, form):
                guessed = _asked(browser, address, theirs, urn, sent)
                nothing = _asked(browser, address, nobodys, urn, sent)
                if guessed != nothing and address.name not in FOR_OTHERS:
                    lines = set(guessed[1].splitlines()) ^ set(nothing[1].splitlines())
                    told.append((address.name, urn, "form" if sent else "page", guessed[0], nothing[0], lines))
    assert len(addresses) > 60
    assert told == []
    assert world.changed(before) == set()


@pytest.mark.parametrize(("slug", "site"), [("head-beckside", SCHOOLS_ONLINE), ("officer-information", EDUNET)])
def test_a_number_larger_than_any_row_is_no_page(planted: None, slug: str, site) -> None:
    """R2: to pages and to forms of the most trusted; PostgreSQL could not even be asked for it."""
    browser, form, wrong = client(slug, site), everything("Words"), []
    browser.raise_request_exception = False
    theirs = world.numbers_of(world.BECKSIDE)
    numbers = theirs | {name: TOO_LARGE for name, number in theirs.items() if not isinstance(number, UUID)}
    for address in every_address(site):
        path = address.path(numbers)
        if str(TOO_LARGE) not in path:
            continue
        for sent in (None, form):
            answer = browser.get(path) if sent is None else browser.post(path, sent)
            if answer.status_code != 404:
                wrong.append((address.name, "form" if sent else "page", answer.status_code))
    assert wrong == []


@pytest.mark.parametrize(
    ("slug", "site"),
    [("governor-beckside", SCHOOLS_ONLINE), ("officer-no-duty", EDUNET)],
)
def test_no_form_of_the_more_trusted_is_carried_out(planted: None, slug: str, site) -> None:
    """R33, R9: every form of the site, filled in and sent with its token by the least trusted, changes nothing."""
    numbers, form, browser, wrong = world.numbers_of(world.BECKSIDE), everything("Words"), client(slug, site), []
    browser.raise_request_exception = False
    browser.get(f"/establishments/{world.BECKSIDE}/")
    for address in every_address(site):
        if address.name in OWN:
            continue
        with transaction.atomic():
            before = _written()
            answer = browser.post(address.path(numbers), form)
            wrote = {table for table, rows in _written().items() if rows != before.get(table)} - world.ABOUT_ITSELF
            transaction.set_rollback(True)
        wrote = {table for table in wrote if not table.startswith("sharing_ledgerentry")}
        if wrote or answer.status_code >= 500:
            wrong.append((address.name, answer.status_code, wrote))
    assert wrong == []


def _written() -> dict[str, int]:
    """Table -> rows written in this transaction so far, including those that were rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())


def test_nobody_sends_anything(planted: None) -> None:
    """R2: without signing in, no form but those of signing in is carried out or answered otherwise than by sign-in.

    One writes a letter: with the link to choose a password.
    """
    numbers, form = world.numbers_of(world.BECKSIDE), everything("Words")
    browser, answered = visitor(), set()
    before = world.state()
    for address in every_address(SCHOOLS_ONLINE):
        answer = browser.post(address.path(numbers), form)
        if not answer.get("Location", "").startswith("/sign-in/"):
            answered.add(address.name)
    assert answered == OPEN
    assert world.changed(before) == {"access_register_waitingletter"}
