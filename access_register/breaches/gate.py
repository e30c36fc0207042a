"""A suspended person gets one page, whatever they try, from their next request on (R41, R44): the first of two locks.

The second is portal_asker() in PostgreSQL, for which somebody who is suspended is nobody. Both compare the last day
with today, so the suspension lifts by itself. Whoever is shut out with an establishment is told so where they are
refused.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from access_register.breaches import reading
from access_register.protocol.gate import accepted_until, is_open
from sharing.authorise import NotYourEstablishment, Through
from sharing.requests import GetResponse, PortalRequest


class SuspendedStayOut:
    """Open pages, one's own account and one's own case answer as ever, and so does saying what one has destroyed.

    Those two are marked `while_suspended`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: PortalRequest, view: Any, *args: Any) -> HttpResponse | None:
        answers = is_open(view) or getattr(view, "while_suspended", False)
        if answers or not hasattr(request, "asker") or not accepted_until(request):
            return None
        if not request.user.is_authenticated or not request.user.is_suspended_on(timezone.localdate()):
            return None
        found = reading.show_suspensions(request.asker)
        return render(request, "breaches/suspended.html", {"found": found}, status=403)

    def process_exception(self, request: PortalRequest, exception: Exception) -> HttpResponse | None:
        """Of an establishment that is suspended: other establishments are closed to its people."""
        if not isinstance(exception, NotYourEstablishment) or request.asker.through != Through.SCHOOLS_ONLINE:
            return None
        if not reading.may_one_be_suspended(timezone.localdate()):
            return None
        found = reading.show_suspensions(request.asker)
        return render(request, "breaches/suspension.html", {"found": found}, status=403) if found.found else None
