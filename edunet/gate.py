"""The gate in front of EduNet (P15, R38): the right network first, then an officer. Refusal is the default."""

from collections.abc import Callable

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
GetResponse = Callable[[PortalRequest], HttpResponse]


def _is_edunet(request: PortalRequest) -> bool:
    return request.site is not None and request.site.slug == Through.EDUNET


def _is_officer(request: PortalRequest) -> bool:
    return request.user.is_authenticated and request.user.is_officer_on(timezone.localdate())


def on_the_council_network(get_response: GetResponse) -> GetResponse:
    """Nothing of EduNet, its sign-in page included, answers outside EDUNET_NETWORKS. None set: nobody gets in."""

    def middleware(request: PortalRequest) -> HttpResponse:
        if _is_edunet(request) and not is_within(client_address(request), networks(settings.EDUNET_NETWORKS)):
            return render(request, "edunet/off_network.html", status=403)
        return get_response(request)

    return middleware


def officers_only(get_response: GetResponse) -> GetResponse:
    """A Schools Online account is worth nothing here, even on the intranet: asked on every request (R38, R44)."""

    def middleware(request: PortalRequest) -> HttpResponse:
        if _is_edunet(request) and request.user.is_authenticated and not _is_officer(request):
            ledger.refuse(request.asker, action="enter_edunet", why="NotAnOfficer")
            logout(request)
            return render(request, "403.html", {"exception": NOT_AN_OFFICER}, status=403)
        return get_response(request)

    return middleware
