"""Every address with every method, and every form without its token (R2, R45)."""

import re

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.client import ClientHandler
from django.test.utils import CaptureQueriesContext

from sharing.authorise import Through
from tests.attack import world
from tests.attack.addresses import Address, every_address
from tests.people import EDUNET, SCHOOLS_ONLINE, client

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("attack")]
WHO = {SCHOOLS_ONLINE: "head-beckside", EDUNET: "officer-information"}
OTHER_METHODS = ("PUT", "DELETE", "PATCH", "TRACE", "OPTIONS")
# Steps that are taken by a form and have no page of their own.
FORMS_ALONE = {
    "acknowledge_misuse", "act_for", "agree_advice", "ask_for_agreement", "discard_advice", "hand_back_advice",
    "ask_to_destroy_advice", "destroy_advice", "keep_advice",
    "take_down_advice", "agree_closing", "agree_closing_here", "archive_own_group", "ask_for_disposal",
    "ask_for_report", "authorise_order", "check_release", "close_misuse", "collect_download", "confirm_consent",
    "confirm_duty", "confirm_line", "confirm_officer", "confirm_return", "decide_disposal", "download_passphrase",
    "end_closing", "end_duty", "end_opening", "end_order", "end_remote_use", "explain_opening", "forget_view",
    "lift_hold", "lower_line", "mark_opening", "narrow_item", "pass_on_challenge",
    "own_list", "prepare_answer", "pupil_columns", "remove_note", "send_again", "settle_import", "show_release_again",
    "sign_out_everywhere", "stay_signed_in", "take_back_challenge", "take_back_move", "take_back_support_request",
    "take_child_out", "undo_review", "verify_successor", "withdraw_confidential", "withdraw_consent", "withdraw_offer",
}  # fmt: skip
# Where somebody who is signed in, and searches for nobody, is redirected.
LEADS_ON = {
    "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_authenticate", "mfa_login_webauthn", "account_login",
    "account_signup", "found", "resume", "check_staff", "check_heads", "join_protocol", "break_glass",
}  # fmt: skip


@pytest.fixture(params=[SCHOOLS_ONLINE, EDUNET], ids=str)
def addresses(request: pytest.FixtureRequest, planted: None) -> tuple[Through, list[tuple[Address, str]]]:
    """A site, and each of its addresses with the numbers of Beckside Primary School in it."""
    numbers = world.numbers_of(world.BECKSIDE)
    return request.param, [(address, address.path(numbers)) for address in every_address(request.param)]


def strict(browser: Client) -> Client:
    """The same browser, with a server that demands the token as production does, and answers faults with a page."""
    browser.handler = ClientHandler(enforce_csrf_checks=True)
    browser.raise_request_exception = False
    return browser


def test_no_address_takes_another_method(addresses) -> None:
    """Not even when signed in; and nothing is looked up, so the answer is the same for everybody: no query at all."""
    site, every = addresses
    browser, wrong = client(WHO[site], site), []
    with CaptureQueriesContext(connection) as queries:
        for address, path in every:
            for method in OTHER_METHODS:
                answer = browser.generic(method, path, "x", content_type="text/plain")
                if answer.status_code != 405 or answer["Allow"] != "GET, HEAD, POST" or answer.content:
                    wrong.append((address.name, method, answer.status_code))
    assert wrong == []
    assert not queries


@pytest.mark.parametrize("method", ["CONNECT", "PROPFIND", "get", "Post", "HELLO"])
def test_no_invented_method_is_read_as_another(method: str) -> None:
    """Django reads a method in capitals, however it was sent."""
    answer = client("head-beckside").generic(method, "/sign-out/")
    assert answer.status_code == (200 if method.upper() == "GET" else 302 if method.upper() == "POST" else 405)


def test_a_method_hidden_in_a_header_or_a_field_is_not_read() -> None:
    head = client("head-beckside")
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert head.get("/sign-out/", headers={name: "POST"}).status_code == 200
    assert head.get("/sign-out/?_method=POST").status_code == 200
    assert head.get("/").status_code == 200


def test_to_read_an_address_changes_nothing(addresses) -> None:
    """A step needs a form with its token, so a link to it, or a browser that prefetches it, does nothing."""
    site, every = addresses
    browser, answered = client(WHO[site], site), {}
    browser.get(f"/establishments/{world.BECKSIDE}/")  # notes once that they used their access today
    before = world.state()
    for address, path in every:
        answered.setdefault(browser.get(path).status_code, set()).add(address.name)
    assert answered[405] == {address.name for address, _ in every} & FORMS_ALONE
    assert answered[302] <= LEADS_ON
    assert world.changed(before) == set()


def test_no_form_is_taken_without_its_token(addresses) -> None:
    """Not even when signed in, or at an address without a form. The views are not reached, so nothing changes."""
    site, every = addresses
    browser, wrong = strict(client(WHO[site], site)), []
    before = world.state()
    for address, path in every:
        answer = browser.post(path, {"anything": "x", "csrfmiddlewaretoken": "x" * 32})
        if answer.status_code != 403 or "403_csrf.html" not in {each.name for each in answer.templates}:
            wrong.append((address.name, answer.status_code))
    assert wrong == []
    assert world.changed(before) == set()


def test_a_form_without_any_field_is_answered(addresses) -> None:
    """Sent by a program, with the token in a header: never by the page of a fault, whatever it has done."""
    site, every = addresses
    browser, wrong = client(WHO[site], site), []
    browser.raise_request_exception = False
    session = browser.cookies[f"{site}_session"].value
    for address, path in every:
        with transaction.atomic():
            browser.cookies[f"{site}_session"] = session  # signing out takes it away
            answer = browser.post(path)
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            wrong.append((address.name, answer.status_code))
    assert wrong == []


def test_a_token_is_no_use_from_elsewhere() -> None:
    """The right token of the right browser, sent from a page on another host."""
    head = strict(client("head-beckside"))
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', head.get("/sign-out/").content.decode())
    assert found
    token = {"csrfmiddlewaretoken": found[1]}
    for origin in ("https://evil.example", "null", f"http://{settings.SITE_HOSTS['edunet']}"):
        assert head.post("/sign-out/", token, headers={"origin": origin}).status_code == 403
    assert head.get("/").status_code == 200
    assert head.post("/sign-out/", token).status_code == 302
