"""Asking a person for the proof that a visit found missing, and coming back to where they were (R13)."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY, suspend_request
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from access_register.sign_in.second_factors import has_second_factor
from sharing.authorise import NeedsConfirmation, NeedsSecondFactor
from sharing.requests import GetResponse, PortalRequest

AFTERWARDS = "after_second_factor"


def ask_for_proof(get_response: GetResponse) -> GetResponse:
    """Middleware that turns two refusals which the person can put right at once into questions."""

    def middleware(request: PortalRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: PortalRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NeedsSecondFactor):
            return _ask_for_second_factor(request)
        if isinstance(exception, NeedsConfirmation):
            return _ask_to_confirm(request)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def _ask_for_second_factor(request: PortalRequest) -> HttpResponseRedirect:
    if has_second_factor(request.user):
        return _to("mfa_reauthenticate", request)
    request.session[AFTERWARDS] = request.get_full_path()
    return redirect("second_factor")


def _ask_to_confirm(request: PortalRequest) -> HttpResponseRedirect:
    """Ask for confirmation. A form that was sent waits in the session and is carried out afterwards; files are not.

    One that was left waiting at an earlier confirmation is forgotten: only what was asked for last is carried out.
    """
    request.session.pop(STATE_SESSION_KEY, None)
    ways = get_adapter().get_reauthentication_methods(request.user)
    if not ways:
        logout(request)
        messages.info(request, "Sign in again, to show that it is you. Then make your change again.")
        return _to("account_login", request)
    if request.FILES:
        messages.info(request, "You had not confirmed for a while that it is you. Choose the file again.")
        return HttpResponseRedirect(f"{ways[0]['url']}?{urlencode({'next': request.get_full_path()})}")
    to_the_page = suspend_request(request, ways[0]["url"])
    if request.method != "POST":
        return to_the_page
    # allauth carries a form out only where `next` is its path alone. The query waits with the form.
    return HttpResponseRedirect(f"{ways[0]['url']}?{urlencode({'next': request.path})}")


def _to(name: str, request: PortalRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")
