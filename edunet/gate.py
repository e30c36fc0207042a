"""The gate in front of EduNet (P15, R38, R39): the right way in first, then an officer. Refusal is the default.

There are two ways in: the council's network (EDUNET_NETWORKS) and its Citrix gateway (CITRIX_GATEWAYS). An address of
both counts as Citrix, which asks for more: an authorisation for remote use, of this officer and for this day.
"""

from collections.abc import Callable
from enum import StrEnum

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from sharing import ledger
from sharing.authorise import Through
from sharing.network import client_address, is_within, networks
from sharing.requests import PortalRequest

NOT_AN_OFFICER = "EduNet is for officers of the Education Department. You have been signed out."
Context = dict[str, str] | None
GetResponse = Callable[[PortalRequest], HttpResponse]


class WayIn(StrEnum):
    """How somebody comes to EduNet."""

    NETWORK = "network"
    CITRIX = "citrix"


def _way_in(request: PortalRequest) -> WayIn | None:
    """None for an address of neither, and while no ranges are set."""
    address = client_address(request)
    if is_within(address, networks(settings.CITRIX_GATEWAYS)):
        return WayIn.CITRIX
    return WayIn.NETWORK if is_within(address, networks(settings.EDUNET_NETWORKS)) else None


def _is_edunet(request: PortalRequest) -> bool:
    return request.site is not None and request.site.slug == Through.EDUNET


def on_the_council_network(get_response: GetResponse) -> GetResponse:
    """Nothing of EduNet, its sign-in page included, answers anywhere else."""

    def middleware(request: PortalRequest) -> HttpResponse:
        if _is_edunet(request) and _way_in(request) is None:
            return render(request, "edunet/off_network.html", status=403)
        return get_response(request)

    return middleware


def officers_only(get_response: GetResponse) -> GetResponse:
    """Who is signed in is an officer today, and through Citrix an authorised one: asked on every request (R44).

    A Schools Online account is worth nothing here, even on the intranet (R38).
    """

    def middleware(request: PortalRequest) -> HttpResponse:
        if not _is_edunet(request) or not request.user.is_authenticated:
            return get_response(request)
        today = timezone.localdate()
        if not request.user.is_officer_on(today):
            return _turned_away(request, "NotAnOfficer", "403.html", {"exception": NOT_AN_OFFICER})
        if _way_in(request) == WayIn.CITRIX and not request.user.may_work_remotely_on(today):
            return _turned_away(request, "NoRemoteAuthorisation", "edunet/no_remote_authorisation.html")
        return get_response(request)

    return middleware


def _turned_away(
    request: PortalRequest, why: str, template: str, context: dict[str, str] | None = None
) -> HttpResponse:
    ledger.refuse(request.asker, action="enter_edunet", why=why)
    logout(request)
    return render(request, template, context, status=403)
