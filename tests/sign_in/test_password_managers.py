"""R13: a browser that keeps passwords learns whose it is, or offers it to nobody afterwards."""

import re

import pytest

from tests.access_register.invitations import NEW, invite
from tests.people import person, visitor
from tests.post import sent
from tests.sign_in.ways import give_password, with_password

pytestmark = pytest.mark.django_db


def account_in(page: str) -> str:
    """The address in the form with the new password, which is not sent with it."""
    (form,) = [form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if "new-password" in form]
    (field,) = re.findall(r'<input [^>]*autocomplete="username"[^>]*>', form)
    assert " name=" not in field
    assert " hidden" in field
    return re.search(r'value="([^"]*)"', field).group(1)


def test_the_page_of_an_invitation_says_whose_password_is_chosen() -> None:
    assert account_in(visitor().get(f"/invitation/{invite()}/").content.decode()) == NEW


def test_so_does_the_page_behind_the_link_to_choose_one() -> None:
    somebody, browser = person("head-beckside"), visitor()
    browser.post("/password/reset/", {"email": somebody.email})
    form = browser.get(re.search(r"/password/reset/\S+/", sent()[-1].body).group())["location"]
    assert account_in(browser.get(form).content.decode()) == somebody.email


def test_and_the_page_to_change_it_which_leads_back_to_where_it_was_opened() -> None:
    somebody = with_password("head-beckside")
    page = give_password(somebody).get("/password/change/").content.decode()
    assert account_in(page) == somebody.email
    assert '<a class="govuk-link" href="/account/">Cancel</a>' in page
