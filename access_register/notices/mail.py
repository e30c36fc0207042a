"""Emails of the Access Register: plain text and HTML, one template folder.

An email says why it came and what to do, and names no child. Each kind has three templates under
`templates/email/`: `<kind>_subject.txt`, `<kind>.txt` and `<kind>.html`. Call, inside the visit:

    mail.send_later("added", [person.email], name=person.name, place=here.name, link=mail.link("home"))

It is then committed with the change it reports, or not at all, and the worker posts it
(access_register.notices.outbox). Where the page has to say whether it was sent, call `letter`, and `send` after the
visit.
"""

import logging
import time
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse

from access_register.notices import outbox
from sharing.authorise import Through
from sharing.service import service_runs

Letter = EmailMultiAlternatives
log = logging.getLogger(__name__)
LONGEST: Final = 60.0  # seconds for all letters of a page, which a proxy abandons after 130


def link(view: str, *args: Any, at: Through = Through.SCHOOLS_ONLINE) -> str:
    """The full address of a page, at the host of its site. Needs no request, so that nightly runs can use it."""
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    path = reverse(view, args=args, urlconf=f"portal.urls.{at.value}")
    return f"{settings.PUBLIC_SCHEME}://{settings.SITE_HOSTS[at.value]}{port}{path}"


def _site(link: str) -> str:
    """The name of the site that a letter comes from: the one that its link leads to."""
    is_of_edunet = urlsplit(link).hostname == settings.SITE_HOSTS[Through.EDUNET]
    return Through.EDUNET.label if is_of_edunet else Through.SCHOOLS_ONLINE.label


def letter(kind: str, to: str, *, name: str, **about: Any) -> Letter:
    """One email of this kind, written but not sent. It greets the person by `name`."""
    facts = about | {
        "name": name,
        "authority": settings.AUTHORITY_NAME,
        "service_email": settings.SERVICE_EMAIL,
        "site_name": _site(about.get("link", "")),
    }
    subject = " ".join(render_to_string(f"email/{kind}_subject.txt", facts).split())
    written = Letter(
        subject, render_to_string(f"email/{kind}.txt", facts).strip() + "\n", to=[to], headers={**outbox.BY_A_MACHINE}
    )
    written.attach_alternative(render_to_string(f"email/{kind}.html", facts), "text/html")
    return written


def send(*letters: Letter) -> int:
    """Send over one connection, and return how many were sent. The register stands whether or not the post works."""
    if not letters:
        return 0
    sent, why, until = 0, "", time.monotonic() + LONGEST
    try:
        with get_connection() as connection:
            for written in letters:
                if time.monotonic() >= until:
                    raise TimeoutError
                try:
                    sent += connection.send_messages([written]) or 0
                except (*outbox.REFUSALS, ValueError) as problem:  # ValueError: no email can have this address
                    why = type(problem).__name__
    except OSError as problem:  # includes everything that smtplib raises
        why = type(problem).__name__
    if why:
        log.error("%d of %d emails could not be sent: %s", len(letters) - sent, len(letters), why)
        service_runs.post_failed(len(letters) - sent)
    return sent


def send_later(kind: str, to: Iterable[str], *, name: str, **about: Any) -> None:
    """Write to each of `to`, inside a visit or at night. The worker posts it once what it reports is committed."""
    send_once_committed(*[letter(kind, address, name=name, **about) for address in to])


def send_once_committed(*letters: Letter) -> None:
    outbox.put(letters)
