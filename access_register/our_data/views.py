"""Our data, on Schools Online."""

from django.http import HttpResponse
from django.shortcuts import render

from access_register.our_data import our_data as door
from sharing.requests import PortalRequest


def our_data(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "our_data/page.html", {"found": door.show_our_data(request.asker, urn)})
