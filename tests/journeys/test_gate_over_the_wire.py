"""EduNet's gate as gunicorn sees it: bytes that no browser writes (R38). The proxy of the test is this machine."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.serving import Demo, demo, empty_database

INSIDE, OUTSIDE = "10.20.0.5", "203.0.113.9"
EDUNET, SCHOOLS = "edunet.localhost", "schools-online.localhost"


@pytest.fixture(scope="module")
def behind_a_proxy(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    log: Path = tmp_path_factory.mktemp("gate") / "log"
    ranges = {"EDUNET_NETWORKS": "10.20.0.0/16", "TRUSTED_PROXIES": "127.0.0.1"}
    with empty_database("gate", migrated=True) as database, demo(database, log, **ranges) as running:
        yield running


def answer(server: Demo, *lines: str) -> tuple[int, str]:
    """What the server answers to these lines of a request: the status (0: it hung up) and all of it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
        wire.sendall(("\r\n".join([*lines, "Connection: close", "", ""])).encode())
        text = b"".join(iter(lambda: wire.recv(65536), b"")).decode(errors="replace")
    return int(text.split(" ", 2)[1]) if text.startswith("HTTP/") else 0, text


GET = "GET /sign-in/ HTTP/1.1"
REFUSED = [
    [f"Host: {EDUNET}"],
    [f"Host: {EDUNET}", f"X-Forwarded-For: {OUTSIDE}"],
    [f"Host: {EDUNET}", f"X-Forwarded-For: {INSIDE}, {OUTSIDE}"],
    [f"Host: {EDUNET}", f"X-Forwarded-For: {INSIDE}", f"X-Forwarded-For: {OUTSIDE}"],
    [f"Host: {EDUNET}", f"X-Forwarded-For: {OUTSIDE}", f"Forwarded: for={INSIDE}"],
    [f"Host: {EDUNET}", f"X_Forwarded_For: {INSIDE}"],
    [f"Host: {EDUNET}", f"X-Forwarded-For: {INSIDE}\tx"],
    [f"Host: {EDUNET}", f"X-Forwarded-For: {INSIDE}:443"],
    [f"Host: {EDUNET}", "X-Forwarded-For: ::ffff:203.0.113.9"],
    [f"Host: {EDUNET}.", f"X-Forwarded-For: {OUTSIDE}"],
    [f"Host: {EDUNET}.:8080", f"X-Forwarded-For: {OUTSIDE}"],
    [f"Host: {EDUNET}", f"X-Forwarded-For: {INSIDE}, ::ffff:{OUTSIDE}"],
    [f"Host: {EDUNET}", f"X-Forwarded-For: {INSIDE}, {OUTSIDE},"],
    [f"Host: {EDUNET}", f"X-Forwarded-For: {OUTSIDE}", f'Forwarded: for="[::ffff:{INSIDE}]";host={EDUNET}'],
    [f"Host: {EDUNET.upper()}:80", f"X-Forwarded-For: {OUTSIDE}"],
    [f"Host: {EDUNET}", "Host: schools-online.localhost", f"X-Forwarded-For: {OUTSIDE}"],
    [f"Host: {SCHOOLS}", f"Host: {EDUNET}", f"X-Forwarded-For: {OUTSIDE}"],
    [f"Host: {EDUNET}\t", f"X-Forwarded-For: {OUTSIDE}"],
    [f"Host: {EDUNET}", f"X-Forwarded-Host: {SCHOOLS}", f"X-Forwarded-For: {OUTSIDE}"],
]


@pytest.mark.parametrize("headers", REFUSED, ids=" | ".join)
def test_refused(behind_a_proxy: Demo, headers: list[str]) -> None:
    status, text = answer(behind_a_proxy, GET, *headers)
    assert status in {400, 403}, text[:200]
    assert "Sign in" not in text


@pytest.mark.parametrize("forwarded", [INSIDE, f"{OUTSIDE}, {INSIDE}", f"::ffff:{INSIDE}"])
def test_let_in(behind_a_proxy: Demo, forwarded: str) -> None:
    status, text = answer(behind_a_proxy, GET, f"Host: {EDUNET}", f"X-Forwarded-For: {forwarded}")
    assert (status, "Sign in" in text) == (200, True)


@pytest.mark.parametrize(("named", "host"), [(EDUNET, SCHOOLS), (SCHOOLS, EDUNET)])
def test_a_request_that_names_the_host_twice_reaches_no_edunet(behind_a_proxy: Demo, named: str, host: str) -> None:
    """`GET http://one/ HTTP/1.1` with the other in Host: whichever counts, from outside it is never EduNet."""
    line = f"GET http://{named}/accuracy/ HTTP/1.1"
    status, text = answer(behind_a_proxy, line, f"Host: {host}", f"X-Forwarded-For: {OUTSIDE}")
    assert status in {400, 403, 404}, text[:200]
    assert "Sign in to EduNet" not in text


def test_a_second_request_hidden_in_the_first_is_not_answered(behind_a_proxy: Demo) -> None:
    """Two lengths in one request, behind which another hides: refused, not read as two."""
    hidden = f"GET /sign-in/ HTTP/1.1\r\nHost: {EDUNET}\r\nX-Forwarded-For: {INSIDE}\r\n\r\n"
    lines = [
        "POST /sign-in/ HTTP/1.1", f"Host: {SCHOOLS}", f"X-Forwarded-For: {OUTSIDE}", f"Content-Length: {len(hidden)}",
        "Transfer-Encoding: chunked",
    ]  # fmt: skip
    with socket.create_connection(("127.0.0.1", behind_a_proxy.port), timeout=30) as wire:
        wire.sendall(("\r\n".join([*lines, "", "0", "", ""]) + hidden).encode())
        wire.settimeout(5)
        text = b""
        try:
            while part := wire.recv(65536):
                text += part
        except TimeoutError:
            pass
    assert text.count(b"HTTP/1.1 ") <= 1, text
    assert b"EduNet" not in text
