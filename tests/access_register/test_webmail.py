"""An address of webmail on the Access Register is asked about before anybody is invited by it (R25)."""

import re

import pytest

from access_register.register.register import CannotChange
from tests.access_register.invitations import BECKSIDE, HEAD, invite
from tests.people import client


@pytest.mark.django_db
class TestWebmail:
    @pytest.mark.parametrize("address", ["a@gmail.com", "A@GMAIL.COM", "a@mail.yahoo.co.uk", "a@outlook.com"])
    def test_staff_with_webmail_have_to_be_confirmed(self, address: str) -> None:
        """R25."""
        with pytest.raises(CannotChange, match="not a work address") as refused:
            invite(address)
        assert refused.value.field == "webmail_confirmed"
        invite(address, webmail_confirmed=True)

    def test_a_work_address_that_looks_like_one(self) -> None:
        invite("a@notgmail.com")
        invite("gmail.com@beckside.example")

    def test_the_form_asks(self) -> None:
        browser, url = client(HEAD), f"/establishments/{BECKSIDE}/register/add/"
        typed = {"name": "Nadia New", "email": "n@gmail.com", "role": "governor", "level": "3", "basis": ""}
        assert "checkbox" not in _field(browser.get(url).content.decode())
        asked = browser.post(url, typed)
        assert asked.status_code == 422
        assert "checkbox" in _field(asked.content.decode())
        assert browser.post(url, typed | {"webmail_confirmed": "on"}).status_code == 302


def _field(page: str) -> str:
    found = re.search(r'<input[^>]*name="webmail_confirmed"[^>]*>', page)
    assert found
    return found[0]
