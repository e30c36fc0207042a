"""Nobody sees anything before accepting the protocol's text in force (R19, R42): the first of two locks.

The second is portal_asker() in PostgreSQL, which treats somebody who has not accepted as nobody.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from sharing.requests import PortalRequest, ViewMiddleware, page_of_the_form

FORM_THAT_WAITS = "form_that_waits"  # what was typed into a form sent too early, in the encrypted session
View = TypeVar("View", bound=Callable[..., Any])


def protocol_not_required(view: View) -> View:
    """Mark a view that shows no data and has to answer before the protocol is accepted, such as accepting it."""
    view.protocol_required = False  # type: ignore[attr-defined]
    return view


class ProtocolFirst(ViewMiddleware):
    """Send anybody who is signed in but has not accepted to the page where they can, checked on every request (R44).

    Open pages (guidance, signing in) and the pages of one's own account, which allauth serves, answer as usual.
    """

    def process_view(self, request: PortalRequest, view: Any, *args: Any) -> HttpResponse | None:
        if is_open(view) or not hasattr(request, "asker") or accepted_until(request):
            return None
        return led_first_to("accept_protocol", request)


def led_first_to(name: str, request: PortalRequest) -> HttpResponse:
    """Redirect to the page of this name, which leads back afterwards; after a form, back to the form's page. The query
    is left out, since it may contain a name that somebody searched for. What was typed waits in the session; files do
    not."""
    form = page_of_the_form(request)
    path = request.path if request.method == "GET" else form.path if form else "/"
    back = {"next": path} if path != "/" else {}
    if form and not request.FILES:
        request.session[FORM_THAT_WAITS] = {"to": request.get_full_path(), "typed": request.POST.urlencode()}
    return redirect(f"{reverse(name)}{'?' + urlencode(back) if back else ''}")


def accepted_until(request: PortalRequest) -> date | None:
    """The last day of an acceptance that is valid today, or None if there is none or it has run out."""
    until = request.user.protocol_accepted_until if request.user.is_authenticated else None
    return until if until and until >= timezone.localdate() else None


def is_open(view: Any) -> bool:
    """Whether the view answers before the protocol is accepted."""
    return (
        not getattr(view, "login_required", True)
        or not getattr(view, "protocol_required", True)
        or getattr(view, "__module__", "").startswith("allauth.")
    )
