"""Who reaches EduNet at all (R38, R39): the right way in, then an officer; refusal is the default."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client

from access_register.models import OfficerAppointment, RemoteAuthorisation
from access_register.officers import officers
from sharing.models import LedgerEntry
from tests.people import EDUNET, ON_THE_INTRANET, SCHOOLS_ONLINE, as_batch, asker, client, person, visitor

pytestmark = pytest.mark.django_db
OUTSIDE, PROXY, CITRIX = "203.0.113.9", "192.0.2.10", "10.30.0.1"
TODAY = date.today()


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


def test_a_proxy_in_the_councils_network_that_names_nobody_lets_nobody_in(settings) -> None:
    """R38: its own address is nobody's."""
    settings.TRUSTED_PROXIES = [ON_THE_INTRANET]
    for forwarded in ("", ",", ON_THE_INTRANET):
        headers = {"X-Forwarded-For": forwarded}
        assert visitor(EDUNET, ON_THE_INTRANET).get("/sign-in/", headers=headers).status_code == 403


@pytest.mark.parametrize("forwarded", [OUTSIDE, ON_THE_INTRANET, ""])
def test_a_proxy_in_the_councils_network_that_is_not_named_lets_nobody_in(forwarded: str) -> None:
    """R38: TRUSTED_PROXIES with a typing error would else make whoever comes through that proxy be on the network."""
    browser = visitor(EDUNET, ON_THE_INTRANET)
    assert browser.get("/sign-in/", headers={"X-Forwarded-For": forwarded}).status_code == 403
    assert (
        visitor(SCHOOLS_ONLINE, ON_THE_INTRANET).get("/sign-in/", headers={"X-Forwarded-For": forwarded}).status_code
        == 200
    )


def test_an_ipv4_address_written_as_ipv6_is_the_same_address() -> None:
    assert visitor(EDUNET, f"::ffff:{ON_THE_INTRANET}").get("/sign-in/").status_code == 200
    assert visitor(EDUNET, f"::ffff:{OUTSIDE}").get("/sign-in/").status_code == 403


@pytest.mark.parametrize("written", [f"::ffff:{ON_THE_INTRANET}", f"::ffff:{ON_THE_INTRANET}/120"])
def test_a_range_of_ipv4_written_as_ipv6_is_the_same_range(written: str, settings) -> None:
    """R39: a gateway that is written so would else count as the council's network."""
    settings.CITRIX_GATEWAYS = [written]
    assert client("officer-no-duty", EDUNET, ON_THE_INTRANET).get("/").status_code == 403
    settings.EDUNET_NETWORKS, settings.CITRIX_GATEWAYS = [written], []
    assert visitor(EDUNET, ON_THE_INTRANET).get("/sign-in/").status_code == 200
    assert visitor(EDUNET, OUTSIDE).get("/sign-in/").status_code == 403


@pytest.mark.parametrize("slug", ["head-beckside", "teacher-beckside", "other-department"])
def test_only_officers_are_let_in_even_on_the_intranet(slug: str) -> None:
    """R38, R39: a Schools Online account and another department's are refused and signed out."""
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


@pytest.mark.parametrize("host", ["schools-online.localhost", "SCHOOLS-ONLINE.localhost.:8000"])
@pytest.mark.parametrize("path", ["/accuracy/", "/releases/", "/transfers/all/", "/operations/"])
def test_what_only_edunet_has_is_not_under_the_other_host(path: str, host: str) -> None:
    """R38: not even for an officer on the intranet."""
    browser = client("officer-admissions", SCHOOLS_ONLINE)
    browser.defaults["HTTP_HOST"] = host
    assert browser.get(path, headers={"host": host}).status_code == 404


