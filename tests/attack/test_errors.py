"""A fault is reported without revealing anything: no traceback, no setting, no query, no words of the exception."""

import pytest
from django.db import DatabaseError
from django.test import Client

from tests.people import EDUNET, SCHOOLS_ONLINE, client, visitor

pytestmark = pytest.mark.django_db
SECRET = "surname of a child"
TELLS = ("Traceback", "django", "Exception", "site-packages", ".py", "SELECT", "psycopg2", "DEBUG", SECRET)


def _is_silent(answer) -> bool:
    return not any(word in answer.content.decode() for word in TELLS)


@pytest.mark.parametrize("site", [SCHOOLS_ONLINE, EDUNET])
@pytest.mark.parametrize("fault", [ValueError(SECRET), DatabaseError(SECRET), RecursionError(SECRET)])
def test_a_fault_is_told_in_plain_words(site, fault: Exception, monkeypatch: pytest.MonkeyPatch, capfd) -> None:
    """R13: and in the log is where it was, not what it was about."""

    def fails(*args: object, **kwargs: object) -> None:
        raise fault

    monkeypatch.setattr("sharing.door.list_establishments", fails)
    browser = client("officer-admissions", site)
    browser.raise_request_exception = False
    answer = browser.get("/establishments/")
    assert answer.status_code == 500
    assert "Sorry" in answer.content.decode()
    assert _is_silent(answer)
    assert SECRET not in "".join(capfd.readouterr())


def test_every_refusal_is_silent() -> None:
    nobody, head = visitor(), client("head-beckside")
    refused = [
        (nobody.get("/not-there/"), 404),
        (nobody.get("/establishments/999002/pupils/not-a-number/"), 404),
        (nobody.get("/establishments/99999999999999999999/"), 404),
        (head.get("/establishments/999002/pupils/00000000-0000-0000-0000-000000000000/"), 404),
        (head.get("/breaches/99999999999999999999/"), 404),
        (client("governor-beckside").get("/establishments/999002/pupils/"), 403),
        (nobody.get("/", headers={"host": "evil.example"}), 400),
        (nobody.get("/%00"), 404),
        (nobody.get("/%ff%fe"), 404),
        (nobody.get("/../../etc/passwd"), 404),
        (nobody.get("/static/%2e%2e/%2e%2e/portal/settings.py"), 404),
        (nobody.get("/static/../portal/settings.py"), 404),
        (nobody.post("/sign-in/", {f"field{number}": "x" for number in range(1500)}), 400),
        (nobody.post("/sign-in/", b"x" * 3_000_000, content_type="application/x-www-form-urlencoded"), 400),
        (nobody.post("/sign-in/", b"broken", content_type="multipart/form-data; boundary=x"), 200),
    ]
    assert [answer.status_code for answer, _ in refused] == [status for _, status in refused]
    assert [answer.wsgi_request.path for answer, _ in refused if not _is_silent(answer)] == []


def test_the_poisoned_host_of_a_reset_is_refused() -> None:
    """No link of ours ever leads to a host named in a request."""
    for headers in ({"host": "evil.example"}, {"host": "schools-online.localhost@evil.example"}):
        assert Client(headers=headers).post("/password/reset/", {"email": "a@b.example"}).status_code == 400
