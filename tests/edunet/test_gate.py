"""Who reaches EduNet at all (R38): the right network, then an officer; refusal is the default."""

import pytest
from django.test import Client

from access_register.models import OfficerAppointment
from tests.people import EDUNET, ON_THE_INTRANET, SCHOOLS_ONLINE, as_batch, client, person, visitor

pytestmark = pytest.mark.django_db
OUTSIDE, PROXY = "203.0.113.9", "192.0.2.10"


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/guidance/", "/establishments/", "/nowhere/"])
def test_nothing_answers_outside_the_network(path: str) -> None:
    response = visitor(EDUNET, OUTSIDE).get(path)
    assert response.status_code == 403
    assert "network" in response.content.decode()


def test_on_the_network_the_sign_in_page_answers() -> None:
    assert visitor(EDUNET, ON_THE_INTRANET).get("/sign-in/").status_code == 200


def test_with_no_networks_set_nobody_gets_in(settings) -> None:
    """R38: the default is refusal."""
    settings.EDUNET_NETWORKS = []
    for address in (ON_THE_INTRANET, "127.0.0.1", OUTSIDE):
        assert visitor(EDUNET, address).get("/sign-in/").status_code == 403


SPOOFS = [
    {"X-Forwarded-For": ON_THE_INTRANET},
    {"X-Forwarded-For": f"{ON_THE_INTRANET}, {ON_THE_INTRANET}"},
    {"X-Real-IP": ON_THE_INTRANET},
    {"Forwarded": f"for={ON_THE_INTRANET}"},
    {"X-Client-IP": ON_THE_INTRANET, "True-Client-IP": ON_THE_INTRANET},
    {"X-Forwarded-Host": "edunet.localhost", "X-Forwarded-For": "127.0.0.1"},
]


@pytest.mark.parametrize("headers", SPOOFS)
def test_a_spoofed_header_from_outside_is_worth_nothing(headers: dict[str, str]) -> None:
    assert visitor(EDUNET, OUTSIDE).get("/sign-in/", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [
        (ON_THE_INTRANET, 200),
        (f"{OUTSIDE}, {ON_THE_INTRANET}", 200),
        (OUTSIDE, 403),
        (f"{ON_THE_INTRANET}, {OUTSIDE}", 403),
        (f"{ON_THE_INTRANET}, {OUTSIDE}, {PROXY}", 403),
        ("", 403),
        ("nonsense", 403),
        (f"{ON_THE_INTRANET}, nonsense", 403),
    ],
)
def test_behind_a_trusted_proxy_the_last_untrusted_hop_counts(forwarded: str, status: int) -> None:
    """What the client wrote into the header stands to the left of what the proxy wrote."""
    response = visitor(EDUNET, PROXY).get("/sign-in/", headers={"X-Forwarded-For": forwarded})
    assert response.status_code == status


def test_an_ipv4_address_written_as_ipv6_is_the_same_address() -> None:
    assert visitor(EDUNET, f"::ffff:{ON_THE_INTRANET}").get("/sign-in/").status_code == 200
    assert visitor(EDUNET, f"::ffff:{OUTSIDE}").get("/sign-in/").status_code == 403


@pytest.mark.parametrize("slug", ["head-beckside", "teacher-beckside", "superuser", "other-department"])
def test_only_officers_are_let_in_even_on_the_intranet(slug: str) -> None:
    """R38, R39, A17: a Schools Online account, another department's and a superuser's are refused and signed out."""
    browser = client(slug, EDUNET)
    assert browser.get("/").status_code == 403
    assert browser.get("/").status_code == 302


def test_an_appointment_that_ends_closes_edunet_on_the_next_request() -> None:
    """R44."""
    browser = client("officer-no-duty", EDUNET)
    assert browser.get("/").status_code == 200
    with as_batch():
        OfficerAppointment.objects.filter(person=person("officer-no-duty")).update(ends_on="2020-01-01")
    assert browser.get("/").status_code == 403


def test_a_session_of_one_site_is_worth_nothing_at_the_other() -> None:
    """R38: not even when its key is copied into the other site's cookie."""
    there = client("officer-admissions", SCHOOLS_ONLINE)
    assert there.get("/").status_code == 200
    key = there.cookies["schools_online_session"].value
    for name in ("edunet_session", "schools_online_session", "sessionid"):
        here = visitor(EDUNET)
        here.cookies[name] = key
        response = here.get("/")
        assert response.status_code == 302
        assert response["location"].startswith("/sign-in/")


def test_an_unknown_host_is_refused() -> None:
    assert Client(headers={"host": "elsewhere.example"}).get("/").status_code == 400
