"""Where a person is signed in: the list, signing out everywhere, the time limits of a session, the email about a new
device, and how long the record of who signed in and when is kept.

Each site counts separately: what happens on Schools Online touches no session on EduNet (R38).
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.core import signing
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import pluralize
from django.utils import timezone

from access_register.models import Person, PersonSession
from sharing.keys.sealed_sessions import row_of
from sharing.requests import GetResponse, PortalRequest
from sharing.service.network import client_address_told

BEGAN_AT = "began_at"
KNOWN_FOR = 365 * 24 * 3600  # seconds without a sign-in until a device counts as new again
PEOPLE_ON_ONE_DEVICE = 20
SIGN_INS_KEPT: Final = timedelta(days=365)  # as the retention schedules say
BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "CrOS": "Chromebook",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


@dataclass(frozen=True)
class SessionRecord:
    """One browser in which the person is signed in."""

    device: str
    address: str | None
    began_at: datetime
    is_this_one: bool


def device_in_words(request: HttpRequest) -> str:
    """ "Firefox on Windows". It is what a browser says of itself: good for recognising a device, not as proof."""
    said = request.META.get("HTTP_USER_AGENT", "")
    browser = next((words for mark, words in BROWSERS.items() if mark in said), "A browser")
    system = next((words for mark, words in SYSTEMS.items() if mark in said), "")
    return f"{browser} on {system}" if system else browser


@dataclass(frozen=True)
class SessionTimes:
    """In seconds: how long a session lasts at least without use, when it ends in any case, how long the warning is."""

    idle: int
    limit: int
    warning: int


def session_times(session: Any) -> SessionTimes:
    """The session times of somebody who is signed in (R13)."""
    limit = session.get(BEGAN_AT, 0) + settings.SESSION_LIMIT - time.time()
    idle = settings.SESSION_COOKIE_AGE - settings.SESSION_RENEWED_EVERY
    return SessionTimes(idle, max(0, int(limit)), settings.SESSION_WARNING)


def has_lasted_too_long(session: Any) -> bool:
    """Whether a signed-in session is past its absolute limit (R13), as is one that does not say when it began."""
    if "_auth_user_id" not in session:
        return False
    return time.time() - session.get(BEGAN_AT, 0) > settings.SESSION_LIMIT


def my_sessions(request: PortalRequest) -> list[SessionRecord]:
    """Where the person is now signed in at this site, the newest first."""
    return [
        SessionRecord(row.device, row.address, row.began_at, row.session_key == row_of(request.session.session_key))
        for row in _live(request).order_by("-began_at")
    ]


def sign_out_everywhere(request: PortalRequest) -> None:
    """End all of the person's sessions at this site at once, including this one (R44)."""
    _end(_all(request))
    logout(request)


def end_all_of(person: Person) -> None:
    """Sign somebody out everywhere, at both sites, at once (R44). For the service: no person asks."""
    _end(PersonSession.objects.filter(person=person))


def forget_old_sign_ins(now: datetime) -> Iterator[str]:
    """At night, as portal_batch, forget who signed in when and from which address, and ended sessions with their
    contents (P5). A bad try that no longer locks anybody out is forgotten too."""
    AccessAttempt.objects.filter(attempt_time__lte=now - timedelta(hours=settings.AXES_COOLOFF_TIME)).delete()
    forgotten, _ = AccessLog.objects.filter(attempt_time__lte=now - SIGN_INS_KEPT).delete()
    Session.objects.filter(expire_date__lte=now).delete()
    PersonSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    if forgotten:
        yield f"{forgotten} sign-in{pluralize(forgotten)} of more than a year ago forgotten"


def _end(known: QuerySet[PersonSession]) -> None:
    Session.objects.filter(session_key__in=list(known.values_list("session_key", flat=True))).delete()
    known.delete()


def _all(request: Any) -> Any:
    return PersonSession.objects.filter(person_id=request.user.pk, through=request.site.slug)


def _live(request: PortalRequest) -> Any:
    running = Session.objects.filter(expire_date__gt=timezone.now())
    return _all(request).filter(session_key__in=running.values("session_key"))


@receiver(user_logged_in)
def a_session_begins(request: Any, user: Person, **kwargs: Any) -> None:
    request.session[BEGAN_AT] = time.time()
    if getattr(request, "site", None) is None:  # signed in without a browser, as in a test
        return
    _write_down(request)
    if user.pk not in _people_known(request):
        request.new_on_device = user.pk
        _tell_of_new_device(request, user)


@receiver(authenticator_removed)
def what_it_opened_ends(request: Any, user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    """End every other session at both sites when somebody removes an app or a passkey: they may have lost it (R44)."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        this_one = row_of(request.session.session_key)
        others = PersonSession.objects.filter(person_id=user.pk).exclude(session_key=this_one)
        Session.objects.filter(session_key__in=list(others.values_list("session_key", flat=True))).delete()


@receiver(password_changed)
def a_session_goes_on(request: Any, **kwargs: Any) -> None:
    """After a change of password the session has a new key, and all the others have ended."""
    _write_down(request)


def _write_down(request: Any) -> None:
    if not request.session.session_key:
        request.session.save()
    live = _live(request)
    _all(request).exclude(pk__in=live.values("pk")).delete()
    PersonSession.objects.update_or_create(
        session_key=row_of(request.session.session_key),
        defaults={
            "person_id": request.user.pk,
            "through": request.site.slug,
            "device": device_in_words(request),
            "address": client_address_told(request),
        },
    )


# --- known devices: a signed cookie that names the people who have signed in with this browser ----------------------


def remember_device(get_response: GetResponse) -> GetResponse:
    """Middleware that, after a sign-in, notes in the browser that this person has used it."""

    def middleware(request: PortalRequest) -> HttpResponse:
        response = get_response(request)
        if person_id := getattr(request, "new_on_device", None):
            people = [*_people_known(request), person_id][-PEOPLE_ON_ONE_DEVICE:]
            response.set_cookie(
                _cookie(request),
                signing.dumps(people, salt=_cookie(request)),
                max_age=KNOWN_FOR,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    return middleware


def _cookie(request: PortalRequest) -> str:
    return f"{request.site.slug}_device"


def _people_known(request: PortalRequest) -> list[int]:
    try:
        return signing.loads(request.COOKIES.get(_cookie(request), ""), salt=_cookie(request), max_age=KNOWN_FOR)
    except signing.BadSignature:
        return []


def _tell_of_new_device(request: PortalRequest, person: Person) -> None:
    about = {"device": device_in_words(request), "address": client_address_told(request), "at": timezone.now()}
    get_adapter().send_mail("account/email/new_device", person.email, about)
