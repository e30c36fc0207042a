"""Nobody sees anything before accepting the protocol's text in force (R19, R42): the first of two locks.

The second is portal_asker() in PostgreSQL, for which somebody who has not accepted is nobody.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from sharing.requests import GetResponse, PortalRequest, page_of_the_form

FORM_THAT_WAITS = "form_that_waits"  # in the session, which is sealed: what was typed into a form sent too early
View = TypeVar("View", bound=Callable[..., Any])


def protocol_not_required(view: View) -> View:
    """Mark a view that shows no data and has to answer before the protocol is accepted, such as accepting it."""
    view.protocol_required = False  # type: ignore[attr-defined]
    return view


class ProtocolFirst:
    """Lead whoever is signed in and has not accepted to the page where they can, on every request anew (R44).

    Open pages (guidance, signing in) and one's own account, which allauth keeps, answer as ever.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: PortalRequest, view: Any, *args: Any) -> HttpResponse | None:
        if is_open(view) or not hasattr(request, "asker") or accepted_until(request):
            return None
        return led_first_to("accept_protocol", request)


def led_first_to(name: str, request: PortalRequest) -> HttpResponse:
    """To the page of this name, which leads back, after a form to its page: without the query, which may hold a name
    that somebody searched. What was typed waits in the session until then; files do not."""
    form = page_of_the_form(request)
    path = request.path if request.method == "GET" else form.path if form else "/"
    back = {"next": path} if path != "/" else {}
    if form and not request.FILES:
        request.session[FORM_THAT_WAITS] = {"to": request.get_full_path(), "typed": request.POST.urlencode()}
    return redirect(f"{reverse(name)}{'?' + urlencode(back) if back else ''}")


def accepted_until(request: PortalRequest) -> date | None:
    """The last day of an acceptance that holds today. None: there is none, or none any more."""
    until = request.user.protocol_accepted_until if request.user.is_authenticated else None
    return until if until and until >= timezone.localdate() else None


def is_open(view: Any) -> bool:
    """Whether the view answers before anything is accepted."""
    return (
        not getattr(view, "login_required", True)
        or not getattr(view, "protocol_required", True)
        or getattr(view, "__module__", "").startswith("allauth.")
    )
