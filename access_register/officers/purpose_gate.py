"""On EduNet, a purpose is chosen in every session before anything is seen (P8). It records; it locks nothing."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from access_register.protocol.gate import is_open, led_first_to
from sharing.authorise import Through
from sharing.requests import PortalRequest, ViewMiddleware

CHOOSE = "session_purpose"


class PurposeFirst(ViewMiddleware):
    """Lead an officer whose session has no purpose yet to the page where one is chosen.

    People who run the service see no data there and need no purpose (edunet.gate). Nor does somebody who is suspended,
    for the pages that stay open to them (access_register.breaches.gate).
    """

    def process_view(self, request: PortalRequest, view: Any, *args: Any) -> HttpResponse | None:
        at_work = hasattr(request, "asker") and request.asker.through == Through.EDUNET
        if not at_work or request.asker.purpose or getattr(request, "operations_only", False) or is_open(view):
            return None
        is_suspended = request.user.is_authenticated and request.user.is_suspended_on(timezone.localdate())
        if is_suspended and getattr(view, "while_suspended", False):
            return None
        here = request.resolver_match and request.resolver_match.url_name
        return None if here == CHOOSE else led_first_to(CHOOSE, request)
