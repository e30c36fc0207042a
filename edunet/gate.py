"""The gate in front of EduNet (P15, R38, R39): first the right way in, then an officer. By default it refuses.

A superuser who is not an officer may, on the council's network, open the operations page and nothing else (A17).

There are two ways in: the council's network (EDUNET_NETWORKS) and its Citrix gateway (CITRIX_GATEWAYS). An address that
is in both counts as Citrix, which asks for more: an authorisation for remote use, for this officer and this day.
"""

from enum import StrEnum

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone

from sharing.authorise import Through
from sharing.ledger import ledger
from sharing.requests import GetResponse, PortalRequest
from sharing.service.network import client_address, is_within, networks

NOT_AN_OFFICER = "EduNet is for officers of the Education Department. You have been signed out."
FOR_OPERATIONS_ONLY = "You run the service, so on EduNet you may open only the page Operations. It is at /operations/."
# What a superuser who is not an officer may open: that page, what is needed to sign in with a second factor, and the
# pages that anyone may read.
OPERATIONS = "operations"
OPEN_TO_SUPERUSERS = frozenset(
    {
        "demo_sign_in", "guidance", "guide", "same_data",
        OPERATIONS, "accept_protocol", "account_login", "account_logout", "account_reauthenticate", "second_factor",
        "mfa_activate_totp", "mfa_add_webauthn", "mfa_authenticate", "mfa_generate_recovery_codes", "mfa_index",
        "mfa_list_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_view_recovery_codes",
        "stay_signed_in",
    }
)  # fmt: skip


class WayIn(StrEnum):
    """How somebody comes to EduNet."""

    NETWORK = "network"
    CITRIX = "citrix"


def _way_in(request: PortalRequest) -> WayIn | None:
    """The way in, or None if the address is in neither range, or no ranges are set."""
    address = client_address(request)
    if is_within(address, networks(settings.CITRIX_GATEWAYS)):
        return WayIn.CITRIX
    return WayIn.NETWORK if is_within(address, networks(settings.EDUNET_NETWORKS)) else None


def _is_edunet(request: PortalRequest) -> bool:
    return request.site is not None and request.site.slug == Through.EDUNET


def on_the_council_network(get_response: GetResponse) -> GetResponse:
    """Middleware that refuses all of EduNet, including its sign-in page, unless one of the two ways in is used."""

    def middleware(request: PortalRequest) -> HttpResponse:
        if _is_edunet(request) and _way_in(request) is None:
            return render(request, "edunet/off_network.html", status=403)
        return get_response(request)

    return middleware


def officers_only(get_response: GetResponse) -> GetResponse:
    """Middleware: a signed-in person must be an officer today and, through Citrix, an authorised one, on every request
    (R44).

    A Schools Online account is worth nothing here, even on the intranet (R38).
    """

    def middleware(request: PortalRequest) -> HttpResponse:
        if not _is_edunet(request) or not request.user.is_authenticated:
            return get_response(request)
        today = timezone.localdate()
        if not request.user.is_officer_on(today):
            if request.user.is_superuser and _way_in(request) == WayIn.NETWORK:
                return _operations_only(request, get_response)
            return _turned_away(request, "NotAnOfficer", "403.html", {"exception": NOT_AN_OFFICER})
        if _way_in(request) == WayIn.CITRIX and not request.user.may_work_remotely_on(today):
            return _turned_away(request, "NoRemoteAuthorisation", "edunet/no_remote_authorisation.html")
        return get_response(request)

    return middleware


def _operations_only(request: PortalRequest, get_response: GetResponse) -> HttpResponse:
    """The superuser's page, or a refusal that leads to it. They are not signed out, so that they can reach the page."""
    try:
        name = resolve(request.path_info, request.site.urlconf).url_name
    except Resolver404:
        name = None
    request.operations_only = True
    if name in OPEN_TO_SUPERUSERS:
        return get_response(request)
    ledger.refuse(request.asker, action="enter_edunet", why="OperationsOnly")
    return render(request, "403.html", {"exception": FOR_OPERATIONS_ONLY, "way_out": OPERATIONS}, status=403)


def _turned_away(
    request: PortalRequest, why: str, template: str, context: dict[str, str] | None = None
) -> HttpResponse:
    ledger.refuse(request.asker, action="enter_edunet", why=why)
    logout(request)
    return render(request, template, context, status=403)