@pytest.mark.parametrize(
    "host", ["EDUNET.localhost", "edunet.localhost.", "edunet.localhost:443", "EduNet.Localhost.:8000"]
)
def test_no_spelling_of_the_host_goes_around_the_gate(host: str) -> None:
    assert visitor(EDUNET, OUTSIDE).get("/sign-in/", headers={"host": host}).status_code == 403
    assert visitor(EDUNET, ON_THE_INTRANET).get("/sign-in/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"), [("fd00:20::7", 200), ("fd00:21::7", 403), ("fe80::1%eth0", 403), ("", 403), ("unix:", 403)]
)
def test_ranges_of_ipv6_and_addresses_that_are_none(address: str, status: int) -> None:
    assert visitor(EDUNET, address).get("/sign-in/").status_code == status


def authorised(slug: str, starts: date, ends: date) -> RemoteAuthorisation:
    appointment = OfficerAppointment.objects.get(person=person(slug))
    with as_batch():
        return RemoteAuthorisation.objects.create(
            appointment=appointment, reason="Works from home", starts_on=starts, ends_on=ends,
            recorded_by_name="Information manager",
        )  # fmt: skip


@pytest.mark.parametrize("gateway", [CITRIX, f"::ffff:{CITRIX}", "fd00:30::9"])
def test_through_citrix_an_officer_needs_an_authorisation_besides(gateway: str) -> None:
    """R39. The sign-in page answers there; nothing else does, and the refusal is in the ledger."""
    assert visitor(EDUNET, gateway).get("/sign-in/").status_code == 200
    response = client("officer-no-duty", EDUNET, gateway).get("/")
    assert response.status_code == 403
    assert "authorisation for remote use" in response.content.decode()
    with as_batch():
        assert LedgerEntry.objects.filter(about__why="NoRemoteAuthorisation", outcome="refused").count() == 1
    authorised("officer-no-duty", TODAY, TODAY)
    assert client("officer-no-duty", EDUNET, gateway).get("/").status_code == 200


@pytest.mark.parametrize(
    ("starts", "ends", "status"),
    [(0, 0, 200), (-30, 0, 200), (-30, -1, 403), (1, 30, 403), (0, 364, 200)],
)
def test_an_authorisation_holds_on_its_days(starts: int, ends: int, status: int) -> None:
    """R39: the day before, the day of, the day after, in the future."""
    authorised("officer-no-duty", TODAY + timedelta(starts), TODAY + timedelta(ends))
    assert client("officer-no-duty", EDUNET, CITRIX).get("/").status_code == status


def test_an_authorisation_ends_on_the_next_request() -> None:
    """R44. In a council building nothing changes."""
    authorisation = authorised("officer-no-duty", TODAY, TODAY + timedelta(30))
    outside, inside = client("officer-no-duty", EDUNET, CITRIX), client("officer-no-duty", EDUNET)
    assert outside.get("/").status_code == 200
    officers.end_remote_use(asker("officer-information", EDUNET), authorisation.appointment_id, authorisation.pk)
    assert outside.get("/").status_code == 403
    assert outside.get("/").status_code == 302
    assert inside.get("/").status_code == 200


def test_an_authorisation_of_more_than_a_year_is_not_stored() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        authorised("officer-no-duty", TODAY, TODAY + timedelta(366))


def test_an_address_of_both_ways_counts_as_citrix(settings) -> None:
    settings.CITRIX_GATEWAYS = [ON_THE_INTRANET]
    assert client("officer-no-duty", EDUNET, ON_THE_INTRANET).get("/").status_code == 403


def test_a_colleague_elsewhere_is_not_authorised_by_somebody_elses() -> None:
    authorised("officer-admissions", TODAY, TODAY)
    assert client("officer-no-duty", EDUNET, CITRIX).get("/").status_code == 403


def test_the_web_application_authorises_nobody() -> None:
    """R39: a hole in a page is no way in."""
    appointment = OfficerAppointment.objects.get(person=person("officer-no-duty"))
    with pytest.raises(ProgrammingError), transaction.atomic():
        RemoteAuthorisation.objects.create(
            appointment=appointment, reason="x", starts_on=TODAY, ends_on=TODAY, recorded_by_name="x"
        )
