"""A suspended person gets one page, whatever they try, from their next request on (R41, R44): the first of two locks.

The second is portal_asker() in PostgreSQL, which treats somebody who is suspended as nobody. Both compare the last day
with today, so the suspension lifts by itself. People whose whole establishment is suspended are told so where they are
refused.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from access_register.breaches import reading
from access_register.protocol.gate import accepted_until, is_open
from sharing.authorise import NotYourEstablishment, Through
from sharing.requests import PortalRequest, ViewMiddleware


class SuspendedStayOut(ViewMiddleware):
    """Refuses a suspended person all but open pages, their own account, their own case, and saying what they destroyed.

    The last two are marked `while_suspended`.
    """

    def process_view(self, request: PortalRequest, view: Any, *args: Any) -> HttpResponse | None:
        answers = is_open(view) or getattr(view, "while_suspended", False)
        if answers or not hasattr(request, "asker") or not accepted_until(request):
            return None
        if not request.user.is_authenticated or not request.user.is_suspended_on(timezone.localdate()):
            return None
        found = reading.show_suspensions(request.asker)
        return render(request, "breaches/suspended.html", {"found": found}, status=403)

    def process_exception(self, request: PortalRequest, exception: Exception) -> HttpResponse | None:
        """Explain the suspension of an establishment to its people when another establishment is closed to them. Those
        who share through a place elsewhere are not shut out by it (A18)."""
        if not isinstance(exception, NotYourEstablishment) or request.asker.through != Through.SCHOOLS_ONLINE:
            return None
        if not reading.may_one_be_suspended(timezone.localdate()):
            return None
        found = reading.show_suspensions(request.asker)
        says_why = found.found and not found.shares
        return render(request, "breaches/suspension.html", {"found": found}, status=403) if says_why else None
