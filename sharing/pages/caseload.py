"""The page of the children named for somebody, on both sites."""

from django.http import HttpResponse
from django.shortcuts import render

from sharing import door
from sharing.requests import PortalRequest


def mine(request: PortalRequest) -> HttpResponse:
    return render(request, "caseload/mine.html", {"found": door.show_my_caseload(request.asker)})
