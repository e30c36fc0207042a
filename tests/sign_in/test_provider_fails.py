"""A provider of single sign-on that answers with something else than it should: words for the person, a line for the
people who run the service, and no fault of ours."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.providers import Provider
from tests.people import person, visitor

pytestmark = pytest.mark.django_db
METADATA, TOKEN, USER = "/.well-known/openid-configuration", "/token", "/userinfo"
Says = dict[str, Any]


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        says = self.server.says[self.path]
        if says is None:
            self.connection.close()
            return
        content = says if isinstance(says, bytes) else json.dumps(says).encode()
        self.send_response(400 if isinstance(says, dict) and "error" in says else 200)
        if says != b"":
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - http.server's name

    def log_message(self, *said: Any) -> None:
        pass


def id_token(**claims: Any) -> str:
    parts = ({"alg": "RS256", "kid": "1"}, claims)
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".c2lnbmVk"


@pytest.fixture
def says(settings: Any) -> Iterator[Says]:
    """What the provider says at each address. As it stands, all is well."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        issuer = f"http://127.0.0.1:{server.server_port}"
        addresses = {"issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "jwks_uri": f"{issuer}/keys"}
        addresses |= {"token_endpoint": issuer + TOKEN, "userinfo_endpoint": issuer + USER}
        token = id_token(iss=issuer, aud="portal", sub="h1", exp=int(time.time()) + 300)
        server.says = {
            METADATA: addresses,
            TOKEN: {"access_token": "a", "token_type": "Bearer", "id_token": token},
            USER: {"sub": "h1", "email": person("head-beckside").email, "email_verified": True},
        }
        settings.OIDC_PROVIDERS = (Provider(id="dfe", name="DfE", issuer=issuer, client_id="portal", trusted=True),)
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.says
        server.shutdown()


def there_and_back(spoil: Callable[[], None] = lambda: None) -> Any:
    """The page at which somebody comes back, if `spoil` is done while they are at the provider."""
    browser = visitor()
    browser.raise_request_exception = False
    leaving = browser.post("/sign-in/with/dfe/?process=login")
    if leaving.status_code != 302:
        return leaving
    state = parse_qs(urlsplit(leaving["location"]).query)["state"][0]
    spoil()
    return browser.get(f"/sign-in/with/dfe/back/?code=c&state={state}")


@pytest.mark.parametrize("spoiled", [[], "", {}, {"token_endpoint": 1}, b"<html>Sorry</html>", None])
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_metadata_that_is_none(says: Says, spoiled: Any, when: str, caplog: pytest.LogCaptureFixture) -> None:
    """R13: as behind a proxy that puts a page of its own in the way."""
    if when == "before":
        says[METADATA] = spoiled
    page = there_and_back(lambda: says.update({METADATA: spoiled}))
    assert page.status_code in (401, 503)
    assert "That did not work" in page.content.decode()
    assert "single sign-on by dfe failed" in caplog.text


@pytest.mark.parametrize(
    ("place", "spoiled"),
    [
        (USER, [1]),
        (USER, {"email": "nobody@beckside.example"}),
        (USER, {"sub": "h\0", "email": "a@b.example"}),
        (USER, {"sub": "unknown", "email": "a\0@b.example", "email_verified": True}),
        (USER, b"<html>Sorry</html>"),
        (USER, None),
        (TOKEN, b""),
        (TOKEN, []),
        (TOKEN, {"access_token": "a", "id_token": 1}),
        (TOKEN, {"access_token": "a", "id_token": "x.y.z"}),
        (TOKEN, {"access_token": "a", "expires_in": "soon"}),
        (TOKEN, {"error": "invalid_client"}),
        (TOKEN, {"access_token": "a", "id_token": id_token(iss="http://elsewhere.example", aud="portal", sub="h1")}),
        (TOKEN, None),
    ],
)
def test_answers_that_are_none(says: Says, place: str, spoiled: Any, caplog: pytest.LogCaptureFixture) -> None:
    """R13: a secret that has run out is among them. The log names the provider and the kind of fault, and nobody."""
    assert there_and_back()["location"] == "/"
    says[place] = spoiled
    page = there_and_back()
    assert page.status_code in (401, 503)
    assert "That did not work" in page.content.decode()
    assert "single sign-on by dfe failed" in caplog.text
    assert "b.example" not in "".join(record.getMessage() for record in caplog.records)
