"""Headships in an officer's browser, on EduNet (A7)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from access_register.headships import handovers as door
from sharing.pages.answers import refusals_said
from sharing.requests import PortalRequest


def handovers(request: PortalRequest) -> HttpResponse:
    return render(request, "headship/handovers.html", {"found": door.list_handovers(request.asker)})


@require_POST
def verify_successor(request: PortalRequest, handover_id: int) -> HttpResponse:
    with refusals_said(request):
        verified = door.verify_successor(request.asker, handover_id)
        messages.success(request, f"{verified.successor_name} has been verified. They accept the headship next.")
    return redirect("handovers")
